"""Sessions of a workshop: add, change, cancel, make up for one. Who holds a seat is told, and bound anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.workshops.models import (
    Attendance,
    LeaveRequest,
    Workshop,
    WorkshopSession,
)
from app.domain.workshops.operations import checks
from app.domain.workshops.operations.binding import rebind_session, unbind_session
from app.domain.workshops.operations.clashing import (
    clashes_of,
    refuse_unseen,
    seated_people,
    tell_changed,
)
from app.domain.workshops.operations.locking import lock_editable, refuse_stale
from app.domain.workshops.rules.enrolling import Period
from app.domain.workshops.rules.words import SessionPart, WorkshopStatus
from app.domain.workshops.telling import page_of, tell_people


@dataclass(frozen=True)
class SessionFacts:
    """When and where a session is. ``makes_up_for_id``: the session that a make-up session stands for."""

    starts_at: datetime
    ends_at: datetime
    place: str | None = None
    title: str | None = None
    part: SessionPart = SessionPart.THEORY
    latitude: float | None = None
    longitude: float | None = None
    makes_up_for_id: int | None = None


def add_session(
    workshop_id: int, facts: SessionFacts, *, actor: Actor, seen_clashes: str | None = None
) -> WorkshopSession:
    """Add a session. Raises ``ends_before_starts``, ``too_long``, ``sessions_overlap``.

    ``seen_clashes``: the mark of what was shown to bind people on a seat at that time ('' when nothing was);
    ``people_bound`` when others are bound by now. None: whoever asks is not shown it, people are told all the same.
    """
    workshop = lock_editable(workshop_id, actor=actor)
    session = _new_session(workshop, facts)
    clashes = refuse_unseen(session, seen_clashes)
    _audit(workshop, session, "add_session", actor)
    rebind_session(workshop, session)
    tell_changed(workshop, session, when(session), clashes)
    return session


def replace_sessions(workshop_id: int, planned: Sequence[SessionFacts], *, actor: Actor) -> None:
    """Make these the sessions of a workshop: those at the same time stay (with their place mended), others go.

    For programs, which send the whole list and have the hours checked at the end (operations.whole). A session
    with attendance does not go (``attendance_exists``).
    """
    workshop = lock_editable(workshop_id, actor=actor)
    for facts in planned:
        checks.refuse_session(facts.starts_at, facts.ends_at)
    checks.refuse_overlap([Period(facts.starts_at, facts.ends_at) for facts in planned])
    current = {
        (session.starts_at, session.ends_at): session
        for session in _standing(workshop.id)
        if session.makes_up_for_id is None
    }
    wanted = {(facts.starts_at, facts.ends_at): facts for facts in planned}
    for times, session in current.items():
        if times not in wanted:
            _remove(workshop, session, actor)
    for times, facts in wanted.items():
        known = current.get(times)
        if known is None:
            session = _new_session(workshop, facts)
            _audit(workshop, session, "add_session", actor)
            rebind_session(workshop, session)
            tell_changed(workshop, session, when(session), clashes_of(session))
        elif known.place != facts.place:
            known.place = facts.place
            db.session.flush()
            _audit(workshop, known, "change_session", actor)
            tell_changed(workshop, known, when(known))


def _new_session(workshop: Workshop, facts: SessionFacts) -> WorkshopSession:
    session = WorkshopSession(
        workshop_id=workshop.id, starts_at=facts.starts_at, ends_at=facts.ends_at
    )
    _write(workshop, session, facts)
    db.session.add(session)
    db.session.flush()
    return session


def change_session(
    session_id: int,
    facts: SessionFacts,
    *,
    actor: Actor,
    expected_version: int | None = None,
    seen_clashes: str | None = None,
) -> WorkshopSession:
    """Move a session or change its place; everybody seated is told. Refused as in ``add_session``, and when the
    sessions would give fewer hours than the published ones (``hours_above_sessions``).
    """
    workshop, session = _lock(session_id, actor)
    refuse_stale(session.row_version, expected_version)
    bound, place = _binds(session), session.place
    _write(workshop, session, facts)
    db.session.flush()
    _refuse_short(workshop)
    moved = _binds(session) != bound
    clashes = refuse_unseen(session, seen_clashes) if moved else []
    _audit(workshop, session, "change_session", actor)
    if moved:
        rebind_session(workshop, session)
    if moved or session.place != place:
        tell_changed(workshop, session, when(session), clashes)
    return session


def _binds(session: WorkshopSession) -> tuple[datetime, datetime, bool]:
    """When a session binds people, and whether it does."""
    return session.starts_at, session.ends_at, session.makes_up_for_id is None


def cancel_session(session_id: int, *, actor: Actor, reason: str) -> WorkshopSession:
    """A session does not take place; everybody seated is told why. In a draft it is simply removed."""
    workshop, session = _lock(session_id, actor)
    if workshop.status is WorkshopStatus.DRAFT:
        _remove(workshop, session, actor)
        return session
    if not reason.strip():
        raise InvalidInput(_("Say why."), "reason_missing", "reason")
    session.cancelled_at = clock.now()
    db.session.flush()
    unbind_session(session.id)
    _audit(workshop, session, "cancel_session", actor, reason=reason)
    tell_people(
        seated_people(workshop.id),
        "workshops.session_cancelled",
        {"title": workshop.title, "when": when(session), "reason": reason.strip()},
        link=page_of(workshop.id),
    )
    return session


def _remove(workshop: Workshop, session: WorkshopSession, actor: Actor) -> None:
    recorded = select(Attendance.id).where(Attendance.session_id == session.id)
    asked = select(LeaveRequest.id).where(LeaveRequest.session_id == session.id)
    if db.session.scalar(recorded.union_all(asked).limit(1)) is not None:
        raise DomainError(
            _(
                "Attendance is recorded for %(when)s; cancel that session instead.",
                when=when(session),
            ),
            "attendance_exists",
            "sessions",
        )
    unbind_session(session.id)
    _audit(workshop, session, "remove_session", actor)
    for other in _standing(workshop.id):
        if other.makes_up_for_id == session.id:
            other.makes_up_for_id = None
    db.session.flush()
    db.session.delete(session)
    db.session.flush()


def _lock(session_id: int, actor: Actor) -> tuple[Workshop, WorkshopSession]:
    workshop_id = db.session.scalar(
        select(WorkshopSession.workshop_id).where(WorkshopSession.id == session_id)
    )
    if workshop_id is None:
        raise NotFound(_("There is no such session within your unit."))
    workshop = lock_editable(workshop_id, actor=actor)
    session = db.session.get_one(WorkshopSession, session_id, populate_existing=True)
    if session.cancelled_at is not None:
        raise DomainError(_("This session was cancelled."), "session_cancelled")
    return workshop, session


def _standing(workshop_id: int) -> list[WorkshopSession]:
    return list(
        db.session.scalars(
            select(WorkshopSession)
            .where(
                WorkshopSession.workshop_id == workshop_id,
                WorkshopSession.cancelled_at.is_(None),
            )
            .order_by(WorkshopSession.starts_at, WorkshopSession.id)
        )
    )


def _write(workshop: Workshop, session: WorkshopSession, facts: SessionFacts) -> None:
    checks.refuse_session(facts.starts_at, facts.ends_at)
    if (facts.latitude is None) != (facts.longitude is None):
        raise InvalidInput(_("Give both coordinates, or none."), "half_a_place", "longitude")
    others = [other for other in _standing(workshop.id) if other is not session]
    _refuse_make_up(facts, others)
    checks.refuse_overlap(
        [
            Period(facts.starts_at, facts.ends_at),
            *(Period(other.starts_at, other.ends_at) for other in others),
        ]
    )
    session.starts_at, session.ends_at = facts.starts_at, facts.ends_at
    session.place = (facts.place or "").strip() or None
    session.title = (facts.title or "").strip() or None
    session.part = facts.part
    session.latitude, session.longitude = facts.latitude, facts.longitude
    session.makes_up_for_id = facts.makes_up_for_id


def _refuse_make_up(facts: SessionFacts, others: list[WorkshopSession]) -> None:
    if facts.makes_up_for_id is None:
        return
    regular = {other.id for other in others if other.makes_up_for_id is None}
    if facts.makes_up_for_id not in regular:
        raise InvalidInput(
            _("Choose the session of this workshop that it makes up for."),
            "unknown_session",
            "makes_up_for",
        )


def _refuse_short(workshop: Workshop) -> None:
    """While people rely on the hours, the sessions must still give them."""
    if workshop.status is not WorkshopStatus.DRAFT:
        checks.refuse_hours(workshop, checks.periods_of(workshop.id))


def when(session: WorkshopSession) -> str:
    """A session's time as people read it: 2026-12-05 09:00–11:30."""
    start, end = clock.local(session.starts_at), clock.local(session.ends_at)
    last = end.strftime("%H:%M" if start.date() == end.date() else "%Y-%m-%d %H:%M")
    return f"{start:%Y-%m-%d %H:%M}–{last}"


def _audit(
    workshop: Workshop,
    session: WorkshopSession,
    action: str,
    actor: Actor,
    *,
    reason: str | None = None,
) -> None:
    workshop.row_version += 1  # its page is kept until this changes
    record(
        actor,
        f"workshops.{action}",
        object_type="workshop",
        object_id=workshop.id,
        details={"session": session.id, "when": when(session), "place": session.place},
        reason=reason,
        unit_path=workshop.organiser.path,
    )
