"""What a teacher sees of their own attendance, and leave they ask for."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.units.acts import show_refusal
from app.blueprints.workshops import attendance_words as words
from app.blueprints.workshops.attendance_forms import LeaveForm
from app.blueprints.workshops.blueprint import blueprint
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.workshops.completion_words import read_settled, unmet_words
from app.domain.workshops.models import Enrolment
from app.domain.workshops.operations.leave import ask_leave, withdraw_leave
from app.domain.workshops.operations.sessions import when
from app.domain.workshops.queries.attendance import (
    find_own_enrolment,
    list_own_leave,
    load_register,
    read_own_attendance,
)
from app.domain.workshops.queries.workshops import get_workshop
from app.domain.workshops.rules.planning import EDITABLE
from app.domain.workshops.rules.words import EnrolmentStatus, RequestState


def _own(workshop_id: int) -> Enrolment:
    """One's own enrolment in a workshop one sees; NotFound without."""
    actor = current_actor()
    workshop = get_workshop(workshop_id, actor=actor)
    enrolment = find_own_enrolment(workshop.id, actor.account_id)
    if enrolment is None:
        raise NotFound(_("You are not enrolled in this workshop."))
    return enrolment


@blueprint.route("/<int:workshop_id>/my-attendance", methods=["GET", "POST"])
@requires("workshops.enrol")
def my_attendance(workshop_id: int) -> ResponseReturnValue:
    """Session by session what is recorded of the reader; a form to ask for leave."""
    enrolment = _own(workshop_id)
    form = LeaveForm()
    form.session.choices = _sessions_ahead(enrolment)
    if form.validate_on_submit():
        try:
            with acting() as actor:
                own = _own(workshop_id)
                ask_leave(own.id, form.session.data, form.reason.data or "", actor=actor)
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
        else:
            flash(_("Your request is on its way to the trainer."), "success")
            return redirect(url_for("workshops.my_attendance", workshop_id=workshop_id))
    page = _page(_own(workshop_id), form)
    return (page, 422) if form.errors else page


def _sessions_ahead(enrolment: Enrolment) -> list[tuple[int, str]]:
    """The sessions one can still ask leave from."""
    now = clock.now()
    known = read_own_attendance(enrolment.id)
    return [
        (one.id, f"{when(one)} {one.title or ''}".strip())
        for one in load_register(enrolment.workshop_id).sessions
        if one.ends_at > now and one.id not in known
    ]


def _page(enrolment: Enrolment, form: LeaveForm) -> str:
    register = load_register(enrolment.workshop_id)
    settled, exception = read_settled(enrolment.unmet)
    return render_template(
        "workshops/my_attendance.html",
        workshop=enrolment.workshop,
        enrolment=enrolment,
        sessions=register.sessions,
        known=read_own_attendance(enrolment.id),
        share=register.share(enrolment.id),
        requests=list_own_leave(enrolment.id),
        open_state=RequestState.OPEN,
        form=form,
        words=words,
        unmet=unmet_words(settled),
        exception=exception,
        may_ask=(
            enrolment.status is EnrolmentStatus.CONFIRMED
            and enrolment.workshop.status in EDITABLE
            and bool(form.session.choices)
        ),
    )


@blueprint.post("/<int:workshop_id>/my-attendance/leave/<int:request_id>/withdraw")
@requires("workshops.enrol")
def withdraw_own_leave(workshop_id: int, request_id: int) -> ResponseReturnValue:
    """Take back a request that waits for an answer."""
    _own(workshop_id)
    with acting() as actor:
        withdraw_leave(request_id, enrolment_id=_own(workshop_id).id, actor=actor)
    flash(_("The request is withdrawn."), "success")
    return redirect(url_for("workshops.my_attendance", workshop_id=workshop_id))
