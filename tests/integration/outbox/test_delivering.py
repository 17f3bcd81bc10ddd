"""Mail leaves after the commit, once, through a real SMTP server; what fails comes back later."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import mailing
from app.core import clock, wakeups
from app.core.db import atomic, db
from app.domain.outbox import channels
from app.domain.outbox.channels import Outgoing
from app.domain.outbox.delivering import LEASE, deliver_due
from app.domain.outbox.models import Delivery, DeliveryState, Notice
from app.domain.outbox.operations import notify, retry_delivery
from app.domain.outbox.rules import MAX_ATTEMPTS
from tests.smtp import SmtpServer, smtp_server

ADDRESS = "li.mei@example.org"
LINK = "https://xinyu.example.org/reset/abc123"


@pytest.fixture
def smtp(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    """The application sends to this server."""
    with smtp_server() as server:
        monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1")
        extension = app.extensions["mail"]
        monkeypatch.setattr(extension, "server", "127.0.0.1")
        monkeypatch.setattr(extension, "port", server.port)
        yield server


def tell(language: str = "zh_CN", secret: str | None = LINK) -> int:
    with atomic():
        notice_id = notify(
            1, "password_reset", {"minutes": 30}, email=ADDRESS, language=language, secret=secret
        )
        return db.session.get_one(Notice, notice_id).deliveries[0].id


def read(delivery_id: int) -> Delivery:
    db.session.rollback()
    return db.session.get_one(Delivery, delivery_id, populate_existing=True)


def test_sends_what_was_committed(session: Session, smtp: SmtpServer) -> None:
    delivery_id = tell("en")
    assert deliver_due() == 1
    [message] = smtp.messages
    assert smtp.recipients == [ADDRESS]
    assert message["Subject"] == "Set a new password"
    body = message.get_body(("plain",))
    assert body is not None
    assert LINK in body.get_content()
    assert "30 minutes" in body.get_content()
    html = message.get_body(("html",))
    assert html is not None
    assert f'href="{LINK}"' in html.get_content()
    delivery = read(delivery_id)
    assert (delivery.state, delivery.attempts, delivery.sent_at) == (
        DeliveryState.SENT,
        1,
        clock.now(),
    )


def test_wipes_the_secret_once_sent(session: Session, smtp: SmtpServer) -> None:
    delivery_id = tell()
    assert read(delivery_id).secret is not None
    deliver_due()
    assert read(delivery_id).secret is None
    session.rollback()


def test_sends_nothing_of_an_act_that_failed(session: Session, smtp: SmtpServer) -> None:
    with pytest.raises(RuntimeError):
        _tell_and_fail()
    assert deliver_due() == 0
    assert smtp.messages == []


def _tell_and_fail() -> None:
    with atomic():
        notify(1, "password_reset", {"minutes": 30}, email=ADDRESS)
        raise RuntimeError


def test_sends_nothing_twice(session: Session, smtp: SmtpServer) -> None:
    tell()
    deliver_due()
    assert deliver_due(clock.now() + timedelta(days=1)) == 0
    assert len(smtp.messages) == 1


def test_writes_in_the_language_of_the_receiver(session: Session, smtp: SmtpServer) -> None:
    tell("zh_CN")
    tell("en")
    deliver_due()
    assert [str(message["Subject"]) for message in smtp.messages] == [
        "设置新密码",
        "Set a new password",
    ]


def test_names_each_mail_the_same_on_every_attempt(session: Session, smtp: SmtpServer) -> None:
    delivery_id = tell()
    smtp.hang_up_after_data = True
    smtp.answer_to_data = "451 later"
    deliver_due()
    smtp.hang_up_after_data, smtp.answer_to_data = False, "250 OK"
    deliver_due(clock.now() + timedelta(hours=1))
    assert str(smtp.messages[0]["Message-ID"]).startswith(f"<xinyu.{delivery_id}.")


@pytest.mark.parametrize("answer", ["450 greylisted", "421 busy"])
def test_tries_again_what_a_server_puts_off(
    session: Session, smtp: SmtpServer, answer: str
) -> None:
    smtp.answer_to_recipient = answer
    delivery_id = tell()
    assert deliver_due() == 0
    delivery = read(delivery_id)
    assert delivery.state is DeliveryState.QUEUED
    assert answer[:3] in (delivery.last_error or "")
    assert delivery.secret is not None
    smtp.answer_to_recipient = "250 OK"
    assert deliver_due() == 0
    assert deliver_due(clock.now() + timedelta(minutes=2)) == 1
    assert read(delivery_id).last_error is None
    session.rollback()


def test_gives_up_at_once_on_an_address_nobody_has(session: Session, smtp: SmtpServer) -> None:
    smtp.answer_to_recipient = "550 no such user here"
    delivery_id = tell()
    deliver_due()
    delivery = read(delivery_id)
    assert (delivery.state, delivery.last_error) == (DeliveryState.FAILED, "refused: 550")


def test_tries_again_when_nobody_answers(
    session: Session, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "SECONDS", 0.2)
    smtp.silent = True
    delivery_id = tell()
    deliver_due()
    delivery = read(delivery_id)
    assert (delivery.state, delivery.last_error) == (
        DeliveryState.QUEUED,
        "SMTPServerDisconnected",
    )


def test_tries_again_when_the_server_is_away(
    session: Session, smtp: SmtpServer, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with smtp_server() as gone:
        port = gone.port
    monkeypatch.setattr(app.extensions["mail"], "port", port)
    delivery_id = tell()
    deliver_due()
    assert read(delivery_id).last_error == "ConnectionRefusedError"
    session.rollback()


def test_counts_a_mail_as_sent_when_only_the_goodbye_fails(
    session: Session, smtp: SmtpServer
) -> None:
    smtp.hang_up_after_data = True
    delivery_id = tell()
    assert deliver_due() == 1
    assert read(delivery_id).state is DeliveryState.SENT
    session.rollback()


def test_gives_up_after_the_last_attempt(session: Session, smtp: SmtpServer) -> None:
    smtp.answer_to_recipient = "450 later"
    delivery_id = tell()
    now = clock.now()
    for _ in range(MAX_ATTEMPTS):
        assert read(delivery_id).state is DeliveryState.QUEUED
        now += timedelta(hours=8)
        deliver_due(now)
    delivery = read(delivery_id)
    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, MAX_ATTEMPTS)
    with atomic():
        assert retry_delivery(delivery_id)
    smtp.answer_to_recipient = "250 OK"
    assert deliver_due() == 1
    with atomic():
        assert not retry_delivery(delivery_id)


def test_waits_for_the_lease_of_a_worker_that_crashed(session: Session, smtp: SmtpServer) -> None:
    delivery_id = tell()
    with atomic():
        delivery = db.session.get_one(Delivery, delivery_id)
        delivery.state, delivery.attempts = DeliveryState.SENDING, 1
        delivery.next_attempt_at = clock.now() + LEASE
    assert deliver_due() == 0
    assert deliver_due(clock.now() + LEASE) == 1
    assert read(delivery_id).attempts == 2
    session.rollback()


def test_writes_no_address_into_errors_and_logs(
    session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Clumsy:
        name = "mail"

        def send(self, outgoing: Outgoing) -> None:
            raise ValueError(f"cannot reach {outgoing.address} with {outgoing.secret}")

    monkeypatch.setattr(channels, "_channels", {"mail": Clumsy()})
    delivery_id = tell()
    with caplog.at_level(logging.DEBUG):
        deliver_due()
    assert read(delivery_id).last_error == "ValueError"
    assert ADDRESS not in caplog.text
    assert LINK not in caplog.text
    session.rollback()


def test_keeps_mails_as_files_without_a_server(session: Session, app: Flask) -> None:
    folder = Path(app.instance_path) / "mail"
    before = set(folder.glob("*.eml"))
    tell()
    assert deliver_due() == 1
    [path] = set(folder.glob("*.eml")) - before
    assert path.stat().st_mode & 0o777 == 0o600
    assert f"To: {ADDRESS}" in path.read_text()


def test_two_workers_never_send_one_mail_twice(app: Flask, smtp: SmtpServer) -> None:
    with app.app_context():
        for _ in range(8):
            tell()
    start = Barrier(3)

    def work() -> None:
        with app.app_context():
            start.wait()
            deliver_due()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(smtp.messages) == 8
    with app.app_context():
        states = db.session.scalars(select(Delivery.state)).all()
        assert states == [DeliveryState.SENT] * 8


def test_wakes_the_worker_for_a_mail(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[Any] = []
    monkeypatch.setattr(wakeups, "wake", woken.append)
    with atomic():
        notify(1, "password_changed")
    assert woken == []
    tell()
    assert woken == ["outbox"]
