"""Where a check-in code leads: one button on a teacher's phone."""

from app.blueprints.check_in.routes import blueprint

__all__ = ["blueprint"]
