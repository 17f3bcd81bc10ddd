"""What is loaded when: a command starts small, a server and a worker have everything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from flask import Flask

from app import create_app
from app.cli import COMMANDS, looks_for_its_command
from app.core.db import db
from app.core.errors import error_for_constraint

ROOT = Path(__file__).resolve().parents[2]
# Most of what a server needs; each costs a command's start a noticeable part of a second, or of its memory.
HEAVY = (
    "app.api",
    "app.blueprints",
    "PIL",
    "alembic",
    "asn1crypto",
    "fontTools",
    "huey",
    "icalendar",
    "markdown_it",
    "marshmallow",
    "nh3",
    "numpy",
    "openpyxl",
    "psycopg",
    "pyhanko",
    "pypinyin",
    "redis",
    "scipy",
    "segno",
    "typst",
    "wtforms",
    "xlsxwriter",
)
RUN = """
import sys
from flask.cli import main
try:
    main()
finally:
    print("loaded", *(name for name in {heavy} if name in sys.modules))
"""


def test_the_import_command_loads_nothing_that_only_pages_and_papers_need(tmp_path: Path) -> None:
    arguments = ["--app", "wsgi", "import", "--help"]
    environment = {**os.environ, "XINYU_INSTANCE": str(tmp_path)}
    environment.pop("XINYU_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(heavy=HEAVY), *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    said = done.stdout.splitlines()
    assert said[0].startswith("Usage:")
    assert said[-1] == "loaded"


@pytest.mark.parametrize("arguments", [["openapi", "list-config-prefixes"], ["jobs", "run"]])
def test_a_command_that_needs_the_pages_gets_them(app: Flask, arguments: list[str]) -> None:
    small = create_app(app.extensions["settings"], pages=False)
    assert "people" not in small.blueprints
    done = small.test_cli_runner().invoke(args=arguments)
    assert done.exit_code == 0, done.output
    assert "people" in small.blueprints
    with small.app_context():
        db.engine.dispose()


def test_a_violated_constraint_that_a_command_cannot_explain_brings_the_explanations(
    app: Flask,
) -> None:
    small = create_app(app.extensions["settings"], pages=False)
    assert error_for_constraint("uq_of_nothing") is None
    assert "people" in small.blueprints


def test_every_command_of_the_table_is_found_without_the_pages(app: Flask) -> None:
    small = create_app(app.extensions["settings"], pages=False)
    for name in COMMANDS:
        done = small.test_cli_runner().invoke(args=[name, "--help"])
        assert done.exit_code == 0, done.output
        assert name in done.output.splitlines()[0]
    assert list(small.blueprints) == []


def test_only_flask_that_looks_for_a_command_of_ours_does_without_pages() -> None:
    assert not looks_for_its_command()  # a server
    with click.Context(click.Group("flask")) as group:
        assert looks_for_its_command()
        with click.Context(click.Command("routes"), parent=group):
            assert not looks_for_its_command()
