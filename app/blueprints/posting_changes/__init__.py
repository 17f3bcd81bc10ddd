"""Pages of the posting_changes area."""

from app.blueprints.posting_changes.routes import blueprint

__all__ = ["blueprint"]
