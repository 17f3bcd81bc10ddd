"""Pages of the users area."""

from app.blueprints.users.routes import blueprint

__all__ = ["blueprint"]
