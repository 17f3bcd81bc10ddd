"""Choosing which notices also come by mail."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from app.core.db import atomic, db
from app.domain.audit.models import AuditEntry
from app.domain.outbox.models import Delivery, MailChoice, Notice
from app.domain.outbox.operations import notify
from tests.factories import make_account, make_school

SignIn = Callable[[int], FlaskClient]


def tell(app: Flask, account_id: int, kind: str) -> int:
    """Tell the account, which has a mail address; how many mails wait then."""
    with app.app_context():
        with atomic():
            notify(account_id, kind, {"title": "培训"}, email="teacher@example.com")
        return db.session.query(Delivery).count()


def test_a_group_that_is_not_wanted_stays_in_the_inbox(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        account_id = make_account("teacher", make_school()).id
    wanted = ["schedule", "results", "placements", "semester", "courses", "credentials"]
    sign_in(account_id).post("/account/notices", data={"mail": wanted})
    assert tell(app, account_id, "workshops.confirmed") == 0
    assert tell(app, account_id, "workshops.reminder") == 1
    with app.app_context():
        assert db.session.query(Notice).count() == 2
        assert [choice.group for choice in db.session.query(MailChoice)] == ["enrolments"]
        actions = [entry.action for entry in db.session.query(AuditEntry)]
        assert actions == ["accounts.choose_mails"]


def test_what_guards_an_account_is_always_sent(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        account_id = make_account("teacher", make_school()).id
    sign_in(account_id).post("/account/notices", data={})
    assert tell(app, account_id, "password_changed") == 1


def test_the_choice_can_be_taken_back(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        account_id = make_account("teacher", make_school()).id
    client = sign_in(account_id)
    client.post("/account/notices", data={})
    every = {"mail": ["enrolments", "schedule", "results"]}
    client.post("/account/notices", data=every)
    assert tell(app, account_id, "workshops.confirmed") == 1


def test_a_role_chooses_among_its_own_groups(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        account_id = make_account("school", make_school()).id
    text = sign_in(account_id).get("/account/notices").get_data(as_text=True)
    assert 'value="records"' in text
    assert 'value="enrolments"' not in text
