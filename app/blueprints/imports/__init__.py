"""Pages of the imports area."""

from app.blueprints.imports.routes import blueprint

__all__ = ["blueprint"]
