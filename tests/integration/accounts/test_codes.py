"""One-time codes: good once, for their purpose, until they expire or are renewed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, crypto
from app.core.db import atomic, db
from app.core.errors import DomainError
from app.domain.accounts.models import Account, CodePurpose, OneTimeCode
from app.domain.accounts.operations.accounts import set_email
from app.domain.accounts.operations.codes import (
    find_code_holder,
    grouped_code,
    issue_codes,
    new_code,
    request_reset,
    use_code,
)
from app.domain.accounts.rules import UNTIL_UNLOCKED, system_actor
from app.domain.outbox.models import Delivery, Notice
from app.domain.outbox.operations import SECRET_PURPOSE
from tests import factories

SLIP, RESET = CodePurpose.ACTIVATION, CodePurpose.RESET


@pytest.fixture
def account(session: Session) -> Account:
    return factories.make_account("teacher", factories.CHUXIONG, "litaoyan")


def issue(account: Account, purpose: CodePurpose = SLIP) -> str:
    with atomic():
        return issue_codes([account.id], purpose, actor=system_actor(), now=clock.now())[account.id]


def use(
    code: str, purpose: CodePurpose = SLIP, after: timedelta = timedelta(0), new: str = "hash"
) -> Account:
    with atomic():
        return use_code(code, purpose, new, now=clock.now() + after)


def assert_worthless(code: str, purpose: CodePurpose = SLIP, **arguments: Any) -> None:
    with pytest.raises(DomainError) as refusal:
        use(code, purpose, **arguments)
    assert refusal.value.code == "code_worthless"


def test_sets_the_password_and_ends_sessions(account: Account) -> None:
    with atomic():
        account.failed_attempts, account.must_change_password = 4, True
    epoch = account.session_epoch
    used = use(issue(account))
    assert (used.password_hash, used.session_epoch) == ("hash", epoch + 1)
    assert (used.failed_attempts, used.must_change_password) == (0, False)


def test_takes_a_code_as_it_is_read_from_paper(account: Account) -> None:
    code = grouped_code(issue(account)).lower()
    assert code.count("-") == 2
    assert use(f" {code} ").id == account.id


def test_refuses_a_code_that_was_used(account: Account) -> None:
    code = issue(account)
    use(code)
    assert_worthless(code)


def test_refuses_a_code_after_fourteen_days(account: Account) -> None:
    code = issue(account)
    assert_worthless(code, after=timedelta(days=14))
    assert use(code, after=timedelta(days=13, hours=23)).id == account.id


def test_refuses_a_reset_code_after_an_hour(account: Account) -> None:
    assert_worthless(issue(account, RESET), RESET, after=timedelta(hours=1))


def test_refuses_a_code_that_a_newer_one_replaced(account: Account) -> None:
    old, new = issue(account), issue(account)
    assert_worthless(old)
    assert use(new).id == account.id


def test_refuses_a_code_of_another_purpose(account: Account) -> None:
    assert_worthless(issue(account, RESET), SLIP)


def test_refuses_an_unknown_code(session: Session) -> None:
    assert_worthless(new_code())


def test_refuses_a_disabled_account(account: Account) -> None:
    code = issue(account)
    with atomic():
        account.disabled_at = clock.now()
    assert_worthless(code)


def test_refuses_an_account_that_an_officer_locked(account: Account) -> None:
    code = issue(account)
    with atomic():
        account.locked_until, account.locked_by = UNTIL_UNLOCKED, 1
    assert_worthless(code)
    assert find_code_holder(code, SLIP, now=clock.now()) is None


def test_looking_at_the_form_uses_nothing_up(account: Account) -> None:
    code = issue(account)
    found = find_code_holder(code, SLIP, now=clock.now())
    assert found is not None
    assert use(code).id == account.id
    assert find_code_holder(code, SLIP, now=clock.now()) is None


def test_stores_only_a_digest(account: Account) -> None:
    code = issue(account)
    stored = db.session.scalars(select(OneTimeCode.code_hash)).one()
    assert stored == crypto.token_hash(code)


def test_a_code_used_by_eight_at_once_works_once(
    account: Account, at_once: Callable[..., list[Any]]
) -> None:
    code, now = issue(account), clock.now()

    def take() -> str:
        with atomic():
            use_code(code, SLIP, "hash", now=now)
        return "in"

    results = at_once(8, take)
    assert sum(result == "in" for result in results) == 1
    assert {result.code for result in results if result != "in"} == {"code_worthless"}


def ask(name: str) -> str:
    code = new_code()
    with atomic():
        request_reset(name, code, f"https://x.example/reset/{code}", now=clock.now(), origin="")
    return code


def test_sends_the_link_as_the_secret_of_a_mail(account: Account) -> None:
    with atomic():
        set_email(account, "li@example.cn")
    code = ask("LITAOYAN")
    notice = db.session.scalars(select(Notice)).one()
    delivery = db.session.scalars(select(Delivery)).one()
    assert (notice.account_id, notice.kind) == (account.id, "password_reset")
    assert code not in str(notice.parameters)
    assert delivery.secret is not None
    assert crypto.unseal(delivery.secret, SECRET_PURPOSE) == f"https://x.example/reset/{code}"
    assert use(code, RESET).id == account.id


@pytest.mark.parametrize("name", ["nobody", "litaoyan", "13988001234", "x@example.cn"])
def test_sends_nothing_to_who_is_unknown_or_has_no_mail(account: Account, name: str) -> None:
    assert_worthless(ask(name), RESET)
    assert db.session.scalars(select(Delivery)).all() == []


def test_sends_nothing_for_a_disabled_account(account: Account) -> None:
    with atomic():
        set_email(account, "li@example.cn")
        account.disabled_at = clock.now()
    assert_worthless(ask("litaoyan"), RESET)


def test_tells_the_owner_when_a_known_password_was_reset(account: Account) -> None:
    use(issue(account), new="first")
    assert db.session.scalars(select(Notice)).all() == []
    use(issue(account), new="second")
    assert db.session.scalars(select(Notice.kind)).all() == ["password_changed"]
