"""Designating lead teachers, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.accounts.rules import Actor
from app.domain.audit.models import AuditEntry
from app.domain.people.models import LeadTeacherDesignation, Person
from app.domain.people.operations.designations import (
    DesignationFacts,
    correct_designation,
    designate,
    end_designation,
    strike_designation,
)
from app.domain.people.queries.designations import DesignationFilter, list_designations
from tests import factories as make
from tests.concurrency import at_once

DAY = date(2023, 1, 1)


@pytest.fixture
def bureau(session: Session) -> Actor:
    return make.make_actor("bureau", make.CHUXIONG)


@pytest.fixture
def person(session: Session) -> Person:
    return make.make_counselor(make.make_school(make.LUFENG), "李桃艳")


def _designate(
    person_id: int,
    actor: Actor,
    *,
    unit: str = make.LUFENG,
    start: date = DAY,
    end: date | None = None,
) -> LeadTeacherDesignation:
    with atomic():
        facts = DesignationFacts(make.get_unit(unit), start, end, " 楚教体发1号 ")
        return designate(person_id, facts, actor=actor)


def _refusal(error: pytest.ExceptionInfo[DomainError]) -> tuple[str, str | None]:
    return error.value.code, error.value.field


def test_designates_with_its_audit_entry(bureau: Actor, person: Person) -> None:
    made = _designate(person.id, bureau)
    assert (made.valid_from, made.valid_until, made.basis) == (DAY, None, "楚教体发1号")
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "designations.add")
    ).one()
    assert (entry.subject_id, entry.object_id) == (person.id, str(made.id))
    assert entry.details == {
        "unit": make.LUFENG,
        "from": "2023-01-01",
        "until": None,
        "basis": "楚教体发1号",
    }
    assert entry.unit_path == make.get_unit(make.LUFENG).path


def test_refuses_a_second_open_designation(bureau: Actor, person: Person) -> None:
    _designate(person.id, bureau)
    with pytest.raises(DomainError) as error:
        _designate(person.id, bureau, unit=make.CHUXIONG_CITY, start=date(2023, 2, 1))
    assert _refusal(error) == ("already_designated", "person")


def test_refuses_one_that_overlaps_an_ended_one(bureau: Actor, person: Person) -> None:
    _designate(person.id, bureau, end=date(2023, 3, 31))
    with pytest.raises(DomainError) as error:
        _designate(person.id, bureau, start=date(2023, 3, 31))
    assert _refusal(error) == ("already_designated", "person")
    assert _designate(person.id, bureau, start=date(2023, 4, 1)).valid_until is None


def test_the_constraint_itself_says_so(bureau: Actor, person: Person) -> None:
    unit = make.get_unit(make.LUFENG)
    make.make_designation(person, unit)
    with pytest.raises(DomainError) as error:
        make.make_designation(person, unit, date(2022, 1, 1))
    assert _refusal(error) == ("already_designated", "person")


def test_refuses_a_person_out_of_scope(bureau: Actor) -> None:
    stranger = make.make_counselor(make.make_school(make.LINXIANG))
    with pytest.raises(NotFound):
        _designate(stranger.id, bureau)
    with pytest.raises(NotFound):
        _designate(999_999, bureau)


def test_refuses_a_unit_out_of_scope(bureau: Actor, person: Person) -> None:
    with pytest.raises(Forbidden):
        _designate(person.id, bureau, unit=make.LINXIANG)


def test_refuses_a_unit_that_was_closed(bureau: Actor, person: Person) -> None:
    closed = make.make_school(make.CHUXIONG, closed_on=date(2022, 12, 31))
    with pytest.raises(DomainError) as error:
        _designate(person.id, bureau, unit=closed.code)
    assert _refusal(error) == ("unit_closed", "unit")


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (date(1899, 1, 1), None, "too_early"),
        (date(2025, 1, 1), None, "too_late"),
        (DAY, date(2022, 12, 31), "ends_before_start"),
    ],
)
def test_refuses_days_that_cannot_be(
    start: date, end: date | None, code: str, bureau: Actor, person: Person
) -> None:
    with pytest.raises(InvalidInput) as error:
        _designate(person.id, bureau, start=start, end=end)
    assert error.value.code == code


def test_ends_once_and_not_before_it_began(bureau: Actor, person: Person) -> None:
    made = _designate(person.id, bureau).id

    def end(on: date, reason: str = "调离") -> None:
        with atomic():
            end_designation(made, on=on, reason=reason, actor=bureau)

    with pytest.raises(InvalidInput) as error:
        end(date(2022, 12, 31))
    assert _refusal(error) == ("ends_before_start", "on")
    with pytest.raises(InvalidInput) as error:
        end(date(2023, 6, 30), " ")
    assert _refusal(error) == ("reason_missing", "reason")
    end(date(2023, 6, 30))
    with pytest.raises(DomainError) as again:
        end(date(2023, 7, 31))
    assert _refusal(again) == ("already_ended", "on")


def test_corrects_with_what_it_said_before(bureau: Actor, person: Person) -> None:
    made = _designate(person.id, bureau).id
    with atomic():
        facts = DesignationFacts(make.get_unit(make.CHUXIONG_CITY), date(2022, 9, 1))
        correct_designation(made, facts, reason="单位录错", actor=bureau)
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "designations.correct")
    ).one()
    assert entry.details["before"]["unit"] == make.LUFENG
    assert entry.details["after"]["unit"] == make.CHUXIONG_CITY
    assert entry.reason == "单位录错"


def test_strikes_out_and_keeps_the_audit(bureau: Actor, person: Person) -> None:
    made = _designate(person.id, bureau).id
    with atomic():
        strike_designation(made, reason="误录", actor=bureau)
    assert db.session.get(LeadTeacherDesignation, made) is None
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "designations.strike")
    ).one()
    assert entry.details["from"] == "2023-01-01"


def test_nobody_touches_designations_of_other_units(bureau: Actor, person: Person) -> None:
    made = _designate(person.id, bureau).id
    stranger = make.make_actor("bureau", make.LINCANG)
    with pytest.raises(NotFound), atomic():
        strike_designation(made, reason="误录", actor=stranger)


def test_lists_by_nominating_unit_with_where_they_serve(bureau: Actor, person: Person) -> None:
    _designate(person.id, bureau)
    moved = make.make_counselor(make.make_school(make.LINXIANG, "临翔第一小学"), "王小红")
    make.make_designation(moved, make.get_unit(make.CHUXIONG_CITY))
    page = list_designations(DesignationFilter(bureau.unit_path), scope=bureau.unit_path)
    rows = [(row.name, row.unit_code, row.posted_at, row.visible) for row in page.items]
    school = person.postings[0].unit.name
    assert rows == [
        ("王小红", make.CHUXIONG_CITY, "临翔第一小学", False),
        ("李桃艳", make.LUFENG, school, True),
    ]


def test_of_two_officers_at_once_one_designates(
    app: Flask, session: Session, bureau: Actor, person: Person
) -> None:
    person_id = person.id
    session.rollback()

    def act() -> None:
        facts = DesignationFacts(make.get_unit(make.LUFENG), DAY)
        designate(person_id, facts, actor=bureau)

    assert at_once(app, act, act, act) == ["already_designated", "already_designated", "done"]
    count = select(func.count()).select_from(LeadTeacherDesignation)
    assert session.scalar(count.where(LeadTeacherDesignation.person_id == person_id)) == 1
