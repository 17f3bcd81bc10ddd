"""Pages of the inbox area."""

from app.blueprints.inbox.routes import blueprint

__all__ = ["blueprint"]
