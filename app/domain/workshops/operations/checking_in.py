"""Check in by the code on the trainer's screen: only who has a seat, in the session's time, at its place if asked."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core import clock, crypto
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.core.i18n import gettext as _
from app.domain.audit.operations import Who, record
from app.domain.workshops.models import Attendance, Enrolment, Workshop, WorkshopSession
from app.domain.workshops.operations.locking import over
from app.domain.workshops.operations.sessions import when
from app.domain.workshops.rules import attendance as rules
from app.domain.workshops.rules.enrolling import OPEN
from app.domain.workshops.rules.words import (
    AttendanceMethod,
    AttendanceState,
    EnrolmentStatus,
    WorkshopStatus,
)


def make_code(session_id: int, now: datetime) -> str:
    """The code of this half minute for a session."""
    window = rules.window_of(now)
    return rules.Code(session_id, window, _seal(session_id, window)).text


def _seal(session_id: int, window: int) -> str:
    return rules.shortened(crypto.mac(rules.sealed_message(session_id, window)))


def open_code(text: str) -> rules.Code:
    """A code that this system made, whether or not it is still good. Raises ``bad_code``."""
    code = rules.parse_code(text)
    if code is None or not hmac.compare_digest(code.seal, _seal(code.session_id, code.window)):
        raise DomainError(
            _("This is no check-in code of ours. Scan the code on the trainer's screen again."),
            "bad_code",
        )
    return code


def read_code(text: str, *, scanned_at: datetime) -> int:
    """The session a code is for, if it was good when it was scanned. Raises ``bad_code``, ``code_expired``."""
    code = open_code(text)
    if rules.why_not_code(code.window, scanned_at) is not None:
        raise DomainError(
            _(
                "This code is too old: each is good for one minute. Scan the one that is on the screen now."
            ),
            "code_expired",
        )
    return code.session_id


def find_session(session_id: int) -> WorkshopSession:
    """The session of a genuine code, with its workshop; NotFound when it was removed since."""
    session = db.session.get(WorkshopSession, session_id)
    if session is None:
        raise NotFound(_("This session does not exist any more."))
    return session


@dataclass(frozen=True)
class CheckedIn:
    """What checking in came to; ``again``: the person was in already."""

    state: AttendanceState
    recorded_at: datetime
    again: bool


def check_in(
    session_id: int,
    person_id: int | None,
    *,
    actor: Who,
    position: rules.Position | None = None,
) -> CheckedIn:
    """Record that a person came; a second scan changes nothing.

    Raises ``session_cancelled``, ``workshop_over``, ``not_enrolled``, ``not_seated``, ``too_early``,
    ``session_over``, ``position_missing``, ``too_far``.
    """
    now = clock.now()
    session = find_session(session_id)
    workshop = _share_workshop(session.workshop_id)
    _refuse_session(workshop, session)
    enrolment = _lock_enrolment(workshop, person_id)
    known = db.session.scalars(
        select(Attendance).where(
            Attendance.session_id == session.id, Attendance.enrolment_id == enrolment.id
        )
    ).first()
    if known is not None and known.state in rules.ATTENDED:
        return CheckedIn(known.state, known.recorded_at, again=True)
    _refuse_time(session, now)
    _refuse_place(workshop, session, position)
    state = rules.state_on_arrival(session.starts_at, now)
    before = None if known is None else known.state.value
    if known is None:
        known = Attendance(session_id=session.id, enrolment_id=enrolment.id)
        db.session.add(known)
    known.state, known.method = state, AttendanceMethod.QR
    known.recorded_at, known.recorded_by = now, actor.account_id
    db.session.flush()
    record(
        actor,
        "workshops.check_in",
        object_type="enrolment",
        object_id=enrolment.id,
        subject_id=enrolment.person_id,
        details={"session": session.id, "state": state.value, "before": before},
        unit_path=enrolment.unit_path,
    )
    return CheckedIn(state, now, again=False)


def _share_workshop(workshop_id: int) -> Workshop:
    """The workshop as it is now; many may check in at once, while nobody closes it."""
    return db.session.scalars(
        select(Workshop)
        .where(Workshop.id == workshop_id)
        .with_for_update(read=True, of=Workshop)
        .execution_options(populate_existing=True)
    ).one()


def _refuse_session(workshop: Workshop, session: WorkshopSession) -> None:
    if session.cancelled_at is not None:
        raise DomainError(_("This session was cancelled."), "session_cancelled")
    if workshop.status in {WorkshopStatus.COMPLETED, WorkshopStatus.CANCELLED}:
        raise over(workshop.status)


def _lock_enrolment(workshop: Workshop, person_id: int | None) -> Enrolment:
    """The person's enrolment, locked, so that a double tap takes turns with itself."""
    enrolment = db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.workshop_id == workshop.id,
            Enrolment.person_id == person_id,
            Enrolment.status.in_(tuple(OPEN)),
        )
        .with_for_update(of=Enrolment)
    ).first()
    if enrolment is None:
        raise DomainError(
            _(
                "You are not enrolled in “%(title)s”. If you should be, ask the trainer.",
                title=workshop.title,
            ),
            "not_enrolled",
        )
    if enrolment.status is not EnrolmentStatus.CONFIRMED:
        raise DomainError(
            _("Your seat is not confirmed yet, so this code does not let you in. Ask the trainer."),
            "not_seated",
        )
    return enrolment


def _refuse_time(session: WorkshopSession, now: datetime) -> None:
    code = rules.why_not_time(session.starts_at, session.ends_at, now)
    if code == "too_early":
        raise DomainError(
            _(
                "Too early: one can check in from half an hour before it begins (%(when)s).",
                when=when(session),
            ),
            "too_early",
        )
    if code == "over":
        raise DomainError(
            _(
                "This session is over (%(when)s). If you were there, ask the trainer.",
                when=when(session),
            ),
            "session_over",
        )


def _refuse_place(
    workshop: Workshop, session: WorkshopSession, position: rules.Position | None
) -> None:
    if not needs_position(workshop, session):
        return
    if position is None:
        raise DomainError(
            _(
                "This session asks where you are, and your phone did not say. Allow it to know the place and"
                " try again, or have the trainer check you in."
            ),
            "position_missing",
        )
    place = rules.Position(session.latitude or 0.0, session.longitude or 0.0)
    if not rules.is_near(position, place):
        kilometres = max(1, round(rules.metres_between(position, place) / 1000))
        raise DomainError(
            _(
                "Your phone is about %(distance)s km away from where the session is. If you are there, have"
                " the trainer check you in.",
                distance=kilometres,
            ),
            "too_far",
        )


def needs_position(workshop: Workshop, session: WorkshopSession) -> bool:
    """Whether checking in asks for the phone's position: switched on, and the place is known."""
    return workshop.place_check and session.latitude is not None
