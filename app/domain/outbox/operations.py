"""Put a notice, and what carries it outside, into the transaction of the act it tells of; read notices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, update

from app.core import clock, crypto, wakeups
from app.core.db import db, execute, table_of
from app.core.many import insert_rows
from app.domain.outbox.choices import wants_mail
from app.domain.outbox.models import Delivery, DeliveryState, Notice
from app.domain.outbox.queries import get_notice

ADDRESS_PURPOSE = "deliveries.address"
SECRET_PURPOSE = "deliveries.secret"
_NOTICE = table_of(Notice)
_INSERT = insert(_NOTICE)
_INSERT_DELIVERY = insert(table_of(Delivery))


@dataclass(frozen=True, slots=True)
class Telling:
    """What ``notify`` is asked for, to be told together with others; without secrets."""

    account_id: int
    kind: str
    parameters: dict[str, Any]
    link: str | None = None
    email: str | None = None
    language: str = "zh_CN"


def notify_all(tellings: Iterable[Telling]) -> None:
    """Tell many at once: the notices without a mail in one statement."""
    rows = []
    for one in tellings:
        if one.email:
            tell(one)
        else:
            rows.append(_row(one.account_id, one.kind, one.parameters, one.link))
    if rows:
        insert_rows(_NOTICE, rows)


def tell(one: Telling) -> int:
    """``notify`` from what was put together before."""
    return notify(
        one.account_id,
        one.kind,
        one.parameters,
        link=one.link,
        email=one.email,
        language=one.language,
    )


def _row(
    account_id: int, kind: str, parameters: dict[str, Any] | None, link: str | None
) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "kind": kind,
        "parameters": parameters or {},
        "link": link,
        "created_at": clock.now(),
    }


def notify(
    account_id: int,
    kind: str,
    parameters: dict[str, Any] | None = None,
    *,
    link: str | None = None,
    email: str | None = None,
    language: str = "zh_CN",
    secret: str | None = None,
) -> int:
    """Tell an account something: a row in its inbox and, with an address, a mail the worker sends, unless the
    account wants none of that kind (outbox.choices).

    ``kind`` names the wording (outbox.wording; a mail of its own kind in templates/mail/<kind>.txt);
    ``parameters`` fill it and hold nothing secret: a reset link goes into ``secret``, which only the mail
    carries and which is wiped once sent. ``link`` is a path in this system. Returns the id of the notice.
    """
    row = _row(account_id, kind, parameters, link)
    written = execute(_INSERT, row).inserted_primary_key
    assert written is not None
    notice_id = int(written[0])
    if email and wants_mail(account_id, kind):
        delivery: dict[str, Any] = {
            "notice_id": notice_id,
            "channel": "mail",
            "address": crypto.seal(email, ADDRESS_PURPOSE),
            "language": language,
            "secret": crypto.seal(secret, SECRET_PURPOSE) if secret else None,
            "next_attempt_at": row["created_at"],
        }
        execute(_INSERT_DELIVERY, delivery)
        wakeups.wake_after_commit(wakeups.OUTBOX)
    return notice_id


def mark_read(notice_id: int, *, account_id: int) -> Notice:
    """Mark one notice of the account as read; NotFound for anybody else's."""
    notice = get_notice(notice_id, account_id=account_id)
    if notice.read_at is None:
        notice.read_at = clock.now()
    return notice


def mark_all_read(account_id: int) -> int:
    """Mark every notice of the account as read; how many were not."""
    changed = db.session.execute(
        update(Notice)
        .where(Notice.account_id == account_id, Notice.read_at.is_(None))
        .values(read_at=clock.now())
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]


def retry_delivery(delivery_id: int) -> bool:
    """Queue a failed delivery once more; False unless it has failed."""
    changed = db.session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.FAILED)
        .values(
            state=DeliveryState.QUEUED, attempts=0, last_error=None, next_attempt_at=clock.now()
        )
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    wakeups.wake_after_commit(wakeups.OUTBOX)
    return True
