"""Pages of the accounts area."""

from app.blueprints.accounts.routes import blueprint

__all__ = ["blueprint"]
