"""What online courses ask of somebody today, as counts for the front page; one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.courses.models import (
    AttemptItem,
    Course,
    CourseEnrolment,
    HandIn,
    QuizAttempt,
    Recognition,
    RequiredLearner,
    Requirement,
)
from app.domain.courses.queries.assigned import binds
from app.domain.courses.queries.visibility import (
    enrolments_visible_to,
    own_enrolment,
    taught_by,
)
from app.domain.courses.rules.words import (
    AttemptStatus,
    CourseStatus,
    HandInStatus,
    LearnerStatus,
    RecognitionStatus,
)
from app.domain.people.models import Person


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, and where the first is."""

    count: int
    course_id: int = 0
    title: str = ""
    lesson_id: int = 0


def list_assigned(actor: Actor, today: date) -> list[Row[Any]]:
    """Own courses that are assigned and not done, the earliest due day first: rows of id, title, due_on."""
    due_on = func.min(Requirement.due_on).label("due_on")
    columns: tuple[Any, ...] = (Course.id, Course.title, due_on)
    statement: Select[Any] = select(*columns)
    return list(
        db.session.execute(
            statement.select_from(CourseEnrolment)
            .join(Course, Course.id == CourseEnrolment.course_id)
            .join(Requirement, Requirement.course_id == Course.id)
            .join(
                RequiredLearner,
                and_(
                    RequiredLearner.requirement_id == Requirement.id,
                    RequiredLearner.person_id == CourseEnrolment.person_id,
                ),
            )
            .where(
                own_enrolment(actor.account_id),
                CourseEnrolment.status == LearnerStatus.ENROLLED,
                Course.status == CourseStatus.PUBLISHED,
                or_(Course.opens_on.is_(None), Course.opens_on <= today),
                binds(today),
            )
            .group_by(Course.id, Course.title)
            .order_by(due_on, Course.id)
        )
    )


def count_returned(actor: Actor) -> Waiting:
    """Own work that was returned and not handed in anew."""
    rows = db.session.execute(
        select(CourseEnrolment.course_id, HandIn.lesson_id)
        .join(HandIn, HandIn.enrolment_id == CourseEnrolment.id)
        .where(
            own_enrolment(actor.account_id),
            CourseEnrolment.status == LearnerStatus.ENROLLED,
            HandIn.status == HandInStatus.RETURNED,
            HandIn.replaced_at.is_(None),
        )
        .order_by(HandIn.marked_at, HandIn.id)
    ).all()
    return Waiting(len(rows), rows[0].course_id, "", rows[0].lesson_id) if rows else Waiting(0)


def sent_back(actor: Actor) -> Select[int]:
    """The count of own requests for hours that were sent back."""
    own = select(Person.id).where(Person.account_id == actor.account_id)
    return (
        select(func.count())
        .select_from(Recognition)
        .where(Recognition.person_id.in_(own), Recognition.status == RecognitionStatus.SENT_BACK)
    )


def count_work_to_mark(actor: Actor) -> Waiting:
    """Work handed in for the courses that the account teaches in."""
    return _taught(
        actor,
        select(CourseEnrolment.course_id, func.count(HandIn.id).label("number"))
        .join(HandIn, HandIn.enrolment_id == CourseEnrolment.id)
        .where(
            CourseEnrolment.status != LearnerStatus.WITHDRAWN,
            HandIn.status == HandInStatus.HANDED_IN,
            HandIn.replaced_at.is_(None),
        ),
    )


def count_answers_to_mark(actor: Actor) -> Waiting:
    """Short answers in quizzes of the courses that the account teaches in."""
    return _taught(
        actor,
        select(CourseEnrolment.course_id, func.count(AttemptItem.id).label("number"))
        .join(QuizAttempt, QuizAttempt.enrolment_id == CourseEnrolment.id)
        .join(AttemptItem, AttemptItem.attempt_id == QuizAttempt.id)
        .where(QuizAttempt.status == AttemptStatus.SUBMITTED, AttemptItem.marks.is_(None)),
    )


def _taught(actor: Actor, counted: Select[int, int]) -> Waiting:
    rows = db.session.execute(
        counted.join(Course, Course.id == CourseEnrolment.course_id)
        .where(taught_by(actor.account_id), Course.status == CourseStatus.PUBLISHED)
        .group_by(CourseEnrolment.course_id)
        .order_by(CourseEnrolment.course_id)
    ).all()
    return Waiting(sum(row.number for row in rows), rows[0].course_id) if rows else Waiting(0)


def count_late(actor: Actor, today: date) -> Waiting:
    """Whom an assigned course is overdue for, of those the actor sees, in the course where they are most."""
    number = func.count(CourseEnrolment.id.distinct()).label("number")
    row = db.session.execute(
        select(Course.id, Course.title, number)
        .join(CourseEnrolment, CourseEnrolment.course_id == Course.id)
        .join(Requirement, Requirement.course_id == Course.id)
        .join(
            RequiredLearner,
            and_(
                RequiredLearner.requirement_id == Requirement.id,
                RequiredLearner.person_id == CourseEnrolment.person_id,
            ),
        )
        .where(
            Course.status == CourseStatus.PUBLISHED,
            CourseEnrolment.status == LearnerStatus.ENROLLED,
            enrolments_visible_to(actor),
            binds(today),
            Requirement.due_on < today,
        )
        .group_by(Course.id, Course.title)
        .order_by(number.desc(), Course.id)
        .limit(1)
    ).first()
    return Waiting(row.number, row.id, row.title) if row else Waiting(0)
