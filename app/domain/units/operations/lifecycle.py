"""Close, reopen and merge units."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.audit.operations import Who
from app.domain.units.models import (
    AliasKind,
    Unit,
)
from app.domain.units.operations.facilities import stop_base_school
from app.domain.units.operations.names import add_alias
from app.domain.units.operations.shared import audit_unit, refuse_twin


def close_unit(unit: Unit, *, on: date, actor: Who, reason: str) -> None:
    """Close a unit; ``on`` is its last day. What hangs under it must be closed or moved first."""
    if unit.closed_on is not None:
        raise DomainError(_("It is closed already."), "already_closed")
    if unit.opened_on is not None and on < unit.opened_on:
        raise InvalidInput(
            _("It opened on %(day)s; it cannot close before.", day=unit.opened_on.isoformat()),
            "bad_period",
            "on",
        )
    if on > clock.today() + timedelta(days=366):
        raise InvalidInput(_("The day is more than a year ahead."), "future_date", "on")
    still_open = db.session.scalar(
        select(Unit.name).where(Unit.parent_id == unit.id, Unit.closed_on.is_(None)).limit(1)
    )
    if still_open is not None:
        raise DomainError(
            _("“%(name)s” still hangs under it: close or move it first.", name=still_open),
            "has_open_parts",
        )
    unit.closed_on = on
    stop_base_school(unit, on)
    audit_unit(actor, "close", unit, on=on, reason=reason)


def reopen_unit(unit: Unit, *, actor: Who, reason: str) -> None:
    """Take a closing back that was a mistake."""
    if unit.closed_on is None:
        raise DomainError(_("It is open."), "not_closed")
    if unit.merged_into_id is not None:
        raise DomainError(
            _("It was merged into another unit; open a new one instead."), "was_merged"
        )
    if unit.parent is not None:
        refuse_twin(unit.parent, unit.name, unit.kind, besides=unit.id)
    before = unit.closed_on
    unit.closed_on = None
    audit_unit(actor, "reopen", unit, before=before, reason=reason)


def merge_unit(unit: Unit, target: Unit, *, on: date, actor: Who, reason: str) -> None:
    """Merge a unit into another from a day: it closes the day before, its names become aliases of the other."""
    if unit.id == target.id or unit.kind is not target.kind or target.closed_on is not None:
        raise InvalidInput(
            _("A unit can be merged only into another open unit of its kind."),
            "bad_target",
            "target",
        )
    close_unit(unit, on=on - timedelta(days=1), actor=actor, reason=reason)
    unit.merged_into_id = target.id
    add_alias(target, unit.name, AliasKind.OLD_NAME)
    add_alias(target, unit.code, AliasKind.OLD_CODE)
    audit_unit(actor, "merge", unit, into=target.code, into_name=target.name, on=on, reason=reason)
