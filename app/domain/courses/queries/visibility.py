"""Who sees which course and whose learning, and as what: the scope of every page and answer of the area."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import SYSTEM_ROLE, Actor, Role
from app.domain.courses.models import Course, CourseEnrolment, CourseTrainer, CourseVersion, Lesson
from app.domain.courses.rules.words import CourseStatus
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

# Seen by others than those who plan it.
_SHOWN = (CourseStatus.PUBLISHED, CourseStatus.ENDED)


def _ids_below(path: str) -> Select[int]:
    return select(Unit.id).where(in_subtree(path))


def _ids_above(path: str) -> list[int]:
    return [int(part) for part in path.split("/") if part.isdecimal()]


def own_enrolment(account_id: int | None) -> ColumnElement[bool]:
    """The condition that an enrolment is of the account's own person."""
    return CourseEnrolment.person_id.in_(select(Person.id).where(Person.account_id == account_id))


def taught_by(account_id: int | None) -> ColumnElement[bool]:
    """The condition that the account teaches in the course."""
    return exists(
        select(CourseTrainer.id)
        .where(CourseTrainer.course_id == Course.id, CourseTrainer.account_id == account_id)
        .correlate(Course)
    )


def offered_to(unit_path: str) -> ColumnElement[bool]:
    """The condition that a published course is meant for people of the unit: it is offered there or above."""
    above = _ids_above(unit_path)
    return and_(
        Course.status == CourseStatus.PUBLISHED,
        or_(
            Course.eligible_unit_id.in_(above),
            and_(Course.eligible_unit_id.is_(None), Course.organiser_id.in_(above)),
        ),
    )


def courses_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor sees a course.

    A teacher those offered to their unit and those they are or were in; a trainer those they teach in; a school,
    county or bureau those organised in its subtree (drafts: who edits courses) and those offered to it from above.
    """
    if actor.role == SYSTEM_ROLE:
        return true()
    if actor.role == Role.TRAINER:
        return taught_by(actor.account_id)
    if actor.role == Role.TEACHER:
        mine = select(CourseEnrolment.course_id).where(own_enrolment(actor.account_id))
        return or_(offered_to(actor.unit_path), Course.id.in_(mine))
    if not actor.may("courses.read"):
        return false()
    organised: ColumnElement[bool] = Course.organiser_id.in_(_ids_below(actor.unit_path))
    if not actor.may("courses.edit"):
        organised = and_(organised, Course.status.in_(_SHOWN))
    above = Course.organiser_id.in_(_ids_above(actor.unit_path))
    return or_(organised, and_(above, Course.status.in_(_SHOWN)), offered_to(actor.unit_path))


def enrolments_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor sees an enrolment, joined to its course.

    Oneself; who teaches the course; who plans it (everybody in it); a school, county or bureau its own people.
    """
    if actor.role == SYSTEM_ROLE:
        return true()
    if actor.role == Role.TEACHER:
        return own_enrolment(actor.account_id)
    if actor.role == Role.TRAINER:
        return taught_by(actor.account_id)
    if not actor.may("courses.read"):
        return false()
    own_people = CourseEnrolment.unit_path.like(f"{actor.unit_path}%")
    if not actor.may("courses.edit"):
        return own_people
    return or_(own_people, Course.organiser_id.in_(_ids_below(actor.unit_path)))


def get_course(course_id: int, *, actor: Actor) -> Course:
    """The course, if the actor sees it. Raises NotFound, whether or not it exists elsewhere."""
    found = db.session.scalar(
        select(Course).where(Course.id == course_id, courses_visible_to(actor))
    )
    if found is None:
        raise NotFound(_("There is no such course within your unit."))
    return found


def get_taught_course(course_id: int, *, actor: Actor) -> Course:
    """The course, for who teaches in it or plans it. Raises NotFound for others."""
    course = get_course(course_id, actor=actor)
    if not may_teach(course, actor):
        raise NotFound(_("There is no such course within your unit."))
    return course


def get_enrolment(enrolment_id: int, *, actor: Actor) -> CourseEnrolment:
    """The enrolment, if the actor sees it. Raises NotFound, whether or not it exists elsewhere."""
    found = db.session.scalar(
        select(CourseEnrolment)
        .join(Course, Course.id == CourseEnrolment.course_id)
        .where(CourseEnrolment.id == enrolment_id, enrolments_visible_to(actor))
    )
    if found is None:
        raise NotFound(_("There is no such enrolment within your unit."))
    return found


def get_lesson(lesson_id: int, *, actor: Actor) -> Lesson:
    """A lesson, for who works on its course. Raises NotFound. (Learners come to theirs through their enrolment.)"""
    found = db.session.scalar(
        select(Lesson)
        .join(CourseVersion, CourseVersion.id == Lesson.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Lesson.id == lesson_id, courses_visible_to(actor))
    )
    if found is None or not may_teach(found.version.course, actor):
        raise NotFound(_("There is no such lesson within your unit."))
    return found


def is_trainer(course: Course, actor: Actor) -> bool:
    """Whether the account teaches in the course, in its role of a trainer."""
    return actor.role == Role.TRAINER and any(
        trainer.account_id == actor.account_id for trainer in course.trainers
    )


def may_plan(course: Course, actor: Actor) -> bool:
    """Whether the course is the actor's to change and publish: it edits courses, and organises it or stands above."""
    return actor.may("courses.edit") and actor.reaches(course.organiser.path)


def may_teach(course: Course, actor: Actor) -> bool:
    """Whether the actor writes lessons, marks, and sees how everybody is doing: who plans it, or teaches in it."""
    return may_plan(course, actor) or is_trainer(course, actor)


def find_own_enrolment(course_id: int, actor: Actor) -> CourseEnrolment | None:
    """The actor's own enrolment in a course, the one that counts: held now, else the latest that ended."""
    return db.session.scalars(
        select(CourseEnrolment)
        .where(CourseEnrolment.course_id == course_id, own_enrolment(actor.account_id))
        .order_by(CourseEnrolment.ended_at.is_(None).desc(), CourseEnrolment.id.desc())
        .limit(1)
    ).first()
