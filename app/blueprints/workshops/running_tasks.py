"""What workshops put on the home page of who runs them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.home.tasks import Task, Urgency, home_task
from app.core import clock
from app.domain.accounts.rules import Actor, Role
from app.domain.workshops.queries.running import (
    count_leave_to_answer,
    count_to_close,
    list_sessions_to_hold,
)


@home_task("workshops.grade")
def leave_to_answer(actor: Actor) -> Task | None:
    """Requests for leave; the first workshop that has one."""
    waiting = count_leave_to_answer(actor)
    if not waiting.count:
        return None
    label = ngettext("request for leave to answer", "requests for leave to answer", waiting.count)
    url = url_for("workshops.attendance", workshop_id=waiting.workshop_id)
    return Task("leave", label, waiting.count, url, Urgency.NOW, "calendar-event")


@home_task("workshops.grade")
def sessions_to_hold(actor: Actor) -> Task | None:
    """A trainer's sessions of today, with the way to the code of the first."""
    if actor.role != Role.TRAINER:
        return None
    now = clock.now()
    midnight = datetime.combine(clock.local(now).date(), time(), tzinfo=clock.zone())
    sessions = list_sessions_to_hold(actor.account_id, now, midnight + timedelta(days=1))
    if not sessions:
        return None
    first = sessions[0]
    label = _(
        "today: %(title)s, %(time)s, %(place)s",
        title=first.workshop.title,
        time=clock.local(first.starts_at).strftime("%H:%M"),
        place=first.place or "–",
    )
    url = url_for("workshops.attendance_code", workshop_id=first.workshop_id, session_id=first.id)
    return Task("sessions_to_hold", label, len(sessions), url, Urgency.NOW, "qrcode")


@home_task("workshops.plan")
def to_close(actor: Actor) -> Task | None:
    """Workshops that are over and wait to be closed."""
    waiting = count_to_close(actor, clock.now())
    if not waiting.count:
        return None
    label = ngettext(
        "workshop is over and waits to be closed",
        "workshops are over and wait to be closed",
        waiting.count,
    )
    url = url_for("workshops.completion", workshop_id=waiting.workshop_id)
    return Task("to_close", label, waiting.count, url, Urgency.SOON, "flag")
