"""The command line: one file per group, each with a ``group`` or ``command`` to register."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

# module -> the click objects it offers
COMMANDS: dict[str, tuple[str, ...]] = {
    "audit": ("group",),
    "demo": ("group",),
    "imports": ("group",),
    "jobs": ("group",),
    "serve": ("serve",),
    "worker": ("worker",),
    "statistics": ("group",),
    "tokens": ("tokens",),
    "users": ("users",),
    "workshops": ("group",),
}


def register_commands(app: Flask) -> None:
    """Put every command group on ``flask``."""
    for module_name, names in COMMANDS.items():
        module = import_module(f"app.cli.{module_name}")
        for name in names:
            app.cli.add_command(getattr(module, name))
