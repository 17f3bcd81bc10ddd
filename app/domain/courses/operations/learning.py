"""Take hold of somebody's learning: their enrolment is locked, and what they do in the lesson counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.courses.learning_refusals import learning_refusal, lesson_closed
from app.domain.courses.models import (
    CourseEnrolment,
    Lesson,
    LessonPrerequisite,
    LessonProgress,
)
from app.domain.courses.operations.locking import lock_enrolment
from app.domain.courses.queries.learning import get_own_lesson
from app.domain.courses.queries.visibility import may_teach, own_enrolment
from app.domain.courses.rules.order import why_not_learn
from app.domain.courses.rules.words import LessonStatus


@dataclass(frozen=True, slots=True)
class Learning:
    """Somebody in a lesson of theirs, the enrolment locked."""

    enrolment: CourseEnrolment
    lesson: Lesson


def lock_learning(enrolment_id: int, lesson_id: int, *, actor: Actor) -> Learning:
    """The enrolment, locked, and a lesson of its version that is open to it.

    For the learner, and who teaches the course for them. Raises NotFound for others and for a lesson of another
    version, ``not_enrolled``, ``not_open_yet``, ``course_over``, ``lesson_closed``.
    """
    enrolment = lock_enrolment(enrolment_id, actor=actor)
    if not may_teach(enrolment.course, actor) and not is_own(enrolment, actor):
        raise NotFound(_("There is no such enrolment within your unit."))
    lesson = get_own_lesson(enrolment, lesson_id)
    refuse_unless_learning(enrolment, clock.today())
    if is_closed(enrolment.id, lesson.id):
        raise lesson_closed()
    return Learning(enrolment, lesson)


def is_own(enrolment: CourseEnrolment, actor: Actor) -> bool:
    """Whether it is the actor's own."""
    held = select(CourseEnrolment.id).where(
        CourseEnrolment.id == enrolment.id, own_enrolment(actor.account_id)
    )
    return actor.may("courses.learn") and db.session.scalar(held) is not None


def is_closed(enrolment_id: int, lesson_id: int) -> bool:
    """Whether something has to be completed before the lesson; what is completed itself stays open."""
    done = (
        select(LessonProgress.lesson_id)
        .where(
            LessonProgress.enrolment_id == enrolment_id,
            LessonProgress.status == LessonStatus.COMPLETED,
        )
        .scalar_subquery()
    )
    missing = exists(
        select(LessonPrerequisite.lesson_id).where(
            LessonPrerequisite.lesson_id == lesson_id, LessonPrerequisite.requires_id.not_in(done)
        )
    )
    itself = exists(
        select(LessonProgress.id).where(
            LessonProgress.enrolment_id == enrolment_id,
            LessonProgress.lesson_id == lesson_id,
            LessonProgress.status == LessonStatus.COMPLETED,
        )
    )
    return bool(db.session.scalar(select(missing & ~itself)))


def refuse_unless_learning(enrolment: CourseEnrolment, today: date) -> None:
    """Raise why nothing that they do counts now."""
    course = enrolment.course
    code = why_not_learn(enrolment.status, course.status, course.opens_on, course.closes_on, today)
    if code is not None:
        raise learning_refusal(code)
