"""The tabs of a workshop's page as data: a part of the record adds its ``Tab`` here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app
from flask_babel import LazyString, lazy_gettext

from app.domain.accounts.rules import Actor
from app.domain.workshops.models import Workshop
from app.domain.workshops.queries.attendance import find_own_enrolment
from app.domain.workshops.queries.openings import TAKES_ENROLMENTS
from app.domain.workshops.queries.workshops import may_run

Predicate = Callable[[Workshop, Actor], bool]


def anybody(_workshop: Workshop, _actor: Actor) -> bool:
    return True


def keeps_people(workshop: Workshop, actor: Actor) -> bool:
    """Who runs the workshop, or nominates people for it."""
    return may_run(workshop, actor) or actor.may("workshops.nominate")


def takes_part(_workshop: Workshop, actor: Actor) -> bool:
    """A teacher, who enrols."""
    return actor.may("workshops.enrol")


def nominates(workshop: Workshop, actor: Actor) -> bool:
    """Who sends people, to a workshop that is published."""
    return actor.may("workshops.nominate") and workshop.status in TAKES_ENROLMENTS


def has_work(workshop: Workshop, actor: Actor) -> bool:
    """Who runs the workshop, or may be in it."""
    return may_run(workshop, actor) or takes_part(workshop, actor)


def has_result(workshop: Workshop, actor: Actor) -> bool:
    """A teacher, once results are published."""
    return takes_part(workshop, actor) and workshop.grades_published_at is not None


def is_enrolled(workshop: Workshop, actor: Actor) -> bool:
    """A teacher who is or was enrolled."""
    if not actor.may("workshops.enrol"):
        return False
    return find_own_enrolment(workshop.id, actor.account_id) is not None


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of the record; shown when its endpoint (with ``workshop_id``) exists and the predicate holds."""

    label: LazyString
    endpoint: str
    shown: Predicate = may_run


TABS: tuple[Tab, ...] = (
    Tab(lazy_gettext("Overview"), "workshops.show", anybody),
    Tab(lazy_gettext("My place"), "workshops.take_part", takes_part),
    Tab(lazy_gettext("Nominate"), "workshops.nominate", nominates),
    Tab(lazy_gettext("Roster"), "workshops.roster", keeps_people),
    Tab(lazy_gettext("Attendance"), "workshops.attendance"),
    Tab(lazy_gettext("My attendance"), "workshops.my_attendance", is_enrolled),
    Tab(lazy_gettext("Grades"), "workshops.grades"),
    Tab(lazy_gettext("Assignments"), "workshops.assignments", has_work),
    Tab(lazy_gettext("My result"), "workshops.result", has_result),
    Tab(lazy_gettext("Completion"), "workshops.completion"),
    Tab(lazy_gettext("Feedback"), "workshops.feedback"),
)


def visible_tabs(workshop: Workshop, actor: Actor) -> list[Tab]:
    """The tabs that this reader may open, in order."""
    endpoints = current_app.view_functions
    return [tab for tab in TABS if tab.endpoint in endpoints and tab.shown(workshop, actor)]
