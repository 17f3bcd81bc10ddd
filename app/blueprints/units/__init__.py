"""Pages of the tree of units."""

from app.blueprints.units import changes, facilities  # noqa: F401  their routes join the blueprint
from app.blueprints.units.routes import blueprint

__all__ = ["blueprint"]
