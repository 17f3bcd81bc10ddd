"""Courses assigned to groups: who is enrolled, told, let go; on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock, jobs
from app.core.db import atomic, db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.domain.accounts.rules import Actor, Role
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseReminder,
    RequiredLearner,
)
from app.domain.courses.operations import looking_after
from app.domain.courses.operations.looking_after import look_after, look_after_courses
from app.domain.courses.operations.reminding import nudge, remind
from app.domain.courses.operations.requiring import (
    Due,
    assign_course,
    change_due,
    end_requirement,
)
from app.domain.courses.queries.requirements import (
    MemberFilter,
    Standing,
    Tally,
    list_members,
    list_requirements,
    tally_by_part,
    tally_of,
)
from app.domain.courses.rules.words import LearnerStatus
from app.domain.outbox.models import Notice
from app.domain.people.models import Person, PersonDuty
from app.domain.people.rules import Audience, Duty
from app.domain.units.models import Unit
from tests import course_factories as courses
from tests import factories as make
from tests.concurrency import at_once
from tests.conftest import TODAY

DUE_ON = TODAY.date() + timedelta(days=30)
HOMEROOM = Audience.HOMEROOM_TEACHERS


@pytest.fixture
def course(session: Session) -> int:
    made = courses.make_course(unit=make.CHUXIONG)
    courses.make_lesson(courses.make_version(made))
    return made.id


@pytest.fixture
def county(session: Session) -> Actor:
    return make.make_actor("county", make.LUFENG)


@pytest.fixture
def school(session: Session) -> int:
    return make.make_school(make.LUFENG, "金山小学").id


def _homeroom(school_id: int, name: str, *, account: bool = False) -> int:
    unit = db.session.get_one(Unit, school_id)
    person = make.make_counselor(unit, name)
    account_id = make.make_account(Role.TEACHER, unit).id if account else None
    with atomic() as session:
        person.account_id = account_id
        session.add(
            PersonDuty(
                person_id=person.id,
                unit_id=school_id,
                duty=Duty.HOMEROOM_TEACHER,
                valid_from=make.SOME_DAY,
            )
        )
    return person.id


def _assign(course_id: int, actor: Actor, due_on: date = DUE_ON) -> int:
    with atomic():
        unit = make.get_unit(actor.unit_code)
        return assign_course(course_id, unit, HOMEROOM, Due(due_on), actor=actor).id


def _told() -> list[tuple[str, int]]:
    rows = db.session.execute(
        select(Notice.kind, func.count()).group_by(Notice.kind).order_by(Notice.kind)
    )
    return [(row[0], row[1]) for row in rows if row[0].startswith("courses.")]


def test_the_job_enrols_the_group_and_tells_everybody_once(
    course: int, county: Actor, school: int
) -> None:
    people = {_homeroom(school, "李梅", account=True), _homeroom(school, "王芳")}
    other = make.make_school(make.CHUXIONG_CITY)
    _homeroom(other.id, "张强")
    requirement = _assign(course, county)
    jobs.run_pending()
    enrolled = set(db.session.scalars(select(CourseEnrolment.person_id)))
    assert enrolled == people
    assert tally_of(requirement) == Tally(2, 0, 0, 2, 0)
    assert _told() == [("courses.assigned", 1)]
    look_after(requirement)
    assert _told() == [("courses.assigned", 1)]


def test_who_joins_is_enrolled_and_who_leaves_is_let_go(
    course: int, county: Actor, school: int
) -> None:
    first = _homeroom(school, "李梅")
    requirement = _assign(course, county)
    look_after(requirement)
    second = _homeroom(school, "王芳")
    duty = db.session.scalars(select(PersonDuty).where(PersonDuty.person_id == first)).one()
    with atomic():
        duty.valid_until = TODAY.date() - timedelta(days=1)
    look_after(requirement)
    members = list_members(requirement, MemberFilter()).items
    assert [row.person_id for row in members] == [second]
    assert (
        db.session.scalar(select(CourseEnrolment.status).where(CourseEnrolment.person_id == first))
        == LearnerStatus.ENROLLED
    )
    with atomic():
        duty.valid_until = None
    look_after(requirement)
    assert tally_of(requirement).members == 2
    assert db.session.scalar(select(func.count(RequiredLearner.id))) == 2


def test_who_had_finished_before_counts_as_finished_and_is_not_told(
    course: int, county: Actor, school: int
) -> None:
    person = _homeroom(school, "李梅", account=True)
    courses.make_learner(
        db.session.get_one(Course, course),
        db.session.get_one(Person, person),
        db.session.get_one(Unit, school),
        status=LearnerStatus.COMPLETED,
        done=1,
    )
    requirement = _assign(course, county)
    look_after(requirement)
    assert tally_of(requirement) == Tally(1, 1, 0, 0, 0)
    assert _told() == []


def test_whom_the_course_does_not_take_is_named(county: Actor, school: int) -> None:
    made = courses.make_course(unit=make.CHUXIONG, capacity=1)
    courses.make_lesson(courses.make_version(made))
    _homeroom(school, "李梅")
    _homeroom(school, "王芳")
    requirement = _assign(made.id, county)
    look_after(requirement)
    assert tally_of(requirement) == Tally(2, 0, 0, 1, 1)
    page = list_members(requirement, MemberFilter(standing=Standing.NOT_ENROLLED))
    assert [row.name for row in page.items] == ["王芳"]


def test_each_step_is_told_once_and_only_to_who_has_not_finished(
    course: int, county: Actor, school: int
) -> None:
    _homeroom(school, "李梅", account=True)
    done = _homeroom(school, "王芳", account=True)
    requirement = _assign(course, county, TODAY.date() + timedelta(days=3))
    look_after(requirement)
    enrolment = db.session.scalars(
        select(CourseEnrolment).where(CourseEnrolment.person_id == done)
    ).one()
    with atomic():
        enrolment.status = LearnerStatus.COMPLETED
    assert [remind(requirement), remind(requirement)] == [1, 0]
    assert dict(_told())["courses.due_soon"] == 1
    with clock.frozen(TODAY + timedelta(days=3)):
        assert remind(requirement) == 1
    with clock.frozen(TODAY + timedelta(days=4)):
        assert remind(requirement) == 1
    assert dict(_told()) == {
        "courses.assigned": 2,
        "courses.due_soon": 1,
        "courses.due_today": 1,
        "courses.overdue": 1,
    }


def test_an_officer_reminds_at_most_once_a_day(course: int, county: Actor, school: int) -> None:
    _homeroom(school, "李梅", account=True)
    requirement = _assign(course, county)
    look_after(requirement)
    with atomic():
        assert nudge(requirement, actor=county) == 1
    with atomic():
        assert nudge(requirement, actor=county) == 0
    other = make.make_actor("county", make.CHUXIONG_CITY)
    with pytest.raises(NotFound), atomic():
        nudge(requirement, actor=other)


def test_nobody_is_reminded_of_what_is_assigned_no_more(
    course: int, county: Actor, school: int
) -> None:
    _homeroom(school, "李梅", account=True)
    requirement = _assign(course, county)
    look_after(requirement)
    with atomic():
        end_requirement(requirement, reason="换课程", actor=county)
    with pytest.raises(DomainError) as refused, atomic():
        nudge(requirement, actor=county)
    assert refused.value.code == "requirement_over"
    assert "courses.nudge" not in dict(_told())


def test_the_daily_round_looks_after_each_requirement_once(
    course: int, county: Actor, school: int
) -> None:
    _homeroom(school, "李梅")
    _assign(course, county)
    assert look_after_courses() == 1
    assert look_after_courses() == 0
    early = datetime(2023, 8, 18, 7, 0, tzinfo=clock.local(TODAY).tzinfo)
    with clock.frozen(early):
        assert look_after_courses() == 0
    with clock.frozen(TODAY + timedelta(days=1)):
        assert look_after_courses() == 1


def test_refuses_the_same_group_twice_also_at_once(app: Flask, course: int, county: Actor) -> None:
    def act() -> None:
        assign_course(course, make.get_unit(make.LUFENG), HOMEROOM, Due(DUE_ON), actor=county)

    assert at_once(app, act, act) == ["assigned_already", "done"]


def test_refuses_a_group_beyond_the_course_and_a_day_that_cannot_be(
    session: Session, county: Actor
) -> None:
    elsewhere = courses.make_course(
        unit=make.CHUXIONG, eligible_unit_id=make.get_unit(make.CHUXIONG_CITY).id
    )
    with pytest.raises(DomainError):
        _assign(elsewhere.id, county)
    bureau = make.make_actor("bureau", make.CHUXIONG)
    with pytest.raises(InvalidInput) as refusal, atomic():
        assign_course(elsewhere.id, make.get_unit(make.LUFENG), HOMEROOM, Due(DUE_ON), actor=bureau)
    assert refusal.value.code == "other_group"
    with pytest.raises(InvalidInput) as refusal:
        _assign(courses.make_course(unit=make.CHUXIONG).id, county, date(2023, 8, 16))
    assert refusal.value.code == "past"


def test_an_ended_one_enrols_and_reminds_nobody_more(
    course: int, county: Actor, school: int
) -> None:
    requirement = _assign(course, county)
    with atomic():
        end_requirement(requirement, reason="已安排线下培训", actor=county)
    _homeroom(school, "李梅", account=True)
    look_after(requirement)
    assert tally_of(requirement).members == 0
    with pytest.raises(DomainError) as refusal, atomic():
        change_due(requirement, Due(DUE_ON), actor=county)
    assert refusal.value.code == "requirement_over"
    assert _assign(course, county) != requirement


def test_another_day_begins_its_own_reminders(course: int, county: Actor, school: int) -> None:
    _homeroom(school, "李梅", account=True)
    requirement = _assign(course, county, TODAY.date() + timedelta(days=3))
    look_after(requirement)
    remind(requirement)
    with atomic():
        change_due(requirement, Due(TODAY.date() + timedelta(days=14)), actor=county)
    assert remind(requirement) == 1
    assert db.session.scalar(select(func.count(CourseReminder.id))) == 2


def test_who_organises_sees_every_group_and_a_county_its_own(
    course: int, county: Actor, school: int
) -> None:
    _homeroom(school, "李梅")
    look_after(_assign(course, county))
    city = make.make_actor("county", make.CHUXIONG_CITY)
    look_after(_assign(course, city))
    found = db.session.get_one(Course, course)
    bureau = make.make_actor("bureau", make.CHUXIONG)
    assert [made.unit.name for made, _tally in list_requirements(found, actor=county)] == ["禄丰市"]
    assert len(list_requirements(found, actor=bureau)) == 2
    requirement = list_requirements(found, actor=county)[0][0]
    assert [(name, tally.members) for _code, name, tally in tally_by_part(requirement)] == [
        ("金山小学", 1)
    ]


def test_one_that_fails_keeps_no_other_waiting(
    course: int, county: Actor, school: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _homeroom(school, "李梅")
    broken = _assign(course, county)
    sound = _assign(course, make.make_actor("bureau", make.CHUXIONG))
    look_after_one = looking_after.look_after

    def fail_for_one(requirement_id: int) -> None:
        if requirement_id == broken:
            raise RuntimeError("broken")
        look_after_one(requirement_id)

    monkeypatch.setattr(looking_after, "look_after", fail_for_one)
    assert look_after_courses() == 1
    assert (tally_of(broken).members, tally_of(sound).members) == (0, 1)
    monkeypatch.undo()
    assert look_after_courses() == 1
    assert tally_of(broken).members == 1
