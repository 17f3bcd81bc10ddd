"""The same request many times at once, over HTTP: one enrolment, one seat, whatever comes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock, crypto
from app.core.db import atomic, db
from app.domain.accounts.models import ApiToken
from app.domain.people.models import Person
from app.domain.workshops.models import Enrolment, SeatPool
from tests import factories as make
from tests.workshop_factories import make_workshop

AT_ONCE = 6


def make_program(name: str) -> dict[str, str]:
    """The headers of a teacher's program."""
    school = make.make_school()
    person_id = make.make_counselor(school, name).id
    account_id = make.make_account("teacher", school).id
    with atomic():
        db.session.get_one(Person, person_id).account_id = account_id
    token = f"token-of-teacher-{person_id}"
    make.save(
        ApiToken(
            account_id=account_id,
            name="phone",
            prefix=token[:8],
            token_hash=crypto.token_hash(token),
            created_at=clock.now(),
        )
    )
    return {"Authorization": f"Bearer {token}"}


def send_together(app: Flask, workshop_id: int, headers: list[dict[str, str]]) -> list[Any]:
    """POST all at the same moment, each from a thread of its own; status and body of each."""
    barrier = Barrier(len(headers))
    now = clock.now()

    def send(mine: dict[str, str]) -> tuple[int, Any]:
        with clock.frozen(now):
            client = app.test_client(use_cookies=False)
            barrier.wait(timeout=30)
            path = f"/api/v1/workshops/{workshop_id}/enrolments"
            answer = client.post(path, json={}, headers=mine)
            return answer.status_code, answer.json

    with ThreadPoolExecutor(len(headers)) as threads:
        return list(threads.map(send, headers))


@pytest.mark.parametrize("key", [None, "double-click"])
def test_a_double_click_enrols_once(app: Flask, key: str | None) -> None:
    with app.app_context():
        workshop_id = make_workshop(capacity=3).id
        headers = make_program("甲") | ({"Idempotency-Key": key} if key else {})
    answers = send_together(app, workshop_id, [headers] * AT_ONCE)
    statuses = sorted(status for status, _body in answers)
    assert statuses == ([201] * AT_ONCE if key else [200] * (AT_ONCE - 1) + [201])
    assert len({str(body) for _status, body in answers}) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Enrolment)) == 1
        assert db.session.scalars(select(SeatPool.taken)).all() == [1]


def test_of_many_on_the_last_seat_one_gets_it_and_the_others_stand_in_line(app: Flask) -> None:
    with app.app_context():
        workshop_id = make_workshop(capacity=1).id
        headers = [make_program(f"教师{number}") for number in range(AT_ONCE)]
    answers = send_together(app, workshop_id, headers)
    assert [status for status, _body in answers] == [201] * AT_ONCE
    positions = sorted(body["position"] or 0 for _status, body in answers)
    assert positions == list(range(AT_ONCE))
    with app.app_context():
        assert db.session.scalars(select(SeatPool.taken)).all() == [1]
