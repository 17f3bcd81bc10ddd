"""``flask import`` as scripts use it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from app.core.db import db
from app.domain.exchange.models import Import
from app.domain.people.models import Person
from tests.factories import make_school
from tests.integration.exchange.workbooks import ROSTER, teacher, workbook

Command = Callable[..., Result]


@pytest.fixture
def command(app: Flask) -> Command:
    def run(*arguments: object) -> Result:
        return app.test_cli_runner().invoke(args=["import", *map(str, arguments)])

    return run


@pytest.fixture
def roster(app: Flask, tmp_path: Path) -> Path:
    with app.app_context():
        school = make_school().name
    path = tmp_path / "roster.xlsx"
    path.write_bytes(workbook(ROSTER, [teacher(1, school), teacher(2, school)]))
    return path


def people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_prints_counts_as_json(app: Flask, command: Command, roster: Path) -> None:
    result = command("counselors", roster, "--unit", "532300", "--format", "json")
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    counts = {
        name: said[name]
        for name in (
            "read",
            "created",
            "changed",
            "unchanged",
            "rejected",
            "unresolved",
            "warnings",
        )
    }
    assert counts == {
        "read": 2, "created": 2, "changed": 0, "unchanged": 0, "rejected": 0, "unresolved": 0, "warnings": 0,
    }  # fmt: skip
    assert (said["errors"], said["notes"]) == ([], [])
    assert people(app) == 2


def test_a_rejected_row_lands_nothing_and_exits_with_1(
    app: Flask, command: Command, tmp_path: Path
) -> None:
    with app.app_context():
        school = make_school().name
    path, marked = tmp_path / "roster.xlsx", tmp_path / "marked.xlsx"
    path.write_bytes(workbook(ROSTER, [teacher(1, school), teacher(2, "没有的学校")]))
    result = command("counselors", path, "--unit", "532300", "--format", "json", "--errors", marked)
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    assert [set(error) for error in said["errors"]] == [
        {"row", "column", "value", "code", "message"}
    ]
    assert (said["errors"][0]["row"], said["errors"][0]["column"]) == (5, "学校名称")
    assert said["errors"][0]["code"] == "school_unknown"
    assert marked.read_bytes()[:2] == b"PK"
    assert people(app) == 0
    with app.app_context():
        assert db.session.scalars(select(Import)).all() == []


def test_a_file_that_is_no_workbook_is_told_in_the_same_shape(
    command: Command, roster: Path, tmp_path: Path
) -> None:
    path = tmp_path / "roster.xlsx"
    read = json.loads(
        command("counselors", roster, "--unit", "532300", "--dry-run", "--format", "json").stdout
    )
    path.write_bytes(b"\x00 this is no workbook")
    result = command("counselors", path, "--unit", "532300", "--format", "json")
    said = json.loads(result.stdout)
    assert result.exit_code == 1
    assert set(said) == set(read)
    assert (said["read"], said["created"], said["rejected"]) == (0, 0, 0)
    assert [error["code"] for error in said["errors"]] == ["not_a_workbook"]


def test_a_dry_run_changes_nothing(app: Flask, command: Command, roster: Path) -> None:
    result = command("counselors", roster, "--unit", "532300", "--dry-run", "--format", "json")
    assert json.loads(result.stdout)["created"] == 2
    assert people(app) == 0


def test_undo_takes_it_back(app: Flask, command: Command, roster: Path) -> None:
    landed = command("counselors", roster, "--unit", "532300", "--format", "json")
    result = command("undo", json.loads(landed.stdout)["id"])
    assert result.exit_code == 0
    assert people(app) == 0


def test_undo_of_nothing_is_refused(command: Command) -> None:
    assert command("undo", 99).exit_code == 1


def test_writes_an_empty_workbook(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    assert command("template", "counselors", path).exit_code == 0
    assert path.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    "arguments",
    [
        ("teachers", "x.xlsx", "--unit", "532300"),
        ("counselors", "missing.xlsx", "--unit", "532300"),
        ("counselors", __file__, "--unit", "999999"),
        ("counselors", __file__, "--unit", "532300"),
        ("counselors", __file__, "--unit", "532300", "--date", "2023-13-01"),
    ],
)
def test_refuses_with_a_message_and_no_trace(command: Command, arguments: tuple[str, ...]) -> None:
    result = command(*arguments)
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit)
    assert result.stderr.strip()
