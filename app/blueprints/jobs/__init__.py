"""Pages of background work: jobs, and notices that could not be delivered."""

from app.blueprints.jobs.routes import blueprint

__all__ = ["blueprint"]
