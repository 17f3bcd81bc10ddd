"""What stands in the way of a school that shall be a base school no longer: trainees there, seats it offers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from app.core.db import db
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.domain.people.models import Person
from app.domain.placements.models import Cohort, CohortSeats, Placement, Stay
from app.domain.placements.queries.nominees import RUNNING
from app.domain.placements.rules.planning import EDITABLE
from app.domain.units.models import Unit


def refuse_needed_after(unit: Unit, on: date) -> None:
    """Refuse when trainees are there after the day (``hosts_trainees``) or a cohort that lasts longer counts on its
    seats (``offers_seats``); call with the unit locked.
    """
    names = db.session.scalars(
        select(Person.name)
        .join(Placement, Placement.person_id == Person.id)
        .join(Stay, Stay.placement_id == Placement.id)
        .where(
            Stay.base_school_id == unit.id,
            Placement.status.in_(RUNNING),
            Placement.ends_on > on,
            or_(Stay.valid_until.is_(None), Stay.valid_until > on),
        )
        .order_by(Person.sort_key, Person.id)
    ).all()
    if names:
        raise DomainError(
            _(
                "%(names)s are placed at %(school)s after that day. Find them another base school first.",
                names="、".join(names),
                school=unit.name,
            ),
            "hosts_trainees",
            "on",
        )
    titles = db.session.scalars(
        select(Cohort.title)
        .where(
            Cohort.id.in_(
                select(CohortSeats.cohort_id).where(
                    CohortSeats.base_school_id == unit.id, CohortSeats.seats > CohortSeats.taken
                )
            ),
            Cohort.status.in_(EDITABLE),
            Cohort.ends_on > on,
        )
        .order_by(Cohort.starts_on, Cohort.id)
    ).all()
    if titles:
        raise DomainError(
            _(
                "%(cohorts)s still offer seats at %(school)s after that day. Take them back first.",
                cohorts="、".join(titles),
                school=unit.name,
            ),
            "offers_seats",
            "on",
        )
