"""Distribute a cohort: seats at base schools, quotas of nominating units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.people.operations.dated import optional_text
from app.domain.placements.models import (
    Cohort,
    CohortQuota,
    CohortSeats,
    Nomination,
    ProposalLine,
    Stay,
)
from app.domain.placements.operations.capacities import (
    is_base_school,
    not_base_school,
    refuse_excess,
)
from app.domain.placements.operations.loads import seated_periods
from app.domain.placements.operations.locking import lock_base_schools, lock_editable
from app.domain.placements.operations.planning import audit_cohort
from app.domain.placements.queries.seats import list_nominating_units, list_quotas
from app.domain.placements.refusals import unknown_base_school
from app.domain.placements.rules.base_schools import MOST_SEATS, most_at_once
from app.domain.placements.rules.nominating import STANDING
from app.domain.placements.rules.planning import MOVABLE
from app.domain.units.models import SchoolStage, Unit


@dataclass(frozen=True, slots=True)
class SeatLine:
    """So many seats at a base school, for a stage, a subject or anybody."""

    base_school_id: int
    seats: int
    stage: SchoolStage | None = None
    subject: str | None = None

    @property
    def key(self) -> tuple[int, SchoolStage | None, str | None]:
        return self.base_school_id, self.stage, self.subject


def set_seats(
    cohort_id: int,
    lines: Sequence[SeatLine],
    *,
    expected_version: int | None = None,
    actor: Actor,
) -> None:
    """State anew what base schools offer in a cohort.

    Raises ``bad_seats``, ``line_twice``, ``not_base_school``, ``over_school_capacity`` (with every cohort of the same
    days), ``below_taken``.
    """
    cohort = lock_editable(cohort_id, actor=actor, expected_version=expected_version)
    wanted = _checked(lines)
    schools = _lock_schools(cohort, wanted)
    known = {
        (row.base_school_id, row.stage, row.subject): row
        for row in db.session.scalars(
            select(CohortSeats)
            .where(CohortSeats.cohort_id == cohort.id)
            .order_by(CohortSeats.id)
            .execution_options(populate_existing=True)
        )
    }
    for key, row in known.items():
        line = wanted.pop(key, None)
        _restate(row, 0 if line is None else line.seats)
    db.session.add_all(
        CohortSeats(
            cohort_id=cohort.id,
            base_school_id=line.base_school_id,
            stage=line.stage,
            subject=line.subject,
            seats=line.seats,
            taken=0,
        )
        for line in wanted.values()
    )
    db.session.flush()
    for school in schools:
        refuse_excess(school)
    _touch(cohort)
    total = sum(line.seats for line in lines)
    audit_cohort(
        actor, "placements.set_seats", cohort, {"seats": total, "base_schools": len(schools)}
    )


def _checked(
    lines: Sequence[SeatLine],
) -> dict[tuple[int, SchoolStage | None, str | None], SeatLine]:
    wanted = {}
    for line in lines:
        if not 1 <= line.seats <= MOST_SEATS:
            raise InvalidInput(
                _("Give a number of seats from 1 to %(most)s.", most=MOST_SEATS),
                "bad_seats",
                "seats",
            )
        tidy = SeatLine(line.base_school_id, line.seats, line.stage, optional_text(line.subject))
        if tidy.key in wanted:
            raise InvalidInput(
                _("Two lines offer the same seats. Add them up in one."), "line_twice", "seats"
            )
        wanted[tidy.key] = tidy
    return wanted


def _lock_schools(
    cohort: Cohort, wanted: Mapping[tuple[int, SchoolStage | None, str | None], SeatLine]
) -> list[Unit]:
    ids = {line.base_school_id for line in wanted.values()}
    lock_base_schools(ids)
    schools = db.session.scalars(select(Unit).where(Unit.id.in_(ids)).order_by(Unit.code)).all()
    for school in schools:
        if not school.path.startswith(cohort.unit.path):
            raise unknown_base_school()
        if not is_base_school(school.id, cohort.starts_on, cohort.ends_on):
            raise not_base_school(school.name, cohort.starts_on, cohort.ends_on)
    return list(schools)


def _restate(row: CohortSeats, seats: int) -> None:
    """Change a line, or take it back; one that a proposal or a stay stands on is kept, with no seats."""
    taken = max(row.taken, most_at_once(seated_periods(row.id)))
    if seats < taken:
        raise DomainError(
            _(
                "%(taken)s seats at %(school)s are taken already.",
                taken=taken,
                school=row.base_school.name,
            ),
            "below_taken",
            "seats",
        )
    if seats == 0 and not _is_used(row.id):
        db.session.delete(row)
    else:
        row.seats = seats


def _is_used(seats_id: int) -> bool:
    proposed = select(ProposalLine.id).where(ProposalLine.seats_id == seats_id).limit(1)
    stayed = select(Stay.id).where(Stay.seats_id == seats_id).limit(1)
    return any(db.session.scalar(statement) is not None for statement in (proposed, stayed))


def set_quotas(
    cohort_id: int,
    quotas: Mapping[int, int],
    *,
    expected_version: int | None = None,
    actor: Actor,
) -> None:
    """How many each unit may nominate, by unit id; a unit that is left out has none.

    Raises ``bad_seats``, ``not_nominating`` (no county or municipal school of the prefecture), ``below_nominated``,
    ``settled``.
    """
    cohort = lock_editable(cohort_id, actor=actor, expected_version=expected_version)
    if cohort.status not in MOVABLE:
        raise DomainError(
            _("People are placed, so the quotas of this cohort stand."), "settled", "quotas"
        )
    units = {unit.id: unit for unit in list_nominating_units(cohort)}
    for unit_id, seats in quotas.items():
        if unit_id not in units:
            raise InvalidInput(
                _("Counties and municipal schools of the prefecture nominate; choose among them."),
                "not_nominating",
                "quotas",
            )
        if not 0 <= seats <= MOST_SEATS:
            raise InvalidInput(
                _("Give a number of seats from 0 to %(most)s.", most=MOST_SEATS),
                "bad_seats",
                "quotas",
            )
    _refuse_below_nominated(cohort, quotas)
    _write_quotas(cohort, quotas)
    _touch(cohort)
    details = {"quotas": {units[unit_id].code: seats for unit_id, seats in quotas.items()}}
    audit_cohort(actor, "placements.set_quotas", cohort, details)


def _refuse_below_nominated(cohort: Cohort, quotas: Mapping[int, int]) -> None:
    if not quotas and not list_quotas(cohort.id):
        return
    rows = db.session.execute(
        select(Unit.id, Unit.name, func.count())
        .join(Nomination, Nomination.unit_id == Unit.id)
        .where(Nomination.cohort_id == cohort.id, Nomination.status.in_(STANDING))
        .group_by(Unit.id, Unit.name)
        .order_by(Unit.id)
    )
    for unit_id, name, nominated in rows:
        if quotas.get(unit_id, 0) < nominated:
            raise DomainError(
                _("%(unit)s has nominated %(count)s already.", unit=name, count=nominated),
                "below_nominated",
                "quotas",
            )


def _write_quotas(cohort: Cohort, quotas: Mapping[int, int]) -> None:
    known = {
        row.unit_id: row
        for row in db.session.scalars(select(CohortQuota).where(CohortQuota.cohort_id == cohort.id))
    }
    for unit_id, row in known.items():
        if unit_id not in quotas:
            db.session.delete(row)
    for unit_id, seats in quotas.items():
        if unit_id in known:
            known[unit_id].seats = seats
        else:
            db.session.add(CohortQuota(cohort_id=cohort.id, unit_id=unit_id, seats=seats))
    db.session.flush()


def _touch(cohort: Cohort) -> None:
    """Who has the same form open learns that it changed."""
    cohort.row_version += 1
    db.session.flush()
