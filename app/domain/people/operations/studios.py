"""Studios (工作室) and trainer teams (师资团队): open, rename, correct, end, open again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.core.text import name_key
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.models import Studio, StudioMembership
from app.domain.people.operations.dated import (
    refuse_end,
    refuse_period,
    refuse_unit,
    required_reason,
)
from app.domain.people.rules import StudioKind
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

NAME_LENGTH = 120


def _name_taken() -> DomainError:
    return DomainError(
        _("The unit has a studio or team of this name already. Open that one, or add a word."),
        "name_taken",
        "name",
    )


explain_constraint("uq_studios_unit_id_name_key", _name_taken)


@dataclass(frozen=True)
class StudioFacts:
    """What a studio is: its name, its kind, its days."""

    name: str
    kind: StudioKind
    valid_from: date
    valid_until: date | None = None


def open_studio(unit: Unit, facts: StudioFacts, *, actor: Actor) -> Studio:
    """Open a studio or trainer team of a unit. Raises Forbidden, ``name_taken``, ``bad_name``, ``unit_closed``."""
    refuse_unit(unit, actor, on=facts.valid_from, field="unit")
    refuse_period((facts.valid_from, facts.valid_until))
    name = _checked_name(facts.name)
    _refuse_twin(unit.id, name)
    studio = Studio(
        unit_id=unit.id,
        kind=facts.kind,
        name=name,
        name_key=name_key(name),
        valid_from=facts.valid_from,
        valid_until=facts.valid_until,
    )
    db.session.add(studio)
    db.session.flush()
    audit_studio(actor, "add", studio, unit, details=_facts(studio))
    return studio


def correct_studio(
    studio_id: int, facts: StudioFacts, *, reason: str | None, actor: Actor
) -> Studio:
    """Rename a studio or mend its kind and days; memberships must fit into its days (``members_outside``)."""
    studio = lock_studio(studio_id, actor)
    refuse_period((facts.valid_from, facts.valid_until))
    name = _checked_name(facts.name)
    before = _facts(studio)
    if before != _plain(facts, name):
        reason = required_reason(reason)
    _refuse_twin(studio.unit_id, name, besides=studio.id)
    _refuse_members_outside(studio, facts)
    studio.name, studio.name_key, studio.kind = name, name_key(name), facts.kind
    studio.valid_from, studio.valid_until = facts.valid_from, facts.valid_until
    if facts.valid_until is None:
        studio.end_reason = None
    db.session.flush()
    details = {"before": before, "after": _facts(studio)}
    audit_studio(actor, "correct", studio, studio.unit, details=details, reason=reason)
    return studio


def end_studio(studio_id: int, *, on: date, reason: str, actor: Actor) -> int:
    """End a studio on its last day, and with it every membership that lasts longer. Returns how many those were."""
    studio = lock_studio(studio_id, actor)
    reason = required_reason(reason)
    refuse_end((studio.valid_from, studio.valid_until), on)
    memberships = db.session.scalars(
        select(StudioMembership)
        .where(StudioMembership.studio_id == studio.id, _lasts_after(on))
        .with_for_update(of=StudioMembership)
    ).all()
    for membership in memberships:
        if membership.valid_from > on:
            raise DomainError(
                _(
                    "A membership begins only on %(day)s. Correct or strike it out first.",
                    day=membership.valid_from.isoformat(),
                ),
                "membership_begins_later",
                "on",
            )
        membership.valid_until = on
        membership.end_reason = reason
    studio.valid_until = on
    studio.end_reason = reason
    db.session.flush()
    details = {"on": on.isoformat(), "memberships": len(memberships)}
    audit_studio(actor, "end", studio, studio.unit, details=details, reason=reason)
    return len(memberships)


def lock_studio(studio_id: int, actor: Actor) -> Studio:
    """The studio, locked; NotFound when its unit is outside the actor's scope."""
    studio = db.session.scalar(
        select(Studio)
        .join(Unit, Unit.id == Studio.unit_id)
        .where(Studio.id == studio_id, in_subtree(actor.unit_path))
        .with_for_update(of=Studio)
    )
    if studio is None:
        raise NotFound(_("There is no such studio within your unit."))
    return studio


def audit_studio(
    actor: Actor,
    act: str,
    studio: Studio,
    unit: Unit,
    *,
    details: dict[str, Any],
    reason: str | None = None,
    person_id: int | None = None,
) -> None:
    """One audit entry about a studio, in the scope of its unit."""
    record(
        actor,
        f"studios.{act}",
        object_type="studio",
        object_id=studio.id,
        subject_id=person_id,
        details=details,
        reason=reason,
        unit_path=unit.path,
    )


def _lasts_after(on: date) -> Any:
    return or_(StudioMembership.valid_until.is_(None), StudioMembership.valid_until > on)


def _checked_name(text: str) -> str:
    name = " ".join(text.split())
    if not 2 <= len(name) <= NAME_LENGTH:
        raise InvalidInput(_("A name has 2 to 120 characters."), "bad_name", "name")
    return name


def _refuse_twin(unit_id: int, name: str, *, besides: int = 0) -> None:
    twin = db.session.scalar(
        select(Studio.id).where(
            Studio.unit_id == unit_id, Studio.name_key == name_key(name), Studio.id != besides
        )
    )
    if twin is not None:
        raise _name_taken()


def _refuse_members_outside(studio: Studio, facts: StudioFacts) -> None:
    outside = [StudioMembership.valid_from < facts.valid_from]
    if facts.valid_until is not None:
        outside.append(_lasts_after(facts.valid_until))
    count = db.session.scalar(
        select(func.count())
        .select_from(StudioMembership)
        .where(StudioMembership.studio_id == studio.id, or_(*outside))
    )
    if count:
        raise DomainError(
            _(
                "%(count)s memberships lie outside these days. Correct them first, or end the "
                "studio, which ends them too.",
                count=count,
            ),
            "members_outside",
            "valid_from",
        )


def _facts(studio: Studio) -> dict[str, Any]:
    days = StudioFacts(studio.name, studio.kind, studio.valid_from, studio.valid_until)
    return _plain(days, studio.name)


def _plain(facts: StudioFacts, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "kind": facts.kind.value,
        "from": facts.valid_from.isoformat(),
        "until": facts.valid_until.isoformat() if facts.valid_until else None,
    }
