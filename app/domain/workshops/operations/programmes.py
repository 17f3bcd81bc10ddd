"""Training programmes (培训项目): what a unit plans for a year."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.rules import TrainingLevel
from app.domain.units.models import Unit
from app.domain.workshops.models import Programme, Workshop
from app.domain.workshops.operations.checks import checked_title
from app.domain.workshops.operations.locking import refuse_stale

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_PLANNED = 100_000


def _taken() -> DomainError:
    return DomainError(
        _("The unit has a programme of this title in that year already."), "title_taken", "title"
    )


explain_constraint("uq_programmes_unit_id_year_title", _taken)


@dataclass(frozen=True)
class ProgrammeFacts:
    """What a programme says. ``planned_workshops`` and ``planned_people`` are the year's plan."""

    year: int
    title: str
    level: TrainingLevel
    audiences: tuple[str, ...] = ()
    planned_workshops: int | None = None
    planned_people: int | None = None
    note: str | None = None


def create_programme(unit_id: int, facts: ProgrammeFacts, *, actor: Actor) -> Programme:
    """Plan a programme of a unit within the actor's. Raises ``title_taken``, ``bad_year``, ``bad_number``."""
    unit = db.session.get(Unit, unit_id)
    if unit is None or not actor.reaches(unit.path):
        raise NotFound(_("There is no such unit within your unit."))
    programme = Programme(unit_id=unit.id, created_at=clock.now())
    _write(programme, facts)
    db.session.add(programme)
    db.session.flush()
    _audit("create_programme", programme, unit, actor)
    return programme


def edit_programme(
    programme_id: int,
    facts: ProgrammeFacts,
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Programme:
    """Change a programme; its workshops keep their own words."""
    programme = _lock(programme_id, actor)
    refuse_stale(programme.row_version, expected_version)
    _write(programme, facts)
    db.session.flush()
    _audit("edit_programme", programme, programme.unit, actor)
    return programme


def remove_programme(programme_id: int, *, actor: Actor) -> None:
    """Take a programme out of the plan; one with workshops stays (``has_workshops``)."""
    programme = _lock(programme_id, actor)
    used = select(Workshop.id).where(Workshop.programme_id == programme.id).limit(1)
    if db.session.scalar(used) is not None:
        raise DomainError(
            _("Workshops belong to this programme. Put them into another one first."),
            "has_workshops",
        )
    _audit("remove_programme", programme, programme.unit, actor)
    db.session.delete(programme)
    db.session.flush()


def _lock(programme_id: int, actor: Actor) -> Programme:
    programme = db.session.get(
        Programme, programme_id, with_for_update={"of": Programme}, populate_existing=True
    )
    if programme is None or not actor.reaches(programme.unit.path):
        raise NotFound(_("There is no such programme within your unit."))
    return programme


def _write(programme: Programme, facts: ProgrammeFacts) -> None:
    if not FIRST_YEAR <= facts.year <= LAST_YEAR:
        raise InvalidInput(_("A year from 2000 to 2100."), "bad_year", "year")
    for field in ("planned_workshops", "planned_people"):
        number = getattr(facts, field)
        if number is not None and not 0 <= number <= MOST_PLANNED:
            raise InvalidInput(_("A number from 0 to 100,000."), "bad_number", field)
    programme.title = checked_title(facts.title)
    programme.year, programme.level = facts.year, facts.level
    programme.audiences = list(facts.audiences)
    programme.planned_workshops = facts.planned_workshops
    programme.planned_people = facts.planned_people
    programme.note = (facts.note or "").strip() or None


def _audit(action: str, programme: Programme, unit: Unit, actor: Actor) -> None:
    record(
        actor,
        f"workshops.{action}",
        object_type="programme",
        object_id=programme.id,
        details={"year": programme.year, "title": programme.title},
        unit_path=unit.path,
    )
