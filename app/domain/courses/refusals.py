"""The refusals of catalogue and enrolment in words; codes are stable (CONTRACT.md: ``not_open``, ``not_eligible``)."""

from __future__ import annotations

from app.core.errors import DomainError, InvalidInput, explain_constraint
from app.core.i18n import gettext as _
from app.domain.courses.rules.enrolling import CLOSED


def full() -> DomainError:
    return DomainError(_("All places of this course are taken."), "full")


explain_constraint("ck_courses_taken", full)


def why_words() -> dict[str, str]:
    """Why a course takes somebody not, by the rule's reason; said to the person."""
    return {
        "not_published": _("This course is not published yet."),
        "cancelled": _("This course was called off."),
        "ended": _("This course has ended."),
        "not_yet_open": _("This course has not begun yet."),
        "closed": _("The last day of this course has passed."),
        "nomination_only": _("Your school or bureau nominates for this course; ask them."),
        "other_unit": _("It is for people of another unit."),
        "full": _("All places of this course are taken."),
    }


def refusal_of(reason: str) -> DomainError:
    """The refusal that a reason of the rules means."""
    message = why_words()[reason]
    if reason in CLOSED:
        return DomainError(message, "not_open", reason=reason)
    if reason == "full":
        return full()
    return DomainError(message, "not_eligible", reason=reason)


def no_longer_assigned() -> DomainError:
    """A requirement of a group was ended."""
    return DomainError(_("It is not assigned any more."), "requirement_over")


def cannot_withdraw(reason: str) -> DomainError:
    """Why somebody stays in a course."""
    if reason == "reason_needed":
        return InvalidInput(
            _("Say why: something has been learnt already."), "reason_missing", "reason"
        )
    words = {
        "not_learning": _("This enrolment has ended already."),
        "assigned": _("This course is assigned to you. Who assigned it can take you out."),
    }
    codes = {"not_learning": "not_enrolled", "assigned": "assigned"}
    return DomainError(words[reason], codes[reason])
