"""Pages of the changes that schools propose for their lists."""

from app.blueprints.posting_changes import proposals, routes
from app.blueprints.posting_changes.blueprint import blueprint

__all__ = ["blueprint", "proposals", "routes"]
