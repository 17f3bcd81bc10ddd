"""The figures of every unit of a frame, in one grouped query for each source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.domain.statistics.figures import FIGURES, LEVELS, Figure, Measure, level_key, measures
from app.domain.statistics.frame import Frame
from app.domain.statistics.rules import FigureKind, ratio, scaled
from app.domain.statistics.sources.base import Source
from app.domain.statistics.sources.trainings import TRAININGS

Figures = dict[str, Any]
_COVERED = {name for name, figure in FIGURES.items() if figure.kind is FigureKind.COVERED}


@dataclass
class Tally:
    """The sums of some units together: additive ones, and the persons to be counted once."""

    sums: dict[str, int] = field(default_factory=dict)
    people: set[int] = field(default_factory=set)

    def add(self, sums: Mapping[str, int]) -> None:
        for key, value in sums.items():
            self.sums[key] = self.sums.get(key, 0) + value

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


def sums_by_unit(session: Session, frame: Frame) -> dict[int, dict[str, int]]:
    """For each unit of the frame at which something counts: the sum of each measure."""
    found: dict[int, dict[str, int]] = {}
    for source, wanted in _by_source():
        rows = source.select(frame).subquery()
        columns = [_sum(measure, rows.c).label(measure.key) for measure in wanted]
        statement = select(rows.c.unit_id, *columns).group_by(rows.c.unit_id)
        for unit_id, *values in session.execute(statement):
            sums = found.setdefault(unit_id, {})
            sums.update(zip((m.key for m in wanted), (int(v or 0) for v in values), strict=True))
    return found


def people_by_unit(session: Session, frame: Frame) -> Iterable[tuple[int, int]]:
    """Pairs of unit and person trained for it, to be counted once in whatever they are put together."""
    rows = TRAININGS.select(frame).subquery()
    statement = select(rows.c.unit_id, rows.c.person_id).distinct()
    return [(unit_id, person_id) for unit_id, person_id in session.execute(statement)]


def _by_source() -> list[tuple[Source, list[Measure]]]:
    groups: dict[str, tuple[Source, list[Measure]]] = {}
    for figure in FIGURES.values():
        if figure.source is None or figure.kind is FigureKind.HEADCOUNT:
            continue
        groups.setdefault(figure.source.name, (figure.source, []))[1].extend(measures(figure))
    return list(groups.values())


def _sum(measure: Measure, columns: Any) -> Any:
    value = measure.value(columns)
    if measure.where is None:
        return func.sum(value)
    return func.sum(case((measure.where(columns), value), else_=0))
