"""The figures of every unit of a frame, in one grouped query for each source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import add
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from app.domain.statistics.definition import Figure
from app.domain.statistics.expressions import Selection
from app.domain.statistics.figures import FIGURES, LEVELS, Measure, level_key, measures
from app.domain.statistics.frame import Frame, Rules
from app.domain.statistics.rules import FigureKind, ratio, scaled
from app.domain.statistics.sources.base import Source
from app.domain.statistics.sources.leads import COVERED_COUNTIES
from app.domain.statistics.sources.trainings import TRAININGS

Figures = dict[str, Any]
_COVERED = {name for name, figure in FIGURES.items() if figure.kind is FigureKind.COVERED}


@dataclass
class Tally:
    """The sums of some units together: additive ones, and the persons to be counted once."""

    sums: dict[str, int] = field(default_factory=dict)
    people: set[int] = field(default_factory=set)

    def is_empty(self) -> bool:
        """Nothing counts here. A covered county is shown in the row of the county, not as its own staff."""
        return not any(value for key, value in self.sums.items() if key not in _COVERED)

    def figures(self) -> Figures:
        """Every figure by its name, as CONTRACT.md shapes them."""
        return {name: self._value(figure) for name, figure in FIGURES.items()}

    def _value(self, figure: Figure) -> Any:
        if figure.kind is FigureKind.HEADCOUNT:
            return len(self.people)
        if figure.kind is FigureKind.LEVELS:
            return {
                level.value: self.sums.get(level_key(figure.name, level), 0) for level in LEVELS
            }
        if figure.parts is not None:
            part, whole = figure.parts
            return ratio(self.sums.get(part, 0), self.sums.get(whole, 0))
        return scaled(self.sums.get(figure.name, 0), figure.scale)


@dataclass
class Count:
    """What was counted: a tally for each row of the ledger, all together, and which counties are covered."""

    rows: dict[int | None, Tally] = field(default_factory=dict)
    total: Tally = field(default_factory=Tally)
    covered: set[int] = field(default_factory=set)

    def row(self, row_id: int | None) -> Tally:
        return self.rows.setdefault(row_id, Tally())


def count_rows(session: Session, frame: Frame, row_of: Mapping[int, int | None]) -> Count:
    """Every figure of the frame, added up by the row of the ledger each unit belongs to."""
    count = Count()
    statements = _statements(frame.rules)
    for source, wanted, statement in statements.sums:
        units = session.execute(statement, frame.parameters).all()
        _add(count, row_of, [measure.key for measure in wanted], units)
        if source is COVERED_COUNTIES:
            count.covered.update(row[0] for row in units)
    for unit_id, person_id in session.execute(statements.people, frame.parameters):
        count.row(row_of[unit_id]).people.add(person_id)
        count.total.people.add(person_id)
    return count


def _add(
    count: Count, row_of: Mapping[int, int | None], keys: list[str], units: Sequence[Row[Any]]
) -> None:
    by_row: dict[int | None, Sequence[int]] = {}
    for row in units:
        unit_id, sums_here = row[0], row[1:]
        row_id = row_of[unit_id]
        known = by_row.get(row_id)
        by_row[row_id] = sums_here if known is None else list(map(add, known, sums_here))
    for row_id, sums in by_row.items():
        count.row(row_id).sums.update(zip(keys, map(int, sums), strict=True))
    if by_row:
        totals = map(sum, zip(*by_row.values(), strict=True))
        count.total.sums.update(zip(keys, map(int, totals), strict=True))


@dataclass(frozen=True)
class _Statements:
    """The queries of a ledger; building them costs more than running them, so they are kept."""

    sums: list[tuple[Source, list[Measure], Selection]]
    people: Selection


_kept: dict[str, _Statements] = {}
_MOST_KEPT = 64


def _statements(rules: Rules) -> _Statements:
    kept = _kept.get(rules.key)
    if kept is None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        kept = _kept[rules.key] = _Statements(
            [(source, wanted, _select_sums(rules, source, wanted)) for source, wanted in _SOURCES],
            _select_people(rules),
        )
    return kept


def _select_sums(rules: Rules, source: Source, wanted: Sequence[Measure]) -> Selection:
    rows = source.select(rules).subquery()
    columns = [_sum(measure, rows.c).label(measure.key) for measure in wanted]
    return select(rows.c.unit_id, *columns).group_by(rows.c.unit_id)


def _select_people(rules: Rules) -> Selection:
    rows = TRAININGS.select(rules).subquery()
    return select(rows.c.unit_id, rows.c.person_id).distinct()


def _by_source() -> list[tuple[Source, list[Measure]]]:
    groups: dict[str, tuple[Source, list[Measure]]] = {}
    for figure in FIGURES.values():
        if figure.source is None or figure.kind is FigureKind.HEADCOUNT:
            continue
        groups.setdefault(figure.source.name, (figure.source, []))[1].extend(measures(figure))
    return list(groups.values())


_SOURCES = _by_source()


def _sum(measure: Measure, columns: Any) -> Any:
    value = measure.value(columns)
    if measure.where is None:
        return func.sum(value)
    return func.sum(case((measure.where(columns), value), else_=0))
