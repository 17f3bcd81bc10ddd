"""What every reader has, signed in or not: language, colours, type size."""

from app.blueprints.pages.routes import blueprint

__all__ = ["blueprint"]
