"""The register: sessions and people at a glance, one session by hand, requests for leave."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_page, refuse_beyond
from app.blueprints.workshops import attendance_words as words
from app.blueprints.workshops.attendance_forms import asked_wishes
from app.blueprints.workshops.blueprint import blueprint
from app.core import clock
from app.core.errors import Forbidden, InvalidInput, NotFound
from app.core.paging import Page
from app.domain.workshops.operations import attendance as operations
from app.domain.workshops.operations.leave import decide_leave
from app.domain.workshops.queries.attendance import (
    NOTHING,
    Listed,
    Register,
    get_run_session,
    list_open_leave,
    list_people,
    load_register,
    read_session,
)
from app.domain.workshops.queries.workshops import get_run_workshop
from app.domain.workshops.rules.planning import EDITABLE
from app.domain.workshops.rules.words import AttendanceState

PEOPLE_A_PAGE = 50


@blueprint.get("/<int:workshop_id>/attendance")
@requires("workshops.grade")
def attendance(workshop_id: int) -> str:
    """Sessions and people: who was when there, who is below what completion asks."""
    workshop = get_run_workshop(workshop_id, actor=current_actor())
    register = load_register(workshop.id)
    people = list_people(workshop.id)
    below = [one for one in people if _is_below(register, one, workshop.minimum_attendance)]
    chosen = below if request.args.get("show") == "below" else people
    page = _page(chosen)
    refuse_beyond(page)
    return render_template(
        "workshops/attendance.html",
        workshop=workshop,
        register=register,
        page=page,
        total=len(people),
        below={one.enrolment_id for one in below},
        requests=list_open_leave(workshop.id),
        words=words,
        now=clock.now(),
        editable=workshop.status in EDITABLE,
    )


def _is_below(register: Register, person: Listed, minimum: int) -> bool:
    share = register.share(person.enrolment_id)
    return share is not None and share < minimum


def _page(people: list[Listed]) -> Page[Listed]:
    number = asked_page()
    start = (number - 1) * PEOPLE_A_PAGE
    return Page(people[start : start + PEOPLE_A_PAGE], number, PEOPLE_A_PAGE, len(people))


@blueprint.route("/<int:workshop_id>/attendance/<int:session_id>", methods=["GET", "POST"])
@requires("workshops.grade")
def attendance_session(workshop_id: int, session_id: int) -> ResponseReturnValue:
    """The register of one session, kept by hand."""
    get_run_session(workshop_id, session_id, actor=current_actor())
    if request.method == "GET":
        return _session_page(workshop_id, session_id)
    wishes = asked_wishes(request.form)
    with acting() as actor:
        saved = operations.set_states(session_id, wishes, actor=actor)
    if saved.conflicts:
        chosen = {one: wishes[one].state for one in saved.conflicts}
        return _session_page(workshop_id, session_id, chosen), 409
    flash(
        ngettext("%(num)s line saved.", "%(num)s lines saved.", len(saved.changed))
        if saved.changed
        else _("Nothing was changed."),
        "success",
    )
    return redirect(
        url_for("workshops.attendance_session", workshop_id=workshop_id, session_id=session_id)
    )


def _session_page(
    workshop_id: int, session_id: int, conflicts: Mapping[int, AttendanceState | None] | None = None
) -> str:
    """``conflicts``: what somebody wanted where somebody else was quicker, by enrolment."""
    workshop, session = get_run_session(workshop_id, session_id, actor=current_actor())
    people = list_people(workshop.id)
    return render_template(
        "workshops/attendance_session.html",
        workshop=workshop,
        session=session,
        people=people,
        recorded=read_session(session.id),
        nothing=NOTHING,
        conflicts=conflicts or {},
        requests=list_open_leave(workshop.id, session.id),
        words=words,
        editable=workshop.status in EDITABLE,
    )


@blueprint.post("/<int:workshop_id>/attendance/<int:session_id>/all-present")
@requires("workshops.grade")
def all_present(workshop_id: int, session_id: int) -> ResponseReturnValue:
    """Everybody of whom nothing is recorded yet was there."""
    get_run_session(workshop_id, session_id, actor=current_actor())
    with acting() as actor:
        number = operations.all_present(session_id, actor=actor)
    flash(
        ngettext(
            "%(num)s person recorded as present.", "%(num)s people recorded as present.", number
        ),
        "success",
    )
    return redirect(
        url_for("workshops.attendance_session", workshop_id=workshop_id, session_id=session_id)
    )


@blueprint.post("/<int:workshop_id>/attendance/leave/<int:request_id>")
@requires("workshops.grade")
def answer_leave(workshop_id: int, request_id: int) -> ResponseReturnValue:
    """Grant leave, or refuse it with a reason."""
    get_run_workshop(workshop_id, actor=current_actor())
    grant = request.form.get("decision") == "grant"
    try:
        with acting() as actor:
            decide_leave(
                request_id,
                workshop_id=workshop_id,
                grant=grant,
                answer=request.form.get("answer", ""),
                actor=actor,
            )
    except (Forbidden, NotFound):
        raise
    except InvalidInput as error:
        flash(str(error.message), "danger")
    else:
        flash(_("Leave granted.") if grant else _("Leave refused."), "success")
    return redirect(url_for("workshops.attendance", workshop_id=workshop_id))
