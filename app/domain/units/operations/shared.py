"""What every act on a unit needs: its audit entry, its dated versions, its lock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput, StaleVersion
from app.core.i18n import gettext as _
from app.core.text import name_key, tidy_name
from app.domain.audit.operations import Who, record
from app.domain.units import rules
from app.domain.units.models import (
    Unit,
    UnitKind,
    UnitVersion,
)


def audit_unit(
    actor: Who, action: str, unit: Unit, *, reason: str | None = None, **details: Any
) -> None:
    """One audit entry about a unit, in the scope of the unit itself."""
    record(
        actor,
        f"units.{action}",
        object_type="unit",
        object_id=unit.code,
        details={"name": unit.name, **{key: plain(value) for key, value in details.items()}},
        reason=reason,
        unit_path=unit.path,
    )


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def checked_name(text: str) -> str:
    name = tidy_name(text)
    if not 2 <= len(name) <= 120:
        raise InvalidInput(_("A name has 2 to 120 characters."), "bad_name", "name")
    return name


def refuse_twin(parent: Unit, name: str, kind: UnitKind, *, besides: int | None = None) -> None:
    """Two open units of one name under one parent would be taken for each other."""
    twin = db.session.scalar(
        select(Unit).where(
            Unit.parent_id == parent.id,
            Unit.name_key == name_key(name),
            Unit.kind == kind,
            Unit.closed_on.is_(None),
            Unit.id != (besides or 0),
        )
    )
    if twin is not None:
        raise DomainError(
            _(
                "“%(parent)s” has an open unit called “%(name)s” already (code %(code)s).",
                parent=parent.name,
                name=name,
                code=twin.code,
            ),
            "name_taken",
            "name",
        )


def version_of(unit: Unit, *, valid_from: date | None, reason: str | None = None) -> UnitVersion:
    return UnitVersion(
        unit_id=unit.id,
        name=unit.name,
        stage=unit.stage,
        parent_id=unit.parent_id,
        path=unit.path,
        valid_from=valid_from,
        reason=reason,
    )


def lock_unit(unit_id: int, *, expected_version: int | None = None) -> Unit:
    """The unit, locked for this act; StaleVersion when somebody changed it since the page was opened."""
    unit = db.session.scalars(select(Unit).where(Unit.id == unit_id).with_for_update(of=Unit)).one()
    if expected_version is not None and unit.row_version != expected_version:
        raise StaleVersion(
            _(
                "Somebody else has changed “%(name)s” meanwhile. Look at it and try again.",
                name=unit.name,
            )
        )
    return unit


def current_version(unit: Unit) -> UnitVersion:
    return db.session.scalars(
        select(UnitVersion).where(UnitVersion.unit_id == unit.id, UnitVersion.valid_until.is_(None))
    ).one()


def begin_version(unit: Unit, on: date, reason: str | None) -> None:
    """Record the unit as it now is from a day on; what was before ends the day before."""
    current = current_version(unit)
    refusal = rules.why_not_from(on, today=clock.today(), version_from=current.valid_from)
    if refusal == "future":
        raise InvalidInput(
            _("%(day)s is in the future: enter the change when it holds.", day=on.isoformat()),
            "future_date",
            "on",
        )
    if refusal == "before_last_change":
        raise InvalidInput(
            _(
                "“%(name)s” was changed on %(day)s; a change cannot begin before that. Correct that one instead.",
                name=unit.name,
                day=str(current.valid_from),
            ),
            "before_last_change",
            "on",
        )
    if current.valid_from == on:
        current.name, current.stage = unit.name, unit.stage
        current.parent_id, current.path = unit.parent_id, unit.path
        current.reason = reason or current.reason
        return
    current.valid_until = on - timedelta(days=1)
    db.session.flush()
    db.session.add(version_of(unit, valid_from=on, reason=reason))


def require_reach(actor_path: str, unit: Unit) -> None:
    """Refuse an act on a unit outside the actor's subtree."""
    if not unit.path.startswith(actor_path):
        raise Forbidden(_("This unit is not within your unit."), "unit_out_of_scope")
