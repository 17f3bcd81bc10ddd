"""Duties at schools and the groups they make, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person, PersonDuty
from app.domain.people.operations.duties import (
    NewDuty,
    begin_duty,
    end_duties,
    end_duty,
    enter_duties,
)
from app.domain.people.queries.duties import DutyFilter, count_members, list_duties, members_of
from app.domain.people.queries.matching import match_person
from app.domain.people.rules import Audience, Duty
from app.domain.people.rules.facts import PersonFacts
from app.domain.units.models import Unit
from tests import factories as make
from tests.concurrency import at_once
from tests.conftest import TODAY

DAY = date(2022, 9, 1)
NOW = TODAY.date()
HOMEROOM = Duty.HOMEROOM_TEACHER


@pytest.fixture
def school(session: Session) -> Unit:
    return make.make_school(make.LUFENG, "金山小学")


@pytest.fixture
def county(session: Session) -> Actor:
    return make.make_actor("county", make.LUFENG)


def _begin(person: Person, school: Unit, actor: Actor, duty: Duty = HOMEROOM) -> int:
    with atomic():
        return begin_duty(
            person.id, db.session.get_one(Unit, school.id), duty, valid_from=DAY, actor=actor
        ).id


def _members(audience: Audience, code: str, on: date = NOW) -> list[str]:
    ids = db.session.scalars(members_of(audience, make.get_unit(code).path, on)).all()
    return sorted(db.session.get_one(Person, one).name for one in ids)


def test_a_duty_makes_somebody_a_member_of_the_group_from_its_first_to_its_last_day(
    school: Unit, county: Actor
) -> None:
    person = make.make_counselor(school, "李梅")
    duty_id = _begin(person, school, county)
    assert _members(Audience.HOMEROOM_TEACHERS, make.LUFENG) == ["李梅"]
    assert _members(Audience.HOMEROOM_TEACHERS, make.LUFENG, DAY - timedelta(days=1)) == []
    assert _members(Audience.HOMEROOM_TEACHERS, make.CHUXIONG_CITY) == []
    with atomic():
        end_duty(duty_id, on=NOW, reason="不再担任", actor=county)
    assert _members(Audience.HOMEROOM_TEACHERS, make.LUFENG) == ["李梅"]
    assert _members(Audience.HOMEROOM_TEACHERS, make.LUFENG, NOW + timedelta(days=1)) == []


def test_counselors_are_a_group_by_their_postings(school: Unit) -> None:
    make.make_counselor(school, "李梅")
    assert count_members(Audience.COUNSELORS, make.get_unit(make.LUFENG).path, NOW) == 1
    assert count_members(Audience.PRINCIPALS, make.get_unit(make.LUFENG).path, NOW) == 0


def test_refuses_a_duty_that_is_held_already(school: Unit, county: Actor) -> None:
    person = make.make_counselor(school, "李梅")
    _begin(person, school, county)
    with pytest.raises(DomainError) as refusal:
        _begin(person, school, county)
    assert refusal.value.code == "duty_held"


def test_two_officers_at_once_note_a_duty_once(app: Flask, school: Unit, county: Actor) -> None:
    person_id, school_id = make.make_counselor(school, "李梅").id, school.id

    def act() -> None:
        unit = db.session.get_one(Unit, school_id)
        begin_duty(person_id, unit, HOMEROOM, valid_from=DAY, actor=county)

    assert at_once(app, act, act, act) == ["done", "duty_held", "duty_held"]


def test_refuses_a_unit_and_a_person_outside_the_scope(school: Unit) -> None:
    other = make.make_actor("county", make.CHUXIONG_CITY)
    person = make.make_counselor(school, "李梅")
    with pytest.raises(NotFound):
        _begin(person, school, other)
    own = make.make_counselor(make.make_school(make.CHUXIONG_CITY), "王芳")
    with pytest.raises(Forbidden):
        _begin(own, school, other)


def test_ends_several_or_none(school: Unit, county: Actor) -> None:
    first = _begin(make.make_counselor(school, "李梅"), school, county)
    with pytest.raises(NotFound), atomic():
        end_duties([first, 999_999], on=NOW, reason="学年结束", actor=county)
    assert db.session.get_one(PersonDuty, first).valid_until is None
    with pytest.raises(InvalidInput) as refusal, atomic():
        end_duties([first], on=NOW, reason=" ", actor=county)
    assert refusal.value.code == "reason_missing"
    with atomic():
        assert end_duties([first], on=NOW, reason="学年结束", actor=county) == 1
    assert db.session.get_one(PersonDuty, first).valid_until == NOW


def test_a_list_enters_who_is_not_registered_and_keeps_what_is_held(
    school: Unit, county: Actor
) -> None:
    known = make.make_counselor(school, "李梅")
    _begin(known, school, county)
    rows = [
        NewDuty(school.id, HOMEROOM, DAY, known.id),
        NewDuty(school.id, HOMEROOM, DAY, facts=PersonFacts("王芳", make.id_number(7))),
    ]
    with atomic():
        assert enter_duties(rows, actor=county) == (1, 1)
    assert _members(Audience.HOMEROOM_TEACHERS, make.LUFENG) == ["李梅", "王芳"]
    page = list_duties(make.get_unit(make.LUFENG).path, DutyFilter(duty=HOMEROOM), today=NOW)
    assert [(row.name, row.unit_name) for row in page.items] == [
        ("李梅", "金山小学"),
        ("王芳", "金山小学"),
    ]


def test_says_whom_a_name_at_a_school_means(school: Unit, county: Actor) -> None:
    scope = county.unit_path
    numbered = make.make_counselor(school, "李梅", number=make.id_number(1))
    assert match_person(PersonFacts("李梅"), school, scope=scope) == (numbered.id, None)
    assert match_person(PersonFacts("李梅", make.id_number(2)), school, scope=scope) == (None, None)
    assert match_person(PersonFacts("王芳", make.id_number(1)), school, scope=scope) == (
        None,
        "other_name",
    )
    make.make_counselor(school, "李梅")
    assert match_person(PersonFacts("李梅"), school, scope=scope) == (None, "ambiguous")
    elsewhere = make.make_school(make.CHUXIONG_CITY)
    make.make_counselor(elsewhere, "张强", number=make.id_number(3))
    assert match_person(PersonFacts("张强", make.id_number(3)), school, scope=scope) == (
        None,
        "elsewhere",
    )
