"""What a base school can take: capacities by day, and whether what cohorts offer fits into them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, select

from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.operations.dated import optional_text, refuse_day
from app.domain.placements.models import (
    BaseSchoolCapacity,
    Cohort,
    CohortSeats,
    Placement,
    Stay,
)
from app.domain.placements.operations.locking import lock_base_schools
from app.domain.placements.queries.nominees import RUNNING
from app.domain.placements.rules.base_schools import (
    MOST_SEATS,
    Capacity,
    Kind,
    Offer,
    first_excess,
    is_covered,
)
from app.domain.placements.rules.planning import EDITABLE
from app.domain.units.models import SchoolStage, Unit
from app.domain.units.queries import get_unit_by_id, list_base_school_periods


def set_capacity(
    unit_id: int,
    *,
    seats: int,
    stage: SchoolStage | None,
    subject: str | None,
    valid_from: date,
    actor: Actor,
) -> BaseSchoolCapacity | None:
    """From a day on the base school takes so many at once, of a stage, a subject or anybody; 0 ends what there was.

    Raises Forbidden, ``bad_seats``, ``not_base_school``, ``stated_later``, ``over_school_capacity``.
    """
    unit = get_unit_by_id(unit_id)
    if not actor.may("base_schools.edit") or not actor.reaches(unit.path):
        raise Forbidden(_("This unit is not within your unit."), "unit_out_of_scope")
    if not 0 <= seats <= MOST_SEATS:
        raise InvalidInput(
            _("Give a number of seats from 0 to %(most)s.", most=MOST_SEATS), "bad_seats", "seats"
        )
    refuse_day(valid_from, "valid_from")
    lock_base_schools([unit.id])
    if seats and not is_base_school(unit.id, valid_from, valid_from):
        raise not_base_school(unit.name, valid_from, valid_from)
    subject = optional_text(subject)
    _end_stated(unit, stage, subject, valid_from)
    made = None
    if seats:
        made = BaseSchoolCapacity(
            unit_id=unit.id, stage=stage, subject=subject, seats=seats, valid_from=valid_from
        )
        db.session.add(made)
    db.session.flush()
    refuse_excess(unit)
    record(
        actor,
        "placements.add_capacity" if seats else "placements.end_capacity",
        object_type="base_school_capacity",
        object_id=made.id if made else "",
        details={
            "base_school": unit.code,
            "seats": seats,
            "stage": stage,
            "subject": subject,
            "from": valid_from.isoformat(),
        },
        unit_path=unit.path,
    )
    return made


def _end_stated(
    unit: Unit, stage: SchoolStage | None, subject: str | None, valid_from: date
) -> None:
    """What was stated for the same seats ends the day before; what was stated for the same day is replaced."""
    for old in db.session.scalars(
        select(BaseSchoolCapacity).where(
            BaseSchoolCapacity.unit_id == unit.id,
            BaseSchoolCapacity.stage.is_(None)
            if stage is None
            else BaseSchoolCapacity.stage == stage,
            BaseSchoolCapacity.subject.is_(None)
            if subject is None
            else BaseSchoolCapacity.subject == subject,
            BaseSchoolCapacity.valid_until.is_(None)
            | (BaseSchoolCapacity.valid_until >= valid_from),
        )
    ).all():
        if old.valid_from > valid_from:
            raise DomainError(
                _(
                    "A capacity is stated from %(day)s already. Choose that day or a later one.",
                    day=old.valid_from.isoformat(),
                ),
                "stated_later",
                "valid_from",
            )
        if old.valid_from == valid_from:
            db.session.delete(old)
        else:
            old.valid_until = valid_from - timedelta(days=1)


def is_base_school(unit_id: int, first: date, last: date) -> bool:
    """Whether the school is a base school on every day of the period."""
    periods = [
        (period.valid_from, period.valid_until) for period in list_base_school_periods(unit_id)
    ]
    return is_covered(periods, first, last)


def not_base_school(name: str, first: date, last: date) -> DomainError:
    return DomainError(
        _(
            "%(school)s is not a base school from %(first)s to %(last)s. Let the bureau designate it first.",
            school=name,
            first=first.isoformat(),
            last=last.isoformat(),
        ),
        "not_base_school",
    )


def refuse_excess(unit: Unit) -> None:
    """Refuse when planned cohorts offer more seats of the school than it has (``over_school_capacity``)."""
    excess = first_excess(_capacities(unit.id), list(_offers(unit.id)))
    if excess is not None:
        raise DomainError(
            _(
                "%(school)s can take %(capacity)s on %(day)s, and the cohorts of that day offer %(offered)s seats. "
                "Offer fewer, or state a higher capacity first.",
                school=unit.name,
                capacity=excess.capacity,
                day=excess.day.isoformat(),
                offered=excess.offered,
            ),
            "over_school_capacity",
            "seats",
        )


def _capacities(unit_id: int) -> list[Capacity]:
    rows = db.session.scalars(
        select(BaseSchoolCapacity)
        .where(BaseSchoolCapacity.unit_id == unit_id)
        .order_by(BaseSchoolCapacity.id)
    )
    return [
        Capacity(Kind(row.stage, row.subject), row.seats, row.valid_from, row.valid_until)
        for row in rows
    ]


def _offers(unit_id: int) -> Iterable[Offer]:
    rows = db.session.execute(
        select(
            CohortSeats.stage,
            CohortSeats.subject,
            CohortSeats.seats,
            Cohort.starts_on,
            Cohort.ends_on,
        )
        .join(Cohort, Cohort.id == CohortSeats.cohort_id)
        .where(
            CohortSeats.base_school_id == unit_id,
            CohortSeats.seats > 0,
            Cohort.status.in_(EDITABLE),
        )
        .order_by(CohortSeats.id)
    )
    for row in rows:
        yield Offer(Kind(row.stage, row.subject), row.seats, row.starts_on, row.ends_on)
    for row in db.session.execute(_extended(unit_id)):
        first = max(row.valid_from, row.term_ends_on + timedelta(days=1))
        yield Offer(Kind(row.stage, row.subject), 1, first, row.ends_on)


def _extended(unit_id: int) -> Select[*tuple[Any, ...]]:
    """Who stays there longer than their cohort lasts: beside what the next cohort offers."""
    return (
        select(
            CohortSeats.stage,
            CohortSeats.subject,
            Stay.valid_from,
            Placement.ends_on,
            Cohort.ends_on.label("term_ends_on"),
        )
        .select_from(Stay)
        .join(Placement, Placement.id == Stay.placement_id)
        .join(Cohort, Cohort.id == Placement.cohort_id)
        .join(CohortSeats, CohortSeats.id == Stay.seats_id)
        .where(
            Stay.base_school_id == unit_id,
            Stay.valid_until.is_(None),
            Placement.status.in_(RUNNING),
            Placement.ends_on > Cohort.ends_on,
        )
        .order_by(Stay.id)
    )
