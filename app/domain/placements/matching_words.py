"""Why an arrangement of the matching cannot stand, in words."""

from __future__ import annotations

from app.core.db import db
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.domain.placements import refusals
from app.domain.placements.models import CohortSeats, Mentor
from app.domain.placements.rules.matching_inputs import Refusal
from app.domain.units.models import Unit


def refusal(found: Refusal) -> DomainError:
    """The refusal of a rule as the officer reads it; codes as in ``placing`` where they mean the same."""
    match found.code:
        case "offer_full":
            seats = db.session.get(CohortSeats, found.about)
            return refusals.over_capacity(None if seats is None else seats.base_school.name)
        case "mentor_full":
            mentor = db.session.get(Mentor, found.about)
            return refusals.mentor_full(None if mentor is None else mentor.person.name)
        case "mentors_full":
            return DomainError(
                _(
                    "No mentor of %(school)s has a free place in this term. Name another mentor there, or choose "
                    "another base school.",
                    school=_unit_name(found.about),
                ),
                "mentor_full",
            )
        case "mentor_elsewhere":
            return DomainError(
                _("The mentor is one of another base school. Choose one of this school."),
                "mentor_elsewhere",
                "mentor",
            )
        case "quota_full":
            return DomainError(
                _(
                    "The quota of %(unit)s is used up. Move another nominee of the unit first, or change the quotas.",
                    unit=_unit_name(found.about),
                ),
                "quota_full",
            )
    return DomainError(
        _(
            "A seat or mentor of this proposal is not there any more. Unlock the lines concerned and run the "
            "matching again."
        ),
        "outdated",
    )


def _unit_name(unit_id: int) -> str:
    unit = db.session.get(Unit, unit_id)
    return "" if unit is None else unit.name
