"""The county ledger: totals of a unit on a day and a row for each of its parts (CONTRACT.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from app.core.caches import StampedCache
from app.core.db import db, in_atomic
from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.core.versions import counted_stamp
from app.domain.statistics.frame import Frame, read_frame
from app.domain.statistics.places import COUNTIES, Division, Place, divide
from app.domain.statistics.policies import Setting
from app.domain.statistics.rules import (
    Part,
    Target,
    Targets,
    default_since,
    missed_targets,
    since_for_comparison,
)
from app.domain.statistics.sums import Count, Figures, Tally, count_rows


@dataclass(frozen=True)
class LedgerRow:
    """One part of the unit. A null row has neither id, code nor name; its kind is the Part."""

    unit_id: int | None
    code: str | None
    name: str | None
    kind: str
    figures: Figures
    missed: Sequence[Target] = ()


@dataclass(frozen=True)
class Ledger:
    """What was true of a unit on a day, and in the period that ends on it.

    ``stamp``: of the data it was computed from (core.versions); empty while an act is changing them.
    """

    unit: Place
    part: Part | None
    as_of: date
    since: date
    totals: Figures
    rows: Sequence[LedgerRow]
    counties: int
    gaps: Sequence[Place]
    lead_policies: Sequence[Setting]
    targets: Targets
    missed: Sequence[Target]
    stamp: str = ""


@dataclass(frozen=True)
class Comparison:
    """A ledger beside that of another day; ``changes`` of the totals and, by unit id (None: the null row), of rows."""

    ledger: Ledger
    changes: Figures
    row_changes: dict[int | None, Figures]


_cache: StampedCache[Ledger] = StampedCache(most=256)


def check_period(since: date, as_of: date) -> None:
    """Raise InvalidInput when the period ends before it begins."""
    if since > as_of:
        raise InvalidInput(
            _(
                "The period begins on %(since)s, after the day of the figures (%(as_of)s). "
                "Choose a first day on or before it.",
                since=since.isoformat(),
                as_of=as_of.isoformat(),
            ),
            "since_after_as_of",
            "since",
        )


def read_ledger(
    unit_id: int, *, as_of: date, since: date | None = None, part: Part | None = None
) -> Ledger:
    """The ledger of a unit (or of its null row) on a day; ``since`` defaults to 1 January of that year.

    Kept per version of the data, which is read in the same transaction, so it never shows a stale figure.
    Raises InvalidInput when since lies after as_of, NotFound for a unit or part that does not exist.
    """
    since = since or default_since(as_of)
    check_period(since, as_of)
    session = db.session()
    if in_atomic():
        return _compute(session, unit_id, as_of, since, part)
    key = (unit_id, part, as_of, since)
    stamp = counted_stamp(session)[1]
    kept = _cache.find(key)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    while True:
        ledger = _compute(session, unit_id, as_of, since, part)
        # Where every statement sees the newest commit, another one may have landed between two of ours.
        again = counted_stamp(session)[1]
        if again == stamp:
            break
        stamp = again
    ledger = replace(ledger, stamp=stamp)
    _cache.keep(key, stamp, ledger)
    return ledger


def compare(
    unit_id: int, *, as_of: date, since: date, compare_with: date, part: Part | None = None
) -> Comparison:
    """The ledger of another day of the same unit, and how much each figure changed from it to ``as_of``."""
    now = read_ledger(unit_id, as_of=as_of, since=since, part=part)
    then_since = since_for_comparison(since, as_of, compare_with)
    then = read_ledger(unit_id, as_of=compare_with, since=then_since, part=part)
    before = {row.unit_id: row.figures for row in then.rows}
    return Comparison(
        then,
        _changes(now.totals, then.totals),
        {
            row.unit_id: _changes(row.figures, before.get(row.unit_id) or Tally().figures())
            for row in now.rows
        },
    )


def _changes(now: Figures, then: Figures) -> Figures:
    changes: Figures = {}
    for name, value in now.items():
        earlier = then[name]
        if isinstance(value, dict):
            changes[name] = {level: number - earlier[level] for level, number in value.items()}
        elif value is None or earlier is None:
            changes[name] = None
        else:
            changes[name] = (
                round(value - earlier, 4) if isinstance(value, float) else value - earlier
            )
    return changes


def _compute(session: Session, unit_id: int, as_of: date, since: date, part: Part | None) -> Ledger:
    division = divide(session, unit_id, as_of, part)
    frame = read_frame(
        session, as_of=as_of, since=since, path=division.unit.path, without=division.without
    )
    count = count_rows(session, frame, division.row_of())
    counties = [p for p in division.places if p.kind in COUNTIES and p.is_open]
    gaps = [p for p in counties if p.unit_id not in count.covered]
    totals = count.total.figures()
    unit = division.unit
    return Ledger(
        unit=unit,
        part=part,
        as_of=as_of,
        since=since,
        totals=totals,
        rows=_rows(frame, division, count),
        counties=len(counties),
        gaps=gaps,
        lead_policies=frame.rules.policies.settings("lead_teacher_moved", unit.path),
        targets=frame.rules.policies.targets(unit.path),
        missed=_missed(frame, unit.kind.value, unit.path, totals) if part is None else (),
    )


def _rows(frame: Frame, division: Division, count: Count) -> tuple[LedgerRow, ...]:
    rows: list[LedgerRow] = []
    for place in division.rows:
        tally = count.rows.get(place.unit_id, Tally())
        if not place.is_open and tally.is_empty():
            continue
        figures = tally.figures()
        kind = place.kind.value
        missed = _missed(frame, kind, place.path, figures)
        rows.append(LedgerRow(place.unit_id, place.code, place.name, kind, figures, missed))
    rest = count.rows.get(None)
    if division.null_part is not None and rest is not None and not rest.is_empty():
        part = division.null_part.value
        figures = rest.figures()
        missed = _missed(frame, part, division.unit.path, figures)
        rows.append(LedgerRow(None, None, None, part, figures, missed))
    return tuple(rows)


def _missed(frame: Frame, kind: str, path: str, figures: Figures) -> Sequence[Target]:
    return missed_targets(kind, figures, frame.rules.policies.targets(path))
