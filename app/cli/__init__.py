"""The command line: one file per group. What a command needs is loaded when it is called, and no more."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import click
from flask import Flask, current_app
from flask.cli import AppGroup

# command -> where it is: module and name
COMMANDS: dict[str, tuple[str, str]] = {
    "audit": ("app.cli.audit", "group"),
    "db": ("flask_migrate.cli", "db"),
    "demo": ("app.cli.demo", "group"),
    "import": ("app.cli.imports", "group"),
    "jobs": ("app.cli.jobs", "group"),
    "serve": ("app.cli.serve", "serve"),
    "worker": ("app.cli.worker", "worker"),
    "statistics": ("app.cli.statistics", "group"),
    "tokens": ("app.cli.tokens", "tokens"),
    "users": ("app.cli.users", "users"),
    "workshops": ("app.cli.workshops", "group"),
}


class Commands(AppGroup):
    """The commands of the table, each imported when it is asked for. A name that is not there may come with the pages
    (``openapi``).
    """

    def __init__(self, load_everything: Callable[[], None]) -> None:
        super().__init__()
        self.load_everything = load_everything

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted({*COMMANDS, *super().list_commands(context)})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in COMMANDS:
            module, attribute = COMMANDS[name]
            found: click.Command = getattr(import_module(module), attribute)
            return found
        self.load_everything()
        return super().get_command(context, name)


def register_commands(app: Flask, load_everything: Callable[[], None]) -> None:
    """Put every command on ``flask``. ``load_everything``: what a command does without unless it asks."""
    app.cli = Commands(load_everything)
    app.cli.name = app.name


def load_everything() -> None:
    """For a command that does whatever was asked for in the pages: jobs and mails of every area."""
    commands = current_app.cli
    assert isinstance(commands, Commands)
    commands.load_everything()


def looks_for_its_command() -> bool:
    """Whether the application is loaded by ``flask`` to find one of the commands above: not by a server, and not by a
    command of Flask's own, such as ``flask routes``.
    """
    context = click.get_current_context(silent=True)
    return context is not None and context.parent is None
