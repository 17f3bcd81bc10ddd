"""The register kept by hand: one state, many at once, everybody present; what a filled sheet says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.workshops.models import Attendance, Enrolment, Workshop, WorkshopSession
from app.domain.workshops.operations.locking import lock_run, over
from app.domain.workshops.rules.attendance import OPENS_BEFORE
from app.domain.workshops.rules.grading import GRADED
from app.domain.workshops.rules.planning import EDITABLE
from app.domain.workshops.rules.words import AttendanceMethod, AttendanceState


def _recorded_meanwhile() -> DomainError:
    return DomainError(
        _("Somebody else has recorded this meanwhile. Look at it again."), "stale_version"
    )


explain_constraint("uq_attendances_session_id", _recorded_meanwhile)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants recorded: the state (None: nothing), and the version of the row they saw (0: none)."""

    state: AttendanceState | None
    seen: int
    note: str | None = None


@dataclass
class Saved:
    """What came of it: enrolments changed, and those where somebody else was quicker (left as they are)."""

    changed: list[int] = field(default_factory=list)
    conflicts: list[int] = field(default_factory=list)


def set_states(
    session_id: int,
    wishes: Mapping[int, Wish],
    *,
    actor: Actor,
    method: AttendanceMethod = AttendanceMethod.ROSTER,
    all_or_nothing: bool = False,
) -> Saved:
    """Record states by enrolment. A row that was changed since it was seen is not overwritten but told.

    ``all_or_nothing``: one such row, and nothing is recorded (StaleVersion's code). Raises NotFound for somebody
    who is not on the list, ``too_early`` for what has not begun, ``workshop_over``.
    """
    workshop, session = lock_session(session_id, actor)
    now = clock.now()
    _refuse_early(session, wishes, now)
    people = _on_list(workshop.id, wishes)
    rows = _rows(session.id)
    saved, changes = Saved(), list[dict[str, object]]()
    for enrolment_id, wish in wishes.items():
        row = rows.get(enrolment_id)
        if not _differs(row, wish):
            continue
        if (0 if row is None else row.row_version) != wish.seen:
            saved.conflicts.append(enrolment_id)
            continue
        before = None if row is None else row.state.value
        _write(row, session, enrolment_id, wish, method, actor, now)
        saved.changed.append(enrolment_id)
        after = None if wish.state is None else wish.state.value
        changes.append({"enrolment": enrolment_id, "before": before, "after": after})
    if saved.conflicts and all_or_nothing:
        raise _recorded_meanwhile()
    db.session.flush()
    if changes:
        subject = people[saved.changed[0]] if len(changes) == 1 else None
        _audit(workshop, session, actor, changes, subject, method)
    return saved


def all_present(session_id: int, *, actor: Actor) -> int:
    """Everybody of whom nothing is recorded yet was there; how many."""
    workshop, session = lock_session(session_id, actor)
    known = _rows(session.id)
    missing = [one for one in _ids_on_list(workshop.id) if one not in known]
    wishes = {one: Wish(AttendanceState.PRESENT, 0) for one in missing}
    return len(set_states(session_id, wishes, actor=actor).changed)


def lock_session(session_id: int, actor: Actor) -> tuple[Workshop, WorkshopSession]:
    """A session with its workshop locked, for somebody who runs it. NotFound, ``workshop_over``,
    ``session_cancelled``.
    """
    workshop_id = db.session.scalar(
        select(WorkshopSession.workshop_id).where(WorkshopSession.id == session_id)
    )
    if workshop_id is None:
        raise NotFound(_("There is no such session in this workshop."))
    workshop = lock_run(workshop_id, actor=actor)
    if workshop.status not in EDITABLE:
        raise over(workshop.status)
    session = db.session.get_one(WorkshopSession, session_id, populate_existing=True)
    if session.cancelled_at is not None:
        raise DomainError(_("This session was cancelled."), "session_cancelled")
    return workshop, session


def _refuse_early(session: WorkshopSession, wishes: Mapping[int, Wish], now: datetime) -> None:
    """Leave can be noted long before; who came, not."""
    early = now < session.starts_at - OPENS_BEFORE
    if early and any(wish.state not in {None, AttendanceState.LEAVE} for wish in wishes.values()):
        raise DomainError(
            _("This session has not begun. Until then only leave can be recorded."), "too_early"
        )


def _on_list(workshop_id: int, wishes: Mapping[int, Wish]) -> dict[int, int]:
    """The person of each enrolment; NotFound unless all are on the list."""
    people = _ids_on_list(workshop_id)
    if not wishes.keys() <= people.keys():
        raise NotFound(_("There is no such enrolment within your unit."))
    return people


def _ids_on_list(workshop_id: int) -> dict[int, int]:
    rows = db.session.execute(
        select(Enrolment.id, Enrolment.person_id).where(
            Enrolment.workshop_id == workshop_id, Enrolment.status.in_(tuple(GRADED))
        )
    )
    return {row.id: row.person_id for row in rows}


def _rows(session_id: int) -> dict[int, Attendance]:
    rows = db.session.scalars(
        select(Attendance)
        .where(Attendance.session_id == session_id)
        .with_for_update(of=Attendance)
        .execution_options(populate_existing=True)
    )
    return {row.enrolment_id: row for row in rows}


def _differs(row: Attendance | None, wish: Wish) -> bool:
    if row is None:
        return wish.state is not None
    return row.state is not wish.state or (wish.note is not None and wish.note != (row.note or ""))


def _write(
    row: Attendance | None,
    session: WorkshopSession,
    enrolment_id: int,
    wish: Wish,
    method: AttendanceMethod,
    actor: Actor,
    now: datetime,
) -> None:
    if wish.state is None:
        assert row is not None
        db.session.delete(row)
        return
    if row is None:
        row = Attendance(session_id=session.id, enrolment_id=enrolment_id)
        db.session.add(row)
    row.state, row.method = wish.state, method
    row.recorded_at, row.recorded_by = now, actor.account_id
    if wish.note is not None:
        row.note = wish.note.strip() or None


def _audit(
    workshop: Workshop,
    session: WorkshopSession,
    actor: Actor,
    changes: Sequence[Mapping[str, object]],
    subject_id: int | None,
    method: AttendanceMethod,
) -> None:
    record(
        actor,
        "workshops.set_attendance",
        object_type="workshop",
        object_id=workshop.id,
        subject_id=subject_id,
        details={"session": session.id, "method": method.value, "changes": list(changes)},
        unit_path=workshop.organiser.path,
    )
