"""An export of a platform with thousands of completions, to be imported with a mapping."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import create_app
from app.config import read_settings
from app.core.db import atomic, db
from app.domain.accounts.rules import system_actor
from app.domain.exchange.operations.mappings import MappingFacts, create_mapping
from app.domain.people.models import Person, Posting
from app.domain.people.rules import TrainingLevel
from app.domain.people.sealed import masked_identity_number
from app.domain.units.models import Unit
from tests.performance import servers

UNIT = "532300"
HEADERS = (
    "学员姓名",
    "证件",
    "所属区域",
    "学校（全称）",
    "课程",
    "学习状态",
    "结业日",
    "认定课时",
    "IP",
)
COLUMNS = dict(
    zip(
        ("name", "id_number", "county", "school", "title", "verdict", "completed_at", "hours"),
        HEADERS,
        strict=False,
    )
)
TITLES = ("班主任研修（2022年）", "德育干部研修（2022年）", "心理健康教育研修（2022年）")
RESULT = '"created": '


@dataclass(frozen=True)
class ImportTime:
    """Seconds of the whole command, and how many rows it made."""

    seconds: float
    created: int


def write_export(settings: dict[str, str], path: Path, count: int) -> None:
    """An export of so many completions of people of Chuxiong, their numbers masked."""
    app = create_app(read_settings(settings))
    county = aliased(Unit)
    with app.app_context():
        root = db.session.scalars(select(Unit).where(Unit.code == UNIT)).one()
        rows = db.session.execute(
            select(Person.name, Person.id_number_sealed, county.name, Unit.name)
            .join(Posting, Posting.person_id == Person.id)
            .join(Unit, Unit.id == Posting.unit_id)
            .join(county, county.id == Unit.parent_id)
            .where(Posting.valid_until.is_(None), Unit.path.like(f"{root.path}%"))
            .where(Person.id_number_sealed.is_not(None))
            .order_by(Person.id)
            .limit(-(-count // len(TITLES)))
        ).all()
        people = [
            (name, masked_identity_number(sealed), place, school)
            for name, sealed, place, school in rows
        ]
    dice = random.Random(5)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADERS)
    lines = [(*person, title) for title in TITLES for person in people][:count]
    for index, (name, number, place, school, title) in enumerate(lines, 1):
        day = f"2022-{dice.randint(7, 12):02d}-{dice.randint(1, 28):02d}"
        row = (name, number, place, school, title, "已结业", day, 50, "10.0.0.1")
        sheet.write_row(index, 0, row)
    book.close()


def make_mapping(settings: dict[str, str], name: str, *, recognised: bool) -> None:
    """The mapping of the export, for Chuxiong."""
    app = create_app(read_settings(settings))
    with app.app_context(), atomic() as session:
        unit_id = session.scalars(select(Unit.id).where(Unit.code == UNIT)).one()
        facts = MappingFacts(
            name=name,
            platform="国家中小学智慧教育平台",
            columns=COLUMNS,
            level=TrainingLevel.NATIONAL,
            finished_words=("已结业",),
            recognised=recognised,
        )
        create_mapping(facts, unit_id=unit_id, actor=system_actor())


def bring(settings: dict[str, str], path: Path, mapping: str) -> ImportTime:
    """Import the export by the command line, as an officer's script would."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "import", "online", str(path)]
    command += ["--unit", UNIT, "--mapping", mapping, "--format", "json"]
    begun = time.perf_counter()
    done = subprocess.run(
        command, cwd=servers.ROOT, env=settings, capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - begun
    if done.returncode != 0:
        raise RuntimeError(f"the import failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return ImportTime(took, int(done.stdout.split(RESULT)[1].split(",")[0]))
