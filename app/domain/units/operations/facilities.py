"""Base schools and what schools report of their counseling rooms."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, explain_constraint
from app.core.i18n import gettext as _
from app.domain.audit.operations import Who
from app.domain.units import rules
from app.domain.units.models import (
    BaseSchoolPeriod,
    FacilityReturn,
    Unit,
)
from app.domain.units.operations.shared import audit_unit

explain_constraint(
    "uq_facility_returns_unit_id_returned_on",
    lambda: DomainError(
        _("There is a return for this day already: change that one."),
        "return_exists",
        "returned_on",
    ),
)


explain_constraint(
    "uq_base_school_periods_open",
    lambda: DomainError(_("The school is a base school already."), "already_base_school"),
)


def designate_base_school(unit: Unit, *, on: date, basis: str, actor: Who) -> BaseSchoolPeriod:
    """Make a school a base school (规培基地) from a day."""
    if not unit.is_school:
        raise InvalidInput(_("Only a school can be a base school."), "not_a_school")
    if not rules.is_open(unit.opened_on, unit.closed_on, on):
        raise InvalidInput(_("The school is not open on that day."), "unit_closed", "on")
    overlapping = db.session.scalar(
        select(BaseSchoolPeriod.id).where(
            BaseSchoolPeriod.unit_id == unit.id,
            BaseSchoolPeriod.valid_until.is_(None) | (BaseSchoolPeriod.valid_until >= on),
        )
    )
    if overlapping is not None:
        raise DomainError(
            _("The school is a base school on that day already."), "already_base_school", "on"
        )
    period = BaseSchoolPeriod(unit_id=unit.id, valid_from=on, basis=basis.strip() or None)
    db.session.add(period)
    audit_unit(actor, "designate_base_school", unit, on=on, basis=period.basis)
    return period


def end_base_school(unit: Unit, *, on: date, actor: Who, reason: str) -> None:
    """End a school's time as a base school; ``on`` is the last day."""
    if not stop_base_school(unit, on):
        raise DomainError(_("The school is not a base school."), "not_base_school")
    audit_unit(actor, "end_base_school", unit, on=on, reason=reason)


def stop_base_school(unit: Unit, on: date) -> bool:
    period = db.session.scalar(
        select(BaseSchoolPeriod).where(
            BaseSchoolPeriod.unit_id == unit.id, BaseSchoolPeriod.valid_until.is_(None)
        )
    )
    if period is None:
        return False
    if on < period.valid_from:
        raise InvalidInput(
            _("It became a base school on %(day)s.", day=period.valid_from.isoformat()),
            "bad_period",
            "on",
        )
    period.valid_until = on
    return True


def put_facility_return(
    unit: Unit,
    *,
    on: date,
    rooms: int,
    room_area: Decimal | None,
    pupils: int | None,
    actor: Who,
    reason: str | None = None,
) -> FacilityReturn:
    """Record what a school reports of its counseling rooms on a day; a day that has a return needs a reason."""
    if not unit.is_school:
        raise InvalidInput(_("Only a school has rooms to report."), "not_a_school")
    if on > clock.today():
        raise InvalidInput(_("The day is in the future."), "future_date", "returned_on")
    if (
        rooms < 0
        or (room_area is not None and room_area < 0)
        or (pupils is not None and pupils < 0)
    ):
        raise InvalidInput(_("A number cannot be below zero."), "negative")
    existing = db.session.scalar(
        select(FacilityReturn).where(
            FacilityReturn.unit_id == unit.id, FacilityReturn.returned_on == on
        )
    )
    after = {"rooms": rooms, "room_area": str(room_area), "pupils": pupils}
    if existing is None:
        made = FacilityReturn(
            unit_id=unit.id, returned_on=on, rooms=rooms, room_area=room_area, pupils=pupils
        )
        db.session.add(made)
        audit_unit(actor, "report_facilities", unit, on=on, after=after)
        return made
    if not (reason or "").strip():
        raise InvalidInput(
            _("There is a return for this day already; to correct it, say why."),
            "reason_missing",
            "reason",
        )
    before = {
        "rooms": existing.rooms,
        "room_area": str(existing.room_area),
        "pupils": existing.pupils,
    }
    existing.rooms, existing.room_area, existing.pupils = rooms, room_area, pupils
    audit_unit(actor, "correct_facilities", unit, on=on, before=before, after=after, reason=reason)
    return existing
