"""Units change from a day on, and the past keeps its names and places."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import atomic
from app.core.errors import DomainError, Forbidden, StaleVersion
from app.domain.accounts.rules import Actor
from app.domain.audit.models import AuditEntry
from app.domain.people.models import Posting
from app.domain.people.unit_changes import end_postings_at, move_postings
from app.domain.units import operations, queries
from app.domain.units.models import SchoolStage, Unit, UnitKind
from app.domain.units.operations import NewUnit
from tests import factories

DAY = date(2022, 9, 1)


@pytest.fixture
def actor(session: Session) -> Actor:
    return factories.make_actor("bureau", factories.CHUXIONG)


@pytest.fixture
def school(session: Session) -> Unit:
    return factories.make_school(name="楚雄市白河小学", code="5323010777")


def _version(unit: Unit, day: date) -> tuple[str, str]:
    version = queries.find_version(unit.id, day)
    assert version is not None
    return version.name, version.path


def test_opens_a_school_with_the_next_free_code(session: Session, actor: Actor) -> None:
    with atomic():
        county = factories.get_unit(factories.CHUXIONG_CITY)
        new = NewUnit(name="楚雄市 新 小学", kind=UnitKind.SCHOOL, stage=SchoolStage.PRIMARY)
        made = operations.open_unit(county, new, actor=actor)
    assert (made.name, made.code) == ("楚雄市新小学", "5323010001")
    assert made.path == f"{factories.get_unit(factories.CHUXIONG_CITY).path}{made.id}/"


def test_refuses_two_open_schools_of_one_name(session: Session, actor: Actor, school: Unit) -> None:
    county = factories.get_unit(factories.CHUXIONG_CITY)
    new = NewUnit(name="楚雄市白 河小学", kind=UnitKind.SCHOOL, stage=SchoolStage.PRIMARY)
    with pytest.raises(DomainError) as refusal, atomic():
        operations.open_unit(county, new, actor=actor)
    assert refusal.value.code == "name_taken"


def test_refuses_a_county_under_a_county(session: Session, actor: Actor) -> None:
    county = factories.get_unit(factories.CHUXIONG_CITY)
    with pytest.raises(DomainError) as refusal, atomic():
        operations.open_unit(county, NewUnit(name="新县", kind=UnitKind.COUNTY), actor=actor)
    assert refusal.value.code == "wrong_parent"


def test_keeps_the_old_name_before_a_renaming(session: Session, actor: Actor, school: Unit) -> None:
    with atomic():
        operations.rename_unit(school, "楚雄市白河学校", on=DAY, actor=actor)
    assert _version(school, date(2022, 8, 31))[0] == "楚雄市白河小学"
    assert _version(school, DAY)[0] == "楚雄市白河学校"
    found = queries.find_unit_by_text("楚雄市白河小学", scope="/")
    assert found is not None
    assert found.id == school.id


def test_refuses_a_renaming_in_the_future(session: Session, actor: Actor, school: Unit) -> None:
    with pytest.raises(DomainError) as refusal, atomic():
        operations.rename_unit(school, "新名小学", on=date(2023, 8, 18), actor=actor)
    assert (refusal.value.code, refusal.value.field) == ("future_date", "on")


def test_refuses_a_renaming_before_the_last_one(
    session: Session, actor: Actor, school: Unit
) -> None:
    with atomic():
        operations.rename_unit(school, "新名小学", on=DAY, actor=actor)
    with pytest.raises(DomainError) as refusal, atomic():
        operations.rename_unit(school, "更新名小学", on=date(2022, 1, 1), actor=actor)
    assert refusal.value.code == "before_last_change"


def test_moves_a_school_with_its_history(session: Session, actor: Actor, school: Unit) -> None:
    old_path = school.path
    with atomic():
        target = factories.get_unit(factories.LUFENG)
        operations.move_unit(school, target, on=DAY, actor=actor)
    assert _version(school, date(2022, 8, 31))[1] == old_path
    assert _version(school, DAY)[1] == school.path
    assert school.path.startswith(factories.get_unit(factories.LUFENG).path)


def test_moves_everything_below_along(session: Session, actor: Actor, school: Unit) -> None:
    with atomic():
        county = factories.get_unit(factories.CHUXIONG_CITY)
        operations.move_unit(county, factories.get_unit(factories.LINCANG), on=DAY, actor=actor)
    prefecture = factories.get_unit(factories.LINCANG)
    assert school.path == f"{prefecture.path}{school.parent_id}/{school.id}/"
    assert _version(school, DAY)[1] == school.path
    assert _version(school, date(2022, 8, 31))[1] != school.path


def test_changes_a_stage_from_a_day(session: Session, actor: Actor, school: Unit) -> None:
    with atomic():
        operations.change_stage(school, SchoolStage.NINE_YEAR, on=DAY, actor=actor)
    before = queries.find_version(school.id, date(2022, 8, 31))
    after = queries.find_version(school.id, DAY)
    assert before is not None
    assert after is not None
    assert (before.stage, after.stage) == (SchoolStage.PRIMARY, SchoolStage.NINE_YEAR)


def test_finds_a_corrected_unit_by_its_old_code(
    session: Session, actor: Actor, school: Unit
) -> None:
    with atomic():
        operations.correct_unit(
            school,
            name=school.name,
            code="5323010888",
            opened_on=None,
            actor=actor,
            reason="录入错误",
        )
    found = queries.find_unit("5323010777")
    assert found is not None
    assert found.code == "5323010888"


def test_refuses_to_close_what_has_open_parts(session: Session, actor: Actor, school: Unit) -> None:
    county = factories.get_unit(factories.CHUXIONG_CITY)
    with pytest.raises(DomainError) as refusal, atomic():
        operations.close_unit(county, on=DAY, actor=actor, reason="撤销")
    assert refusal.value.code == "has_open_parts"


def test_ends_postings_of_a_closed_school(session: Session, actor: Actor, school: Unit) -> None:
    person = factories.make_counselor(school)
    with atomic():
        operations.close_unit(school, on=DAY, actor=actor, reason="撤并")
        ended = end_postings_at(school, on=DAY, actor=actor, reason="撤并")
    posting = session.scalars(select(Posting).where(Posting.person_id == person.id)).one()
    assert (ended, posting.valid_until, posting.end_reason) == (1, DAY, "unit_closed")


def test_opens_a_wrongly_closed_school_again(session: Session, actor: Actor, school: Unit) -> None:
    with atomic():
        operations.close_unit(school, on=DAY, actor=actor, reason="误操作")
    with atomic():
        operations.reopen_unit(school, actor=actor, reason="误操作")
    assert school.closed_on is None


def test_merges_a_school_and_carries_its_people_over(
    session: Session, actor: Actor, school: Unit
) -> None:
    target = factories.make_school(name="楚雄市中心小学")
    person = factories.make_counselor(school)
    with atomic():
        operations.merge_unit(school, target, on=DAY, actor=actor, reason="撤并")
        moved = move_postings(school, target, on=DAY, actor=actor, reason="撤并")
    postings = session.scalars(
        select(Posting).where(Posting.person_id == person.id).order_by(Posting.valid_from)
    ).all()
    assert moved == 1
    assert school.closed_on == date(2022, 8, 31)
    assert [(p.unit_id, p.valid_from, p.valid_until) for p in postings] == [
        (school.id, factories.SOME_DAY, date(2022, 8, 31)),
        (target.id, DAY, None),
    ]
    found = queries.find_unit_by_text("楚雄市白河小学", scope="/")
    assert found is None, "two units answer to the name now, so nobody is guessed"


def test_refuses_a_second_base_school_period(session: Session, actor: Actor, school: Unit) -> None:
    with atomic():
        operations.designate_base_school(school, on=DAY, basis="楚教发〔2022〕1号", actor=actor)
    with pytest.raises(DomainError) as refusal, atomic():
        operations.designate_base_school(school, on=DAY, basis="", actor=actor)
    assert refusal.value.code == "already_base_school"


def test_asks_why_a_facility_return_is_corrected(
    session: Session, actor: Actor, school: Unit
) -> None:
    report = {"on": DAY, "room_area": Decimal("20.5"), "pupils": 300, "actor": actor}
    with atomic():
        operations.put_facility_return(school, rooms=1, **report)
    with pytest.raises(DomainError) as refusal, atomic():
        operations.put_facility_return(school, rooms=2, **report)
    assert refusal.value.code == "reason_missing"
    with atomic():
        corrected = operations.put_facility_return(school, rooms=2, reason="漏报", **report)
    assert corrected.rooms == 2
    assert len(queries.list_facility_returns(school.id)) == 1


def test_refuses_a_name_a_neighbour_answers_to(
    session: Session, actor: Actor, school: Unit
) -> None:
    other = factories.make_school(name="楚雄市白河中学")
    with pytest.raises(DomainError) as refusal, atomic():
        operations.name_alias(other, "楚雄市白河小学", actor=actor)
    assert refusal.value.code == "alias_taken"


def test_tells_who_comes_second(session: Session, school: Unit) -> None:
    with pytest.raises(StaleVersion), atomic():
        operations.lock_unit(school.id, expected_version=school.row_version - 1)


def test_hides_units_outside_the_scope(session: Session, school: Unit) -> None:
    scope = factories.get_unit(factories.LINCANG).path
    for code in (school.code, "5399999999"):
        with pytest.raises(Forbidden):
            queries.get_unit(code, scope=scope)


def test_finds_old_codes_and_short_names(session: Session) -> None:
    by_code = queries.find_unit("532331")
    by_name = queries.find_unit_by_text("禄丰", scope=factories.get_unit("532300").path)
    assert by_code is not None
    assert by_name is not None
    assert (by_code.code, by_name.code) == ("532302", "532302")


def test_audits_a_change_in_the_scope_of_the_unit(
    session: Session, actor: Actor, school: Unit
) -> None:
    with atomic():
        operations.rename_unit(school, "楚雄市白河学校", on=DAY, actor=actor, reason="升格")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "units.rename")).one()
    assert (entry.object_id, entry.unit_path, entry.reason) == (school.code, school.path, "升格")
    assert entry.details["before"] == "楚雄市白河小学"
