"""Training records, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person, TrainingRecord
from app.domain.people.operations.training_facts import TrainingFacts, TrainingOutcome
from app.domain.people.operations.trainings import (
    add_trainings,
    correct_event,
    restore_training,
    withdraw_training,
)
from app.domain.people.queries.trainings import TrainingFilter, list_events
from app.domain.people.rules import TrainingKind, TrainingLevel
from app.domain.people.rules.trainings import online_event_key, training_event_key
from app.domain.units.models import Unit
from tests import factories as make
from tests.concurrency import at_once

FACTS = TrainingFacts("国培计划", TrainingLevel.NATIONAL, date(2023, 6, 17), hours=Decimal(40))
PASSED = TrainingOutcome()


@pytest.fixture
def county(session: Session) -> Actor:
    return make.make_actor("county", make.LUFENG)


@pytest.fixture
def school(session: Session) -> Unit:
    return make.make_school(make.LUFENG)


@pytest.fixture
def person(school: Unit) -> Person:
    return make.make_counselor(school, "李桃艳")


def _add(
    person_id: int, actor: Actor, facts: TrainingFacts = FACTS, unit: Unit | None = None
) -> TrainingRecord:
    with atomic():
        return add_trainings([person_id], facts, PASSED, unit=unit, actor=actor)[0]


def test_counts_for_the_main_posting_of_its_last_day(county: Actor) -> None:
    before, after = make.make_school(make.LUFENG), make.make_school(make.LUFENG)
    person = make.make_person(before)
    make.make_posting(person, before, valid_until=date(2023, 6, 30))
    make.make_posting(person, after, valid_from=date(2023, 7, 1))
    assert _add(person.id, county).unit_id == before.id
    later = replace(FACTS, ended_on=date(2023, 7, 1))
    assert _add(person.id, county, later).unit_id == after.id


def test_counts_an_expert_for_who_registered_them(county: Actor) -> None:
    unit = make.get_unit(make.LUFENG)
    expert = make.make_person(unit, "张专家")
    assert _add(expert.id, county).unit_id == unit.id


def test_asks_for_the_unit_of_who_served_elsewhere_then(county: Actor, school: Unit) -> None:
    elsewhere = make.make_school(make.LINXIANG)
    person = make.make_person(school)
    make.make_posting(person, elsewhere, valid_until=date(2023, 6, 30))
    make.make_posting(person, school, valid_from=date(2023, 7, 1))
    with pytest.raises(DomainError) as error:
        _add(person.id, county)
    assert (error.value.code, error.value.field) == ("unit_unknown", "unit")
    assert _add(person.id, county, unit=school).unit_id == school.id


def test_refuses_a_unit_out_of_scope(county: Actor, person: Person) -> None:
    with pytest.raises(Forbidden):
        _add(person.id, county, unit=make.get_unit(make.LINXIANG))


def test_refuses_people_out_of_scope(county: Actor) -> None:
    stranger = make.make_counselor(make.make_school(make.LINXIANG))
    with pytest.raises(NotFound):
        _add(stranger.id, county)


def test_refuses_the_same_training_twice(county: Actor, person: Person) -> None:
    _add(person.id, county)
    with pytest.raises(DomainError) as error:
        _add(person.id, county, replace(FACTS, title="国培 计划"))
    assert (error.value.code, error.value.field) == ("already_recorded", "title")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ended_on": date(2023, 8, 18)}, "not_ended"),
        ({"started_on": date(2023, 6, 18)}, "ends_before_start"),
        ({"hours": Decimal("-1")}, "negative"),
        ({"hours": Decimal("0.3")}, "not_half"),
        ({"title": " 训 "}, "bad_title"),
        ({"kind": TrainingKind.PLACEMENT}, "placement"),
    ],
)
def test_refuses_facts_that_cannot_be(
    changes: dict[str, object], code: str, county: Actor, person: Person
) -> None:
    with pytest.raises(InvalidInput) as error:
        _add(person.id, county, replace(FACTS, **changes))
    assert error.value.code == code


def test_an_online_training_has_the_key_that_imports_give_it(county: Actor, person: Person) -> None:
    online = replace(FACTS, kind=TrainingKind.ONLINE)
    assert _add(person.id, county, online).event_key == online_event_key(
        FACTS.title, FACTS.ended_on
    )


def test_a_withdrawn_record_makes_room_and_cannot_come_back_beside_another(
    county: Actor, person: Person
) -> None:
    first = _add(person.id, county).id
    with atomic():
        withdraw_training(first, reason="录错", actor=county)
    _add(person.id, county)
    with pytest.raises(DomainError) as error, atomic():
        restore_training(first, reason="没录错", actor=county)
    assert error.value.code == "already_recorded"


def test_withdraws_once(county: Actor, person: Person) -> None:
    record = _add(person.id, county).id
    with atomic():
        withdraw_training(record, reason="录错", actor=county)
    with pytest.raises(DomainError) as error, atomic():
        withdraw_training(record, reason="录错", actor=county)
    assert error.value.code == "withdrawn"
    page, person_times = list_events(TrainingFilter(county.unit_path))
    assert (page.total, person_times) == (0, 0)


def test_correcting_a_training_changes_only_what_is_named(
    session: Session, county: Actor, person: Person, school: Unit
) -> None:
    other = make.make_counselor(school, "王小红")
    _add(person.id, county)
    with atomic():
        failed = TrainingOutcome(passed=False, result="不合格")
        facts = replace(FACTS, hours=Decimal(20))
        add_trainings([other.id], facts, failed, unit=None, actor=county)
    old_key = training_event_key(FACTS.title, FACTS.ended_on)
    with atomic():
        new_key = correct_event(
            old_key,
            {"title": "省培计划", "level": TrainingLevel.PROVINCIAL},
            reason="录错",
            actor=county,
        )
    assert new_key == training_event_key("省培计划", FACTS.ended_on)
    records = session.scalars(
        select(TrainingRecord)
        .where(TrainingRecord.event_key == new_key)
        .order_by(TrainingRecord.id)
    ).all()
    assert [(r.title, r.level.value, r.hours, r.passed, r.result) for r in records] == [
        ("省培计划", "provincial", Decimal(40), True, None),
        ("省培计划", "provincial", Decimal(20), False, "不合格"),
    ]


def test_correcting_a_training_leaves_records_of_others(
    session: Session, county: Actor, person: Person
) -> None:
    elsewhere = make.make_school(make.CHUXIONG_CITY)
    theirs = make.make_counselor(elsewhere, "王小红")
    _add(person.id, county)
    made = _add(theirs.id, make.make_actor("bureau", make.CHUXIONG)).id
    key = training_event_key(FACTS.title, FACTS.ended_on)
    with atomic():
        correct_event(key, {"organiser": "教育部"}, reason="补录", actor=county)
    assert db.session.get_one(TrainingRecord, made).organiser is None


def test_refuses_a_correction_that_changes_nothing(county: Actor, person: Person) -> None:
    key = _add(person.id, county).event_key
    with pytest.raises(InvalidInput) as error, atomic():
        correct_event(key, {}, reason="更正", actor=county)
    assert error.value.code == "nothing_changed"


def test_groups_records_by_training(county: Actor, person: Person, school: Unit) -> None:
    other = make.make_counselor(school, "王小红")
    with atomic():
        add_trainings([person.id, other.id], FACTS, PASSED, unit=None, actor=county)
    make.make_training(other, school, title="县培", ended_on=date(2022, 1, 1), passed=False)
    page, person_times = list_events(TrainingFilter(county.unit_path))
    assert [(row.title, row.people, row.passed) for row in page.items] == [
        ("国培计划", 2, 2),
        ("县培", 1, 0),
    ]
    assert person_times == 3
    narrowed, _times = list_events(
        TrainingFilter(
            county.unit_path, q="国培", level=TrainingLevel.NATIONAL, since=date(2023, 1, 1)
        )
    )
    assert narrowed.total == 1


def test_of_two_officers_at_once_one_records(
    app: Flask, session: Session, county: Actor, person: Person
) -> None:
    person_id = person.id
    session.rollback()

    def act() -> None:
        add_trainings([person_id], FACTS, PASSED, unit=None, actor=county)

    assert at_once(app, act, act) == ["already_recorded", "done"]
    count = select(func.count()).select_from(TrainingRecord)
    assert session.scalar(count) == 1
