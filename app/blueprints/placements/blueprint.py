"""The blueprint of placements' pages; the modules beside this one put their views on it."""

from __future__ import annotations

from flask import Blueprint

from app.access.guards import current_actor
from app.blueprints.placements.tabs import Tab, cohort_tabs, placement_tabs
from app.domain.placements.models import Cohort, Placement

blueprint = Blueprint("placements", __name__)


@blueprint.app_template_global("cohort_tab_items")
def cohort_tab_items(cohort: Cohort) -> list[Tab]:
    """The parts of a cohort's record that this reader may open (templates/placements/_tabs.html)."""
    return cohort_tabs(cohort, current_actor())


@blueprint.app_template_global("placement_tab_items")
def placement_tab_items(placement: Placement) -> list[Tab]:
    """The parts of a placement's record that this reader may open (templates/placements/_tabs.html)."""
    return placement_tabs(placement, current_actor())
