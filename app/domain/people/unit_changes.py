"""What closing or merging a unit does to the postings there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from app.core.db import db
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.domain.audit.operations import Who, record
from app.domain.people.models import Posting
from app.domain.people.rules import EndReason
from app.domain.units.models import Unit


def count_postings_after(unit_id: int, on: date) -> int:
    """How many postings at the unit last beyond a day."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Posting)
            .where(
                Posting.unit_id == unit_id,
                or_(Posting.valid_until.is_(None), Posting.valid_until > on),
            )
        )
        or 0
    )


def _postings_after(unit_id: int, on: date) -> Sequence[Posting]:
    return db.session.scalars(
        select(Posting)
        .where(
            Posting.unit_id == unit_id, or_(Posting.valid_until.is_(None), Posting.valid_until > on)
        )
        .order_by(Posting.id)
        .with_for_update(of=Posting)
    ).all()


def end_postings_at(unit: Unit, *, on: date, actor: Who, reason: str) -> int:
    """End every posting at a unit that closes; ``on`` is the last day. Returns how many."""
    postings = _postings_after(unit.id, on)
    for posting in postings:
        _refuse_later_start(posting, on)
        posting.valid_until = on
        posting.end_reason = EndReason.UNIT_CLOSED
        posting.end_note = reason
        _audit(actor, "people.end_posting", posting, unit, on=on, reason=reason)
    db.session.flush()
    return len(postings)


def move_postings(source: Unit, target: Unit, *, on: date, actor: Who, reason: str) -> int:
    """Carry the postings of a merged unit over to the other one from a day. Returns how many.

    Who serves at both already keeps the posting at the target; the one at the source only ends.
    """
    postings = _postings_after(source.id, on - timedelta(days=1))
    there = set(
        db.session.scalars(
            select(Posting.person_id).where(
                Posting.unit_id == target.id, Posting.valid_until.is_(None)
            )
        )
    )
    for posting in postings:
        _refuse_later_start(posting, on - timedelta(days=1))
        last_day, posting.valid_until = posting.valid_until, on - timedelta(days=1)
        posting.end_reason = EndReason.TRANSFERRED
        posting.end_note = reason
        if posting.person_id not in there:
            db.session.add(_continued(posting, target, on, last_day))
        _audit(actor, "people.transfer", posting, target, on=on, reason=reason)
    db.session.flush()
    return len(postings)


def _continued(posting: Posting, target: Unit, on: date, last_day: date | None) -> Posting:
    return Posting(
        person_id=posting.person_id,
        unit_id=target.id,
        role=posting.role,
        subject=posting.subject,
        title=posting.title,
        valid_from=on,
        valid_until=last_day,
    )


def _refuse_later_start(posting: Posting, on: date) -> None:
    if posting.valid_from > on:
        raise DomainError(
            _(
                "A posting there begins only on %(day)s. End or correct it first.",
                day=posting.valid_from.isoformat(),
            ),
            "posting_begins_later",
            "on",
        )


def _audit(actor: Who, action: str, posting: Posting, unit: Unit, *, on: date, reason: str) -> None:
    record(
        actor,
        action,
        object_type="posting",
        object_id=posting.id,
        subject_id=posting.person_id,
        details={"unit": unit.code, "on": on.isoformat()},
        reason=reason,
        unit_path=unit.path,
    )
