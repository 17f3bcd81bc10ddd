"""What planning a row needs besides the row: the day, the units, the registry, and what stands from newer workbooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.core import clock, crypto
from app.core.db import db
from app.core.text import name_key, squeeze
from app.domain.exchange.models import Import, ImportKind, ImportRow, ImportState, RowState
from app.domain.exchange.planning.directory import Directory, NotFoundUnit, UnitInfo
from app.domain.exchange.planning.plan import NewRow, Outcome, RowId
from app.domain.exchange.planning.registry import Registry, chunks
from app.domain.exchange.reading import Row, Sheet
from app.domain.units.models import Unit

ROW_KEY = "imports.row"
NOT_SAID = frozenset({"sequence", "note"})


@dataclass(frozen=True, slots=True)
class NewerRoster:
    """A landed roster that speaks of a later day, for the subtree with this path."""

    path: str
    speaks_of: date
    complete: bool


@dataclass(slots=True)
class Context:
    """Shared by all rows of one import.

    ``scope``: the path of whoever brings it. ``now``: when all of it is planned. ``chosen``: row number → the person an
    officer picked (None: a new one).
    """

    kind: ImportKind
    sheet: Sheet
    speaks_of: date
    directory: Directory
    registry: Registry = field(default_factory=Registry)
    newer_rosters: list[NewerRoster] = field(default_factory=list)
    verifies: bool = True
    evidence: str = ""
    import_id: int | None = None
    scope: str = "/"
    now: datetime = field(default_factory=clock.now)
    chosen: dict[int, RowId | None] = field(default_factory=dict)
    seen: dict[Any, int] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def root(self) -> UnitInfo:
        return self.directory.root

    def outcome(self, row: Row) -> Outcome:
        """A row's outcome before anything is compared: rejected when reading found errors."""
        made = Outcome(
            number=row.number,
            name=str(row.values.get("name") or row.cells.get("name") or ""),
            cells=row.cells,
            problems=list(row.problems),
            columns=self.sheet.columns,
        )
        if row.has_errors:
            made.state = RowState.REJECTED
        return made

    def find_county(
        self, row: Row, outcome: Outcome, field_name: str = "county"
    ) -> UnitInfo | None:
        """The division a row names; an error in the outcome when there is none of that name."""
        text = row.values.get(field_name)
        if not text:
            return None
        found = self.directory.find_division(text)
        if isinstance(found, UnitInfo):
            return found
        outcome.problem(
            row, field_name, f"county_{found.reason}", suggestion="、".join(found.nearest)
        )
        return None

    def find_school(
        self,
        row: Row,
        outcome: Outcome,
        county: UnitInfo | None,
        *,
        field_name: str = "school",
        day: date | None = None,
    ) -> UnitInfo | None:
        """The school (or bureau) a row names; an error in the outcome when there is none."""
        text = row.values.get(field_name)
        if not text:
            return None
        found = self.directory.find_school(text, county, day or self.speaks_of)
        if isinstance(found, UnitInfo):
            return found
        self._tell_unknown(row, outcome, field_name, found)
        return None

    def _tell_unknown(
        self, row: Row, outcome: Outcome, field_name: str, found: NotFoundUnit
    ) -> None:
        outcome.problem(
            row,
            field_name,
            f"school_{found.reason}",
            suggestion="、".join(found.nearest),
            closed_on=found.closed_on.isoformat() if found.closed_on else "",
        )

    def stated_unit(
        self, row: Row, outcome: Outcome, *, day: date | None = None
    ) -> UnitInfo | None:
        """County and school columns together; without a school the county itself."""
        county = self.find_county(row, outcome)
        if outcome.is_rejected():
            return None
        school = self.find_school(row, outcome, county, day=day)
        return school if row.values.get("school") else county

    def newer_for(self, path: str, *, complete: bool = False) -> NewerRoster | None:
        """The first roster of a later day that speaks for a unit, if one has landed; ``complete``: only such."""
        if not self.newer_rosters:
            return None
        covering = [
            roster
            for roster in self.newer_rosters
            if path.startswith(roster.path) and (roster.complete or not complete)
        ]
        return min(covering, key=lambda roster: roster.speaks_of, default=None)

    def first_time(self, row: Row, outcome: Outcome, key: Any, field_name: str, code: str) -> bool:
        """Whether a key appears for the first time in the file; else an error that names the earlier row."""
        earlier = self.seen.setdefault(key, row.number)
        if earlier == row.number:
            return True
        outcome.problem(row, field_name, code, other=str(earlier))
        return False

    def row_key(self, row: Row) -> str:
        """A keyed digest of what a row says, the same in whatever file it comes."""
        said = "|".join(
            f"{name}={squeeze(text)}"
            for name, text in sorted(row.cells.items())
            if text and name not in NOT_SAID
        )
        return crypto.blind_index(f"{self.kind}|{self.root.id}|{said}", ROW_KEY)


def load_newer_rosters(root: Unit, day: date, *, besides: int | None) -> list[NewerRoster]:
    """Landed rosters that speak of a later day than ``day``."""
    rows = db.session.execute(
        select(Unit.path, Import.speaks_of, Import.complete)
        .join(Unit, Unit.id == Import.unit_id)
        .where(
            Import.kind == ImportKind.COUNSELORS,
            Import.state == ImportState.LANDED,
            Import.speaks_of > day,
            Import.id != (besides or 0),
        )
    ).all()
    return [
        NewerRoster(path, speaks_of, complete)
        for path, speaks_of, complete in rows
        if speaks_of is not None and (path.startswith(root.path) or root.path.startswith(path))
    ]


@dataclass(frozen=True, slots=True)
class KnownRow:
    """What became of a row that an earlier import left to an officer, and whom it was given to."""

    state: RowState
    person_id: int | None


def load_known_rows(keys: Iterable[str], *, besides: int | None) -> dict[str, KnownRow]:
    """Rows that landed imports left to an officer: waiting, resolved or dismissed, by their key."""
    known: dict[str, KnownRow] = {}
    states = (RowState.UNRESOLVED, RowState.RESOLVED, RowState.DISMISSED)
    for chunk in chunks(sorted(set(keys))):
        rows = db.session.execute(
            select(ImportRow.row_key, ImportRow.state, ImportRow.resolved_person_id)
            .join(Import, Import.id == ImportRow.import_id)
            .where(
                ImportRow.row_key.in_(chunk),
                ImportRow.state.in_(states),
                Import.state == ImportState.LANDED,
                Import.id != (besides or 0),
            )
        )
        known.update({key: KnownRow(state, person_id) for key, state, person_id in rows if key})
    return known


RowPlanner = Callable[[Context, Row], Outcome]


def same_name(one: str, other: str) -> bool:
    return name_key(one) == name_key(other)


def planned(row_id: RowId) -> bool:
    """Whether a row id stands for a row this import will make."""
    return isinstance(row_id, NewRow)
