"""What the closing of a school that a workbook tells does to the postings there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core.db import db
from app.domain.exchange.planning.context import Context
from app.domain.exchange.planning.directory import UnitInfo
from app.domain.exchange.planning.plan import Outcome
from app.domain.exchange.planning.registry import chunks
from app.domain.exchange.reading import Row
from app.domain.people.models import Posting
from app.domain.people.rules import EndReason
from app.domain.units.models import UnitKind

POSTINGS = "postings"


@dataclass(slots=True)
class PostingThere:
    id: int
    valid_from: date
    valid_until: date | None
    end_reason: EndReason | None

    def lasts_beyond(self, day: date) -> bool:
        return self.valid_until is None or self.valid_until > day


def load_postings_there(context: Context, rows: list[Row]) -> None:
    """The postings at the schools of the subtree that last beyond the first closing the rows tell."""
    there: dict[int, list[PostingThere]] = defaultdict(list)
    context.extra["postings_there"] = there
    closings = [row.values["closed_on"] for row in rows if row.values.get("closed_on")]
    if not closings:
        return
    schools = (u.id for u in context.directory.by_id.values() if u.kind is UnitKind.SCHOOL)
    for chunk in chunks(schools):
        statement = select(
            Posting.unit_id,
            Posting.id,
            Posting.valid_from,
            Posting.valid_until,
            Posting.end_reason,
        ).where(Posting.unit_id.in_(chunk))
        for row in db.session.execute(statement.order_by(Posting.id)):
            posting = PostingThere(*row[1:])
            if posting.lasts_beyond(min(closings)):
                there[row.unit_id].append(posting)


def end_with_school(context: Context, row: Row, outcome: Outcome, school: UnitInfo) -> None:
    """Whoever is posted at a school that closes is posted there until it closes; said with their number.

    A posting that begins later, and all of them when a newer roster speaks for the school, is left, and that is told.
    """
    closed: date | None = row.values.get("closed_on")
    if closed is None:
        return
    lasting = [p for p in context.extra["postings_there"][school.id] if p.lasts_beyond(closed)]
    newer = context.newer_for(school.path)
    if newer is not None:
        _tell(row, outcome, "postings_stand", len(lasting), newer.speaks_of)
        return
    ending = [posting for posting in lasting if posting.valid_from <= closed]
    for posting in ending:
        before = {"valid_until": posting.valid_until, "end_reason": posting.end_reason}
        after = {"valid_until": closed, "end_reason": EndReason.UNIT_CLOSED}
        outcome.alter(POSTINGS, posting.id, before, after)
    _tell(row, outcome, "postings_end_with_school", len(ending), closed)
    _tell(row, outcome, "postings_begin_after_closing", len(lasting) - len(ending), closed)


def _tell(row: Row, outcome: Outcome, code: str, count: int, day: date) -> None:
    if count:
        outcome.warn(row, "closed_on", code, count=str(count), day=day.isoformat())
