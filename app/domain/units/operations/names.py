"""Other names by which workbooks call a unit."""

from __future__ import annotations

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.core.text import name_key
from app.domain.audit.operations import Who
from app.domain.units.models import (
    AliasKind,
    Unit,
    UnitAlias,
)
from app.domain.units.operations.shared import audit_unit


def add_alias(unit: Unit, alias: str, kind: AliasKind) -> UnitAlias | None:
    """Another name for a unit; None when it has that one already."""
    key = name_key(alias) if kind is not AliasKind.OLD_CODE else alias
    exists = db.session.scalar(
        select(UnitAlias.id).where(UnitAlias.unit_id == unit.id, UnitAlias.key == key)
    )
    if exists is not None or not key or key == unit.name_key:
        return None
    made = UnitAlias(unit_id=unit.id, kind=kind, alias=alias.strip(), key=key)
    db.session.add(made)
    return made


def name_alias(unit: Unit, alias: str, *, actor: Who) -> UnitAlias:
    """Add a short name by which workbooks call the unit. Refuses one that another unit nearby answers to."""
    key = name_key(alias)
    if not 1 < len(key) <= 120:
        raise InvalidInput(_("A name has 2 to 120 characters."), "bad_name", "alias")
    other = db.session.scalar(
        select(Unit.name)
        .outerjoin(UnitAlias, UnitAlias.unit_id == Unit.id)
        .where(
            Unit.parent_id == unit.parent_id,
            Unit.id != unit.id,
            (Unit.name_key == key) | (UnitAlias.key == key),
        )
        .limit(1)
    )
    if other is not None:
        raise DomainError(
            _("“%(name)s” is called so already; nobody could tell the two apart.", name=other),
            "alias_taken",
            "alias",
        )
    made = add_alias(unit, alias, AliasKind.SHORT_NAME)
    if made is None:
        raise DomainError(_("It has this name already."), "alias_exists", "alias")
    audit_unit(actor, "add_alias", unit, alias=made.alias)
    return made


def remove_alias(unit: Unit, alias_id: int, *, actor: Who) -> None:
    """Take an alias away; workbooks that use it will no longer fit."""
    alias = db.session.get(UnitAlias, alias_id)
    if alias is None or alias.unit_id != unit.id:
        raise DomainError(_("It has no such other name."), "no_such_alias")
    db.session.delete(alias)
    audit_unit(actor, "remove_alias", unit, alias=alias.alias)
