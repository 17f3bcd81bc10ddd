"""Pages of the people area."""

from app.blueprints.people.routes import blueprint

__all__ = ["blueprint"]
