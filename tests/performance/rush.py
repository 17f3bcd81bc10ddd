"""The rush on a workshop: many teachers at once for few seats, over HTTP, by a client that costs little."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app import create_app
from app.config import read_settings
from app.core import clock
from app.core.db import atomic, db
from app.domain.people.rules import TrainingLevel
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment, SeatPool, Workshop, WorkshopSession
from app.domain.workshops.operations.capacity import audit_seats
from app.domain.workshops.rules.words import EnrolmentStatus, WorkshopKind, WorkshopStatus
from tests.performance import servers

TEACHERS, AT_ONCE, SEATS = 300, 50, 50
QUOTAS = {"532301": 8, "532302": 7, "532326": 5}


@dataclass(frozen=True)
class Rush:
    """What came of it: enrolments a second, the 95th percentile in milliseconds, and whether all is right."""

    rate: float
    p95: float
    verdict: str


def teacher_tokens(settings: dict[str, str]) -> list[str]:
    """A token for each of the teachers, made with the commands of the product."""
    made = servers.flask(
        settings, "users", "create-teachers", "--unit", "532300", "--limit", str(TEACHERS)
    )
    names = [line.split("\t")[0] for line in made.splitlines() if "\t" in line]
    printed = servers.flask(settings, "tokens", "create", *names)
    return [line.split("\t")[1] for line in printed.splitlines() if "\t" in line]


def publish_workshop(settings: dict[str, str]) -> int:
    """A published workshop with fifty seats, twenty of them in the quotas of three counties."""
    app = create_app(read_settings(settings))
    with app.app_context(), atomic() as session:
        units = {unit.code: unit.id for unit in session.scalars(select(Unit))}
        workshop = Workshop(
            title="心理健康教育教师培训",
            kind=WorkshopKind.WORKSHOP,
            level=TrainingLevel.PREFECTURE,
            status=WorkshopStatus.PUBLISHED,
            organiser_id=units["532300"],
            capacity=SEATS,
            enrolment_opens_at=clock.now() - timedelta(days=1),
            enrolment_closes_at=clock.now() + timedelta(days=1),
            created_at=clock.now(),
        )
        session.add(workshop)
        session.flush()
        # A day of its own for each run: who was seated in one before is free again.
        starts_at = clock.now().replace(microsecond=0) + timedelta(days=30 + workshop.id)
        session.add(
            WorkshopSession(
                workshop_id=workshop.id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3)
            )
        )
        session.add(SeatPool(workshop_id=workshop.id, seats=SEATS - sum(QUOTAS.values())))
        for code, seats in QUOTAS.items():
            session.add(SeatPool(workshop_id=workshop.id, unit_id=units[code], seats=seats))
        return workshop.id


def run(settings: dict[str, str], tokens: list[str], workers: int) -> Rush:
    """All teachers enrol, so many at once; then everything is recounted."""
    workshop_id = publish_workshop(settings)
    with servers.server(settings, workers=workers):
        asyncio.run(
            _enrol_all(0, tokens[:AT_ONCE])
        )  # an unknown workshop: connections and caches are warm
        begun = time.perf_counter()
        answers = asyncio.run(_enrol_all(workshop_id, tokens))
        took = time.perf_counter() - begun
    times = sorted(milliseconds for _status, milliseconds in answers)
    statuses = Counter(status for status, _milliseconds in answers)
    verdict = _verdict(settings, workshop_id)
    if statuses != {201: len(tokens)}:
        verdict = f"answers {dict(statuses)}; {verdict}"
    return Rush(len(answers) / took, times[int(len(times) * 0.95)], verdict)


async def _enrol_all(workshop_id: int, tokens: list[str]) -> list[tuple[int, float]]:
    waiting = list(reversed(tokens))
    answers: list[tuple[int, float]] = []

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", servers.PORT)
        while waiting:
            begun = time.perf_counter()
            writer.write(_request(workshop_id, waiting.pop()))
            status = await read_answer(reader)
            answers.append((status, (time.perf_counter() - begun) * 1000))
        writer.close()

    await asyncio.gather(*(one_connection() for _ in range(AT_ONCE)))
    return answers


def _request(workshop_id: int, token: str) -> bytes:
    body = json.dumps({}).encode()
    head = (
        f"POST /api/v1/workshops/{workshop_id}/enrolments HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def read_answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    length = next(
        int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length")
    )
    await reader.readexactly(length)
    return int(lines[0].split()[1])


def _verdict(settings: dict[str, str], workshop_id: int) -> str:
    """What the database says afterwards: exactly the seats, quotas right, the line in order of arrival."""
    app = create_app(read_settings(settings))
    with app.app_context():
        workshop = db.session.get_one(Workshop, workshop_id)
        rows: Any = db.session.execute(
            select(Enrolment.status, Enrolment.number, Enrolment.applied_at)
            .where(Enrolment.workshop_id == workshop_id)
            .order_by(Enrolment.number)
        ).all()
        counts = Counter(row.status for row in rows)
        sound = audit_seats(workshop).is_sound
    confirmed = counts[EnrolmentStatus.CONFIRMED]
    waiting = counts[EnrolmentStatus.WAITLISTED]
    right = (confirmed, waiting) == (SEATS, TEACHERS - SEATS) and sound
    return f"{confirmed} confirmed, {waiting} waiting, seats {'right' if right else 'WRONG'}"
