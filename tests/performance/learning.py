"""A thousand learners before one video: each player reports every ten seconds, and nothing of it may be lost."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from app import create_app
from app.access.session import session_id
from app.config import read_settings
from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.rules import Role
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseMedia,
    CourseVersion,
    Lesson,
    LessonProgress,
    Section,
)
from app.domain.courses.rules.words import (
    CourseKind,
    CourseStatus,
    EnrolmentSource,
    LessonKind,
    MediaKind,
    VersionStatus,
)
from app.domain.people.models import Person, Posting
from app.domain.people.rules import TrainingLevel
from app.domain.units.models import Unit
from tests.performance import servers
from tests.performance.rush import read_answer

LEARNERS, EVERY, AT_ONCE = 1000, 10.0, 50
LESSONS = 12
RAW_TOKEN = "0" * 40


@dataclass(frozen=True)
class Learner:
    """Who reports: their enrolment, and the cookie of their session."""

    enrolment_id: int
    cookie: str


@dataclass(frozen=True)
class Class:
    """A running course with everybody in it; the token is that of every session's forms."""

    course_id: int
    lesson_id: int
    token: str
    learners: list[Learner]


@dataclass(frozen=True)
class Reported:
    """Reports a second, the 95th percentile in milliseconds (waiting included), and whether everything is kept."""

    rate: float
    p95: float
    verdict: str


def make_class(settings: dict[str, str]) -> Class:
    """A course of Chuxiong with a video of an hour, open for an hour, and a thousand learners."""
    app = create_app(read_settings(settings))
    with app.app_context():
        with atomic():
            course_id, lesson_id, version_id = _make_course()
        with atomic():
            _make_learners(course_id, version_id)
        learners = list(_sign_in(app, course_id))
        db.engine.dispose()
    signer = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token")
    return Class(course_id, lesson_id, str(signer.dumps(RAW_TOKEN)), learners)


def _make_course() -> tuple[int, int, int]:
    session, now = db.session, clock.now() - timedelta(hours=1)
    organiser = session.scalars(select(Unit).where(Unit.code == "532300")).one()
    course = Course(
        organiser_id=organiser.id,
        title="班主任心理健康教育网络课程",
        kind=CourseKind.OWN,
        level=TrainingLevel.PREFECTURE,
        credit_hours=Decimal(10),
        status=CourseStatus.PUBLISHED,
        created_at=now,
        published_at=now,
    )
    session.add(course)
    session.flush()
    version = CourseVersion(
        course_id=course.id, number=1, status=VersionStatus.PUBLISHED, created_at=now
    )
    film = CourseMedia(
        course_id=course.id,
        kind=MediaKind.VIDEO,
        file_key="0" * 64,
        file_name="情绪.mp4",
        content_type="video/mp4",
        size=1,
        digest="0" * 64,
        seconds=Decimal(3600),
        uploaded_at=now,
    )
    session.add_all([version, film])
    session.flush()
    section = Section(version_id=version.id, position=1, title="第一章")
    session.add(section)
    session.flush()
    lessons = [
        Lesson(
            version_id=version.id,
            section_id=section.id,
            position=number,
            key=f"{number:032d}",
            kind=LessonKind.VIDEO if number == 1 else LessonKind.TEXT,
            title=f"第{number}课",
            body="学习要点：倾听、共情、转介。",
            media_id=film.id if number == 1 else None,
        )
        for number in range(1, LESSONS + 1)
    ]
    session.add_all(lessons)
    session.flush()
    return course.id, lessons[0].id, version.id


