"""What the registry answers when something cannot be: the words for the codes that the rules give."""

from __future__ import annotations

from datetime import date

from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, StaleVersion, explain_constraint
from app.core.i18n import gettext as _
from app.domain.people.rules.facts import DAYS_AHEAD, OLDEST_DAY
from app.domain.people.rules.identity import LENGTH
from app.domain.units.models import Unit


def bad_identity_number(code: str) -> InvalidInput:
    """The refusal of an identity number, by what ``why_not_identity_number`` found."""
    messages = {
        "length": _("An identity number has %(count)s characters.", count=LENGTH),
        "characters": _("An identity number is 17 digits and a digit or X at the end."),
        "province": _("The first two digits of this identity number name no province."),
        "date": _("Digits 7 to 14 of this identity number are no birth date."),
        "check_digit": _(
            "The last character of this identity number does not fit the others: probably a digit is mistyped."
        ),
    }
    return InvalidInput(messages[code], f"identity_number_{code}", "id_number")


def bad_phone() -> InvalidInput:
    return InvalidInput(
        _(
            "This is no phone number: a mobile number has 11 digits, a landline begins with its area code."
        ),
        "phone",
        "phone",
    )


def bad_day(code: str, day: date, field: str) -> InvalidInput:
    """The refusal of a day, by what ``why_not_day`` found."""
    messages = {
        "too_early": _(
            "%(day)s is before %(oldest)s: probably the year is mistyped.",
            day=day,
            oldest=OLDEST_DAY,
        ),
        "before_birth": _("%(day)s is before this person was born.", day=day),
        "too_late": _("%(day)s is more than %(days)s days ahead.", day=day, days=DAYS_AHEAD),
        "future": _("%(day)s is in the future.", day=day),
    }
    return InvalidInput(messages[code], f"day_{code}", field)


def no_such_person() -> NotFound:
    return NotFound(_("There is no such person within your unit."))


def no_such_posting() -> NotFound:
    return NotFound(_("There is no such posting within your unit."))


def reason_needed() -> InvalidInput:
    return InvalidInput(_("Say why; the reason is kept with the change."), "reason", "reason")


def changed_meanwhile() -> StaleVersion:
    return StaleVersion(
        _(
            "Somebody else changed this meanwhile. Open it again, look at the change, and repeat yours."
        )
    )


def registered_elsewhere() -> DomainError:
    return DomainError(
        _(
            "This identity number is already registered elsewhere. Ask the bureau above you to transfer the person."
        ),
        "registered_elsewhere",
        "id_number",
    )


def registered_here(person_id: int, name: str, unit_name: str) -> DomainError:
    return DomainError(
        _(
            "This identity number is already registered: %(name)s, %(unit)s. Open that record instead.",
            name=name,
            unit=unit_name,
        ),
        "registered_here",
        "id_number",
        person_id=person_id,
    )


def posting_collides(code: str, unit_id: int, *, scope: str, since: date) -> DomainError:
    """The refusal of a posting, by what ``why_not_posting`` found; a unit outside the scope is not named."""
    unit = db.session.get_one(Unit, unit_id)
    if code == "same_unit":
        return DomainError(
            _(
                "This person is already posted at %(unit)s in that time (since %(since)s).",
                unit=unit.name,
                since=since,
            ),
            "posting_overlaps",
            "valid_from",
        )
    if not unit.path.startswith(scope):
        return DomainError(
            _("This person serves full time at a unit outside yours in that time."),
            "second_full_time",
            "role",
        )
    return DomainError(
        _(
            "This person serves full time at %(unit)s in that time. Transfer them instead, or end that posting first.",
            unit=unit.name,
        ),
        "second_full_time",
        "role",
    )


def unit_not_open(unit: Unit, day: date, field: str) -> DomainError:
    return DomainError(
        _("%(unit)s is not open on %(day)s.", unit=unit.name, day=day), "unit_not_open", field
    )


explain_constraint("uq_people_id_number_index", registered_elsewhere)
explain_constraint(
    "uq_postings_open",
    lambda: DomainError(
        _("This person already has a posting there that has not ended."),
        "posting_overlaps",
        "valid_from",
    ),
)
explain_constraint(
    "uq_posting_changes_open",
    lambda: DomainError(
        _("Another change of this posting already waits for the county's answer."),
        "change_waiting",
    ),
)
