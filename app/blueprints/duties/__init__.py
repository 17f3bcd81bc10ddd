"""Homeroom teachers, moral-education staff and others with a duty: the list, one by one, and by a workbook."""

from app.blueprints.duties import sheet
from app.blueprints.duties.routes import blueprint

__all__ = ["blueprint", "sheet"]
