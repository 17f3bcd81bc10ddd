"""Grade sheets of a large class, out and in, through the pages' own code and without a network between."""

from __future__ import annotations

import io
import re
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape

import openpyxl
from sqlalchemy import select

from app import create_app
from app.config import read_settings
from app.core import clock
from app.core.db import atomic, db
from app.domain.people.models import Person, Posting
from app.domain.people.rules import TrainingLevel
from app.domain.units.models import Unit
from app.domain.workshops.models import Criterion, Enrolment, SeatPool, Workshop
from app.domain.workshops.rules.words import (
    CriterionKind,
    EnrolmentStatus,
    WorkshopKind,
    WorkshopStatus,
)
from tests.performance.seeding import session_cookie

CRITERIA = (("理论学习", CriterionKind.THEORY), ("实操演练", CriterionKind.PRACTICE))
CELLS = re.compile(r'name="cells"[^>]*value="([^"]*)"')


@dataclass(frozen=True)
class SheetTimes:
    """Seconds for writing the sheet, reading it back with a preview, and saving what it says."""

    out: float
    preview: float
    save: float


def running_workshop(settings: dict[str, str], people: int) -> int:
    """A running workshop of Chuxiong with so many confirmed people and a guide of two criteria."""
    app = create_app(read_settings(settings))
    with app.app_context(), atomic() as session:
        now = clock.now()
        organiser = session.scalars(select(Unit).where(Unit.code == "532300")).one()
        workshop = Workshop(
            title="心理健康教育教师集中培训",
            kind=WorkshopKind.WORKSHOP,
            level=TrainingLevel.PREFECTURE,
            status=WorkshopStatus.RUNNING,
            organiser_id=organiser.id,
            capacity=people,
            enrolment_opens_at=now - timedelta(days=30),
            enrolment_closes_at=now - timedelta(days=10),
            created_at=now,
            next_number=people + 1,
        )
        session.add(workshop)
        session.flush()
        pool = SeatPool(workshop_id=workshop.id, seats=people, taken=people)
        session.add(pool)
        for position, (title, kind) in enumerate(CRITERIA, start=1):
            criterion = Criterion(
                workshop_id=workshop.id,
                position=position,
                title=title,
                kind=kind,
                weight=50,
                maximum=100,
            )
            session.add(criterion)
        session.flush()
        rows = session.execute(
            select(Person.id, Unit.id, Unit.path)
            .join(Posting, Posting.person_id == Person.id)
            .join(Unit, Unit.id == Posting.unit_id)
            .where(Posting.valid_until.is_(None), Unit.path.like(f"{organiser.path}%"))
            .order_by(Person.id)
            .limit(people)
        ).all()
        session.add_all(
            Enrolment(
                workshop_id=workshop.id,
                person_id=person_id,
                unit_id=unit_id,
                unit_path=path,
                pool_id=pool.id,
                number=number,
                status=EnrolmentStatus.CONFIRMED,
                applied_at=now,
                seated_at=now,
            )
            for number, (person_id, unit_id, path) in enumerate(rows, start=1)
        )
        return workshop.id


def measure(settings: dict[str, str], people: int) -> SheetTimes:
    """Download the sheet, fill every mark in, upload it, confirm it."""
    workshop_id = running_workshop(settings, people)
    cookie = session_cookie(settings, "bureau-chuxiong")
    app = create_app(replace(read_settings(settings), environment="testing"))
    client = app.test_client(use_cookies=False)
    # Under its other name the machine shows packages, not pages.
    headers = {"Cookie": f"xinyu={cookie}", "Host": "127.0.0.1"}
    address = f"/workshops/{workshop_id}/grades"
    client.get(address, headers=headers)
    begun = time.perf_counter()
    sheet = client.get(f"{address}/sheet.xlsx", headers=headers)
    out = time.perf_counter() - begun
    filled = fill_in(sheet.data)
    begun = time.perf_counter()
    data = {"file": (io.BytesIO(filled), "成绩登记表.xlsx")}
    page = client.post(f"{address}/import", data=data, headers=headers)
    preview = time.perf_counter() - begun
    found = CELLS.search(page.text)
    if page.status_code != 200 or found is None:
        raise RuntimeError(f"the sheet was refused: {page.status_code}")
    begun = time.perf_counter()
    done = client.post(
        f"{address}/import/confirm", data={"cells": unescape(found.group(1))}, headers=headers
    )
    save = time.perf_counter() - begun
    if done.status_code != 302:
        raise RuntimeError(f"the marks were not saved: {done.status_code}")
    with app.app_context():
        db.engine.dispose()
    return SheetTimes(out, preview, save)


def fill_in(data: bytes) -> bytes:
    """The sheet with a mark in every empty cell of the criteria, as a trainer would send it back."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows())
    header = next(row for row in rows if any(str(cell.value or "") == "姓名" for cell in row))
    titles = tuple(title for title, _kind in CRITERIA)
    columns = [cell.column for cell in header if str(cell.value or "").startswith(titles)]
    name = next(cell.column for cell in header if cell.value == "姓名")
    for row in rows[header[0].row :]:
        if row[name - 1].value:
            for column in columns:
                row[column - 1].value = 70 + row[0].row % 30
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
