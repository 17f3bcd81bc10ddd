"""Studios and their people, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.db import atomic
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.accounts.rules import Actor
from app.domain.people.models import StudioMembership
from app.domain.people.operations.memberships import (
    MembershipFacts,
    add_memberships,
    change_host,
    end_memberships,
)
from app.domain.people.operations.studios import (
    StudioFacts,
    correct_studio,
    end_studio,
    open_studio,
)
from app.domain.people.queries.studios import MemberFilter, list_members
from app.domain.people.rules import StudioKind, StudioRole
from tests import factories as make
from tests.concurrency import at_once

DAY = date(2022, 1, 1)
HOST = MembershipFacts(StudioRole.HOST, DAY)
MEMBER = MembershipFacts(StudioRole.MEMBER, DAY)


@pytest.fixture
def bureau(session: Session) -> Actor:
    return make.make_actor("bureau", make.CHUXIONG)


@pytest.fixture
def studio(bureau: Actor) -> int:
    return _open(bureau)


@pytest.fixture
def people(session: Session) -> list[int]:
    school = make.make_school(make.LUFENG)
    return [make.make_counselor(school, name).id for name in ("李甲", "李乙", "李丙")]


def _open(actor: Actor, name: str = "名师工作室", unit: str = make.CHUXIONG) -> int:
    with atomic():
        facts = StudioFacts(name, StudioKind.STUDIO, DAY)
        return open_studio(make.get_unit(unit), facts, actor=actor).id


def _join(
    studio: int, people: list[int], facts: MembershipFacts, actor: Actor, several: bool = False
) -> list[int]:
    with atomic():
        made = add_memberships(studio, people, facts, actor=actor, several_hosts=several)
        return [membership.id for membership in made]


def test_refuses_a_second_studio_of_the_same_name(bureau: Actor, studio: int) -> None:
    with pytest.raises(DomainError) as error:
        _open(bureau, "名师 工作室")
    assert (error.value.code, error.value.field) == ("name_taken", "name")


def test_another_unit_may_use_the_name(bureau: Actor, studio: int) -> None:
    assert _open(bureau, unit=make.LUFENG) != studio


def test_refuses_to_open_outside_the_scope(bureau: Actor) -> None:
    with pytest.raises(Forbidden):
        _open(bureau, unit=make.LINXIANG)


def test_refuses_a_name_without_characters(bureau: Actor) -> None:
    with pytest.raises(InvalidInput) as error:
        _open(bureau, " 室 ")
    assert error.value.code == "bad_name"


def test_refuses_a_second_host_unless_meant(bureau: Actor, studio: int, people: list[int]) -> None:
    _join(studio, people[:1], HOST, bureau)
    with pytest.raises(DomainError) as error:
        _join(studio, people[1:2], HOST, bureau)
    assert (error.value.code, error.value.field) == ("second_host", "several_hosts")
    _join(studio, people[1:2], HOST, bureau, several=True)


def test_refuses_two_hosts_in_one_act_unless_meant(
    bureau: Actor, studio: int, people: list[int]
) -> None:
    with pytest.raises(DomainError) as error:
        _join(studio, people[:2], HOST, bureau)
    assert error.value.code == "second_host"


def test_refuses_who_belongs_already_and_adds_nobody(
    session: Session, bureau: Actor, studio: int, people: list[int]
) -> None:
    _join(studio, people[1:2], MEMBER, bureau)
    with pytest.raises(DomainError) as error:
        _join(studio, people, MEMBER, bureau)
    assert error.value.code == "already_member"
    assert session.scalar(select(func.count()).select_from(StudioMembership)) == 1


def test_refuses_days_outside_the_studio(bureau: Actor, studio: int, people: list[int]) -> None:
    with pytest.raises(DomainError) as error:
        _join(studio, people, MembershipFacts(StudioRole.MEMBER, date(2021, 12, 31)), bureau)
    assert (error.value.code, error.value.field) == ("outside_studio", "valid_from")


def test_refuses_people_out_of_scope(bureau: Actor, studio: int) -> None:
    stranger = make.make_counselor(make.make_school(make.LINXIANG))
    with pytest.raises(NotFound):
        _join(studio, [stranger.id], MEMBER, bureau)


def test_takes_external_experts(bureau: Actor, studio: int) -> None:
    expert = make.make_person(make.get_unit(make.CHUXIONG), "张专家")
    assert len(_join(studio, [expert.id], MEMBER, bureau)) == 1


def test_refuses_nobody(bureau: Actor, studio: int) -> None:
    with pytest.raises(InvalidInput) as error:
        _join(studio, [], MEMBER, bureau)
    assert error.value.code == "nobody"


def test_the_former_host_leaves_when_not_wanted_as_member(
    bureau: Actor, studio: int, people: list[int]
) -> None:
    _join(studio, people[:1], HOST, bureau)
    with atomic():
        change_host(
            studio,
            people[1],
            on=date(2023, 1, 1),
            stays_member=False,
            reason="换届",
            actor=bureau,
        )

    def members(on: date) -> list[tuple[str, str]]:
        page = list_members(studio, MemberFilter(on=on), scope=bureau.unit_path)
        return [(row.name, row.role.value) for row in page.items]

    assert members(date(2022, 12, 31)) == [("李甲", "host")]
    assert members(date(2023, 1, 1)) == [("李乙", "host")]


def test_refuses_who_hosts_already(bureau: Actor, studio: int, people: list[int]) -> None:
    _join(studio, people[:1], HOST, bureau)
    with pytest.raises(DomainError) as error, atomic():
        change_host(
            studio,
            people[0],
            on=date(2023, 1, 1),
            stays_member=True,
            reason="换届",
            actor=bureau,
        )
    assert error.value.code == "already_host"


def test_refuses_to_change_the_host_before_the_last_one_began(
    bureau: Actor, studio: int, people: list[int]
) -> None:
    _join(studio, people[:1], HOST, bureau)
    with pytest.raises(DomainError) as error, atomic():
        change_host(studio, people[1], on=DAY, stays_member=True, reason="换届", actor=bureau)
    assert error.value.code == "begins_later"


def test_ends_several_memberships_or_none(bureau: Actor, studio: int, people: list[int]) -> None:
    first, second, _third = _join(studio, people, MEMBER, bureau)
    with atomic():
        end_memberships(studio, [second], on=date(2022, 6, 30), reason="退出", actor=bureau)
    with pytest.raises(DomainError) as error, atomic():
        end_memberships(studio, [first, second], on=date(2022, 7, 31), reason="退出", actor=bureau)
    assert error.value.code == "already_ended"
    page = list_members(studio, MemberFilter(on=date(2023, 1, 1)), scope=bureau.unit_path)
    assert [row.name for row in page.items] == ["李丙", "李甲"]


def test_refuses_members_of_another_studio(bureau: Actor, studio: int, people: list[int]) -> None:
    other = _open(bureau, "另一工作室")
    [membership] = _join(other, people[:1], MEMBER, bureau)
    with pytest.raises(NotFound), atomic():
        end_memberships(studio, [membership], on=DAY, reason="退出", actor=bureau)


def test_ending_a_studio_ends_its_memberships(
    session: Session, bureau: Actor, studio: int, people: list[int]
) -> None:
    _join(studio, people, MEMBER, bureau)
    with atomic():
        count = end_studio(studio, on=date(2022, 12, 31), reason="周期结束", actor=bureau)
    assert count == 3
    ends = session.scalars(select(StudioMembership.valid_until).distinct()).all()
    assert ends == [date(2022, 12, 31)]


def test_refuses_days_that_leave_members_outside(
    bureau: Actor, studio: int, people: list[int]
) -> None:
    _join(studio, people, MEMBER, bureau)
    facts = StudioFacts("名师工作室", StudioKind.STUDIO, date(2022, 2, 1))
    with pytest.raises(DomainError) as error, atomic():
        correct_studio(studio, facts, reason="更正", actor=bureau)
    assert error.value.code == "members_outside"


def test_renaming_needs_a_reason_and_saving_unchanged_none(bureau: Actor, studio: int) -> None:
    same = StudioFacts("名师工作室", StudioKind.STUDIO, DAY)
    with atomic():
        correct_studio(studio, same, reason="", actor=bureau)
    renamed = StudioFacts("新工作室", StudioKind.STUDIO, DAY)
    with pytest.raises(InvalidInput) as error, atomic():
        correct_studio(studio, renamed, reason="", actor=bureau)
    assert error.value.code == "reason_missing"


def test_of_two_officers_at_once_one_lets_a_person_join(
    app: Flask, session: Session, bureau: Actor, studio: int, people: list[int]
) -> None:
    session.rollback()

    def act() -> None:
        add_memberships(studio, people[:1], MEMBER, actor=bureau)

    assert at_once(app, act, act) == ["already_member", "done"]
