"""Calendars: one's own page, the secret address, a file for each workshop."""

from app.blueprints.calendar.routes import blueprint

__all__ = ["blueprint"]
