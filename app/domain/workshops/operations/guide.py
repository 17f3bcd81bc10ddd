"""The marking guide (评分标准) of a workshop as a whole list; a criterion that stays keeps its id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.workshops.models import Assignment, Criterion
from app.domain.workshops.operations import checks
from app.domain.workshops.operations.locking import lock_editable
from app.domain.workshops.queries.gradebook import has_marks, list_criteria
from app.domain.workshops.rules.grading import why_not_levels
from app.domain.workshops.rules.planning import GuideItem, kind_of_title


def set_guide(
    workshop_id: int,
    items: Sequence[GuideItem],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> None:
    """Make this the marking guide; the weights come to 100 (``weights_not_100``). No items: no guide.

    Once marks exist, titles and the words of levels may still be mended; what would re-scale a mark (weights, maxima,
    kinds, order, criteria more or fewer) is refused (``marks_exist``). Also refused: when an assignment would lose
    its criterion, levels outside the range of their criterion.
    """
    workshop = lock_editable(workshop_id, actor=actor, expected_version=expected_version)
    checks.refuse_guide(items)
    current = list_criteria(workshop.id)
    rows = _rows(items, current)
    if rows == current and not any(
        _differs(item, row) for item, row in zip(items, current, strict=True)
    ):
        return
    if has_marks(workshop.id):
        _refuse_rescaling(items, rows, current)
    _refuse_levels(items, rows)
    for row in current:
        if row not in rows:
            _refuse_used(row)
            db.session.delete(row)
    for place, row in enumerate(current, start=1):
        row.position = -place  # out of the way: a position is taken once
    db.session.flush()
    for position, (item, known) in enumerate(zip(items, rows, strict=True), start=1):
        _put(workshop.id, position, item, known)
    workshop.row_version += 1
    db.session.flush()
    record(
        actor,
        "workshops.set_guide",
        object_type="workshop",
        object_id=workshop.id,
        details={"after": {item.title.strip(): _short(item.weight) for item in items}},
        unit_path=workshop.organiser.path,
    )


def _rows(items: Sequence[GuideItem], current: Sequence[Criterion]) -> list[Criterion | None]:
    """The criterion that each item is so far: the one it names, else, where none names any, the one at its place."""
    if any(item.id is not None for item in items):
        known = {row.id: row for row in current}
        return [known.pop(item.id, None) if item.id is not None else None for item in items]
    return [current[place] if place < len(current) else None for place in range(len(items))]


def _put(workshop_id: int, position: int, item: GuideItem, row: Criterion | None) -> None:
    if row is None:
        row = Criterion(workshop_id=workshop_id, levels=[])
        db.session.add(row)
    row.position = position
    row.title, row.weight, row.maximum = item.title.strip(), item.weight, item.maximum
    row.kind = item.kind or kind_of_title(item.title)
    if item.levels is not None:
        row.levels = [dict(level) for level in item.levels]


def _scale(item: GuideItem) -> tuple[Decimal, Decimal, str]:
    return _plain(item)[1:4]


def _refuse_rescaling(
    items: Sequence[GuideItem], rows: Sequence[Criterion | None], current: Sequence[Criterion]
) -> None:
    same = list(rows) == list(current) and all(
        row is not None and _scale(replace(item, kind=item.kind or row.kind)) == _scale(_item(row))
        for item, row in zip(items, rows, strict=True)
    )
    if not same:
        raise DomainError(
            _(
                "Marks have been given by this guide: weights, points and criteria stay. Titles and levels can be"
                " mended."
            ),
            "marks_exist",
            "marking_guide",
        )


def _refuse_levels(items: Sequence[GuideItem], rows: Sequence[Criterion | None]) -> None:
    words = {
        "level_untitled": _("Each level needs a name."),
        "level_outside": _("A level begins within 0 and the most points of its criterion."),
        "level_twice": _("Two levels of a criterion begin at the same points."),
    }
    for item, row in zip(items, rows, strict=True):
        levels = item.levels if item.levels is not None else (row.levels if row else [])
        code = why_not_levels(levels, item.maximum)
        if code is not None:
            message = _("%(title)s: %(why)s", title=item.title.strip(), why=words[code])
            raise InvalidInput(message, code, "marking_guide")


def _item(row: Criterion) -> GuideItem:
    return GuideItem(row.title, row.weight, row.maximum, row.kind, row.id, tuple(row.levels))


def _plain(item: GuideItem) -> tuple[str, Decimal, Decimal, str, list[dict[str, Any]] | None]:
    kind = item.kind or kind_of_title(item.title)
    levels = None if item.levels is None else [dict(level) for level in item.levels]
    return item.title.strip(), Decimal(item.weight), Decimal(item.maximum), kind.value, levels


def _differs(item: GuideItem, row: Criterion) -> bool:
    new, old = _plain(item), _plain(_item(row))
    return new[:4] != old[:4] or (new[4] is not None and new[4] != old[4])


def _short(number: Decimal) -> str:
    return f"{Decimal(number).normalize():f}"


def _refuse_used(row: Criterion) -> None:
    used = select(Assignment.title).where(Assignment.criterion_id == row.id).limit(1)
    title = db.session.scalar(used)
    if title is not None:
        raise DomainError(
            _(
                "The assignment “%(title)s” is marked by “%(criterion)s”.",
                title=title,
                criterion=row.title,
            ),
            "assignment_uses_criterion",
            "marking_guide",
        )
