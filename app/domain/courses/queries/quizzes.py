"""Quizzes of lessons, the attempts at them, and what waits to be marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import Page
from app.domain.accounts.rules import Actor
from app.domain.courses.models import (
    AttemptItem,
    Course,
    CourseEnrolment,
    CourseVersion,
    Lesson,
    QuestionRevision,
    Quiz,
    QuizAttempt,
    QuizDraw,
)
from app.domain.courses.queries.visibility import enrolments_visible_to, may_teach
from app.domain.courses.rules.quizzes import Draw
from app.domain.courses.rules.words import AttemptStatus, LessonKind
from app.domain.people.models import Person
from app.domain.units.models import Unit


@dataclass(frozen=True, slots=True)
class Waiting:
    """A short answer that waits for its marks."""

    item_id: int
    lesson_id: int
    lesson_title: str
    person_name: str
    unit_name: str
    submitted_at: datetime
    stem: str
    expected: str
    answer: str
    maximum: Decimal


def find_quiz(lesson_id: int) -> Quiz | None:
    """The conditions of a quiz lesson with its draws and their banks."""
    return (
        db.session.scalars(
            select(Quiz)
            .where(Quiz.lesson_id == lesson_id)
            .options(joinedload(Quiz.draws).joinedload(QuizDraw.bank))
        )
        .unique()
        .one_or_none()
    )


def draws_of(quiz: Quiz) -> list[Draw]:
    return [Draw(d.bank_id, d.topic, d.count, Decimal(d.marks)) for d in quiz.draws]


def list_attempts(enrolment_id: int, lesson_id: int) -> Sequence[QuizAttempt]:
    """Somebody's attempts at a quiz, the newest first."""
    return db.session.scalars(
        select(QuizAttempt)
        .where(QuizAttempt.enrolment_id == enrolment_id, QuizAttempt.lesson_id == lesson_id)
        .order_by(QuizAttempt.number.desc())
    ).all()


def has_passed(enrolment_id: int, lesson_id: int) -> bool:
    return (
        db.session.scalar(
            select(QuizAttempt.id)
            .where(
                QuizAttempt.enrolment_id == enrolment_id,
                QuizAttempt.lesson_id == lesson_id,
                QuizAttempt.passed.is_(True),
            )
            .limit(1)
        )
        is not None
    )


def _visible_attempts(actor: Actor) -> Select[QuizAttempt]:
    return (
        select(QuizAttempt)
        .join(CourseEnrolment, CourseEnrolment.id == QuizAttempt.enrolment_id)
        .join(Course, Course.id == CourseEnrolment.course_id)
        .where(enrolments_visible_to(actor))
    )


def no_attempt() -> NotFound:
    return NotFound(_("There is no such attempt within your unit."))


def find_attempt_place(attempt_id: int, *, actor: Actor) -> Row[int, int]:
    """The enrolment and lesson of an attempt that the actor sees: (enrolment_id, lesson_id). Raises NotFound."""
    found = db.session.execute(
        _visible_attempts(actor)
        .where(QuizAttempt.id == attempt_id)
        .with_only_columns(QuizAttempt.enrolment_id, QuizAttempt.lesson_id)
    ).first()
    if found is None:
        raise no_attempt()
    return found


def get_attempt(attempt_id: int, *, actor: Actor) -> QuizAttempt:
    """An attempt with its lesson, course and person: one's own, or of a course that the actor teaches in.

    Raises NotFound: officers who only see that somebody is enrolled see no answers.
    """
    found = db.session.scalar(
        _visible_attempts(actor)
        .where(QuizAttempt.id == attempt_id)
        .join(CourseEnrolment.person)
        .options(
            joinedload(QuizAttempt.lesson),
            contains_eager(QuizAttempt.enrolment, CourseEnrolment.course),
            contains_eager(QuizAttempt.enrolment, CourseEnrolment.person),
        )
    )
    if found is None:
        raise no_attempt()
    if not is_own(found, actor) and not may_teach(found.enrolment.course, actor):
        raise no_attempt()
    return found


