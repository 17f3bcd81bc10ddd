"""Pages of training records."""

from app.blueprints.trainings import acts  # noqa: F401  its routes join the blueprint
from app.blueprints.trainings.routes import blueprint

__all__ = ["blueprint"]
