"""The sessions of a workshop: add, change, cancel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.workshops import words
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.forms import ReasonForm, SessionForm
from app.blueprints.workshops.planning import planned
from app.core import clock
from app.core.errors import DomainError
from app.domain.accounts.rules import Actor
from app.domain.workshops.models import Workshop, WorkshopSession
from app.domain.workshops.operations import checks, sessions
from app.domain.workshops.queries.clashes import Clash, list_clashes, mark_of
from app.domain.workshops.queries.overview import get_planned_session, list_sessions
from app.domain.workshops.rules.planning import most_hours
from app.domain.workshops.rules.words import WorkshopStatus


def sessions_address(workshop_id: int) -> str:
    return url_for("workshops.timetable", workshop_id=workshop_id)


def regular_sessions(workshop_id: int, besides: int | None = None) -> list[tuple[int, str]]:
    """Sessions that a make-up session can stand for: (id, when)."""
    return [
        (session.id, f"{sessions.when(session)} {session.title or ''}".strip())
        for session in list_sessions(workshop_id)
        if session.cancelled_at is None
        and session.makes_up_for_id is None
        and session.id != besides
    ]


@blueprint.route("/<int:workshop_id>/sessions", methods=["GET", "POST"])
@requires("workshops.plan")
def timetable(workshop_id: int) -> Answer:
    """The sessions, and a form for one more."""
    workshop = planned(workshop_id)
    form = SessionForm(data=_next(list_sessions(workshop.id)) if request.method == "GET" else None)
    form.offer(regular_sessions(workshop_id))

    def act(actor: Actor) -> str:
        sessions.add_session(
            workshop_id, form.facts(), actor=actor, seen_clashes=form.seen_clashes.data or ""
        )
        return sessions_address(workshop_id)

    clashes: list[Clash] = []
    return form_page(
        form,
        "workshops/sessions.html",
        act,
        _("Added."),
        lambda: _context(planned(workshop_id)) | {"clashes": clashes},
        lambda error: clashes.extend(_show_clashes(form, workshop_id, error)),
    )


def _show_clashes(form: SessionForm, workshop_id: int, error: DomainError) -> list[Clash]:
    """Who is bound elsewhere at the time asked for; the form says from now on that they were shown."""
    if error.code != "people_bound":
        return []
    facts = form.facts()
    clashes = list_clashes(workshop_id, facts.starts_at, facts.ends_at)
    form.seen_clashes.data = mark_of(clashes)
    form.starts_at.errors = ()  # the list above the form says it, and saving once more is no mistake
    return clashes


def _next(planned_sessions: Any) -> dict[str, Any]:
    """What the next session is likely to be: the next day at the same time and place as the last one."""
    last = next((one for one in reversed(planned_sessions) if one.cancelled_at is None), None)
    if last is None:
        return {}
    day = timedelta(days=1)
    return {
        "starts_at": last.starts_at + day,
        "ends_at": last.ends_at + day,
        "place": last.place,
        "part": last.part.value,
    }


def _context(workshop: Workshop) -> dict[str, Any]:
    return {
        "workshop": workshop,
        "sessions": list_sessions(workshop.id),
        "most_hours": most_hours(checks.periods_of(workshop.id), clock.zone()),
        "words": words,
        "when": sessions.when,
    }


@blueprint.route("/sessions/<int:session_id>/edit", methods=["GET", "POST"])
@requires("workshops.plan")
def edit_session(session_id: int) -> Answer:
    """Move a session, change its place or topic; everybody on a seat is told."""
    session = _session(session_id)
    workshop_id = session.workshop_id
    form = SessionForm(obj=session, makes_up_for=session.makes_up_for_id)
    form.offer(regular_sessions(workshop_id, besides=session_id))

    def act(actor: Actor) -> str:
        sessions.change_session(
            session_id,
            form.facts(),
            actor=actor,
            expected_version=seen_version(form),
            seen_clashes=form.seen_clashes.data or "",
        )
        return sessions_address(workshop_id)

    clashes: list[Clash] = []
    return form_page(
        form,
        "workshops/edit_session.html",
        act,
        _("Saved."),
        lambda: {
            "session": _session(session_id),
            "workshop": planned(workshop_id),
            "clashes": clashes,
        },
        lambda error: clashes.extend(_show_clashes(form, workshop_id, error)),
    )


def _session(session_id: int) -> WorkshopSession:
    return get_planned_session(session_id, actor=current_actor())


@blueprint.route("/sessions/<int:session_id>/cancel", methods=["GET", "POST"])
@requires("workshops.plan")
def cancel_session(session_id: int) -> Answer:
    """A session does not take place; in a draft it is removed."""
    session = _session(session_id)
    workshop_id = session.workshop_id
    draft = planned(workshop_id).status is WorkshopStatus.DRAFT
    form = ReasonForm()
    if draft:
        form.reason.validators = ()

    def act(actor: Actor) -> str:
        sessions.cancel_session(session_id, actor=actor, reason=form.reason.data or "")
        return sessions_address(workshop_id)

    return form_page(
        form,
        "workshops/cancel_session.html",
        act,
        _("Removed.") if draft else _("Cancelled; everybody on a seat was told."),
        lambda: {
            "session": _session(session_id),
            "workshop": planned(workshop_id),
            "when": sessions.when,
            "draft": draft,
        },
    )
