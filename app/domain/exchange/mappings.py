"""Named layouts of platforms' exports: who sees which, and reading a workbook with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import contains_eager

from app.core.db import db
from app.core.errors import InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.exchange.models import ImportKind, PlatformMapping
from app.domain.exchange.reading import Sheet, read_sheet
from app.domain.exchange.reading.container import Container
from app.domain.exchange.reading.mapped import Layout, fill_rows, kind_of
from app.domain.exchange.reading.reader import Progress, read_opened
from app.domain.people.rules import TrainingLevel
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree


@dataclass(frozen=True)
class Rules:
    """What a mapping says besides its columns, as planning needs it. ``recognised`` False: what lands waits."""

    platform: str
    level: TrainingLevel
    recognised: bool


def layout_of(mapping: PlatformMapping) -> Layout:
    return Layout(
        columns=dict(mapping.columns),
        finished_words=tuple(mapping.finished_words),
        title=mapping.title,
        hours=mapping.hours,
    )


def rules_of(mapping: PlatformMapping | None) -> Rules | None:
    if mapping is None:
        return None
    return Rules(mapping.platform, mapping.level, mapping.recognised)


def read_workbook(
    kind: ImportKind,
    data: bytes,
    file_name: str,
    *,
    mapping: PlatformMapping | None,
    today: date,
    progress: Progress | None = None,
) -> Sheet:
    """Read a workbook of a kind, with the columns of a mapping if there is one. Raises WorkbookRefused."""
    if mapping is None:
        return read_sheet(kind.value, data, file_name, today=today, progress=progress)
    layout = layout_of(mapping)
    sheet = read_sheet(kind_of(layout), data, file_name, today=today, progress=progress)
    fill_rows(sheet, layout)
    return sheet


def read_sample(layout: Layout, container: Container, file_name: str, *, today: date) -> Sheet:
    """The first rows of an export as a layout reads them. Raises WorkbookRefused."""
    sheet = read_opened(kind_of(layout), container, file_name, today=today)
    fill_rows(sheet, layout)
    return sheet


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition, joined to the unit, that a mapping may be used: made in the actor's units or by one above."""
    above = [int(part) for part in actor.unit_path.split("/") if part.isdecimal()]
    return or_(in_subtree(actor.unit_path), PlatformMapping.unit_id.in_(above))


def list_mappings(actor: Actor, *, retired: bool = False) -> Sequence[PlatformMapping]:
    """The mappings an actor may use, by name; ``retired``: those that are no longer used instead."""
    state = PlatformMapping.retired_at
    return db.session.scalars(
        select(PlatformMapping)
        .join(PlatformMapping.unit)
        .options(contains_eager(PlatformMapping.unit))
        .where(visible_to(actor), state.is_not(None) if retired else state.is_(None))
        .order_by(PlatformMapping.name, PlatformMapping.id)
    ).all()


def get_mapping(mapping_id: int, *, actor: Actor) -> PlatformMapping:
    """The mapping, also a retired one. Raises NotFound for who does not see it, whether or not it exists."""
    found = db.session.scalar(
        select(PlatformMapping)
        .join(PlatformMapping.unit)
        .options(contains_eager(PlatformMapping.unit))
        .where(PlatformMapping.id == mapping_id, visible_to(actor))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(_("There is no such mapping within your unit."))
    return found


def may_edit(mapping: PlatformMapping, actor: Actor) -> bool:
    """Whether the mapping is the actor's to change: made for a unit of theirs."""
    return actor.may("imports.use") and actor.reaches(mapping.unit.path)


def find_named(name: str, unit: Unit) -> PlatformMapping:
    """The mapping in use of this name that is nearest: the unit's own, else the one of the next unit above.

    Raises InvalidInput ``mapping_unknown`` naming those there are.
    """
    above = [int(part) for part in unit.path.split("/") if part.isdecimal()]
    usable = db.session.scalars(
        select(PlatformMapping)
        .join(PlatformMapping.unit)
        .where(PlatformMapping.unit_id.in_(above), PlatformMapping.retired_at.is_(None))
        .order_by(Unit.path.desc(), PlatformMapping.name)
    ).all()
    for mapping in usable:
        if mapping.name == name.strip():
            return mapping
    known = "、".join(dict.fromkeys(mapping.name for mapping in usable))
    message = (
        _("There is no mapping called “%(name)s”. There are: %(known)s.", name=name, known=known)
        if known
        else _("There is no mapping called “%(name)s”, and no other for this unit.", name=name)
    )
    raise InvalidInput(message, "mapping_unknown", "mapping")
