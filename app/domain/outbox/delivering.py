"""Send what is due. Each delivery is claimed by a guarded UPDATE, so two workers never send the same one.

Order of things: mark SENDING under a lease and commit; send, with no transaction open; mark SENT. Only a crash
between the last two lets a delivery be sent again, after its lease: at least once there, exactly once otherwise.
"""

from __future__ import annotations

import logging
import random
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from app.core import clock, crypto
from app.core.db import atomic, db
from app.domain.outbox.channels import CannotSend, Outgoing, find_channel
from app.domain.outbox.models import Delivery, DeliveryState
from app.domain.outbox.operations import ADDRESS_PURPOSE, SECRET_PURPOSE
from app.domain.outbox.rules import MAX_ATTEMPTS, pause_after

LEASE = timedelta(minutes=5)

_log = logging.getLogger(__name__)


def deliver_due(now: datetime | None = None, limit: int = 50) -> int:
    """Send up to ``limit`` deliveries that are due, the longest waiting first; how many were sent.

    Needs an application context and no open transaction.
    """
    moment = now or clock.now()
    due = db.session.scalars(
        select(Delivery.id)
        .where(_is_due(moment))
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .limit(limit)
    ).all()
    db.session.rollback()
    return sum(_deliver(delivery_id, moment) for delivery_id in due)


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Queued and waited long enough, or claimed by a worker that did not come back within its lease."""
    open_states = or_(
        Delivery.state == DeliveryState.QUEUED, Delivery.state == DeliveryState.SENDING
    )
    return and_(open_states, Delivery.next_attempt_at <= now)


def _deliver(delivery_id: int, now: datetime) -> bool:
    outgoing, channel_name, attempt = _claim(delivery_id, now)
    if outgoing is None:
        return False
    try:
        channel = find_channel(channel_name)
        if channel is None:
            raise CannotSend(f"no channel named {channel_name}", for_good=True)
        channel.send(outgoing)
    except CannotSend as refusal:
        _mark_unsent(delivery_id, attempt, refusal, now)
        return False
    except Exception as error:
        # Its text may name the address; the kind of error says what to look for.
        name = type(error).__name__
        _log.warning("delivery %s over %s: %s", delivery_id, channel_name, name)
        _mark_unsent(delivery_id, attempt, CannotSend(name), now)
        return False
    _mark(
        delivery_id,
        attempt,
        state=DeliveryState.SENT,
        sent_at=clock.now(),
        secret=None,
        last_error=None,
    )
    return True


def _claim(delivery_id: int, now: datetime) -> tuple[Outgoing | None, str, int]:
    with atomic() as session:
        claimed = session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id, _is_due(now))
            .values(
                state=DeliveryState.SENDING,
                attempts=Delivery.attempts + 1,
                next_attempt_at=now + LEASE,
            )
            .execution_options(synchronize_session=False)
        )
        if claimed.rowcount != 1:  # type: ignore[attr-defined]
            return None, "", 0
        row = session.get_one(Delivery, delivery_id, populate_existing=True)
        secret = crypto.unseal(row.secret, SECRET_PURPOSE) if row.secret else None
        outgoing = Outgoing(
            key=f"{row.id}.{int(row.notice.created_at.timestamp())}",
            address=crypto.unseal(row.address, ADDRESS_PURPOSE),
            kind=row.notice.kind,
            parameters=dict(row.notice.parameters),
            language=row.language,
            link=row.notice.link,
            secret=secret,
        )
        return outgoing, row.channel, row.attempts


def _mark_unsent(delivery_id: int, attempt: int, refusal: CannotSend, now: datetime) -> None:
    if refusal.for_good or attempt >= MAX_ATTEMPTS:
        _mark(delivery_id, attempt, state=DeliveryState.FAILED, last_error=refusal.reason)
        return
    _mark(
        delivery_id,
        attempt,
        state=DeliveryState.QUEUED,
        last_error=refusal.reason,
        next_attempt_at=now + pause_after(attempt, random.random()),
    )


def _mark(delivery_id: int, attempt: int, **values: object) -> None:
    """Write how the attempt ended, unless its lease ran out and another worker has it now."""
    with atomic() as session:
        session.execute(
            update(Delivery)
            .where(
                Delivery.id == delivery_id,
                Delivery.attempts == attempt,
                Delivery.state == DeliveryState.SENDING,
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )
