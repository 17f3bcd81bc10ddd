"""Lists of schools with their counseling rooms: units, their versions from the workbook's day, facility returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.text import name_key, tidy_name
from app.domain.exchange.planning.closing import end_with_school, load_postings_there
from app.domain.exchange.planning.context import Context
from app.domain.exchange.planning.directory import UnitInfo
from app.domain.exchange.planning.plan import NewRow, Outcome, PathBelow, RowId
from app.domain.exchange.planning.registry import chunks
from app.domain.exchange.reading import Row
from app.domain.units.models import AliasKind, FacilityReturn, Unit, UnitKind, UnitVersion
from app.domain.units.rules import first_free_code, is_code, may_hang_under

ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class VersionInfo:
    id: int
    name: str
    stage: Any
    parent_id: int | None
    path: str
    valid_from: date | None
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or self.valid_until >= day)


@dataclass(slots=True)
class ReturnInfo:
    id: int
    rooms: int
    room_area: Decimal | None
    pupils: int | None


def prepare(context: Context, rows: list[Row]) -> None:
    """Versions of every school of the subtree, returns of the workbook's day, and who has the codes named."""
    ids = [unit.id for unit in context.directory.by_id.values() if unit.kind is UnitKind.SCHOOL]
    versions: dict[int, list[VersionInfo]] = {}
    returns: dict[int, ReturnInfo] = {}
    for chunk in chunks(ids):
        for version in db.session.scalars(
            select(UnitVersion).where(UnitVersion.unit_id.in_(chunk)).order_by(UnitVersion.id)
        ):
            info = VersionInfo(
                version.id,
                version.name,
                version.stage,
                version.parent_id,
                version.path,
                version.valid_from,
                version.valid_until,
            )
            versions.setdefault(version.unit_id, []).append(info)
        for said in db.session.scalars(
            select(FacilityReturn).where(
                FacilityReturn.unit_id.in_(chunk), FacilityReturn.returned_on == context.speaks_of
            )
        ):
            returns[said.unit_id] = ReturnInfo(said.id, said.rooms, said.room_area, said.pupils)
    codes = {row.values["code"].upper() for row in rows if row.values.get("code")}
    taken: set[str] = set()
    for some in chunks(sorted(codes)):
        taken |= set(db.session.scalars(select(Unit.code).where(Unit.code.in_(some))))
    context.extra.update(versions=versions, returns=returns, taken=taken, given=set(codes))
    load_postings_there(context, rows)


def plan_row(context: Context, row: Row) -> Outcome:
    outcome = context.outcome(row)
    if outcome.is_rejected():
        return outcome
    county = context.find_county(row, outcome) if row.values.get("county") else context.root
    if county is None:
        return outcome
    if not may_hang_under(UnitKind.SCHOOL, county.kind):
        outcome.problem(row, "county", "county_missing")
        return outcome
    known = _find(context, row, outcome, county)
    _refuse_closing_first(row, outcome, known)
    if outcome.is_rejected():
        return outcome
    key = ("school", known.id) if known else (county.id, name_key(row.values["name"]))
    if not context.first_time(row, outcome, key, "name", "school_twice"):
        return outcome
    if known is None:
        unit_id: RowId = _open(context, row, outcome, county)
    else:
        unit_id = known.id
        _compare_days(row, outcome, known)
        _compare(context, row, outcome, known, county)
        end_with_school(context, row, outcome, known)
    _plan_return(context, row, outcome, unit_id)
    outcome.settle(created=known is None)
    return outcome


def _find(context: Context, row: Row, outcome: Outcome, county: UnitInfo) -> UnitInfo | None:
    """By code, else by county and name (a school that is closed makes room for another one of its name)."""
    code = (row.values.get("code") or "").upper()
    named = context.directory.open_schools_named(county.id, row.values["name"])
    still_open = [school for school in named if not school.is_closed(context.speaks_of)]
    if not code:
        if len(still_open) > 1:
            outcome.problem(row, "name", "school_ambiguous")
        elif not still_open and named:
            return _closed_as_said(row, outcome, named[0])
        return still_open[0] if still_open else None
    if not is_code(code):
        outcome.problem(row, "code", "school_code_wrong")
        return None
    known = context.directory.find_code(code)
    is_taken = code in context.extra["taken"] and (
        known is None or known.kind is not UnitKind.SCHOOL
    )
    if is_taken:
        outcome.problem(row, "code", "school_code_taken")
    elif known is not None and known.is_closed(context.speaks_of):
        return _closed_as_said(row, outcome, known)
    elif known is None and still_open:
        outcome.problem(row, "code", "school_has_other_code", other=still_open[0].code)
    return known


def _closed_as_said(row: Row, outcome: Outcome, school: UnitInfo) -> UnitInfo | None:
    """A closed school, when the row says itself that it closed on that day; else an error."""
    if school.closed_on is not None and school.closed_on != row.values.get("closed_on"):
        outcome.problem(row, "name", "school_closed", closed_on=school.closed_on.isoformat())
    return school


def _open(context: Context, row: Row, outcome: Outcome, county: UnitInfo) -> NewRow:
    name = tidy_name(row.values["name"])
    code = (row.values.get("code") or "").upper() or _next_code(context, county)
    common = {"name": name, "stage": row.values["stage"], "parent_id": county.id}
    unit = outcome.add(
        "units",
        code=code,
        kind=UnitKind.SCHOOL,
        name_key=name_key(name),
        opened_on=row.values.get("opened_on"),
        closed_on=row.values.get("closed_on"),
        **common,
    )
    unit.values["path"] = path = PathBelow(county.path, unit)
    outcome.add("unit_versions", unit_id=unit, path=path, valid_from=None, **common)
    outcome.told("school", None, name)
    return unit


