"""The marking guide (评分标准) of a workshop as a whole list; its criteria keep their ids by position."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.workshops.models import Assignment, Criterion, Mark
from app.domain.workshops.operations import checks
from app.domain.workshops.operations.locking import lock_editable
from app.domain.workshops.rules.planning import GuideItem, kind_of_title


def list_criteria(workshop_id: int) -> Sequence[Criterion]:
    """The criteria in their order."""
    return db.session.scalars(
        select(Criterion).where(Criterion.workshop_id == workshop_id).order_by(Criterion.position)
    ).all()


def set_guide(workshop_id: int, items: Sequence[GuideItem], *, actor: Actor) -> None:
    """Make this the marking guide; the weights come to 100 (``weights_not_100``). No items: no guide.

    Refused once marks exist (``marks_exist``), or when an assignment would lose its criterion.
    """
    workshop = lock_editable(workshop_id, actor=actor)
    checks.refuse_guide(items)
    current = list(list_criteria(workshop.id))
    if [_plain(item) for item in items] == [_plain(_item(row)) for row in current]:
        return
    _refuse_marked(workshop.id)
    for row in current[len(items) :]:
        _refuse_used(row)
        db.session.delete(row)
    db.session.flush()
    for position, item in enumerate(items, start=1):
        if position > len(current):
            current.append(Criterion(workshop_id=workshop.id, position=position, levels=[]))
        row = current[position - 1]
        row.title, row.weight, row.maximum = item.title.strip(), item.weight, item.maximum
        row.kind = item.kind or kind_of_title(item.title)
        db.session.add(row)
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


def _item(row: Criterion) -> GuideItem:
    return GuideItem(row.title, row.weight, row.maximum, row.kind)


def _plain(item: GuideItem) -> tuple[str, Decimal, Decimal, str]:
    kind = item.kind or kind_of_title(item.title)
    return item.title.strip(), Decimal(item.weight), Decimal(item.maximum), kind.value


def _short(number: Decimal) -> str:
    return f"{Decimal(number).normalize():f}"


def _refuse_marked(workshop_id: int) -> None:
    marked = (
        select(Mark.id)
        .join(Criterion, Criterion.id == Mark.criterion_id)
        .where(Criterion.workshop_id == workshop_id)
        .limit(1)
    )
    if db.session.scalar(marked) is not None:
        raise DomainError(
            _("Marks have been given by this guide; it stays as it is."),
            "marks_exist",
            "marking_guide",
        )


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
