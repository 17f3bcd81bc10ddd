"""The screen in front of the class: a QR code that changes every half minute, and how many are in."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, url_for

from app.access.guards import current_actor, requires
from app.blueprints.slips.qr import qr_code
from app.blueprints.workshops.blueprint import blueprint
from app.core import clock
from app.domain.workshops.models import Workshop, WorkshopSession
from app.domain.workshops.operations.checking_in import make_code
from app.domain.workshops.queries.attendance import count_attending, get_run_session
from app.domain.workshops.rules.attendance import OPENS_BEFORE, why_not_time
from app.domain.workshops.rules.planning import EDITABLE


@blueprint.get("/<int:workshop_id>/attendance/<int:session_id>/code")
@requires("workshops.grade")
def attendance_code(workshop_id: int, session_id: int) -> str:
    """The whole screen."""
    return _render("workshops/attendance_code.html", workshop_id, session_id)


@blueprint.get("/<int:workshop_id>/attendance/<int:session_id>/code/live")
@requires("workshops.grade")
def attendance_code_live(workshop_id: int, session_id: int) -> str:
    """Only what changes: the code and the number."""
    return _render("workshops/_live_code.html", workshop_id, session_id)


def _render(template: str, workshop_id: int, session_id: int) -> str:
    workshop, session = get_run_session(workshop_id, session_id, actor=current_actor())
    return render_template(template, **_facts(workshop, session))


def _facts(workshop: Workshop, session: WorkshopSession) -> dict[str, Any]:
    now = clock.now()
    closed = why_not_time(session.starts_at, session.ends_at, now)
    if workshop.status not in EDITABLE:
        closed = "over"
    address = None
    if closed is None:
        base = current_app.extensions["settings"].base_url
        address = base + url_for("check_in.arrive", token=make_code(session.id, now))
    attending, on_list = count_attending(session.id)
    return {
        "workshop": workshop,
        "session": session,
        "closed": closed,
        "opens_at": session.starts_at - OPENS_BEFORE,
        "address": address,
        "qr": qr_code(address, "att-qr") if address else None,
        "attending": attending,
        "on_list": on_list,
        "place_unknown": workshop.place_check and session.latitude is None,
    }
