"""The blueprint of workshops' pages; the modules beside this one put their views on it."""

from __future__ import annotations

from flask import Blueprint

from app.access.guards import current_actor
from app.blueprints.workshops.tabs import Tab, visible_tabs
from app.domain.workshops.models import Workshop

blueprint = Blueprint("workshops", __name__)


@blueprint.app_template_global("workshop_tab_items")
def workshop_tab_items(workshop: Workshop) -> list[Tab]:
    """The parts of a workshop's record that this reader may open (templates/workshops/_tabs.html)."""
    return visible_tabs(workshop, current_actor())
