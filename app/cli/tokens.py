"""``flask tokens``: API tokens from the command line."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.cli.users import known_account, refusing
from app.core import clock
from app.domain.accounts.operations import create_tokens
from app.domain.accounts.rules import system_actor

tokens = AppGroup("tokens", help="API tokens of accounts.")


@tokens.command("create")
@click.argument("names", nargs=-1, required=True, metavar="NAME [NAME …]")
def create(names: tuple[str, ...]) -> None:
    """Create a token for each account NAME; one line each: NAME, tab, TOKEN. They are not shown again."""

    def act() -> list[str]:
        accounts = [known_account(name) for name in names]
        return create_tokens(accounts, "command line", actor=system_actor(), now=clock.now())

    for name, text in zip(names, refusing(act), strict=True):
        click.echo(f"{name}\t{text}")
