"""Open, rename, restage, move and correct units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput, explain_constraint
from app.core.i18n import gettext as _
from app.core.text import name_key
from app.domain.audit.operations import Who
from app.domain.units import rules
from app.domain.units.models import (
    AliasKind,
    SchoolStage,
    Unit,
    UnitKind,
)
from app.domain.units.operations.names import add_alias
from app.domain.units.operations.shared import (
    audit_unit,
    begin_version,
    checked_name,
    current_version,
    plain,
    refuse_twin,
    version_of,
)

explain_constraint(
    "uq_units_code",
    lambda: DomainError(_("Another unit has this code already."), "code_taken", "code"),
)


@dataclass(frozen=True)
class NewUnit:
    """What is needed to open a unit; a school without a code gets the next free one."""

    name: str
    kind: UnitKind
    code: str = ""
    stage: SchoolStage | None = None
    opened_on: date | None = None
    short_names: tuple[str, ...] = ()


def open_unit(parent: Unit, new: NewUnit, *, actor: Who) -> Unit:
    """Add a unit under another one, open from a day (None: always was)."""
    if not rules.may_hang_under(new.kind, parent.kind):
        raise InvalidInput(
            _("A unit of this kind cannot hang under “%(parent)s”.", parent=parent.name),
            "wrong_parent",
            "parent",
        )
    name = checked_name(new.name)
    refuse_twin(parent, name, new.kind)
    taken = db.session.scalars(select(Unit.code).where(Unit.code.startswith(parent.code))).all()
    code = new.code.strip().upper() or rules.first_free_code(parent.code, taken)
    if not rules.is_code(code):
        raise InvalidInput(
            _("A code has 6 to 20 digits or capital letters; “%(code)s” does not.", code=code),
            "bad_code",
            "code",
        )
    unit = Unit(
        code=code,
        kind=new.kind,
        name=name,
        name_key=name_key(name),
        stage=new.stage if new.kind is UnitKind.SCHOOL else None,
        parent_id=parent.id,
        opened_on=new.opened_on,
    )
    db.session.add(unit)
    db.session.flush()
    unit.path = f"{parent.path}{unit.id}/"
    db.session.add(version_of(unit, valid_from=None))
    for short_name in new.short_names:
        add_alias(unit, short_name, AliasKind.SHORT_NAME)
    audit_unit(actor, "open", unit, kind=unit.kind, stage=unit.stage, opened_on=unit.opened_on)
    return unit


def rename_unit(unit: Unit, name: str, *, on: date, actor: Who, reason: str | None = None) -> None:
    """Give a unit another name from a day; the old one stays as an alias, so that old workbooks still fit."""
    new_name = checked_name(name)
    if new_name == unit.name:
        raise InvalidInput(_("That is its name already."), "same_name", "name")
    if unit.parent is not None:
        refuse_twin(unit.parent, new_name, unit.kind, besides=unit.id)
    old_name = unit.name
    unit.name, unit.name_key = new_name, name_key(new_name)
    begin_version(unit, on, reason)
    add_alias(unit, old_name, AliasKind.OLD_NAME)
    audit_unit(actor, "rename", unit, before=old_name, after=new_name, on=on, reason=reason)


def change_stage(
    unit: Unit, stage: SchoolStage, *, on: date, actor: Who, reason: str | None = None
) -> None:
    """Change a school's stage from a day (完小 becomes 九年一贯)."""
    if not unit.is_school:
        raise InvalidInput(_("Only a school has a stage."), "no_stage", "stage")
    if stage is unit.stage:
        raise InvalidInput(_("That is its stage already."), "same_stage", "stage")
    before = unit.stage
    unit.stage = stage
    begin_version(unit, on, reason)
    audit_unit(actor, "change_stage", unit, before=before, after=stage, on=on, reason=reason)


def move_unit(unit: Unit, parent: Unit, *, on: date, actor: Who, reason: str | None = None) -> None:
    """Hang a unit, with everything below it, under another one from a day."""
    if parent.id == unit.parent_id:
        raise InvalidInput(_("It hangs there already."), "same_parent", "parent")
    if rules.is_ancestor_path(unit.path, parent.path) or not rules.may_hang_under(
        unit.kind, parent.kind
    ):
        raise InvalidInput(
            _("A unit of this kind cannot hang under “%(parent)s”.", parent=parent.name),
            "wrong_parent",
            "parent",
        )
    refuse_twin(parent, unit.name, unit.kind, besides=unit.id)
    old_path, before = unit.path, unit.parent.name if unit.parent else None
    below = db.session.scalars(
        select(Unit).where(Unit.path.like(f"{old_path}%"), Unit.id != unit.id)
    ).all()
    unit.parent_id, unit.parent = parent.id, parent
    unit.path = f"{parent.path}{unit.id}/"
    begin_version(unit, on, reason)
    for descendant in below:
        descendant.path = unit.path + descendant.path[len(old_path) :]
        begin_version(descendant, on, reason)
    audit_unit(actor, "move", unit, before=before, after=parent.name, on=on, reason=reason)


def correct_unit(
    unit: Unit, *, name: str, code: str, opened_on: date | None, actor: Who, reason: str
) -> None:
    """Mend what was entered wrongly, without a day: it never was otherwise. An old code stays as an alias."""
    if not reason.strip():
        raise InvalidInput(_("Say why."), "reason_missing", "reason")
    new_name, new_code = checked_name(name), code.strip().upper()
    if not rules.is_code(new_code):
        raise InvalidInput(
            _("A code has 6 to 20 digits or capital letters; “%(code)s” does not.", code=new_code),
            "bad_code",
            "code",
        )
    if opened_on and unit.closed_on and opened_on > unit.closed_on:
        raise InvalidInput(_("It cannot open after it closed."), "bad_period", "opened_on")
    if unit.parent is not None and new_name != unit.name:
        refuse_twin(unit.parent, new_name, unit.kind, besides=unit.id)
    before = {"name": unit.name, "code": unit.code, "opened_on": plain(unit.opened_on)}
    if new_code != unit.code:
        add_alias(unit, unit.code, AliasKind.OLD_CODE)
    current = current_version(unit)
    unit.name, unit.name_key, unit.code, unit.opened_on = (
        new_name,
        name_key(new_name),
        new_code,
        opened_on,
    )
    current.name = new_name
    after = {"name": new_name, "code": new_code, "opened_on": plain(opened_on)}
    audit_unit(actor, "correct", unit, before=before, after=after, reason=reason)
