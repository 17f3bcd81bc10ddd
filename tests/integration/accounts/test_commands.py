"""`flask users` and `flask tokens`, as scripts use them (CONTRACT.md)."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.domain.accounts import passwords
from app.domain.accounts.models import Account, ApiToken
from app.domain.accounts.queries import find_token
from app.domain.accounts.queries.accounts import find_account_by_username
from app.domain.people.models import Person
from tests import factories
from tests.factories import CHUXIONG, CHUXIONG_CITY


def run(app: Flask, *arguments: str, given: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=[*arguments], input=given)


def create(app: Flask, name: str = "wang", *more: str, given: str = "lantern river\n") -> Result:
    return run(
        app, "users", "create", name, "--role", "bureau", "--unit", CHUXIONG, *more, given=given
    )


def test_creates_an_account_with_the_password_from_standard_input(app: Flask) -> None:
    result = create(app, "wang", "--password-stdin")
    assert (result.exit_code, result.output) == (0, "created wang: bureau on 532300\n")
    with app.app_context():
        account = find_account_by_username("wang")
        assert account is not None
        assert passwords.matches(account.password_hash, "lantern river")
        assert not account.must_change_password
        assert [(g.role.value, g.unit.code) for g in account.grants] == [("bureau", CHUXIONG)]


def test_prints_a_made_password_once_and_wants_it_changed(app: Flask) -> None:
    result = create(app)
    printed = result.output.strip().rpartition(" ")[2]
    with app.app_context():
        account = find_account_by_username("wang")
        assert account is not None
        assert passwords.matches(account.password_hash, printed)
        assert account.must_change_password


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (
            ["users", "create", "li", "--role", "bureau", "--unit", "999999", "--password-stdin"],
            "lantern river\n",
        ),
        (
            ["users", "create", "li", "--role", "king", "--unit", CHUXIONG, "--password-stdin"],
            "lantern river\n",
        ),
        (
            ["users", "create", "li", "--role", "bureau", "--unit", CHUXIONG, "--password-stdin"],
            "short\n",
        ),
        (["users", "create", "li", "--role", "bureau", "--unit", CHUXIONG, "--password-stdin"], ""),
        (
            ["users", "create", "WANG", "--role", "bureau", "--unit", CHUXIONG, "--password-stdin"],
            "lantern river\n",
        ),
        (["users", "grant", "nobody", "--role", "county", "--unit", CHUXIONG_CITY], None),
        (["users", "grant", "wang", "--role", "bureau", "--unit", CHUXIONG], None),
        (["users", "create-teachers", "--unit", "999999"], None),
        (["tokens", "create", "wang", "nobody"], None),
        (["tokens", "create"], None),
    ],
)
def test_refuses_with_a_message_and_changes_nothing(
    app: Flask, arguments: list[str], given: str | None
) -> None:
    create(app, "wang", "--password-stdin")
    result = run(app, *arguments, given=given)
    assert result.exit_code != 0
    assert "Error: " in result.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == 1
        assert db.session.scalar(select(func.count()).select_from(ApiToken)) == 0


def test_grants_a_further_role(app: Flask) -> None:
    create(app)
    result = run(app, "users", "grant", "wang", "--role", "county", "--unit", CHUXIONG_CITY)
    assert (result.exit_code, result.output) == (0, "granted wang: county on 532301\n")


def test_creates_teachers_and_prints_name_and_person(app: Flask) -> None:
    with app.app_context():
        school = factories.make_school()
        ids = [factories.make_counselor(school, name).id for name in ("安老师", "白老师", "陈老师")]
    first = run(app, "users", "create-teachers", "--unit", CHUXIONG, "--limit", "2")
    assert first.output == f"anlaoshi\t{ids[0]}\nbailaoshi\t{ids[1]}\n"
    assert (
        run(app, "users", "create-teachers", "--unit", CHUXIONG).output == f"chenlaoshi\t{ids[2]}\n"
    )
    assert run(app, "users", "create-teachers", "--unit", CHUXIONG).output == ""
    with app.app_context():
        account = find_account_by_username("anlaoshi")
        assert account is not None
        assert db.session.get_one(Person, ids[0]).account_id == account.id


def test_makes_a_token_for_each_name(app: Flask) -> None:
    create(app)
    create(app, "li")
    lines = run(app, "tokens", "create", "wang", "li").output.splitlines()
    pairs = [line.split("\t") for line in lines]
    assert [name for name, _token in pairs] == ["wang", "li"]
    with app.app_context():
        for name, token in pairs:
            account, holder = find_account_by_username(name), find_token(token, clock.now())
            assert account is not None
            assert holder is not None
            assert holder.account_id == account.id
