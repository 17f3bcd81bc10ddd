"""Lock, disable, renew, tokens: what security may do to whom, and what it stops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, NotFound
from app.domain.accounts.models import Account, CodePurpose
from app.domain.accounts.operations import create_tokens
from app.domain.accounts.operations.codes import find_code_holder
from app.domain.accounts.operations.own import change_own_data, sign_out_everywhere
from app.domain.accounts.operations.passwords import change_password
from app.domain.accounts.operations.privacy import acknowledge_privacy, has_acknowledged
from app.domain.accounts.operations.standing import (
    disable_account,
    enable_account,
    end_sessions,
    lock_account,
    renew_slip,
    unlock_account,
)
from app.domain.accounts.operations.tokens import MOST_TOKENS, create_token, revoke_token
from app.domain.accounts.queries import find_token
from app.domain.accounts.queries.accounts import AccountFilter, count_accounts, list_accounts
from app.domain.accounts.queries.actors import find_acting
from app.domain.accounts.rules import UNTIL_UNLOCKED, Actor, Role
from tests import factories
from tests.factories import CHUXIONG, CHUXIONG_CITY, LINCANG


@pytest.fixture
def security(session: Session) -> Actor:
    return factories.make_actor("security", CHUXIONG)


@pytest.fixture
def account(session: Session) -> Account:
    return factories.make_account("county", CHUXIONG_CITY, "wang")


def refused(code: str, act: Callable[..., Any], *arguments: Any, **named: Any) -> None:
    with pytest.raises(DomainError) as refusal, atomic():
        act(*arguments, **named)
    assert refusal.value.code == code


def token_of(account: Account, **values: Any) -> str:
    actor = factories.actor_of(account)
    with atomic():
        return create_token(account.id, "report", actor=actor, now=clock.now(), **values)[1]


def test_a_lock_ends_sessions_and_lets_tokens_rest(account: Account, security: Actor) -> None:
    token, epoch = token_of(account), account.session_epoch
    with atomic():
        lock_account(account.id, actor=security, reason="x")
    assert (account.locked_until, account.session_epoch) == (UNTIL_UNLOCKED, epoch + 1)
    assert find_token(token, clock.now()) is None
    with atomic():
        unlock_account(account.id, actor=security)
    assert account.locked_until is None
    assert find_token(token, clock.now()) is not None


def test_a_lock_from_failures_does_not_stop_tokens(account: Account) -> None:
    token = token_of(account)
    with atomic():
        account.locked_until = clock.now() + timedelta(minutes=30)
    assert find_token(token, clock.now()) is not None


def test_a_disabled_account_is_shut_until_enabled(account: Account, security: Actor) -> None:
    token = token_of(account)
    with atomic():
        disable_account(account.id, actor=security, now=clock.now(), reason="x")
    assert find_token(token, clock.now()) is None
    assert find_acting(account.id) is None
    with atomic():
        enable_account(account.id, actor=security)
    assert find_acting(account.id) is not None


def test_ending_sessions_raises_the_epoch(account: Account, security: Actor) -> None:
    epoch = account.session_epoch
    with atomic():
        end_sessions(account.id, actor=security)
    assert account.session_epoch == epoch + 1


def test_refuses_to_unlock_what_is_not_locked(account: Account, security: Actor) -> None:
    refused("not_locked", unlock_account, account.id, actor=security)


def test_refuses_to_disable_twice(account: Account, security: Actor) -> None:
    with atomic():
        disable_account(account.id, actor=security, now=clock.now(), reason="x")
    refused(
        "already_disabled", disable_account, account.id, actor=security, now=clock.now(), reason="x"
    )
    refused("already_disabled", renew_slip, account.id, actor=security, now=clock.now())


def test_refuses_to_enable_what_is_not_disabled(account: Account, security: Actor) -> None:
    refused("not_disabled", enable_account, account.id, actor=security)


def test_refuses_to_lock_oneself(security: Actor) -> None:
    assert security.account_id is not None
    refused("own_account", lock_account, security.account_id, actor=security, reason="x")


def test_refuses_an_account_with_a_role_outside_the_unit(account: Account, security: Actor) -> None:
    lincang = factories.get_unit(LINCANG)
    factories.save(
        factories.Grant(
            account_id=account.id,
            role=Role.COUNTY,
            unit_id=lincang.id,
            valid_from=factories.SOME_DAY,
        )
    )
    refused("holds_roles_elsewhere", lock_account, account.id, actor=security, reason="x")


def test_an_account_outside_the_unit_looks_like_none(account: Account) -> None:
    elsewhere = factories.make_actor("security", LINCANG)
    with pytest.raises(NotFound), atomic():
        lock_account(account.id, actor=elsewhere, reason="x")


def test_a_renewed_slip_opens_an_office_account(account: Account, security: Actor) -> None:
    with atomic():
        slip = renew_slip(account.id, actor=security, now=clock.now())
    assert (slip.username, slip.expires_at - clock.now()) == ("wang", timedelta(days=14))
    holder = find_code_holder(slip.code, CodePurpose.ACTIVATION, now=clock.now())
    assert holder is not None
    assert holder.id == account.id


def test_finds_who_holds_a_token_and_in_which_role(account: Account) -> None:
    grant_id = account.grants[0].id
    found = find_token(token_of(account, grant_id=grant_id), clock.now())
    assert found is not None
    assert (found.account_id, found.grant_id) == (account.id, grant_id)
    assert find_token("xy_unknown", clock.now()) is None


def test_a_token_expires(account: Account) -> None:
    token = token_of(account, expires_at=clock.now() + timedelta(days=1))
    assert find_token(token, clock.now() + timedelta(hours=23)) is not None
    assert find_token(token, clock.now() + timedelta(days=1)) is None


def test_a_revoked_token_is_worthless(account: Account) -> None:
    actor, text = factories.actor_of(account), token_of(account)
    found = find_token(text, clock.now())
    assert found is not None
    with atomic():
        revoke_token(found.token_id, account.id, actor=actor, now=clock.now())
    assert find_token(text, clock.now()) is None


def test_refuses_to_revoke_the_token_of_another_account(account: Account, security: Actor) -> None:
    found = find_token(token_of(account), clock.now())
    assert found is not None
    with pytest.raises(NotFound), atomic():
        revoke_token(found.token_id, security.account_id or 0, actor=security, now=clock.now())


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": " "}, "name_missing"),
        ({"expired": True}, "expiry_past"),
        ({"grant_id": 99999}, "not_found"),
    ],
)
def test_refuses_a_token(account: Account, values: dict[str, Any], code: str) -> None:
    now = clock.now()
    arguments = {
        "expires_at": now if values.get("expired") else None,
        "grant_id": values.get("grant_id"),
    }
    actor = factories.actor_of(account)
    refused(
        code,
        create_token,
        account.id,
        values.get("name", "report"),
        actor=actor,
        now=now,
        **arguments,
    )


def test_refuses_more_tokens_than_anybody_keeps_track_of(account: Account) -> None:
    actor = factories.actor_of(account)
    with atomic():
        create_tokens([account] * MOST_TOKENS, "report", actor=actor, now=clock.now())
    refused("too_many_tokens", create_token, account.id, "x", actor=actor, now=clock.now())


def test_changes_the_password_and_ends_other_sessions(account: Account) -> None:
    actor, epoch = factories.actor_of(account), account.session_epoch
    with atomic():
        change_password(account.id, None, "new", actor=actor)
    assert (account.password_hash, account.session_epoch) == ("new", epoch + 1)


def test_refuses_a_password_changed_elsewhere_meanwhile(account: Account) -> None:
    actor = factories.actor_of(account)
    with atomic():
        account.password_hash = "newer"
    refused("password_changed", change_password, account.id, "old", "new", actor=actor)


def test_signing_out_everywhere_raises_ones_own_epoch(account: Account) -> None:
    epoch = account.session_epoch
    with atomic():
        assert sign_out_everywhere(account.id, actor=factories.actor_of(account)) == epoch + 1


def test_refuses_the_mail_of_another_account(account: Account) -> None:
    other = factories.make_account("teacher", CHUXIONG_CITY)
    actor = factories.actor_of(account)
    with atomic():
        other.email_key = "w@example.cn"
    refused(
        "email_taken",
        change_own_data,
        account.id,
        display_name="w",
        email="W@example.cn",
        phone=None,
        language="en",
        actor=actor,
    )


def test_records_each_version_of_the_privacy_notice_once(account: Account) -> None:
    actor = factories.actor_of(account)
    for _time in range(2):
        with atomic():
            acknowledge_privacy(account.id, actor=actor, now=clock.now(), version="1")
    assert has_acknowledged(account.id, "1")
    assert not has_acknowledged(account.id, "2")


def names(security: Actor, **wanted: Any) -> list[str]:
    page = list_accounts(
        security.unit_path, AccountFilter(**wanted), now=clock.now(), today=clock.today()
    )
    return [item.username for item in page.items]


def test_lists_the_accounts_of_a_subtree_and_their_states(
    account: Account, security: Actor
) -> None:
    factories.make_account("county", LINCANG, "elsewhere")
    factories.make_account(
        "teacher", CHUXIONG_CITY, "zhao", valid_until=clock.today() + timedelta(days=30)
    )
    factories.make_account(
        "teacher", CHUXIONG_CITY, "former", valid_until=clock.today() - timedelta(days=1)
    )
    with atomic():
        account.locked_until = UNTIL_UNLOCKED
    assert names(security) == ["former", security.username, "wang", "zhao"]
    assert names(security, text="WAN") == ["wang"]
    assert names(security, role=Role.TEACHER) == ["zhao"]
    assert names(security, state="locked") == ["wang"]
    assert names(security, state="no_role") == ["former"]
    assert names(security, state="ending") == ["zhao"]
    assert names(security, state="disabled") == []
    state = {"now": clock.now(), "today": clock.today()}
    assert count_accounts(security.unit_path, "never_signed_in", **state) == 4


def test_a_search_takes_signs_of_the_pattern_language_as_they_are(
    account: Account, security: Actor
) -> None:
    assert names(security, text="%") == []
    assert names(security, text="w_ng") == []


def test_lists_as_many_accounts_with_as_many_queries(
    security: Actor, count_queries: Callable[..., int]
) -> None:
    one = count_queries(lambda: names(security))
    for _number in range(24):
        factories.make_account("teacher", CHUXIONG_CITY)
    db.session.rollback()
    assert count_queries(lambda: names(security)) <= max(one, 4)
