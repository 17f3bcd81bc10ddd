"""Plan a whole sheet: load what it needs in a handful of queries, then each row in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.core.versions import counted_version
from app.domain.exchange import messages as _messages  # noqa: F401  every problem has its sentence
from app.domain.exchange.mappings import Rules
from app.domain.exchange.models import ImportKind, RowState
from app.domain.exchange.planning import placements, rosters, schools, studios, trainings
from app.domain.exchange.planning.context import (
    Context,
    RowPlanner,
    load_known_rows,
    load_newer_rosters,
)
from app.domain.exchange.planning.directory import load_directory
from app.domain.exchange.planning.plan import Outcome, Plan, RowId
from app.domain.exchange.reading import Problem, Row, Sheet
from app.domain.units.models import Unit

Preparer = Callable[[Context, list[Row]], None]
PLANNERS: dict[ImportKind, tuple[Preparer, RowPlanner]] = {
    ImportKind.SCHOOLS: (schools.prepare, schools.plan_row),
    ImportKind.COUNSELORS: (rosters.prepare, rosters.plan_row),
    ImportKind.TRAININGS: (trainings.prepare, trainings.plan_training),
    ImportKind.ONLINE: (trainings.prepare, trainings.plan_online),
    ImportKind.PLACEMENTS: (placements.prepare, placements.plan_row),
    ImportKind.STUDIO: (studios.prepare, studios.plan_row),
}
REPORT_EVERY = 500


@dataclass(slots=True)
class Order:
    """What is asked for besides the file. ``scope``: the path of the units that its bringer may act for.

    ``chosen``: row number → the person an officer picked (None: a new one).
    """

    kind: ImportKind
    unit: Unit
    speaks_of: date
    complete: bool = False
    verifies: bool = True
    file_name: str = ""
    account_id: int | None = None
    import_id: int | None = None
    scope: str = "/"
    chosen: dict[int, RowId | None] = field(default_factory=dict)
    mapping: Rules | None = None


def plan_sheet(
    sheet: Sheet, order: Order, *, progress: Callable[[int, int], None] | None = None
) -> Plan:
    """What the sheet would do to the data as they are now; reads only.

    Raises InvalidInput when the sheet as a whole says too little (a studio without a title row).
    """
    version = counted_version()
    context = _context(sheet, order)
    prepare, plan_row = PLANNERS[order.kind]
    prepare(context, sheet.rows)
    outcomes: list[Outcome] = []
    for position, row in enumerate(sheet.rows):
        outcomes.append(plan_row(context, row))
        row.values = {}  # planned and done with: of 20,000 rows it would be 25 MB
        if progress is not None and position % REPORT_EVERY == 0:
            progress(position, len(sheet.rows))
    _recognise_waiting(order, outcomes)
    plan = Plan(
        kind=order.kind,
        speaks_of=order.speaks_of,
        data_version=version,
        outcomes=outcomes,
        sheet=sheet,
    )
    if order.complete and not plan.is_rejected:
        outcomes.extend(rosters.plan_absent(context, outcomes))
    return plan


def _context(sheet: Sheet, order: Order) -> Context:
    extra: dict[str, Any] = {"account_id": order.account_id, "mapping": order.mapping}
    return Context(
        kind=order.kind,
        sheet=sheet,
        speaks_of=order.speaks_of,
        directory=load_directory(order.unit),
        newer_rosters=load_newer_rosters(order.unit, order.speaks_of, besides=order.import_id),
        verifies=order.verifies,
        evidence=f"{sheet.title or order.file_name}（{order.speaks_of.isoformat()}）",
        import_id=order.import_id,
        scope=order.scope,
        chosen=order.chosen,
        extra=extra,
    )


def _recognise_waiting(order: Order, outcomes: list[Outcome]) -> None:
    """A row that an earlier import left to an officer is not left to them twice."""
    unresolved = [o for o in outcomes if o.state is RowState.UNRESOLVED and o.row_key]
    if not unresolved:
        return
    known = load_known_rows((o.row_key or "" for o in unresolved), besides=order.import_id)
    for outcome in unresolved:
        row = known.get(outcome.row_key or "")
        if row is None:
            continue
        outcome.state = RowState.UNCHANGED
        outcome.person = row.person_id
        outcome.problems = [p for p in outcome.problems if not p.code.startswith("person_")]
        outcome.problems.append(
            Problem(
                row=outcome.number,
                column=outcome.columns.get("name", ""),
                value=outcome.name,
                code=f"row_{row.state.value}_already",
                severity="warning",
                field="name",
            )
        )
