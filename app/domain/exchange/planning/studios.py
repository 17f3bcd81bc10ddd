"""Studios (工作室): the studio its title row names, its host and its members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.core.db import db
from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.core.text import name_key
from app.domain.exchange.planning.context import Context
from app.domain.exchange.planning.people import load_people, person_of
from app.domain.exchange.planning.plan import NewRow, Outcome, RowId
from app.domain.exchange.planning.registry import KnownPerson
from app.domain.exchange.reading import Row, studio_name
from app.domain.people.models import Studio, StudioMembership
from app.domain.people.rules import StudioKind, StudioRole

MEMBERSHIPS = "studio_memberships"
ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class MembershipInfo:
    id: int
    role: StudioRole
    valid_from: date


@dataclass(slots=True)
class StudioInfo:
    """The studio of the title row; ``id`` a new row when it is not known yet, made by the first row that needs it.

    ``members``: who belongs to it now; ``left_on``: when others left it last.
    """

    id: RowId
    is_new: bool
    members: dict[int, MembershipInfo]
    left_on: dict[int, date]


def prepare(context: Context, rows: list[Row]) -> None:
    """Raises InvalidInput when no title row names the studio."""
    name = studio_name(context.sheet.title)
    if not name:
        raise InvalidInput(
            _("No title row above the header names the studio. Add one, for example “… studio”."),
            "no_studio_title",
            "file",
        )
    load_people(context, rows)
    found = db.session.execute(
        select(Studio.id).where(
            Studio.unit_id == context.root.id, Studio.name_key == name_key(name)
        )
    ).scalar_one_or_none()
    if found is None:
        begins = [row.values["joined_on"] for row in rows if row.values.get("joined_on")]
        made = NewRow(
            "studios",
            {
                "unit_id": context.root.id,
                "kind": StudioKind.STUDIO,
                "name": name,
                "name_key": name_key(name),
                "valid_from": min(begins, default=context.speaks_of),
            },
        )
        context.extra["studio"] = StudioInfo(made, True, {}, {})
        return
    members: dict[int, MembershipInfo] = {}
    left_on: dict[int, date] = {}
    for m in db.session.scalars(
        select(StudioMembership)
        .where(StudioMembership.studio_id == found)
        .order_by(StudioMembership.valid_until)
    ):
        if m.valid_until is None:
            members[m.person_id] = MembershipInfo(m.id, m.role, m.valid_from)
        else:
            left_on[m.person_id] = m.valid_until
    context.extra["studio"] = StudioInfo(found, False, members, left_on)


def plan_row(context: Context, row: Row) -> Outcome:
    outcome = context.outcome(row)
    if outcome.is_rejected():
        return outcome
    unit = context.stated_unit(row, outcome)
    if unit is None:
        return outcome
    found = person_of(context, row, outcome, unit, roster=False)
    if found is None or not context.first_time(row, outcome, id(found[0]), "name", "person_twice"):
        return outcome
    _warn_of_second_host(context, row, outcome)
    studio: StudioInfo = context.extra["studio"]
    if studio.is_new and isinstance(studio.id, NewRow):
        outcome.writes.insert(0, studio.id)
        studio.is_new = False
    known = studio.members.get(found[0].id) if isinstance(found[0].id, int) else None
    if known is None:
        _join(context, row, outcome, found[0], studio)
    elif known.role is not row.values["role"]:
        _change_role(context, row, outcome, found[0], studio, known)
    outcome.settle(created=known is None and bool(outcome.writes))
    return outcome


def _warn_of_second_host(context: Context, row: Row, outcome: Outcome) -> None:
    if row.values["role"] is not StudioRole.HOST:
        return
    first = context.extra.setdefault("host_row", row.number)
    if first != row.number:
        outcome.warn(row, "role", "second_host", other=str(first))


def _join(
    context: Context, row: Row, outcome: Outcome, person: KnownPerson, studio: StudioInfo
) -> None:
    joined = row.values.get("joined_on") or context.speaks_of
    left_on = studio.left_on.get(person.id) if isinstance(person.id, int) else None
    if left_on is not None and left_on >= joined:
        outcome.warn(row, "name", "older_workbook", day=context.speaks_of.isoformat())
        return
    outcome.add(
        MEMBERSHIPS,
        studio_id=studio.id,
        person_id=person.id,
        role=row.values["role"],
        valid_from=joined,
    )
    outcome.told("studio_role", None, row.values["role"])


def _change_role(
    context: Context,
    row: Row,
    outcome: Outcome,
    person: KnownPerson,
    studio: StudioInfo,
    known: MembershipInfo,
) -> None:
    """Another role begins on the workbook's day; a membership that begins later stands."""
    day, role = context.speaks_of, row.values["role"]
    if known.valid_from > day:
        outcome.warn(row, "role", "older_workbook", day=day.isoformat())
        return
    if known.valid_from == day:
        outcome.alter(MEMBERSHIPS, known.id, {"role": known.role}, {"role": role})
    else:
        outcome.alter(MEMBERSHIPS, known.id, {"valid_until": None}, {"valid_until": day - ONE_DAY})
        outcome.add(
            MEMBERSHIPS, studio_id=studio.id, person_id=person.id, role=role, valid_from=day
        )
    outcome.told("studio_role", known.role, role)
