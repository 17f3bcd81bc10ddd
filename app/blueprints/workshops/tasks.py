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
from app.domain.workshops.queries.openings import openings_now
from app.domain.workshops.queries.own import (
    feedback_to_give,
    list_sessions_between,
    new_results,
    waiting_own,
)


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
    now = clock.now()
    midnight = datetime.combine(clock.local(now).date(), time(), tzinfo=clock.zone())
    sessions = list_sessions_between(actor, now, midnight + timedelta(days=1))
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


@counted_task("workshops.enrol", feedback_to_give)
def feedback_due(count: int) -> Task:
    """Questionnaires to fill in."""
    label = ngettext("workshop asks for your feedback", "workshops ask for your feedback", count)
    return Task("feedback_due", label, count, url_for("workshops.mine"), Urgency.SOON, "star")


@counted_task("workshops.enrol", new_results)
def results(count: int) -> Task:
    """Results published in the last two weeks."""
    label = ngettext(
        "result was published in the last 14 days",
        "results were published in the last 14 days",
        count,
    )
    return Task("results", label, count, url_for("workshops.mine"), Urgency.SOON, "certificate")


@counted_task("workshops.enrol", waiting_own)
def waiting_enrolments(count: int) -> Task:
    """Own applications that wait for approval or a seat."""
    label = ngettext(
        "application of yours waits for approval or a seat",
        "applications of yours wait for approval or a seat",
        count,
    )
    url = url_for("workshops.mine")
    return Task("waiting", label, count, url, Urgency.WHEN_THERE_IS_TIME, "hourglass")


@counted_task("workshops.enrol", openings_now)
def open_workshops(count: int) -> Task:
    """Workshops that take enrolments."""
    label = ngettext("workshop takes enrolments", "workshops take enrolments", count)
    url = url_for("workshops.open_to_me")
    return Task("open_workshops", label, count, url, Urgency.WHEN_THERE_IS_TIME, "school")
