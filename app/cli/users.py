"""``flask users``: accounts from the command line."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask.cli import AppGroup

from app.core import clock
from app.core.db import atomic
from app.core.errors import DomainError, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts import passwords
from app.domain.accounts.models import Account
from app.domain.accounts.operations import create_account, grant_role
from app.domain.accounts.queries.accounts import find_account_by_username
from app.domain.accounts.rules import Role, system_actor
from app.domain.people.accounts import create_teacher_accounts
from app.domain.units.models import Unit
from app.domain.units.queries import find_unit

users = AppGroup("users", help="Accounts and the roles they hold on units.")
ROLES = click.Choice([role.value for role in Role])


def known_unit(code: str) -> Unit:
    unit = find_unit(code)
    if unit is None:
        raise NotFound(_("There is no unit with the code %(code)s.", code=code))
    return unit


def known_account(name: str) -> Account:
    account = find_account_by_username(name)
    if account is None:
        raise NotFound(_("There is no account named %(name)s.", name=name))
    return account


def refusing(command: Any, *arguments: Any) -> Any:
    """Run one act; a refusal becomes a message and exit code 1."""
    try:
        with atomic():
            return command(*arguments)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error


@users.command("create")
@click.argument("name")
@click.option("--role", type=ROLES, required=True, help="What the account may do.")
@click.option("--unit", "code", required=True, help="Code of the unit the role is held on.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input (its first line)."
)
def create(name: str, role: str, code: str, password_stdin: bool) -> None:
    """Create the account NAME with a role on a unit.

    Without --password-stdin a password is made and printed once; it must be changed at the first sign-in.
    """
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    password = given if given is not None else passwords.generate_password()
    try:
        passwords.check_password(password, username=name)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    password_hash = passwords.hash_password(password)

    def act() -> None:
        actor = system_actor()
        account = create_account(
            name,
            password_hash=password_hash,
            actor=actor,
            now=clock.now(),
            must_change_password=given is None,
        )
        grant_role(account, Role(role), known_unit(code), actor=actor, announce=False)

    refusing(act)
    click.echo(f"created {name}: {role} on {code}")
    if given is None:
        click.echo(f"password (shown only here, to be changed at the first sign-in): {password}")


@users.command("grant")
@click.argument("name")
@click.option("--role", type=ROLES, required=True, help="What the account may do.")
@click.option("--unit", "code", required=True, help="Code of the unit the role is held on.")
def grant(name: str, role: str, code: str) -> None:
    """Give the account NAME a further role on a unit, from today."""

    def act() -> None:
        grant_role(known_account(name), Role(role), known_unit(code), actor=system_actor())

    refusing(act)
    click.echo(f"granted {name}: {role} on {code}")


@users.command("create-teachers")
@click.option("--unit", "code", required=True, help="Code of the unit whose people get accounts.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
def create_teachers(code: str, limit: int | None) -> None:
    """Create accounts for people of a unit's subtree who have none; one line each: NAME, tab, PERSON_ID.

    They get in with an activation slip; until then they have no password.
    """

    def act() -> list[tuple[str, int]]:
        return create_teacher_accounts(
            known_unit(code), actor=system_actor(), now=clock.now(), limit=limit
        )

    for username, person_id in refusing(act):
        click.echo(f"{username}\t{person_id}")
