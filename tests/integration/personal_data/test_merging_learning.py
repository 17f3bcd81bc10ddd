"""Merging two records of somebody who learnt under both: the further enrolment stays, and it can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import Actor
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseReminder,
    RequiredLearner,
    Requirement,
)
from app.domain.courses.rules.words import LearnerStatus, ReminderKind
from app.domain.people.models import Person, PersonDuty
from app.domain.people.rules import Audience, Duty
from app.domain.personal_data.operations.merging import merge_people
from app.domain.personal_data.operations.undoing import undo_merge
from tests import course_factories as courses
from tests import factories as make
from tests.conftest import TODAY

REASON = "同一人"


@pytest.fixture
def bureau(session: Session) -> Actor:
    return make.make_actor("bureau", make.CHUXIONG)


@pytest.fixture
def two(session: Session) -> tuple[int, int]:
    school = make.make_school(make.LUFENG)
    return make.make_counselor(school, "李梅").id, make.make_counselor(school, "李 梅").id


def _learn(two: tuple[int, int], *done: int) -> list[int]:
    """Both are homeroom teachers, enrolled in one assigned course with so many lessons done."""
    course = courses.make_course(unit=make.CHUXIONG)
    version = courses.make_version(course)
    for number in range(3):
        courses.make_lesson(version, title=f"第{number}课")
    due = TODAY.date() + timedelta(days=9)
    requirement = make.save(
        Requirement(
            course_id=course.id,
            unit_id=make.get_unit(make.CHUXIONG).id,
            audience=Audience.HOMEROOM_TEACHERS,
            assigned_on=TODAY.date(),
            due_on=due,
            created_at=clock.now(),
        )
    )
    ids = []
    for person_id, count in zip(two, done, strict=True):
        person = db.session.get_one(Person, person_id)
        unit = person.registered_unit
        enrolment = courses.make_learner(course, person, unit, done=count)
        ids.append(enrolment.id)
        make.save(
            PersonDuty(
                person_id=person_id,
                unit_id=unit.id,
                duty=Duty.HOMEROOM_TEACHER,
                valid_from=make.SOME_DAY,
            ),
            RequiredLearner(
                requirement_id=requirement.id,
                person_id=person_id,
                enrolment_id=enrolment.id,
                since=TODAY.date(),
            ),
            CourseReminder(
                requirement_id=requirement.id,
                person_id=person_id,
                kind=ReminderKind.NUDGE,
                due_on=due,
                given_at=clock.now(),
            ),
        )
    return ids


def _state() -> list[tuple[int, int, str]]:
    rows = db.session.execute(
        select(CourseEnrolment.id, CourseEnrolment.person_id, CourseEnrolment.status).order_by(
            CourseEnrolment.id
        )
    )
    return [(row[0], row[1], row[2].value) for row in rows]


@pytest.mark.parametrize("done", [(2, 1), (1, 2), (1, 1)])
def test_the_further_enrolment_stays_and_comes_back(
    bureau: Actor, two: tuple[int, int], done: tuple[int, int]
) -> None:
    ids = _learn(two, *done)
    before = _state()
    kept, merged = two
    with atomic():
        merge_id = merge_people(kept, merged, take=(), actor=bureau, reason=REASON).id
    winner = ids[1] if done[1] > done[0] else ids[0]
    assert {row[1] for row in _state()} == {kept}
    held = db.session.scalars(
        select(CourseEnrolment.id).where(CourseEnrolment.status == LearnerStatus.ENROLLED)
    ).all()
    assert held == [winner]
    places = db.session.execute(
        select(RequiredLearner.person_id, RequiredLearner.enrolment_id)
    ).all()
    assert places == [(kept, winner)]
    assert len(db.session.scalars(select(PersonDuty)).all()) == 1
    assert len(db.session.scalars(select(CourseReminder)).all()) == 1
    with atomic():
        undo_merge(merge_id, actor=bureau, reason="弄错了")
    assert _state() == before
    assert len(db.session.scalars(select(RequiredLearner)).all()) == 2


def test_the_place_of_the_second_enrolment_is_free(bureau: Actor, two: tuple[int, int]) -> None:
    _learn(two, 2, 1)
    course = db.session.scalars(select(Course)).one()
    with atomic():
        course.capacity, course.taken = 2, 2
    with atomic():
        merge_id = merge_people(*two, take=(), actor=bureau, reason=REASON).id
    assert db.session.scalar(select(Course.taken)) == 1
    with atomic():
        undo_merge(merge_id, actor=bureau, reason="弄错了")
    assert db.session.scalar(select(Course.taken)) == 2
