"""Pages of the units area."""

from app.blueprints.units.routes import blueprint

__all__ = ["blueprint"]
