"""How much of a workshop's sessions each person attended, for the attendance criterion of a marking guide."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal

from sqlalchemy import select

from app.core.db import db
from app.domain.workshops.models import Attendance, Enrolment, WorkshopSession
from app.domain.workshops.rules import grading as rules
from app.domain.workshops.rules.words import AttendanceState


def attendance_percentages(
    workshop_id: int, enrolment_ids: Collection[int] | None = None
) -> dict[int, Decimal | None]:
    """How much of the sessions each person attended, of 100 (rules.attendance_percentage); by enrolment.

    A session counts once anything is recorded in it, unless it is cancelled. Who attended the session that makes up
    for a missed one has attended.
    """
    sessions = db.session.execute(
        select(WorkshopSession.id, WorkshopSession.makes_up_for_id).where(
            WorkshopSession.workshop_id == workshop_id, WorkshopSession.cancelled_at.is_(None)
        )
    ).all()
    stands_for: dict[int, int] = {row.id: row.makes_up_for_id or row.id for row in sessions}
    regular = {row.id for row in sessions if row.makes_up_for_id is None}
    states: dict[int, dict[int, AttendanceState]] = {}
    kept: set[int] = set()
    rows = db.session.execute(
        select(Attendance.session_id, Attendance.enrolment_id, Attendance.state)
        .join(Enrolment, Enrolment.id == Attendance.enrolment_id)
        .where(Enrolment.workshop_id == workshop_id)
    )
    for session_id, enrolment_id, state in rows:
        place = stands_for.get(session_id)
        if place is None or place not in regular:
            continue
        if place == session_id:
            kept.add(place)
        known = states.setdefault(enrolment_id, {})
        if place not in known or state in rules.ATTENDED:
            known[place] = state
    wanted = states.keys() | set(enrolment_ids or _graded_ids(workshop_id))
    return {
        enrolment_id: rules.attendance_percentage(
            [states.get(enrolment_id, {}).get(session_id) for session_id in sorted(kept)]
        )
        for enrolment_id in wanted
    }


def _graded_ids(workshop_id: int) -> Iterable[int]:
    return db.session.scalars(
        select(Enrolment.id).where(
            Enrolment.workshop_id == workshop_id, Enrolment.status.in_(tuple(rules.GRADED))
        )
    )
