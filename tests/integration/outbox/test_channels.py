"""Another way outside than mail: made known, then used."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.domain.outbox import channels
from app.domain.outbox.channels import Outgoing
from app.domain.outbox.delivering import deliver_due
from app.domain.outbox.models import Delivery, DeliveryState, Notice
from app.domain.outbox.operations import notify

ADDRESS = "13300000000"
LINK = "https://xinyu.example.org/reset/abc123"


def tell() -> int:
    with atomic():
        notice_id = notify(1, "password_reset", {"minutes": 30}, email=ADDRESS, secret=LINK)
        return db.session.get_one(Notice, notice_id).deliveries[0].id


def test_carries_notices_over_another_channel(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Outgoing] = []

    class Sms:
        name = "sms"

        def send(self, outgoing: Outgoing) -> None:
            sent.append(outgoing)

    monkeypatch.setattr(channels, "_channels", {})
    channels.register_channel(Sms())
    delivery_id = tell()
    with atomic():
        db.session.get_one(Delivery, delivery_id).channel = "sms"
    assert deliver_due() == 1
    assert (sent[0].address, sent[0].parameters, sent[0].secret) == (ADDRESS, {"minutes": 30}, LINK)


def test_fails_a_channel_nobody_knows(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "_channels", {})
    delivery_id = tell()
    deliver_due()
    session.rollback()
    assert session.get_one(Delivery, delivery_id).state is DeliveryState.FAILED
    session.rollback()
