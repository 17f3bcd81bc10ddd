"""What workshops put on the home page: of teachers, and of who approves."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.home.tasks import Task, Urgency, counted_task, home_task
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.workshops.queries.approvals import to_decide
from app.domain.workshops.queries.enrolments import find_own_person_id
from app.domain.workshops.queries.openings import count_openings
from app.domain.workshops.queries.own import (
    count_feedback_due,
    count_new_results,
    count_waiting_own,
    list_sessions_between,
)

RESULTS_NEW_FOR = timedelta(days=14)


@counted_task("workshops.approve", to_decide)
def to_approve(count: int) -> Task:
    """Applications that wait for this office."""
    label = ngettext(
        "application for a workshop to approve or reject",
        "applications for workshops to approve or reject",
        count,
    )
    url = url_for("workshops.approvals")
    return Task("approvals", label, count, url, Urgency.NOW, "clipboard-check")


@home_task("workshops.enrol")
def sessions_today(actor: Actor) -> Task | None:
    """Sessions of today, with when and where the first one begins."""
    person_id = find_own_person_id(actor.account_id)
    if person_id is None:
        return None
    now = clock.now()
    midnight = datetime.combine(clock.local(now).date(), time(), tzinfo=clock.zone())
    sessions = list_sessions_between(person_id, now, midnight + timedelta(days=1))
    if not sessions:
        return None
    first = sessions[0]
    label = _(
        "today: %(title)s, %(time)s, %(place)s",
        title=first.workshop.title,
        time=clock.local(first.starts_at).strftime("%H:%M"),
        place=first.place or "–",
    )
    url = url_for("workshops.take_part", workshop_id=first.workshop_id)
    return Task("sessions_today", label, len(sessions), url, Urgency.NOW, "calendar-event")


@home_task("workshops.enrol")
def feedback_due(actor: Actor) -> Task | None:
    """Questionnaires to fill in."""
    person_id = find_own_person_id(actor.account_id)
    count = count_feedback_due(person_id) if person_id else 0
    label = ngettext("workshop asks for your feedback", "workshops ask for your feedback", count)
    return _mine("feedback_due", label, count, Urgency.SOON, "star")


@home_task("workshops.enrol")
def new_results(actor: Actor) -> Task | None:
    """Results published in the last two weeks."""
    person_id = find_own_person_id(actor.account_id)
    count = count_new_results(person_id, clock.now() - RESULTS_NEW_FOR) if person_id else 0
    label = ngettext(
        "result was published in the last 14 days",
        "results were published in the last 14 days",
        count,
    )
    return _mine("new_results", label, count, Urgency.SOON, "certificate")


@home_task("workshops.enrol")
def waiting_enrolments(actor: Actor) -> Task | None:
    """Own applications that wait for approval or a seat."""
    person_id = find_own_person_id(actor.account_id)
    count = count_waiting_own(person_id) if person_id else 0
    label = ngettext(
        "application of yours waits for approval or a seat",
        "applications of yours wait for approval or a seat",
        count,
    )
    return _mine("waiting_enrolments", label, count, Urgency.WHEN_THERE_IS_TIME, "hourglass")


def _mine(key: str, label: str, count: int, urgency: Urgency, icon: str) -> Task | None:
    return Task(key, label, count, url_for("workshops.mine"), urgency, icon) if count else None


@home_task("workshops.enrol")
def open_workshops(actor: Actor) -> Task | None:
    """Workshops that take enrolments."""
    person_id = find_own_person_id(actor.account_id)
    count = count_openings(actor, person_id, clock.now()) if person_id else 0
    if not count:
        return None
    label = ngettext("workshop takes enrolments", "workshops take enrolments", count)
    url = url_for("workshops.open_to_me")
    return Task("open_workshops", label, count, url, Urgency.WHEN_THERE_IS_TIME, "school")
