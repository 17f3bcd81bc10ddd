"""Pages of workshops: planned, published, enrolled in, attended, graded, completed."""

from app.blueprints.workshops import routes
from app.blueprints.workshops.blueprint import blueprint

__all__ = ["blueprint", "routes"]
