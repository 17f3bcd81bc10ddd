"""Take hold of what an act changes; who may see it is asked again inside the transaction.

The order is always the same, so that nobody waits in a circle: course → version → people → enrolment. Courses and
versions are locked without their keys (FOR NO KEY UPDATE): PostgreSQL checks the foreign keys of an enrolment that is
changed twice in a transaction, and whoever learns would wait for the lock of the course in the wrong order.
"""

from __future__ import annotations

from sqlalchemy import Select, select

from app.core.db import db
from app.core.errors import NotFound, StaleVersion
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course, CourseEnrolment, Requirement
from app.domain.courses.queries.visibility import get_course, get_enrolment, may_plan, may_teach
from app.domain.people.operations.locking import keep_people


def lock_course(course_id: int, *, actor: Actor) -> Course:
    """The course, locked until the act ends; NotFound for who does not see it."""
    db.session.scalars(
        select(Course)
        .where(Course.id == course_id)
        .with_for_update(of=Course, key_share=True)
        .execution_options(populate_existing=True)
    ).first()  # a row is read anew only when it is fetched
    return get_course(course_id, actor=actor)


def lock_planned(course_id: int, *, actor: Actor, expected_version: int | None = None) -> Course:
    """The course, locked, for who plans it; NotFound for others, StaleVersion when it is not the one seen."""
    course = lock_course(course_id, actor=actor)
    if not may_plan(course, actor):
        raise NotFound(_("There is no such course within your unit."))
    refuse_stale(course.row_version, expected_version)
    return course


def lock_taught(course_id: int, *, actor: Actor) -> Course:
    """The course, locked, for who writes its lessons; NotFound for others."""
    course = lock_course(course_id, actor=actor)
    if not may_teach(course, actor):
        raise NotFound(_("There is no such course within your unit."))
    return course


def lock_enrolment(enrolment_id: int, *, actor: Actor) -> CourseEnrolment:
    """The enrolment, locked until the act ends; NotFound for who does not see it.

    Whatever changes progress, attempts, hand-ins or the end of somebody's learning comes through here. The person is
    kept before it: completing the course writes their record, and merging two people holds them before their learning.
    """
    keep_people_of(select(CourseEnrolment.person_id).where(CourseEnrolment.id == enrolment_id))
    db.session.scalars(
        select(CourseEnrolment)
        .where(CourseEnrolment.id == enrolment_id)
        .with_for_update(of=CourseEnrolment)
        .execution_options(populate_existing=True)
    ).first()
    return get_enrolment(enrolment_id, actor=actor)


def keep_people_of(theirs: Select[int]) -> None:
    """Keep the people of these rows, before the rows are locked. SQLite needs it not: its writers take turns."""
    if db.engine.dialect.name == "postgresql":
        keep_people(db.session.scalars(theirs).all())


def hold_requirement(requirement_id: int) -> Requirement:
    """A group's requirement, locked; whose it is was asked before."""
    return db.session.scalars(
        select(Requirement)
        .where(Requirement.id == requirement_id)
        .with_for_update(of=Requirement)
        .execution_options(populate_existing=True)
    ).one()


def refuse_stale(version: int, expected: int | None) -> None:
    if expected is not None and version != expected:
        raise StaleVersion(_("Somebody else has changed it since you looked. Look at it again."))
