"""Who just takes part is known only to whoever leads the round: it lets nobody in whom the door would not."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from app.api import authentication
from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import Account, ApiToken, Grant
from app.domain.audit.models import AuditEntry
from app.domain.people.models import Person
from app.domain.workshops.models import Enrolment
from tests import factories
from tests.web.api.conftest import ProgramClient, make_token
from tests.workshop_factories import make_workshop

PAST = clock.now() - timedelta(days=4000)
LATER = clock.now() + timedelta(days=4000)


@pytest.fixture
def path(app: Flask) -> str:
    with app.app_context():
        return f"/api/v1/workshops/{make_workshop(capacity=9).id}/enrolments"


@pytest.fixture
def teacher(app: Flask) -> ProgramClient:
    with app.app_context():
        school = factories.make_school()
        person_id = factories.make_counselor(school).id
        account = factories.make_account("teacher", school)
        make_token(account.id, "of-a-teacher", grant_id=account.grants[0].id)
        with atomic():
            db.session.get_one(Person, person_id).account_id = account.id
    client = ProgramClient(app, app.response_class, use_cookies=False)
    client.token = "of-a-teacher"
    return client


def read(app: Flask, statement: Any) -> Any:
    with app.app_context():
        return db.session.scalar(statement)


def change(app: Flask, statement: Any) -> None:
    with app.app_context(), atomic() as session:
        session.execute(statement)


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_is_enrolled_without_reading_anything_by_itself(
    app: Flask,
    teacher: ProgramClient,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
    body: bytes,
) -> None:
    monkeypatch.setattr(authentication, "find_token", None)
    answer = teacher.post(path, data=body, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (201, "application/json")
    enrolment_id = read(app, select(Enrolment.id))
    assert answer.json == {"id": enrolment_id, "status": "confirmed", "position": None}
    assert answer.headers["Cache-Control"] == "no-store"
    origin = select(AuditEntry.origin + "/" + AuditEntry.channel)
    assert read(app, origin.where(AuditEntry.action == "workshops.enrol")) == "127.0.0.1/api"


@pytest.mark.parametrize(
    ("change_made", "refusal"),
    [
        (update(ApiToken).values(revoked_at=PAST), (401, "unauthenticated")),
        (update(ApiToken).values(expires_at=PAST), (401, "unauthenticated")),
        (update(Account).values(disabled_at=PAST), (401, "unauthenticated")),
        (update(Account).values(locked_by=1, locked_until=LATER), (401, "unauthenticated")),
        (
            update(Grant).values(valid_from=PAST.date(), valid_until=PAST.date()),
            (401, "role_ended"),
        ),
        (update(Grant).values(role="trainer"), (404, "not_found")),
        (update(Grant).values(role="auditor"), (403, "forbidden")),
    ],
)
def test_who_may_not_is_refused_as_everywhere(
    app: Flask, teacher: ProgramClient, path: str, change_made: Any, refusal: tuple[int, str]
) -> None:
    change(app, change_made)
    answer = teacher.post(path, json={})
    assert (answer.status_code, answer.json["code"]) == refusal
    assert read(app, select(func.count()).select_from(Enrolment)) == 0
    assert read(app, select(ApiToken.last_used_at)) is None


def test_an_unknown_token_is_refused(teacher: ProgramClient, path: str) -> None:
    teacher.token = "of-nobody"
    answer = teacher.post(path, json={})
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")


def test_the_body_is_read_only_after_the_token(teacher: ProgramClient, path: str) -> None:
    assert teacher.post(path, json={"colour": 1}).status_code == 422
    assert teacher.post(path, data="[]", content_type="application/json").status_code == 422
    teacher.token = "of-nobody"
    assert teacher.post(path, json={"colour": 1}).status_code == 401


def test_notes_the_use_of_the_token_to_the_hour(
    app: Flask, teacher: ProgramClient, path: str
) -> None:
    start = clock.now()
    change(app, update(ApiToken).values(last_used_at=start - timedelta(minutes=59)))
    assert teacher.post(path).status_code == 201
    assert read(app, select(ApiToken.last_used_at)) == start - timedelta(minutes=59)
    change(app, delete(Enrolment))
    with clock.frozen(start + timedelta(minutes=1)):
        assert teacher.post(path).status_code == 201
    assert read(app, select(ApiToken.last_used_at)) == start + timedelta(minutes=1)


def test_whoever_waited_too_long_is_told_so_in_their_language_and_not_asked_again(
    app: Flask, teacher: ProgramClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(app, update(Account).values(language="en"))
    asked = []

    def turn_away(letter: bytes) -> bytes:
        asked.append(letter)
        return json.dumps("busy").encode()

    monkeypatch.setitem(app.extensions, "enrol_with_others", turn_away)
    answer = teacher.post(path)
    assert (answer.status_code, answer.json["code"]) == (503, "busy")
    assert answer.json["detail"].startswith("Others are writing just now")
    assert len(asked) == 1


def test_who_is_left_out_is_enrolled_by_themselves_without_asking_again(
    app: Flask, teacher: ProgramClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def leave_out(letter: bytes) -> None:
        asked.append(letter)

    monkeypatch.setitem(app.extensions, "enrol_with_others", leave_out)
    answer = teacher.post(path)
    assert (answer.status_code, answer.json["status"]) == (201, "confirmed")
    assert len(asked) == 1
