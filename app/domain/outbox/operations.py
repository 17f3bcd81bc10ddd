"""Put a notice, and what carries it outside, into the transaction of the act it tells of."""

from __future__ import annotations

from typing import Any

from app.core import clock, crypto
from app.core.db import db
from app.domain.outbox.models import Delivery, Notice

ADDRESS_PURPOSE = "deliveries.address"
SECRET_PURPOSE = "deliveries.secret"


def notify(
    account_id: int,
    kind: str,
    parameters: dict[str, Any] | None = None,
    *,
    link: str | None = None,
    email: str | None = None,
    language: str = "zh_CN",
    secret: str | None = None,
) -> Notice:
    """Tell an account something: a row in its inbox and, with an address, a mail the worker sends.

    ``kind`` names the template (templates/mail/<kind>.<language>.txt) and the inbox wording; ``parameters``
    fill it and hold nothing secret: a reset link goes into ``secret``, which is wiped once sent.
    """
    now = clock.now()
    notice = Notice(
        account_id=account_id, kind=kind, parameters=parameters or {}, link=link, created_at=now
    )
    db.session.add(notice)
    if email:
        notice.deliveries.append(
            Delivery(
                channel="mail",
                address=crypto.seal(email, ADDRESS_PURPOSE),
                language=language,
                secret=crypto.seal(secret, SECRET_PURPOSE) if secret else None,
                next_attempt_at=now,
            )
        )
    return notice
