"""Pages of gaps."""

from app.blueprints.gaps.routes import blueprint

__all__ = ["blueprint"]
