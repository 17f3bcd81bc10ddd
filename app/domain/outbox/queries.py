"""Read notices of an account, and deliveries for who looks after them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.core.db import db
from app.core.errors import NotFound
from app.core.paging import PAGE_SIZE, Page
from app.domain.outbox.models import Delivery, DeliveryState, Notice


def list_notices(account_id: int, *, page: int = 1, size: int = PAGE_SIZE) -> Page[Notice]:
    """The notices of an account with their deliveries: the unread first, then the newest first."""
    mine = Notice.account_id == account_id
    total = db.session.scalar(select(func.count()).select_from(Notice).where(mine)) or 0
    rows = db.session.scalars(
        select(Notice)
        .where(mine)
        .options(selectinload(Notice.deliveries))
        .order_by(Notice.read_at.is_not(None), Notice.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return Page(rows, page, size, total)


def get_notice(notice_id: int, *, account_id: int) -> Notice:
    """A notice of this account; NotFound for anybody else's."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.account_id != account_id:
        raise NotFound
    return notice


def list_troubled_deliveries(*, page: int = 1, size: int = PAGE_SIZE) -> Page[Any]:
    """Deliveries that failed or wait after a failure, the newest first; without addresses and secrets."""
    troubled = (Delivery.state == DeliveryState.FAILED) | Delivery.last_error.is_not(None)
    total = db.session.scalar(select(func.count()).select_from(Delivery).where(troubled)) or 0
    rows = db.session.execute(
        select(
            Delivery.id,
            Delivery.channel,
            Delivery.state,
            Delivery.attempts,
            Delivery.last_error,
            Delivery.next_attempt_at,
            Notice.kind,
            Notice.created_at,
            Notice.account_id,
        )
        .join(Notice, Notice.id == Delivery.notice_id)
        .where(troubled)
        .order_by(Delivery.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return Page(rows, page, size, total)
