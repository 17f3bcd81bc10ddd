"""The tabs of a cohort's and of a placement's page as data: a part of the record adds its ``Tab`` here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import LazyString, lazy_gettext

from app.domain.accounts.rules import Actor
from app.domain.placements.models import Cohort, Placement
from app.domain.placements.queries.visibility import may_plan

Predicate = Callable[[Any, Actor], bool]


def anybody(_record: Cohort | Placement, _actor: Actor) -> bool:
    """Whoever sees the record."""
    return True


def keeps_people(_cohort: Cohort, actor: Actor) -> bool:
    """An office: school, county or bureau."""
    return actor.may("placements.read")


def nominates(cohort: Cohort, actor: Actor) -> bool:
    """An office, in a cohort that was planned here: one from a workbook had no nominations."""
    return keeps_people(cohort, actor) and not cohort.imported


def plans(cohort: Cohort, actor: Actor) -> bool:
    """Who plans the cohort, unless it came from a workbook."""
    return may_plan(cohort, actor) and not cohort.imported


def planned_here(placement: Placement, _actor: Actor) -> bool:
    """A placement that was held here: one from a workbook has no log and no appraisal."""
    return not placement.cohort.imported


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of the record; shown when its endpoint (with the record's id) exists and the predicate holds."""

    label: LazyString
    endpoint: str
    shown: Predicate = anybody


COHORT_TABS: tuple[Tab, ...] = (
    Tab(lazy_gettext("Overview"), "placements.cohort"),
    Tab(lazy_gettext("Nominations"), "placements.nominations", nominates),
    Tab(lazy_gettext("Matching"), "placements.matching", plans),
    Tab(lazy_gettext("Placements"), "placements.cohort_placements"),
    Tab(lazy_gettext("Papers"), "placements.cohort_papers", nominates),
)
PLACEMENT_TABS: tuple[Tab, ...] = (
    Tab(lazy_gettext("Overview"), "placements.show"),
    Tab(lazy_gettext("Log"), "placements.log", planned_here),
    Tab(lazy_gettext("Attendance"), "placements.presence", planned_here),
    Tab(lazy_gettext("Appraisal"), "placements.appraisal", planned_here),
    Tab(lazy_gettext("Documents"), "placements.placement_files", planned_here),
    Tab(lazy_gettext("Changes made"), "placements.changes", planned_here),
)


def cohort_tabs(cohort: Cohort, actor: Actor) -> list[Tab]:
    """The tabs of a cohort that this reader may open, in order."""
    return _visible(COHORT_TABS, cohort, actor)


def placement_tabs(placement: Placement, actor: Actor) -> list[Tab]:
    """The tabs of a placement that this reader may open, in order."""
    return _visible(PLACEMENT_TABS, placement, actor)


def _visible(tabs: tuple[Tab, ...], record: Cohort | Placement, actor: Actor) -> list[Tab]:
    endpoints = current_app.view_functions
    return [tab for tab in tabs if tab.endpoint in endpoints and tab.shown(record, actor)]
