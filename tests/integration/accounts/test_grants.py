"""Roles on units: granted, ended, handed over; refused outside the unit and where duties are kept apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.operations import create_account, end_grant, grant_role, hand_over
from app.domain.accounts.queries.actors import find_acting
from app.domain.accounts.rules import Actor, Role, system_actor
from app.domain.audit.models import AuditEntry
from app.domain.outbox.models import Notice
from tests import factories
from tests.factories import CHUXIONG, CHUXIONG_CITY, LINCANG, LUFENG

TODAY = date(2023, 8, 17)


@pytest.fixture
def security(session: Session) -> Actor:
    return factories.make_actor("security", CHUXIONG)


@pytest.fixture
def account(session: Session) -> Account:
    return factories.make_account("county", LUFENG, "wang")


def grant(account: Account, role: Role, unit: str, actor: Actor, **term: Any) -> Grant:
    with atomic():
        return grant_role(account, role, factories.get_unit(unit), actor=actor, **term)


def refused(code: str, act: Callable[..., Any], *arguments: Any, **named: Any) -> None:
    with pytest.raises(DomainError) as refusal, atomic():
        act(*arguments, **named)
    assert refusal.value.code == code


def test_creates_an_account_with_its_names(session: Session, security: Actor) -> None:
    with atomic():
        made = create_account(
            "Li.Taoyan",
            actor=security,
            now=clock.now(),
            display_name="李桃艳",
            email="Li@Example.cn",
            phone="139 8800 1234",
        )
        made_id = made.id
    stored = db.session.get_one(Account, made_id)
    assert (stored.username_key, stored.email_key) == ("li.taoyan", "li@example.cn")
    assert stored.phone_sealed is not None
    assert b"13988001234" not in stored.phone_sealed


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"username": "WANG"}, "username_taken"),
        ({"email": "W@example.cn"}, "email_taken"),
        ({"phone": "13988001234"}, "phone_taken"),
        ({"username": "a b"}, "username_invalid"),
        ({"email": "nowhere"}, "email_invalid"),
        ({"phone": "12345"}, "phone_invalid"),
    ],
)
def test_refuses_an_account(
    session: Session, security: Actor, values: dict[str, str], code: str
) -> None:
    now = clock.now()
    with atomic():
        create_account("wang", actor=security, now=now, email="w@example.cn", phone="13988001234")
    arguments: dict[str, Any] = {"username": "new", **values}
    refused(code, create_account, arguments.pop("username"), actor=security, now=now, **arguments)


def test_grants_tells_and_records(account: Account, security: Actor) -> None:
    made = grant(account, Role.SCHOOL, CHUXIONG_CITY, security, reason="任免通知")
    assert (made.valid_from, made.valid_until, made.granted_by) == (
        TODAY,
        None,
        security.account_id,
    )
    assert db.session.scalars(select(Notice.kind)).all() == ["role_granted"]
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "accounts.grant")
    ).one()
    assert (entry.details["role"], entry.details["unit"], entry.reason) == (
        "school",
        CHUXIONG_CITY,
        "任免通知",
    )


def test_refuses_a_unit_outside_ones_own(account: Account, security: Actor) -> None:
    with pytest.raises(Forbidden):
        grant(account, Role.COUNTY, LINCANG, security)


def test_refuses_who_may_not_grant(account: Account) -> None:
    school = factories.make_actor("school", CHUXIONG_CITY)
    with pytest.raises(Forbidden):
        grant(account, Role.SCHOOL, CHUXIONG_CITY, school)


def test_refuses_a_period_that_ends_before_it_begins(account: Account, security: Actor) -> None:
    with pytest.raises(InvalidInput):
        grant(account, Role.SCHOOL, LUFENG, security, valid_until=date(2023, 8, 16))


def test_refuses_the_same_role_on_the_same_unit_twice(account: Account, security: Actor) -> None:
    refused("grant_exists", grant, account, Role.COUNTY, LUFENG, security)


def test_allows_the_same_role_again_after_it_ended(account: Account, security: Actor) -> None:
    with atomic():
        end_grant(account.grants[0].id, actor=security, last_day=date(2023, 8, 31), reason="借调")
    made = grant(account, Role.COUNTY, LUFENG, security, valid_from=date(2023, 9, 1))
    assert made.valid_from == date(2023, 9, 1)


@pytest.mark.parametrize("second", [Role.SECURITY, Role.AUDITOR])
def test_refuses_a_second_administrator_duty(
    account: Account, security: Actor, second: Role
) -> None:
    grant(account, Role.ADMIN, CHUXIONG, security)
    refused("duties_separated", grant, account, second, LUFENG, security)


def test_the_command_line_keeps_duties_apart_as_well(account: Account) -> None:
    grant(account, Role.ADMIN, CHUXIONG, system_actor())
    refused("duties_separated", grant, account, Role.AUDITOR, CHUXIONG, system_actor())


def test_two_duties_granted_at_once_leave_one(
    account: Account, security: Actor, at_once: Callable[..., list[Any]]
) -> None:
    account_id, roles = account.id, iter([Role.AUDITOR, Role.ADMIN])

    def act() -> str:
        role = next(roles)
        with atomic():
            holder = db.session.get_one(Account, account_id)
            grant_role(holder, role, factories.get_unit(CHUXIONG), actor=security, valid_from=TODAY)
        return "granted"

    results = at_once(2, act)
    assert sorted(getattr(result, "code", result) for result in results) == [
        "duties_separated",
        "granted",
    ]


def test_a_role_ends_after_its_last_day(account: Account, security: Actor) -> None:
    with atomic():
        end_grant(account.grants[0].id, actor=security, last_day=TODAY, reason="调离")
    found = find_acting(account.id, today=TODAY)
    assert found is not None
    assert found[1] is not None
    assert find_acting(account.id, today=date(2023, 8, 18)) == (found[0], None)


def test_refuses_to_end_before_it_began(account: Account, security: Actor) -> None:
    refused(
        "period",
        end_grant,
        account.grants[0].id,
        actor=security,
        last_day=date(2019, 12, 31),
        reason="x",
    )


def test_refuses_to_end_what_ends_earlier(account: Account, security: Actor) -> None:
    grant_id = account.grants[0].id
    with atomic():
        end_grant(grant_id, actor=security, last_day=TODAY, reason="x")
    refused("grant_ended", end_grant, grant_id, actor=security, last_day=TODAY, reason="x")


def test_refuses_to_end_ones_own_security_duty(session: Session) -> None:
    account = factories.make_account("security", CHUXIONG)
    actor = factories.actor_of(account)
    refused("own_duty", end_grant, account.grants[0].id, actor=actor, last_day=TODAY, reason="x")


def test_a_grant_outside_the_unit_looks_like_none(account: Account) -> None:
    elsewhere = factories.make_actor("security", LINCANG)
    with pytest.raises(NotFound), atomic():
        end_grant(account.grants[0].id, actor=elsewhere, last_day=TODAY, reason="x")


def test_hands_a_role_over_from_the_next_day(account: Account, security: Actor) -> None:
    successor = factories.make_account("teacher", LUFENG, "zhang")
    with atomic():
        made = hand_over(
            account.grants[0].id,
            successor,
            actor=security,
            last_day=date(2023, 8, 31),
            reason="轮岗",
        )
        old = db.session.get_one(Grant, account.grants[0].id)
        ends, begins = old.valid_until, made.valid_from
    assert (ends, begins, made.role) == (date(2023, 8, 31), date(2023, 9, 1), Role.COUNTY)
    told = db.session.execute(select(Notice.account_id, Notice.kind).order_by(Notice.id)).all()
    assert [tuple(row) for row in told] == [
        (account.id, "role_ends"),
        (successor.id, "role_granted"),
    ]


def test_refuses_to_hand_over_to_oneself(account: Account, security: Actor) -> None:
    refused(
        "same_account",
        hand_over,
        account.grants[0].id,
        account,
        actor=security,
        last_day=TODAY,
        reason="x",
    )


def test_a_refused_successor_leaves_the_role_as_it_was(account: Account, security: Actor) -> None:
    admin = grant(factories.make_account("teacher", LUFENG), Role.ADMIN, CHUXIONG, security)
    auditor = factories.make_account("auditor", CHUXIONG)
    refused(
        "duties_separated", hand_over, admin.id, auditor, actor=security, last_day=TODAY, reason="x"
    )
    db.session.rollback()
    assert db.session.get_one(Grant, admin.id).valid_until is None
