"""The refusals of the area in words; codes are stable (CONTRACT.md: ``not_open``, ``not_eligible``, ``clash``)."""

from __future__ import annotations

from collections.abc import Sequence

from app.core import clock
from app.core.errors import DomainError, explain_constraint
from app.core.i18n import gettext as _
from app.domain.workshops.rules.enrolling import Period

explain_constraint(
    "ck_seat_pools_taken",
    lambda: DomainError(_("There is no free seat left. Try again."), "no_seat"),
)


def not_open(reason: str) -> DomainError:
    """Enrolment is not open: why."""
    words = {
        "cancelled": _("This workshop was cancelled."),
        "not_published": _("This workshop is not published yet."),
        "not_yet_open": _("Enrolment has not begun yet."),
        "closed": _("Enrolment has ended."),
    }
    return DomainError(words[reason], "not_open", reason=reason)


def eligibility_words() -> dict[str, str]:
    """Why somebody does not fit, by the rule's reason."""
    return {
        "no_posting": _("It is for people with a posting; none is recorded."),
        "role": _("It is for other posts than yours."),
        "stage": _("It is for other school stages than yours."),
        "unit": _("It is for people of another unit."),
        "level": _("It needs a training of a certain level, passed before."),
        "trained": _("You have finished this training not long ago."),
    }


def not_eligible(reasons: Sequence[str]) -> DomainError:
    words = eligibility_words()
    message = "".join(words[reason] for reason in reasons)
    return DomainError(message, "not_eligible", reasons=list(reasons))


def clash(periods: Sequence[Period]) -> DomainError:
    """What stands at the same time, and when."""
    first = periods[0]
    when = clock.local(first.starts_at).strftime("%Y-%m-%d %H:%M")
    return DomainError(
        _("At that time there is “%(title)s” already (%(when)s).", title=first.title, when=when),
        "clash",
    )
