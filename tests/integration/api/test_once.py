"""The same Idempotency-Key and body act once, also when two come at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask, Response, g, jsonify
from sqlalchemy import func, select

from app.api.once import once
from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError
from app.core.idempotency import IdempotencyKey, forget_old_keys
from app.domain.accounts.rules import Actor
from app.domain.outbox.models import Notice
from tests import factories


@pytest.fixture
def actor(app: Flask) -> Actor:
    with app.app_context():
        return factories.make_actor("bureau", factories.CHUXIONG)


@once
def act(text: str = "x") -> Any:
    """Stands for any POST view: writes a row and answers with its id."""
    with atomic():
        notice = Notice(account_id=1, kind=text, created_at=clock.now())
        db.session.add(notice)
        db.session.flush()
        return jsonify(id=notice.id), 201, {"Location": f"/things/{notice.id}"}


def post(
    app: Flask, actor: Actor, key: str | None, body: str = "{}", view: Callable[..., Any] = act
) -> Response:
    headers = {"Idempotency-Key": key} if key is not None else {}
    with app.test_request_context("/api/v1/things", method="POST", data=body, headers=headers):
        g.actor = actor
        return app.make_response(view())


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Notice)) or 0


def test_acts_each_time_without_a_key(app: Flask, actor: Actor) -> None:
    post(app, actor, None)
    post(app, actor, None)
    assert count(app) == 2


def test_gives_the_same_answer_to_the_same_key(app: Flask, actor: Actor) -> None:
    first = post(app, actor, "k1")
    again = post(app, actor, "k1")
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert count(app) == 1


def test_acts_for_each_key(app: Flask, actor: Actor) -> None:
    post(app, actor, "k1")
    post(app, actor, "k2")
    assert count(app) == 2


def test_keeps_the_keys_of_accounts_apart(app: Flask, actor: Actor) -> None:
    with app.app_context():
        other = factories.make_actor("county", factories.LUFENG)
    post(app, actor, "k1")
    post(app, other, "k1")
    assert count(app) == 2


def test_refuses_a_key_with_another_body(app: Flask, actor: Actor) -> None:
    post(app, actor, "k1", '{"a": 1}')
    with pytest.raises(DomainError) as refusal:
        post(app, actor, "k1", '{"a": 2}')
    assert (refusal.value.status, refusal.value.code) == (422, "idempotency_key_reused")
    assert count(app) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
def test_refuses_a_key_that_is_none(app: Flask, actor: Actor, key: str) -> None:
    with pytest.raises(DomainError) as refusal:
        post(app, actor, key)
    assert refusal.value.code == "invalid_idempotency_key"


def test_keeps_no_key_of_a_refusal(app: Flask, actor: Actor) -> None:
    @once
    def refuse() -> Any:
        raise DomainError("no", "no")

    with pytest.raises(DomainError):
        post(app, actor, "k1", view=refuse)
    assert post(app, actor, "k1").status_code == 201
    assert count(app) == 1


def test_keeps_the_answer_encrypted(app: Flask, actor: Actor) -> None:
    post(app, actor, "k1")
    with app.app_context():
        body = db.session.scalar(select(IdempotencyKey.body))
        assert body is not None
        assert b'"id"' not in body


def test_acts_once_when_two_come_at_the_same_moment(app: Flask, actor: Actor) -> None:
    start = Barrier(4)
    answers: list[Any] = []

    def send() -> None:
        start.wait()
        answers.append(post(app, actor, "k1").get_json())

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len({answer["id"] for answer in answers}) == 1
    assert count(app) == 1


def test_forgets_keys_after_a_week(app: Flask, actor: Actor) -> None:
    post(app, actor, "k1")
    with app.app_context():
        assert forget_old_keys() == 0
        with clock.frozen(clock.now() + timedelta(days=7, seconds=1)):
            assert forget_old_keys() == 1
