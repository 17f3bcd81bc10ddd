"""Accounts and slips for people: made in bulk, linked, renewed; never for an office's account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, NotFound
from app.core.versions import counted_version
from app.domain.accounts.models import Account, CodePurpose, Grant
from app.domain.accounts.operations.codes import find_code_holder, use_code
from app.domain.accounts.rules import Actor, Role, system_actor
from app.domain.people.accounts import create_teacher_accounts, make_slips
from app.domain.people.models import Person
from app.domain.people.queries.accounts import (
    AccountState,
    count_account_states,
    list_people_ids,
    list_people_with_accounts,
)
from app.domain.people.rules import PostingRole
from app.domain.units.models import Unit
from tests import factories
from tests.factories import CHUXIONG, CHUXIONG_CITY, LUFENG


@pytest.fixture
def school(session: Session) -> Unit:
    return factories.make_school(CHUXIONG_CITY, "楚雄市实验小学")


@pytest.fixture
def officer(school: Unit) -> Actor:
    return factories.make_actor("school", school)


def make(people: list[Person], actor: Actor) -> Any:
    ids = [person.id for person in people]
    with atomic():
        return make_slips(ids, actor=actor, now=clock.now())


def account_of(person: Person) -> Account:
    db.session.expire_all()
    return db.session.get_one(Account, db.session.get_one(Person, person.id).account_id)


def test_makes_accounts_named_by_pinyin_and_links_them(school: Unit, officer: Actor) -> None:
    people = [factories.make_counselor(school, "李桃艳") for _number in range(2)]
    made = make(people, officer)
    assert [slip.username for slip in made.slips] == ["litaoyan", "litaoyan2"]
    assert (made.created, made.refused) == (2, [])
    account = account_of(people[0])
    grant = account.grants[0]
    assert (account.display_name, grant.role, grant.unit_id) == ("李桃艳", Role.TEACHER, school.id)
    assert account.password_hash is None


def test_a_slip_opens_the_account(school: Unit, officer: Actor) -> None:
    person = factories.make_counselor(school)
    slip = make([person], officer).slips[0]
    with atomic():
        used = use_code(slip.code, CodePurpose.ACTIVATION, "hash", now=clock.now())
    assert used.id == account_of(person).id


def test_a_new_slip_makes_no_new_account_and_voids_the_old_code(
    school: Unit, officer: Actor
) -> None:
    person = factories.make_counselor(school)
    old = make([person], officer).slips[0]
    again = make([person], officer)
    assert (again.created, again.slips[0].username) == (0, old.username)
    assert find_code_holder(old.code, CodePurpose.ACTIVATION, now=clock.now()) is None


def test_takes_the_phone_along_once(school: Unit, officer: Actor) -> None:
    people = [factories.make_person(school, name, phone="13988001234") for name in ("安", "白")]
    for person in people:
        factories.make_posting(person, school)
    make(people, officer)
    indexes = [account_of(person).phone_index for person in people]
    assert indexes == [people[0].phone_index, None]


def test_grants_the_role_at_the_main_posting(school: Unit) -> None:
    other = factories.make_school(LUFENG)
    person = factories.make_counselor(school)
    factories.make_posting(person, other, role=PostingRole.FULL_TIME)
    make([person], factories.make_actor("bureau", CHUXIONG))
    assert account_of(person).grants[0].unit_id == other.id


def test_a_school_grants_at_its_own_posting(school: Unit, officer: Actor) -> None:
    other = factories.make_school(LUFENG)
    person = factories.make_counselor(school)
    factories.make_posting(person, other, role=PostingRole.FULL_TIME)
    make([person], officer)
    assert account_of(person).grants[0].unit_id == school.id


def test_a_person_of_another_school_looks_like_none(school: Unit, officer: Actor) -> None:
    mine = factories.make_counselor(school)
    stranger = factories.make_counselor(factories.make_school(CHUXIONG_CITY))
    with pytest.raises(NotFound):
        make([mine, stranger], officer)
    db.session.rollback()
    assert db.session.get_one(Person, mine.id).account_id is None


def test_refuses_nobody_and_too_many(officer: Actor) -> None:
    for ids, code in (([], "nobody_chosen"), (range(1, 402), "too_many_slips")):
        with pytest.raises(DomainError) as refusal, atomic():
            make_slips(ids, actor=officer, now=clock.now())
        assert refusal.value.code == code


@pytest.mark.parametrize(
    ("role", "unit"), [(Role.SCHOOL, "own"), (Role.COUNTY, CHUXIONG_CITY), (Role.TEACHER, LUFENG)]
)
def test_refuses_a_slip_for_an_account_that_holds_more(
    school: Unit, officer: Actor, role: Role, unit: str
) -> None:
    person = factories.make_counselor(school, "陈校长")
    make([person], officer)
    at = school if unit == "own" else factories.get_unit(unit)
    factories.save(
        Grant(account_id=account_of(person).id, role=role, unit_id=at.id, valid_from=clock.today())
    )
    made = make([person], officer)
    assert (made.slips, made.refused) == ([], ["陈校长"])


def test_refuses_a_slip_for_a_disabled_account(school: Unit, officer: Actor) -> None:
    person = factories.make_counselor(school, "陈老师")
    make([person], officer)
    with atomic():
        account_of(person).disabled_at = clock.now()
    assert make([person], officer).refused == ["陈老师"]


def test_creates_teachers_in_bulk_for_who_has_no_account(school: Unit, officer: Actor) -> None:
    people = [factories.make_counselor(school, name) for name in ("安老师", "白老师", "陈老师")]
    make(people[:1], officer)
    unit = factories.get_unit(CHUXIONG_CITY)
    with atomic():
        first = create_teacher_accounts(unit, actor=system_actor(), now=clock.now(), limit=1)
    with atomic():
        rest = create_teacher_accounts(unit, actor=system_actor(), now=clock.now())
    assert [*first, *rest] == [("bailaoshi", people[1].id), ("chenlaoshi", people[2].id)]


def test_accounts_change_no_figure(school: Unit, officer: Actor) -> None:
    person = factories.make_counselor(school)
    before = counted_version()
    make([person], officer)
    assert counted_version() == before
    db.session.rollback()


def test_lists_people_with_the_state_of_their_accounts(school: Unit, officer: Actor) -> None:
    people = [factories.make_counselor(school, name) for name in ("安老师", "白老师", "陈老师")]
    make(people[:2], officer)
    with atomic():
        account_of(people[1]).last_sign_in_at = clock.now()
    today = clock.today()
    page = list_people_with_accounts(school.path, today=today)
    expected = [AccountState.NEVER_SIGNED_IN, AccountState.ACTIVE, AccountState.NONE]
    assert [item.state for item in page.items] == expected
    assert [item.unit_name for item in page.items] == [school.name] * 3
    counts = count_account_states(school.path, today=today)
    assert list(counts.values()) == [1, 1, 1, 0]
    for state, person in zip(expected, people, strict=True):
        assert list_people_ids(school.path, today=today, state=state) == [person.id]


def test_a_list_costs_the_same_queries_however_long(
    school: Unit, count_queries: Callable[..., int]
) -> None:
    def read() -> object:
        return list_people_with_accounts(school.path, today=clock.today())

    factories.make_counselor(school)
    one = count_queries(read)
    for _number in range(24):
        factories.make_counselor(school)
    assert count_queries(read) == one


def test_usernames_stay_unique_over_units(school: Unit, officer: Actor) -> None:
    factories.make_account("teacher", CHUXIONG, "litaoyan")
    person = factories.make_counselor(school, "李桃艳")
    assert make([person], officer).slips[0].username == "litaoyan2"
    stored = db.session.scalars(select(Account.username_key)).all()
    assert len(stored) == len(set(stored))
