"""Past cohorts of placements as a workbook knows them: completed, with who was where, beside the training records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.text import squeeze
from app.domain.exchange.planning.context import Context
from app.domain.exchange.planning.directory import UnitInfo
from app.domain.exchange.planning.plan import NewRow, Outcome, RowId
from app.domain.exchange.planning.registry import KnownPerson, chunks
from app.domain.exchange.reading import Row
from app.domain.people.rules.trainings import placement_event_key
from app.domain.placements.models import Cohort, Placement, Stay
from app.domain.placements.rules.words import (
    CohortStatus,
    LogRhythm,
    PlacementResult,
    PlacementStatus,
    SeatPolicy,
)
from app.domain.units.models import Unit, UnitKind

COHORTS = "placement_cohorts"
PLACEMENTS = "placements"
STAYS = "placement_stays"
LONGEST_TITLE = 120
RESULTS = {
    "优秀": PlacementResult.EXCELLENT,
    "合格": PlacementResult.PASSED,
    "不合格": PlacementResult.FAILED,
}
# A cohort that is still being planned here gets its placements here.
OVER = frozenset({CohortStatus.CONFIRMED, CohortStatus.COMPLETED})


@dataclass(slots=True)
class KnownCohort:
    """A cohort there is, or one this import will make."""

    id: RowId
    columns: dict[str, Any]
    imported: bool = True
    takes_placements: bool = True


@dataclass(frozen=True, slots=True)
class KnownPlacement:
    """A placement there is; only one that a workbook brought is corrected by a workbook, as its stay is."""

    id: int
    columns: dict[str, Any]
    imported: bool
    stay: tuple[int, dict[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Past:
    """What one row says of a placement, once its units, person and record are known."""

    person: KnownPerson
    school: UnitInfo
    nominating: UnitInfo
    base: UnitInfo
    record: RowId
    designation: RowId | None


def load_cohorts(context: Context, rows: Iterable[Row]) -> None:
    """The cohorts these rows speak of, the placements that known people have in them, and the days of each cohort."""
    terms: dict[str, tuple[date, date]] = {}
    for row in rows:
        if row.has_errors:
            continue
        key, period = placement_event_key(row.values["cohort"]), row.values["period"]
        first, last = terms.get(key, (period.starts_on, period.ends_on))
        terms[key] = min(first, period.starts_on), max(last, period.ends_on)
    prefectures = select(Unit.id).where(Unit.kind == UnitKind.PREFECTURE)
    cohorts = {
        (row.unit_id, row.event_key): KnownCohort(
            row.id,
            {"starts_on": row.starts_on, "ends_on": row.ends_on},
            imported=row.imported,
            takes_placements=row.status in OVER,
        )
        for row in db.session.execute(
            select(
                Cohort.id,
                Cohort.unit_id,
                Cohort.event_key,
                Cohort.starts_on,
                Cohort.ends_on,
                Cohort.imported,
                Cohort.status,
            ).where(Cohort.event_key.in_(sorted(terms)))
        )
    }
    context.extra.update(
        cohort_terms=terms,
        prefectures=set(db.session.scalars(prefectures)),
        cohorts=cohorts,
        placements=_load_placements(context, [known.id for known in cohorts.values()]),
    )


def _load_placements(
    context: Context, cohort_ids: list[RowId]
) -> dict[tuple[int, int], KnownPlacement]:
    found: dict[tuple[int, int], KnownPlacement] = {}
    for chunk in chunks(sorted(context.registry.by_id)):
        statement = (
            select(Placement, Stay)
            .outerjoin(Stay, Stay.placement_id == Placement.id)
            .where(
                Placement.person_id.in_(chunk),
                Placement.cohort_id.in_(cohort_ids),
                Placement.status != PlacementStatus.WITHDRAWN,
            )
            .order_by(Placement.id, Stay.valid_from, Stay.id)
        )
        for placement, stay in db.session.execute(statement):
            columns = {name: getattr(placement, name) for name in _COMPARED}
            found[placement.person_id, placement.cohort_id] = KnownPlacement(
                placement.id,
                columns,
                placement.import_id is not None,
                None
                if stay is None
                else (stay.id, {name: getattr(stay, name) for name in _COMPARED_OF_STAYS}),
            )
    return found


_COMPARED = (
    "unit_id",
    "nominating_unit_id",
    "starts_on",
    "ends_on",
    "result",
    "training_record_id",
    "designation_id",
)
_COMPARED_OF_STAYS = ("base_school_id", "valid_from", "valid_until")


def plan_placement(context: Context, row: Row, outcome: Outcome, past: Past) -> None:
    """Make the placement, its stay and, for the first of it, the cohort; or compare with what there is."""
    cohort = _cohort_of(context, row, outcome, past.nominating)
    if not cohort.takes_placements:
        outcome.warn(row, "cohort", "cohort_not_over", cohort=squeeze(row.values["cohort"]))
        return
    period = row.values["period"]
    columns: dict[str, Any] = {
        "unit_id": past.school.id,
        "nominating_unit_id": past.nominating.id,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "result": _result_of(row),
        "training_record_id": past.record,
        "designation_id": past.designation,
    }
    stay = {
        "base_school_id": past.base.id,
        "valid_from": period.starts_on,
        "valid_until": period.ends_on,
    }
    known = _known_placement(context, past.person, cohort)
    if known is not None:
        if known.imported:
            said = {name: value for name, value in columns.items() if value is not None}
            outcome.alter(PLACEMENTS, known.id, known.columns, said)
            _correct_stay(outcome, known, stay)
        return
    made = outcome.add(
        PLACEMENTS,
        cohort_id=cohort.id,
        person_id=past.person.id,
        status=PlacementStatus.COMPLETED,
        created_at=context.now,
        row_version=1,
        **columns,
    )
    outcome.add(STAYS, placement_id=made, **stay)


def _known_placement(
    context: Context, person: KnownPerson, cohort: KnownCohort
) -> KnownPlacement | None:
    if not isinstance(person.id, int) or not isinstance(cohort.id, int):
        return None
    found: KnownPlacement | None = context.extra["placements"].get((person.id, cohort.id))
    return found


def _correct_stay(outcome: Outcome, known: KnownPlacement, stay: dict[str, Any]) -> None:
    if known.stay is None:
        outcome.add(STAYS, placement_id=known.id, **stay)
    else:
        outcome.alter(STAYS, known.stay[0], known.stay[1], stay)


def _cohort_of(context: Context, row: Row, outcome: Outcome, nominating: UnitInfo) -> KnownCohort:
    key = (_organiser_of(context, nominating), placement_event_key(row.values["cohort"]))
    cohorts: dict[tuple[int, str], KnownCohort] = context.extra["cohorts"]
    first, last = context.extra["cohort_terms"][key[1]]
    known = cohorts.get(key)
    if known is None:
        known = KnownCohort(_new_cohort(context, row, outcome, key, (first, last)), {})
        cohorts[key] = known
    elif known.imported and isinstance(known.id, int):
        _widen(outcome, known, row.values["period"])
    return known


def _widen(outcome: Outcome, cohort: KnownCohort, period: Any) -> None:
    """A cohort known from workbooks lasts from the first to the last day of anybody in it."""
    widened = {
        "starts_on": min(period.starts_on, cohort.columns["starts_on"]),
        "ends_on": max(period.ends_on, cohort.columns["ends_on"]),
    }
    if widened != cohort.columns and isinstance(cohort.id, int):
        outcome.alter(COHORTS, cohort.id, cohort.columns, widened)
        cohort.columns = widened


def _organiser_of(context: Context, nominating: UnitInfo) -> int:
    """The prefecture above who nominated."""
    above = [int(part) for part in nominating.path.split("/") if part]
    return next((unit for unit in above if unit in context.extra["prefectures"]), above[0])


def _new_cohort(
    context: Context,
    row: Row,
    outcome: Outcome,
    key: tuple[int, str],
    term: tuple[date, date],
) -> NewRow:
    nothing = Decimal(0)
    return outcome.add(
        COHORTS,
        unit_id=key[0],
        title=squeeze(row.values["cohort"])[:LONGEST_TITLE],
        event_key=key[1],
        status=CohortStatus.COMPLETED,
        starts_on=term[0],
        ends_on=term[1],
        seat_policy=SeatPolicy.GAP_FIRST,
        required_hours=nothing,
        credit_hours=nothing,
        required_observations=0,
        required_lessons=0,
        required_group_sessions=0,
        required_case_sessions=0,
        required_attendance=0,
        log_rhythm=LogRhythm.WEEK,
        log_grace_days=3,
        imported=True,
        created_at=context.now,
        row_version=1,
    )


def _result_of(row: Row) -> PlacementResult:
    passed = bool(row.values.get("passed"))
    default = PlacementResult.PASSED if passed else PlacementResult.FAILED
    said = RESULTS.get(str(row.values.get("result") or ""), default)
    fits = (said is not PlacementResult.FAILED) == passed
    return said if fits else default
