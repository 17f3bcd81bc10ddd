"""Leave from a session: asked with a reason, granted or refused by who runs the workshop."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.core.lengths import fitting
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import Who, record
from app.domain.workshops.models import (
    Attendance,
    Enrolment,
    LeaveRequest,
    Workshop,
    WorkshopSession,
    WorkshopTrainer,
)
from app.domain.workshops.operations.enrolling import lock_enrolment
from app.domain.workshops.operations.locking import lock_run, over
from app.domain.workshops.operations.sessions import when
from app.domain.workshops.rules.attendance import ATTENDED
from app.domain.workshops.rules.planning import EDITABLE
from app.domain.workshops.rules.words import (
    AttendanceMethod,
    AttendanceState,
    EnrolmentStatus,
    RequestState,
)
from app.domain.workshops.telling import page_of, tell_accounts, tell_people

LONGEST_REASON = 500


def _asked_already() -> DomainError:
    return DomainError(
        _("You have asked for leave from this session already; it waits for an answer."),
        "already_asked",
        "session",
    )


explain_constraint("uq_leave_requests_open", _asked_already)


def ask_leave(enrolment_id: int, session_id: int, reason: str, *, actor: Actor) -> LeaveRequest:
    """Ask for leave from one session; who runs the workshop is told.

    Raises ``reason_missing``, ``not_seated``, ``session_over``, ``already_asked``, ``already_recorded``.
    """
    reason = _checked(reason, _("Say why you cannot come."))
    workshop, enrolment = lock_enrolment(enrolment_id)
    _refuse_over(workshop)
    if enrolment.status is not EnrolmentStatus.CONFIRMED:
        raise DomainError(_("Only who has a confirmed seat asks for leave."), "not_seated")
    session = _session_of(workshop, session_id)
    now = clock.now()
    if now >= session.ends_at:
        raise DomainError(
            _("This session is over. Speak with the trainer."), "session_over", "session"
        )
    _refuse_known(enrolment, session)
    asked = LeaveRequest(
        session_id=session.id, enrolment_id=enrolment.id, reason=reason, asked_at=now
    )
    db.session.add(asked)
    db.session.flush()
    _audit(actor, "ask_leave", enrolment, session)
    _tell_runners(workshop, enrolment, session)
    return asked


def withdraw_leave(request_id: int, *, enrolment_id: int, actor: Actor) -> LeaveRequest:
    """Take back a request that waits for an answer; NotFound for anybody else's."""
    _workshop, enrolment = lock_enrolment(enrolment_id)
    asked = _open_request(request_id, LeaveRequest.enrolment_id == enrolment.id)
    asked.state, asked.decided_at = RequestState.WITHDRAWN, clock.now()
    db.session.flush()
    _audit(actor, "withdraw_leave", enrolment, asked.session)
    return asked


def decide_leave(
    request_id: int, *, workshop_id: int, grant: bool, answer: str, actor: Actor
) -> LeaveRequest:
    """Grant leave (it is excused, not absence) or refuse it with a reason; the person is told.

    Raises NotFound, ``not_open``, ``reason_missing``, ``workshop_over``.
    """
    workshop = lock_run(workshop_id, actor=actor)
    _refuse_over(workshop)
    of_workshop = LeaveRequest.session_id.in_(
        select(WorkshopSession.id).where(WorkshopSession.workshop_id == workshop.id)
    )
    asked = _open_request(request_id, of_workshop)
    answer = fitting(answer, LONGEST_REASON, "answer")
    if not grant and not answer:
        raise InvalidInput(_("Say why not."), "reason_missing", "answer")
    asked.state = RequestState.GRANTED if grant else RequestState.REFUSED
    asked.decided_at, asked.decided_by = clock.now(), actor.account_id
    asked.answer = answer or None
    if grant:
        _excuse(asked, actor)
    db.session.flush()
    verb = "grant" if grant else "refuse"
    _audit(actor, f"{verb}_leave", asked.enrolment, asked.session, reason=answer or None)
    tell_people(
        [asked.enrolment.person_id],
        f"workshops.leave_{asked.state.value}",
        {"title": workshop.title, "when": when(asked.session), "answer": answer},
        link=f"{page_of(workshop.id)}/my-attendance",
    )
    return asked


