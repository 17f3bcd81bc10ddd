"""Learning that both records have: it is kept once, the further one, so that nobody is in a course twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Table, select

from app.core.db import db
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseReminder,
    Recognition,
    RequiredLearner,
)
from app.domain.courses.operations.planning import recount
from app.domain.courses.rules.words import LearnerStatus, RecognitionStatus
from app.domain.personal_data.journal import Journal

HELD = (LearnerStatus.ENROLLED, LearnerStatus.COMPLETED)
STANDING = (
    RecognitionStatus.SUBMITTED,
    RecognitionStatus.CHECKED,
    RecognitionStatus.RECOGNISED,
)


def hold_places(person_ids: Collection[int]) -> Sequence[Course]:
    """The courses with a capacity that these people are in, locked: before the people, as enrolling does it."""
    theirs = select(CourseEnrolment.course_id).where(CourseEnrolment.person_id.in_(person_ids))
    return db.session.scalars(
        select(Course)
        .where(Course.capacity.is_not(None), Course.id.in_(theirs))
        .order_by(Course.id)
        .with_for_update(of=Course, key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def recount_places(courses: Sequence[Course]) -> None:
    """Of two enrolments one stays, and its place is one; taken back, they are two again."""
    for course in courses:
        recount(course)
    db.session.flush()


def resolve_learning(
    journal: Journal, *, kept_id: int, merged_id: int, reason: str, now: datetime
) -> None:
    """Before the rows move: of two enrolments, requests or places in a group one stays."""
    _withdraw_enrolments(journal, kept_id, merged_id, reason, now)
    _withdraw_requests(journal, kept_id, merged_id, reason)
    _leave_groups(journal, kept_id, merged_id)
    _forget_reminders(journal, kept_id, merged_id)


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


def _rows(table: Table, person_id: int) -> Sequence[RowMapping]:
    statement = select(table).where(table.c.person_id == person_id).order_by(table.c.id)
    return db.session.execute(statement).mappings().all()


def _withdraw_enrolments(
    journal: Journal, kept_id: int, merged_id: int, reason: str, now: datetime
) -> None:
    """The completed one stays, else the one with more lessons done, else the kept record's."""
    table = _table(CourseEnrolment)
    kept = {row["course_id"]: row for row in _rows(table, kept_id) if row["status"] in HELD}
    for other in _rows(table, merged_id):
        row = kept.get(other["course_id"])
        if row is None or other["status"] not in HELD:
            continue
        winner, loser = (other, row) if _further(other) > _further(row) else (row, other)
        journal.change(
            table,
            loser["id"],
            {"status": LearnerStatus.WITHDRAWN, "ended_at": now, "end_reason": reason},
        )
        _count_for_groups(journal, loser["id"], winner["id"])


def _count_for_groups(journal: Journal, loser_id: int, winner_id: int) -> None:
    """What was assigned and rested on the enrolment that goes rests on the one that stays."""
    table = _table(RequiredLearner)
    ids = select(table.c.id).where(table.c.enrolment_id == loser_id).order_by(table.c.id)
    for row_id in db.session.scalars(ids).all():
        journal.change(table, row_id, {"enrolment_id": winner_id})


def _further(row: RowMapping) -> tuple[bool, int]:
    return row["status"] == LearnerStatus.COMPLETED, row["done"]


def _withdraw_requests(journal: Journal, kept_id: int, merged_id: int, reason: str) -> None:
    """The recognised one stays, else the kept record's."""
    table = _table(Recognition)
    kept = {row["event_key"]: row for row in _rows(table, kept_id) if row["status"] in STANDING}
    for other in _rows(table, merged_id):
        row = kept.get(other["event_key"])
        if row is None or other["status"] not in STANDING:
            continue
        recognised = RecognitionStatus.RECOGNISED
        better = other["status"] == recognised and row["status"] != recognised
        loser = row if better else other
        journal.change(
            table, loser["id"], {"status": RecognitionStatus.WITHDRAWN, "reason": reason}
        )


def _leave_groups(journal: Journal, kept_id: int, merged_id: int) -> None:
    table = _table(RequiredLearner)
    kept = {row["requirement_id"] for row in _rows(table, kept_id)}
    for other in _rows(table, merged_id):
        if other["requirement_id"] in kept:
            journal.remove(table, other["id"])


def _forget_reminders(journal: Journal, kept_id: int, merged_id: int) -> None:
    table = _table(CourseReminder)
    kept = {_step(row) for row in _rows(table, kept_id)}
    for other in _rows(table, merged_id):
        if _step(other) in kept:
            journal.remove(table, other["id"])


def _step(row: RowMapping) -> tuple[Any, ...]:
    return row["requirement_id"], row["kind"], row["due_on"], row["days"]
