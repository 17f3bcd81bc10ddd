"""Pages of the studios area."""

from app.blueprints.studios.routes import blueprint

__all__ = ["blueprint"]