def _make_learners(course_id: int, version_id: int) -> None:
    """Everybody has their own account, as teachers have."""
    session, now = db.session, clock.now() - timedelta(hours=1)
    rows = session.execute(
        select(Person, Unit.id, Unit.path)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Person.account_id.is_(None), Unit.code.startswith("5323"))
        .order_by(Person.id)
    )
    people = list({row[0].id: row for row in rows}.values())[:LEARNERS]
    if len(people) < LEARNERS:
        raise RuntimeError(f"there are only {len(people)} people without an account")
    names = [f"learner-{number}" for number in range(LEARNERS)]
    accounts = [Account(username=name, username_key=name, created_at=now) for name in names]
    session.add_all(accounts)
    session.flush()
    for account, (person, unit_id, path) in zip(accounts, people, strict=True):
        person.account_id = account.id
        session.add(
            Grant(
                account_id=account.id,
                role=Role.TEACHER,
                unit_id=unit_id,
                valid_from=now.date() - timedelta(days=1),
            )
        )
        session.add(
            CourseEnrolment(
                course_id=course_id,
                version_id=version_id,
                person_id=person.id,
                unit_id=unit_id,
                unit_path=path,
                source=EnrolmentSource.SELF,
                enrolled_at=now,
                required=LESSONS,
            )
        )


def _sign_in(app: Flask, course_id: int) -> Iterator[Learner]:
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    rows = db.session.execute(
        select(CourseEnrolment.id, Account.id, Account.session_epoch)
        .join(Person, Person.id == CourseEnrolment.person_id)
        .join(Account, Account.id == Person.account_id)
        .where(CourseEnrolment.course_id == course_id)
        .order_by(CourseEnrolment.id)
    )
    for enrolment_id, account_id, epoch in rows:
        values = {"_user_id": session_id(account_id, epoch), "_fresh": True}
        values |= {"seen": int(clock.now().timestamp()), "csrf_token": RAW_TOKEN}
        yield Learner(enrolment_id, str(serializer.dumps(values)))


def report_all(settings: dict[str, str], given: Class, seconds: int) -> Reported:
    """Everybody reports every ten seconds for so long, spread evenly; then it is looked whether all was kept."""
    rounds = max(2, round(seconds / EVERY))
    with servers.server(settings):
        answers = asyncio.run(_report(given, rounds))
    times = sorted(milliseconds for _status, milliseconds in answers)
    statuses = Counter(status for status, _milliseconds in answers)
    verdict = _verdict(settings, given, rounds)
    if statuses != {200: LEARNERS * rounds}:
        verdict = f"answers {dict(statuses)}; {verdict}"
    rate = len(answers) / (rounds * EVERY)
    return Reported(rate, times[int(len(times) * 0.95)], verdict)


async def _report(given: Class, rounds: int) -> list[tuple[int, float]]:
    """Each report is sent when its player would send it, however slow the answers before it were."""
    due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    answers: list[tuple[int, float]] = []
    begun = time.perf_counter() + 1
    for turn in range(rounds):
        for place, learner in enumerate(given.learners):
            at = begun + EVERY * (turn + place / len(given.learners))
            due.put_nowait((at, _request(given, learner, turn)))

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", servers.PORT)
        while not due.empty():
            at, request = due.get_nowait()
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            writer.write(request)
            status = await read_answer(reader)
            answers.append((status, (time.perf_counter() - at) * 1000))
        writer.close()

    await asyncio.gather(*(one_connection() for _ in range(AT_ONCE)))
    return answers


def _request(given: Class, learner: Learner, turn: int) -> bytes:
    watched = [[turn * EVERY, (turn + 1) * EVERY]]
    body = json.dumps(
        {"enrolment": learner.enrolment_id, "watched": watched, "position": watched[0][1]}
    ).encode()
    head = (
        f"POST /courses/{given.course_id}/lessons/{given.lesson_id}/progress HTTP/1.1\r\n"
        f"Host: 127.0.0.1\r\nCookie: xinyu={learner.cookie}\r\nX-CSRFToken: {given.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _verdict(settings: dict[str, str], given: Class, rounds: int) -> str:
    """What the database says afterwards: everybody has watched one stretch from the beginning, whole."""
    expected = [[0.0, rounds * EVERY]]
    app = create_app(read_settings(settings))
    with app.app_context():
        rows = db.session.execute(
            select(LessonProgress.watched, LessonProgress.watched_seconds).where(
                LessonProgress.lesson_id == given.lesson_id
            )
        ).all()
        db.engine.dispose()
    kept = sum(row.watched == expected and row.watched_seconds == expected[0][1] for row in rows)
    return "nothing lost" if kept == LEARNERS else f"LOST: {LEARNERS - kept} of {LEARNERS} learners"
