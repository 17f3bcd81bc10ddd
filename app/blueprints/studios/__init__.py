"""Pages of studios and trainer teams."""

from app.blueprints.studios import acts, members  # noqa: F401  their routes join the blueprint
from app.blueprints.studios.routes import blueprint

__all__ = ["blueprint"]
