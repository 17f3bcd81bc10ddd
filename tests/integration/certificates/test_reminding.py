"""Holders are reminded 90, 30 and 7 days before a certificate ends, on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.domain.certificates.models import Credential, CredentialReminder
from app.domain.certificates.operations.reminding import remind_of_expiry
from app.domain.certificates.rules import CredentialState
from app.domain.outbox.models import Notice
from app.domain.people.models import Person
from tests import factories as make
from tests.conftest import TODAY

ENDS = date(2023, 12, 1)


@pytest.fixture
def person(session: Session) -> Person:
    person = make.make_counselor(make.make_school(make.LUFENG), "李桃艳")
    account = make.make_account("teacher", person.registered_unit).id
    with atomic():
        person.account_id = account
    return person


def _on(day: date, hour: int = 10) -> int:
    with clock.frozen(datetime(day.year, day.month, day.day, hour, tzinfo=clock.zone())):
        return remind_of_expiry()


def test_reminds_three_times_and_never_twice(person: Person) -> None:
    credential = make.make_credential(person, expires_on=ENDS).id
    days = [91, 90, 89, 31, 30, 29, 8, 7, 1, 0, -1]
    assert [_on(ENDS - timedelta(days=left)) for left in days] == [0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0]
    given = db.session.scalars(select(CredentialReminder.days).order_by(CredentialReminder.id))
    assert list(given) == [90, 30, 7]
    notice = db.session.scalars(select(Notice).limit(1)).one()
    assert (notice.kind, notice.parameters["day"], notice.link) == (
        "credentials.expires",
        "2023-12-01",
        f"/credentials/mine/{credential}",
    )


def test_who_is_recorded_late_gets_only_the_nearest_reminder(person: Person) -> None:
    make.make_credential(person, expires_on=ENDS)
    assert _on(ENDS - timedelta(days=20)) == 1
    assert db.session.scalars(select(CredentialReminder.days)).all() == [30]


def test_wakes_nobody_before_eight(person: Person) -> None:
    make.make_credential(person, expires_on=ENDS)
    assert _on(ENDS - timedelta(days=20), hour=7) == 0
    assert _on(ENDS - timedelta(days=20), hour=8) == 1


def test_reminds_nobody_of_what_does_not_count_or_is_renewed(person: Person) -> None:
    for facts in (
        {"state": CredentialState.CLAIMED},
        {"state": CredentialState.REJECTED},
        {"revoked_on": date(2023, 1, 1)},
    ):
        make.make_credential(person, expires_on=ENDS, **facts)  # type: ignore[arg-type]
    old = make.make_credential(person, expires_on=ENDS)
    new = make.make_credential(person, state=CredentialState.CLAIMED)
    with atomic():
        db.session.get_one(Credential, new.id).renews_id = old.id
    assert _on(ENDS - timedelta(days=7)) == 0
    with atomic():
        db.session.get_one(Credential, new.id).state = CredentialState.SENT_BACK
    assert _on(ENDS - timedelta(days=7)) == 1


def test_a_new_end_is_reminded_of_anew(person: Person) -> None:
    credential = make.make_credential(person, expires_on=ENDS)
    assert _on(ENDS - timedelta(days=7)) == 1
    with atomic():
        db.session.get_one(Credential, credential.id).expires_on = ENDS + timedelta(days=365)
    assert _on(ENDS + timedelta(days=365 - 7)) == 1


def test_two_workers_at_once_remind_once(app: Flask, session: Session, person: Person) -> None:
    make.make_credential(person, expires_on=date(2023, 8, 24))
    session.rollback()
    start, sent = Barrier(2), list[int]()

    def run() -> None:
        with app.app_context(), clock.frozen(TODAY):
            start.wait()
            sent.append(remind_of_expiry())

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == [0, 1]
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 1
