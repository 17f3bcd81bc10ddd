"""The front page."""

from app.blueprints.home import providers  # noqa: F401  they register what needs doing
from app.blueprints.home.routes import blueprint

__all__ = ["blueprint"]