def is_own(attempt: QuizAttempt, actor: Actor) -> bool:
    return (
        actor.account_id is not None
        and attempt.enrolment.person.account_id == actor.account_id
        and actor.may("courses.learn")
    )


def load_items(attempt_id: int) -> Sequence[AttemptItem]:
    """The questions of an attempt in order, each with its revision and question."""
    return db.session.scalars(
        select(AttemptItem)
        .where(AttemptItem.attempt_id == attempt_id)
        .options(joinedload(AttemptItem.revision).joinedload(QuestionRevision.question))
        .order_by(AttemptItem.position)
    ).all()


def list_overdue(now: datetime, most: int) -> Sequence[int]:
    """Attempts whose time is over and that nobody submitted, the longest overdue first."""
    return db.session.scalars(
        select(QuizAttempt.id)
        .where(QuizAttempt.status == AttemptStatus.RUNNING, QuizAttempt.deadline_at <= now)
        .order_by(QuizAttempt.deadline_at, QuizAttempt.id)
        .limit(most)
    ).all()


def _waiting(course_id: int, lesson_id: int | None) -> Select[AttemptItem]:
    statement = (
        select(AttemptItem)
        .join(QuizAttempt, QuizAttempt.id == AttemptItem.attempt_id)
        .join(Lesson, Lesson.id == QuizAttempt.lesson_id)
        .join(CourseEnrolment, CourseEnrolment.id == QuizAttempt.enrolment_id)
        .where(
            CourseEnrolment.course_id == course_id,
            QuizAttempt.status == AttemptStatus.SUBMITTED,
            AttemptItem.marks.is_(None),
        )
    )
    return statement if lesson_id is None else statement.where(QuizAttempt.lesson_id == lesson_id)


def count_waiting_answers(course_id: int, lesson_id: int | None = None) -> int:
    """How many short answers of a course (of one lesson) wait for their marks."""
    statement = _waiting(course_id, lesson_id).with_only_columns(func.count(AttemptItem.id))
    return db.session.scalar(statement) or 0


def list_waiting_answers(
    course_id: int, *, lesson_id: int | None = None, number: int = 1, size: int = 10
) -> Page[Waiting]:
    """The short answers of a course that wait, question by question, in each the earliest first."""
    rows = db.session.execute(
        _waiting(course_id, lesson_id)
        .join(QuestionRevision, QuestionRevision.id == AttemptItem.revision_id)
        .join(Person, Person.id == CourseEnrolment.person_id)
        .join(Unit, Unit.id == CourseEnrolment.unit_id)
        .with_only_columns(
            AttemptItem.id,
            Lesson.id,
            Lesson.title,
            Person.name,
            Unit.name,
            QuizAttempt.submitted_at,
            QuestionRevision.stem,
            QuestionRevision.answer,
            AttemptItem.answer,
            AttemptItem.maximum,
        )
        .order_by(Lesson.id, AttemptItem.revision_id, QuizAttempt.submitted_at, AttemptItem.id)
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    items = [
        Waiting(
            row[0], row[1], row[2], row[3], row[4], row[5], row[6],
            "\n".join(map(str, row[7])), str(row[8][0]), Decimal(row[9]),
        )
        for row in rows
    ]  # fmt: skip
    return Page(items, number, size, count_waiting_answers(course_id, lesson_id))


def list_quiz_lessons(course_id: int) -> Sequence[Lesson]:
    """The quizzes of a course, in every version, the newest version first."""
    return db.session.scalars(
        select(Lesson)
        .join(CourseVersion, CourseVersion.id == Lesson.version_id)
        .where(CourseVersion.course_id == course_id, Lesson.kind == LessonKind.QUIZ)
        .order_by(CourseVersion.number.desc(), Lesson.position, Lesson.id)
    ).all()
