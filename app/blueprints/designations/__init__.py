"""Pages of lead-teacher designations."""

from app.blueprints.designations import acts  # noqa: F401  its routes join the blueprint
from app.blueprints.designations.routes import blueprint

__all__ = ["blueprint"]
