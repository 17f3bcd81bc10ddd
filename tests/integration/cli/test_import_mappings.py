"""``flask import online --mapping NAME`` as scripts use it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from app.core.db import db
from app.domain.courses.models import Recognition
from app.domain.people.models import TrainingRecord
from tests.factories import id_number, make_counselor, make_school
from tests.integration.exchange.test_mappings import export, line, make_mapping, masked


def run(app: Flask, path: Path, *options: str) -> Result:
    arguments = ["import", "online", str(path), "--unit", "532300", *options, "--format", "json"]
    return app.test_cli_runner().invoke(args=arguments)


def prepare(app: Flask, tmp_path: Path, *, recognised: bool = True) -> Path:
    with app.app_context():
        school = make_school(name="楚雄市青山小学")
        make_counselor(school, "李春梅", number=id_number(1))
        make_mapping(recognised=recognised)
    path = tmp_path / "导出.xlsx"
    path.write_bytes(export(line("李春梅", masked(id_number(1)), "楚雄市青山小学")))
    return path


def count(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_reads_the_export_by_the_named_mapping_and_names_what_it_does_not_read(
    app: Flask, tmp_path: Path
) -> None:
    result = run(app, prepare(app, tmp_path), "--mapping", "国家平台")
    said = json.loads(result.stdout)
    assert (result.exit_code, said["read"], said["created"]) == (0, 1, 1)
    assert [(note["column"], note["code"]) for note in said["notes"]] == [
        ("学校", "column_unknown"),
        ("IP", "column_unknown"),
    ]
    assert count(app, TrainingRecord) == 1


def test_what_is_to_be_recognised_waits(app: Flask, tmp_path: Path) -> None:
    result = run(app, prepare(app, tmp_path, recognised=False), "--mapping", "国家平台")
    assert (result.exit_code, json.loads(result.stdout)["created"]) == (0, 1)
    assert (count(app, TrainingRecord), count(app, Recognition)) == (0, 1)


def test_an_unknown_mapping_is_refused_and_the_known_ones_are_named(
    app: Flask, tmp_path: Path
) -> None:
    result = run(app, prepare(app, tmp_path), "--mapping", "没有的")
    assert result.exit_code == 1
    (error,) = json.loads(result.stdout.splitlines()[0])["errors"]
    assert error["code"] == "mapping_unknown"
    assert "国家平台" in error["message"]


def test_without_its_mapping_the_export_is_not_understood(app: Flask, tmp_path: Path) -> None:
    result = run(app, prepare(app, tmp_path))
    assert result.exit_code == 1
    assert count(app, TrainingRecord) == 0