def _checked(reason: str, refusal: str) -> str:
    text = reason.strip()
    if not text:
        raise InvalidInput(refusal, "reason_missing", "reason")
    return fitting(text, LONGEST_REASON, "reason")


def _refuse_over(workshop: Workshop) -> None:
    if workshop.status not in EDITABLE:
        raise over(workshop.status)


def _session_of(workshop: Workshop, session_id: int) -> WorkshopSession:
    session = db.session.get(WorkshopSession, session_id)
    if session is None or session.workshop_id != workshop.id or session.cancelled_at is not None:
        raise NotFound(_("There is no such session in this workshop."))
    return session


def _refuse_known(enrolment: Enrolment, session: WorkshopSession) -> None:
    waiting = db.session.scalar(
        select(LeaveRequest.id).where(
            LeaveRequest.session_id == session.id,
            LeaveRequest.enrolment_id == enrolment.id,
            LeaveRequest.state == RequestState.OPEN,
        )
    )
    if waiting is not None:
        raise _asked_already()
    known = _find_attendance(session.id, enrolment.id)
    if known is not None and known.state is not AttendanceState.ABSENT:
        raise DomainError(
            _("Your attendance of this session is recorded already."), "already_recorded", "session"
        )


def _find_attendance(session_id: int, enrolment_id: int) -> Attendance | None:
    return db.session.scalars(
        select(Attendance).where(
            Attendance.session_id == session_id, Attendance.enrolment_id == enrolment_id
        )
    ).first()


def _open_request(request_id: int, condition: ColumnElement[bool]) -> LeaveRequest:
    asked = db.session.scalars(
        select(LeaveRequest)
        .where(LeaveRequest.id == request_id, condition)
        .with_for_update(of=LeaveRequest)
        .execution_options(populate_existing=True)
    ).first()
    if asked is None:
        raise NotFound(_("There is no such request for leave."))
    if asked.state is not RequestState.OPEN:
        raise DomainError(_("This request was answered or withdrawn meanwhile."), "not_open")
    return asked


def _excuse(asked: LeaveRequest, actor: Actor) -> None:
    """Leave in the register; who came in spite of it stays as having come."""
    known = _find_attendance(asked.session_id, asked.enrolment_id)
    if known is not None and known.state in ATTENDED:
        return
    if known is None:
        known = Attendance(session_id=asked.session_id, enrolment_id=asked.enrolment_id)
        db.session.add(known)
    known.state, known.method = AttendanceState.LEAVE, AttendanceMethod.ROSTER
    known.recorded_at, known.recorded_by = clock.now(), actor.account_id


def _tell_runners(workshop: Workshop, enrolment: Enrolment, session: WorkshopSession) -> None:
    """The trainers; while there are none, who made the workshop."""
    trainers = db.session.scalars(
        select(WorkshopTrainer.account_id)
        .where(WorkshopTrainer.workshop_id == workshop.id)
        .distinct()
    ).all()
    made_by = [] if workshop.created_by is None else [workshop.created_by]
    parameters = {
        "name": enrolment.person.name,
        "title": workshop.title,
        "when": when(session),
    }
    tell_accounts(
        trainers or made_by,
        "workshops.leave_asked",
        parameters,
        link=f"{page_of(workshop.id)}/attendance",
    )


def _audit(
    actor: Who,
    action: str,
    enrolment: Enrolment,
    session: WorkshopSession,
    *,
    reason: str | None = None,
) -> None:
    record(
        actor,
        f"workshops.{action}",
        object_type="enrolment",
        object_id=enrolment.id,
        subject_id=enrolment.person_id,
        details={"workshop": enrolment.workshop_id, "session": session.id},
        reason=reason,
        unit_path=enrolment.unit_path,
    )