def _next_code(context: Context, county: UnitInfo) -> str:
    used: set[str] = context.extra["given"]
    used |= {
        unit.code for unit in context.directory.by_id.values() if unit.code.startswith(county.code)
    }
    code = first_free_code(county.code, used)
    used.add(code)
    return code


def _compare_days(row: Row, outcome: Outcome, known: UnitInfo) -> None:
    """When the school opened and closed, as far as the row says."""
    before = {"opened_on": known.opened_on, "closed_on": known.closed_on}
    after = {name: row.values[name] for name in before if row.values.get(name) is not None}
    outcome.alter("units", known.id, before, after)
    for name, day in after.items():
        if day != before[name]:
            outcome.told(name, before[name], day)


def _refuse_closing_first(row: Row, outcome: Outcome, known: UnitInfo | None) -> None:
    """A school cannot close before it opened, also where the row says only one of the two days."""
    if known is None:
        return
    opened = row.values.get("opened_on") or known.opened_on
    closed = row.values.get("closed_on") or known.closed_on
    if opened is not None and closed is not None and closed < opened:
        field_name = "closed_on" if row.values.get("closed_on") else "opened_on"
        outcome.problem(
            row, field_name, "closed_before_known_opening", opened_on=opened.isoformat()
        )


def _compare(
    context: Context, row: Row, outcome: Outcome, known: UnitInfo, county: UnitInfo
) -> None:
    """Another name, stage or county than on the workbook's day begins on that day, unless something newer stands."""
    versions: list[VersionInfo] = context.extra["versions"].get(known.id, [])
    day = context.speaks_of
    now = next((version for version in versions if version.holds_on(day)), None)
    if now is None:
        return
    name, stage = tidy_name(row.values["name"]), row.values["stage"]
    is_renamed = name_key(name) != name_key(now.name) and not _is_variant(name, known, now)
    is_moved = bool(row.values.get("county")) and county.id != now.parent_id
    if not (is_renamed or is_moved or stage is not now.stage):
        return
    if now.valid_until is not None:
        outcome.warn(row, "name", "older_workbook", day=day.isoformat())
        return
    after = {
        "name": name if is_renamed else now.name,
        "stage": stage,
        "parent_id": county.id if is_moved else now.parent_id,
        "path": f"{county.path}{known.id}/" if is_moved else now.path,
    }
    _tell_changes(context, outcome, now, after)
    _write_version(outcome, known, now, after, day)
    if is_renamed and name_key(now.name) not in known.keys - {name_key(known.name)}:
        outcome.add(
            "unit_aliases",
            unit_id=known.id,
            kind=AliasKind.OLD_NAME,
            alias=now.name,
            key=name_key(now.name),
        )


def _is_variant(name: str, known: UnitInfo, now: VersionInfo) -> bool:
    """A short name of the school is no new name; an old name, once it was given up, would be."""
    return name_key(name) in known.keys and name_key(now.name) == name_key(known.name)


def _tell_changes(
    context: Context, outcome: Outcome, now: VersionInfo, after: dict[str, Any]
) -> None:
    if after["name"] != now.name:
        outcome.told("school_name", now.name, after["name"])
    if after["stage"] is not now.stage:
        outcome.told("stage", now.stage, after["stage"])
    if after["parent_id"] != now.parent_id:
        units = context.directory.by_id
        old = units.get(now.parent_id or 0)
        outcome.told("county", old.name if old else None, units[after["parent_id"]].name)


def _write_version(
    outcome: Outcome, known: UnitInfo, now: VersionInfo, after: dict[str, Any], day: date
) -> None:
    before = {
        "name": now.name,
        "stage": now.stage,
        "parent_id": now.parent_id,
        "path": now.path,
    }
    if now.valid_from is not None and now.valid_from >= day:
        outcome.alter("unit_versions", now.id, before, after)
    else:
        outcome.alter(
            "unit_versions", now.id, {"valid_until": None}, {"valid_until": day - ONE_DAY}
        )
        outcome.add("unit_versions", unit_id=known.id, valid_from=day, **after)
    unit_before = {**before, "name_key": name_key(known.name), "name": known.name}
    outcome.alter("units", known.id, unit_before, {**after, "name_key": name_key(after["name"])})


def _plan_return(context: Context, row: Row, outcome: Outcome, unit_id: RowId) -> None:
    """What the school reports of its rooms for the day; nothing reported leaves what is known."""
    values = row.values
    said = {name: values.get(name) for name in ("rooms", "room_area", "pupils")}
    if all(value is None for value in said.values()):
        return
    known: ReturnInfo | None = (
        context.extra["returns"].get(unit_id) if isinstance(unit_id, int) else None
    )
    if known is None:
        outcome.add(
            "facility_returns",
            unit_id=unit_id,
            returned_on=context.speaks_of,
            **{**said, "rooms": said["rooms"] or 0},
        )
        if isinstance(unit_id, int):
            outcome.told("rooms", None, said["rooms"] or 0)
        return
    before = {name: getattr(known, name) for name in said}
    after = {name: value for name, value in said.items() if value is not None}
    for name, value in after.items():
        if before[name] != value:
            outcome.told(name, before[name], value)
    outcome.alter("facility_returns", known.id, before, after)
