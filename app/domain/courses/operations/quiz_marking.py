"""Trainers mark short answers; with the last one of an attempt its result stands and the person is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, StaleVersion
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import AttemptItem, CourseEnrolment, QuizAttempt
from app.domain.courses.operations.grading_attempts import settle
from app.domain.courses.operations.locking import keep_people_of, lock_enrolment
from app.domain.courses.queries.quizzes import find_attempt_place, no_attempt
from app.domain.courses.queries.visibility import may_teach
from app.domain.courses.quiz_telling import tell_marked
from app.domain.courses.rules.quizzes import percent
from app.domain.courses.rules.words import AttemptStatus
from app.domain.people.personal_texts import fitting_text

LONGEST_FEEDBACK, LONGEST_REASON = 2000, 500


@dataclass(frozen=True, slots=True)
class AnswerMark:
    """The marks for one short answer, and what is said about it."""

    item_id: int
    marks: Decimal
    feedback: str = ""


def mark_answers(
    course_id: int, marks: Sequence[AnswerMark], *, actor: Actor, now: datetime
) -> int:
    """Mark short answers of a course; how many results stand with them.

    Raises ``out_of_range``, ``already_marked`` (somebody else was first), ``too_long``; NotFound for an answer of
    another course or one that the actor does not teach in.
    """
    wanted = {mark.item_id: mark for mark in marks}
    by_enrolment: dict[int, list[int]] = {}
    for item_id, enrolment_id in _places(course_id, list(wanted)):
        by_enrolment.setdefault(enrolment_id, []).append(item_id)
    if sum(map(len, by_enrolment.values())) != len(wanted):
        raise _no_answer()
    keep_people_of(select(CourseEnrolment.person_id).where(CourseEnrolment.id.in_(by_enrolment)))
    settled = 0
    for enrolment_id in sorted(by_enrolment):
        enrolment = lock_enrolment(enrolment_id, actor=actor)
        if not may_teach(enrolment.course, actor):
            raise _no_answer()
        items = by_enrolment[enrolment_id]
        settled += _mark_of_one(enrolment, [wanted[one] for one in items], actor, now)
    return settled


def _places(course_id: int, item_ids: Sequence[int]) -> Sequence[tuple[int, int]]:
    rows = db.session.execute(
        select(AttemptItem.id, QuizAttempt.enrolment_id)
        .join(QuizAttempt, QuizAttempt.id == AttemptItem.attempt_id)
        .join(CourseEnrolment, CourseEnrolment.id == QuizAttempt.enrolment_id)
        .where(AttemptItem.id.in_(item_ids), CourseEnrolment.course_id == course_id)
        .order_by(AttemptItem.id)
    ).all()
    return [(row[0], row[1]) for row in rows]


def _mark_of_one(
    enrolment: CourseEnrolment, marks: Sequence[AnswerMark], actor: Actor, now: datetime
) -> int:
    """Mark answers of one person, whose enrolment is locked; how many attempts of theirs are settled."""
    touched: dict[int, QuizAttempt] = {}
    for mark in marks:
        item = db.session.get_one(AttemptItem, mark.item_id, populate_existing=True)
        _refuse(item, mark)
        item.marks, item.marked_by = round(mark.marks, 2), actor.account_id
        item.feedback = fitting_text(mark.feedback, LONGEST_FEEDBACK, "feedback") or None
        touched[item.attempt_id] = item.attempt
        record(
            actor,
            "courses.mark_answer",
            object_type="quiz_attempt",
            object_id=item.attempt_id,
            subject_id=enrolment.person_id,
            details={"position": item.position, "marks": str(item.marks)},
            unit_path=enrolment.unit_path,
        )
    enrolment.stamp += 1
    db.session.flush()
    settled = 0
    for attempt in touched.values():
        if settle(attempt, enrolment, actor=actor, now=now):
            settled += 1
            _tell(attempt, enrolment)
    return settled


def correct_mark(
    attempt_id: int,
    position: int,
    marks: Decimal,
    *,
    seen: Decimal,
    reason: str,
    actor: Actor,
    now: datetime,
) -> QuizAttempt:
    """Give other marks for one answer of an attempt that has its result; the result is summed up anew and told.

    A lesson that is completed stays so, also when the result falls below the pass mark. ``seen``: the marks that were
    looked at. Raises StaleVersion, ``not_marked_yet``, ``reason_missing``, ``out_of_range``; NotFound for others.
    """
    reason = fitting_text(reason, LONGEST_REASON, "reason")
    if not reason:
        raise InvalidInput(_("Give a reason."), "reason_missing", "reason")
    place = find_attempt_place(attempt_id, actor=actor)
    enrolment = lock_enrolment(place[0], actor=actor)
    if not may_teach(enrolment.course, actor):
        raise no_attempt()
    item = _item_at(attempt_id, position)
    if item.attempt.status is not AttemptStatus.MARKED or item.marks is None:
        raise DomainError(_("This attempt has no result yet."), "not_marked_yet")
    if item.marks != seen:
        raise StaleVersion(
            _("Somebody else has changed these marks since you looked. Look at them again.")
        )
    _refuse_marks(item, marks, "marks")
    before, item.marks, item.marked_by = item.marks, round(marks, 2), actor.account_id
    db.session.flush()
    settle(item.attempt, enrolment, actor=actor, now=now)
    record(
        actor,
        "courses.correct_mark",
        object_type="quiz_attempt",
        object_id=attempt_id,
        subject_id=enrolment.person_id,
        details={"position": position, "before": str(before), "marks": str(item.marks)},
        unit_path=enrolment.unit_path,
        reason=reason,
    )
    _tell(item.attempt, enrolment)
    return item.attempt


def _item_at(attempt_id: int, position: int) -> AttemptItem:
    item = db.session.scalar(
        select(AttemptItem)
        .where(AttemptItem.attempt_id == attempt_id, AttemptItem.position == position)
        .execution_options(populate_existing=True)
    )
    if item is None:
        raise _no_answer()
    db.session.refresh(item.attempt)
    return item


def _tell(attempt: QuizAttempt, enrolment: CourseEnrolment) -> None:
    share = percent(Decimal(attempt.marks or 0), Decimal(attempt.maximum))
    tell_marked(attempt, enrolment, f"{share.normalize():f}")


def _refuse(item: AttemptItem, mark: AnswerMark) -> None:
    if item.attempt.status is not AttemptStatus.SUBMITTED or item.marks is not None:
        raise DomainError(
            _("Somebody else has marked one of these answers meanwhile. Look at the list again."),
            "already_marked",
        )
    _refuse_marks(item, mark.marks, f"marks-{item.id}")


def _refuse_marks(item: AttemptItem, marks: Decimal, field: str) -> None:
    if not 0 <= marks <= item.maximum or marks != round(marks, 2):
        raise InvalidInput(
            _(
                "Between 0 and %(most)s, with at most two decimals.",
                most=f"{Decimal(item.maximum).normalize():f}",
            ),
            "out_of_range",
            field,
        )


def _no_answer() -> NotFound:
    return NotFound(_("There is no such answer within your unit."))
