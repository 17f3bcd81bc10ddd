"""Pages of the audit area."""

from app.blueprints.audit.routes import blueprint

__all__ = ["blueprint"]
