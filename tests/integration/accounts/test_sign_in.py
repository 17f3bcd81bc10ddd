"""Signing in: by which names, what a failure costs, and that guesses at once do not get past the limit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts import passwords
from app.domain.accounts.models import Account, UnknownSignIn
from app.domain.accounts.operations.accounts import set_email, set_phone
from app.domain.accounts.operations.sign_in import (
    Answer,
    Outcome,
    begin_attempt,
    finish_attempt,
)
from app.domain.accounts.operations.standing import disable_account, end_sessions, lock_account
from app.domain.audit.models import AuditEntry
from tests import factories
from tests.integration.accounts.conftest import PASSWORD


@pytest.fixture
def account(session: Session, give_password: Callable[[int], None]) -> Account:
    made = factories.make_account("bureau", factories.CHUXIONG, "Wang.Li")
    give_password(made.id)
    return made


def attempt(name: str, password: str = PASSWORD, *, after: timedelta = timedelta(0)) -> Answer:
    now = clock.now() + after
    with atomic():
        begun = begin_attempt(name, now=now)
    correct = not begun.locked_minutes and passwords.matches(begun.password_hash, password)
    with atomic():
        return finish_attempt(begun, correct, now=now, origin="192.0.2.1")


def fail(name: str, times: int) -> list[Outcome]:
    return [attempt(name, "wrong").outcome for _ in range(times)]


@pytest.mark.parametrize(
    "name",
    ["Wang.Li", "wang.li", "ＷＡＮＧ．ＬＩ", "13988001234", "+86 139 8800 1234", "W@Example.cn"],
)
def test_lets_in_by_user_name_phone_and_mail(account: Account, name: str) -> None:
    with atomic():
        set_phone(account, "13988001234")
        set_email(account, "w@example.cn")
    answer = attempt(name)
    assert (answer.outcome, answer.account_id) == (Outcome.LET_IN, account.id)


def test_says_when_the_account_signed_in_before(account: Account) -> None:
    assert attempt("wang.li").previous is None
    assert attempt("wang.li", after=timedelta(hours=1)).previous == clock.now()


def test_refuses_a_wrong_password_and_an_unknown_name_alike(account: Account) -> None:
    assert attempt("wang.li", "wrong") == attempt("nobody", "wrong") == Answer(Outcome.WRONG)


def test_an_unknown_name_is_checked_against_a_decoy_of_the_same_cost(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = type(passwords._hasher).verify

    def spy(hasher: Any, stored: str, password: str) -> bool:
        checked.append(stored)
        return verify(hasher, stored, password)

    monkeypatch.setattr(type(passwords._hasher), "verify", spy)
    attempt("nobody", "wrong")
    assert [stored.split("$")[1:4] for stored in checked] == [
        passwords.hash_password("x").split("$")[1:4]
    ]


@pytest.mark.parametrize("name", ["wang.li", "nobody"])
def test_locks_after_five_failures_known_or_not(account: Account, name: str) -> None:
    assert fail(name, 5) == [Outcome.WRONG] * 4 + [Outcome.LOCKED]
    assert attempt(name) == Answer(Outcome.LOCKED, minutes=30)


def test_a_lock_ends_after_thirty_minutes_and_counts_anew(account: Account) -> None:
    fail("wang.li", 5)
    assert attempt("wang.li", after=timedelta(minutes=29)).outcome is Outcome.LOCKED
    assert attempt("wang.li", "wrong", after=timedelta(minutes=30)).outcome is Outcome.WRONG
    assert attempt("wang.li", after=timedelta(minutes=31)).outcome is Outcome.LET_IN


def test_success_forgets_earlier_failures(account: Account) -> None:
    fail("wang.li", 4)
    assert attempt("wang.li").outcome is Outcome.LET_IN
    assert fail("wang.li", 4) == [Outcome.WRONG] * 4


def test_one_name_counts_for_all_names_of_the_account(account: Account) -> None:
    with atomic():
        set_email(account, "w@example.cn")
    fail("wang.li", 3)
    assert fail("w@example.cn", 2) == [Outcome.WRONG, Outcome.LOCKED]


def test_refuses_a_disabled_account_only_after_the_right_password(account: Account) -> None:
    security = factories.make_actor("security", factories.CHUXIONG)
    with atomic():
        disable_account(account.id, actor=security, now=clock.now(), reason="left")
    assert attempt("wang.li", "wrong").outcome is Outcome.WRONG
    assert attempt("wang.li").outcome is Outcome.DISABLED


def test_refuses_an_account_that_an_officer_locked(account: Account) -> None:
    security = factories.make_actor("security", factories.CHUXIONG)
    with atomic():
        lock_account(account.id, actor=security, reason="lost phone")
    assert attempt("wang.li", after=timedelta(days=9)).outcome is Outcome.LOCKED_BY_OFFICER


def test_refuses_who_was_signed_out_while_the_password_was_checked(account: Account) -> None:
    security = factories.make_actor("security", factories.CHUXIONG)
    with atomic():
        begun = begin_attempt("wang.li", now=clock.now())
    with atomic():
        end_sessions(account.id, actor=security)
    with atomic():
        answer = finish_attempt(begun, True, now=clock.now())
    assert answer.outcome is Outcome.WRONG


def test_an_account_without_a_password_lets_nobody_in(session: Session) -> None:
    factories.make_account("teacher", factories.CHUXIONG, "litaoyan")
    assert attempt("litaoyan", "").outcome is Outcome.WRONG


def test_records_success_and_failure_with_the_address(account: Account) -> None:
    attempt("wang.li", "wrong")
    attempt("wang.li")
    rows = db.session.execute(
        select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.origin).order_by(AuditEntry.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("accounts.sign_in_failed", account.id, "192.0.2.1"),
        ("accounts.sign_in", account.id, "192.0.2.1"),
    ]


def test_forgets_unknown_names_after_a_day(session: Session) -> None:
    attempt("nobody", "wrong")
    attempt("somebody", "wrong", after=timedelta(days=1, minutes=1))
    assert db.session.scalar(select(func.count()).select_from(UnknownSignIn)) == 1


@pytest.mark.parametrize("name", ["wang.li", "nobody"])
def test_twelve_guesses_at_once_check_five_passwords(
    account: Account, at_once: Callable[..., list[Any]], name: str
) -> None:
    now = clock.now()

    def guess() -> bool:
        with atomic():
            return begin_attempt(name, now=now).locked_minutes == 0

    assert sorted(at_once(12, guess)) == [False] * 7 + [True] * 5


def test_failures_at_once_are_all_counted(
    account: Account, at_once: Callable[..., list[Any]]
) -> None:
    now = clock.now()

    def guess() -> Outcome:
        with atomic():
            begun = begin_attempt("wang.li", now=now)
        with atomic():
            return finish_attempt(begun, False, now=now).outcome

    outcomes = at_once(4, guess)
    assert outcomes == [Outcome.WRONG] * 4
    db.session.rollback()
    assert db.session.get_one(Account, account.id).failed_attempts == 4
