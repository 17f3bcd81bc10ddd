"""Pages of the county ledger: the ledger, the rows behind its figures, the policies it counts by."""

from app.blueprints.counties import figures, policies, routes
from app.blueprints.counties.blueprint import blueprint

__all__ = ["blueprint", "figures", "policies", "routes"]
