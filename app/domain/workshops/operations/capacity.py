"""How many seats there are and for whom; recount what the counters say."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.audit.operations import Who, record
from app.domain.workshops.models import Enrolment, SeatPool, Workshop
from app.domain.workshops.operations.enrolling import settle
from app.domain.workshops.operations.seating import (
    is_past,
    lock_workshop,
    read_pools,
    read_waiting,
)
from app.domain.workshops.queries.candidates import list_periods
from app.domain.workshops.rules import seats as rules


def set_seats(workshop_id: int, capacity: int, quotas: dict[int, int], *, actor: Who) -> None:
    """Set the capacity and the quotas (seats by unit id). Below what is taken is refused; more seats promote."""
    workshop = lock_workshop(workshop_id)
    if refusal := rules.why_not_pools(capacity, list(quotas.values())):
        raise _refusal(refusal)
    pools = {
        pool.unit_id: pool
        for pool in db.session.scalars(
            select(SeatPool)
            .where(SeatPool.workshop_id == workshop.id)
            .execution_options(populate_existing=True)
        )
    }
    taken = {unit_id: pool.taken for unit_id, pool in pools.items()}
    division = rules.divide(
        capacity, quotas, taken, released=workshop.quotas_released_at is not None
    )
    if isinstance(division, str):
        raise _refusal(division)
    before = {"capacity": workshop.capacity, "quotas": _plain(pools)}
    workshop.capacity = capacity
    workshop.row_version += 1
    _resize(workshop, pools, division)
    record(
        actor,
        "workshops.set_seats",
        object_type="workshop",
        object_id=workshop.id,
        details={"before": before, "after": {"capacity": capacity, "quotas": _by_text(quotas)}},
        unit_path=workshop.organiser.path,
    )
    settle(workshop, actor=actor, now=clock.now())


def _resize(
    workshop: Workshop, pools: dict[int | None, SeatPool], division: rules.Division
) -> None:
    for unit_id, size in [(None, division.open_seats), *division.quotas.items()]:
        pool = pools.get(unit_id)
        if pool is None:
            db.session.add(SeatPool(workshop_id=workshop.id, unit_id=unit_id, seats=size, taken=0))
        else:
            pool.seats = size
    for unit_id, pool in pools.items():
        if unit_id is not None and unit_id not in division.quotas:
            _drop_or_empty(pool)
    db.session.flush()


def _drop_or_empty(pool: SeatPool) -> None:
    """A quota that is gone; one that enrolments still name stays, without seats."""
    named = db.session.scalar(select(Enrolment.id).where(Enrolment.pool_id == pool.id).limit(1))
    if named is None:
        db.session.delete(pool)
    else:
        pool.seats = pool.taken


def _plain(pools: dict[int | None, SeatPool]) -> dict[str, int]:
    return {str(unit_id): pool.seats for unit_id, pool in pools.items() if unit_id is not None}


def _by_text(quotas: dict[int, int]) -> dict[str, int]:
    return {str(unit_id): size for unit_id, size in quotas.items()}


def _refusal(code: str) -> DomainError:
    words = {
        "no_seats": _("A workshop has at least one seat."),
        "negative_quota": _("A quota cannot be below zero."),
        "quotas_above_capacity": _("The quotas together are more than the capacity."),
        "quota_below_taken": _("A quota cannot be lower than its seats that are taken."),
        "capacity_below_taken": _("More seats are taken than that; nobody is put out."),
    }
    field = "quotas" if code.startswith(("quota", "negative")) else "capacity"
    kind = InvalidInput if code in {"no_seats", "negative_quota"} else DomainError
    return kind(words[code], code, field)


@dataclass(frozen=True)
class SeatReport:
    """What a recount of one workshop found: wrong counters, too many people, somebody passed over."""

    workshop_id: int
    title: str
    differences: list[rules.Difference]
    passed_over: list[int]
    seats: int
    capacity: int

    @property
    def is_sound(self) -> bool:
        return not self.differences and not self.passed_over and self.seats == self.capacity


def audit_seats(workshop: Workshop) -> SeatReport:
    """Recount a workshop's seats from its enrolments."""
    rows = db.session.execute(
        select(Enrolment.pool_id, func.count())
        .where(Enrolment.workshop_id == workshop.id, Enrolment.pool_id.is_not(None))
        .group_by(Enrolment.pool_id)
    ).all()
    pools = read_pools(workshop.id)
    past = is_past(list_periods(workshop.id), clock.now())
    line = [] if past else read_waiting(workshop.id)
    return SeatReport(
        workshop_id=workshop.id,
        title=workshop.title,
        differences=rules.differences(
            pools, {pool_id: number for pool_id, number in rows if pool_id}
        ),
        passed_over=[waiting.id for waiting in rules.passed_over(pools, line)],
        seats=sum(pool.seats for pool in pools),
        capacity=workshop.capacity,
    )
