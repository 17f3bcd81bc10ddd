"""Pages of credentials: the list, the queue of verification, one's record, kinds and their rules."""

from app.blueprints.credentials import acts, deciding, kinds, own, pictures, tasks, workbook  # noqa: F401  they join the blueprint
from app.blueprints.credentials.routes import blueprint

__all__ = ["blueprint"]
