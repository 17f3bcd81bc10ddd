"""Pages of the counties area."""

from app.blueprints.counties.routes import blueprint

__all__ = ["blueprint"]
