"""The blueprint of the courses' pages; the modules beside this one put their views on it."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app

from app.access.guards import current_actor
from app.blueprints.courses.tabs import Tab, visible_tabs
from app.config import Settings
from app.domain.courses.models import Course

blueprint = Blueprint("courses", __name__)


@blueprint.context_processor
def _idle_minutes() -> dict[str, int]:
    """After how long without a request somebody is signed out (templates/courses/_stay.html)."""
    return {"idle_minutes": cast(Settings, current_app.extensions["settings"]).idle_minutes}


@blueprint.app_template_global("course_tab_items")
def course_tab_items(course: Course) -> list[Tab]:
    """The parts of a course's record that this reader may open (templates/courses/_tabs.html)."""
    return visible_tabs(course, current_actor())
