"""The refusals of planning: plain rules turned into words and fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from app.core import clock
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.workshops.models import Workshop
from app.domain.workshops.queries.candidates import list_periods
from app.domain.workshops.rules import planning as rules
from app.domain.workshops.rules.enrolling import Period

TITLE_LENGTH = 200


def checked_title(text: str | None) -> str:
    title = " ".join((text or "").split())
    if not title:
        raise InvalidInput(_("Give it a title."), "title_missing", "title")
    if len(title) > TITLE_LENGTH:
        raise InvalidInput(_("At most 200 characters."), "title_too_long", "title")
    return title


def refuse_windows(windows: rules.Windows) -> None:
    found = rules.why_not_windows(windows)
    if found is None:
        return
    field, code = found
    words = {
        "closes_before_opens": _("Enrolment must end after it begins."),
        "withdraw_before_opens": _("The deadline for withdrawing lies before enrolment begins."),
        "release_outside_window": _(
            "Quotas can be released only while enrolment is open; choose a time in between."
        ),
    }
    raise InvalidInput(words[code], code, field)


def refuse_bounds(workshop: Workshop) -> None:
    found = rules.why_not_bounds(
        workshop.pass_bound,
        workshop.excellent_bound,
        (workshop.minimum_attendance, workshop.minimum_grade),
    )
    if found is None:
        return
    field, code = found
    words = {
        "percentage": _("A number from 0 to 100."),
        "bounds": _("“Excellent” cannot begin below “passed”."),
    }
    raise InvalidInput(words[code], code, field)


def refuse_hours(workshop: Workshop, periods: Sequence[Period]) -> None:
    """Hours that the sessions do not give; while there are no sessions yet, publishing asks."""
    code = rules.why_not_hours(Decimal(workshop.credit_hours), periods, workshop.kind, clock.zone())
    if code == "bad_hours":
        raise InvalidInput(_("A number of hours from 0 to 9999."), code, "credit_hours")
    if code is not None and periods:
        raise InvalidInput(hours_words(periods), code, "credit_hours")


def hours_words(periods: Sequence[Period]) -> str:
    most = rules.most_hours(periods, clock.zone())
    words: str = _(
        "The sessions give at most %(most)s hours (45 minutes each, at most 8 a day).",
        most=f"{most.normalize():f}",
    )
    return words


def periods_of(workshop_id: int) -> list[Period]:
    """When the sessions are that count for hours and bind people."""
    return [period for _id, period in list_periods(workshop_id)]


def refuse_session(starts_at: datetime, ends_at: datetime) -> None:
    code = rules.why_not_session(starts_at, ends_at)
    words = {
        "ends_before_starts": _("A session must end after it starts."),
        "too_long": _("A session lasts at most 16 hours. Enter one session for each day."),
    }
    if code is not None:
        raise InvalidInput(words[code], code, "ends_at")


def refuse_overlap(periods: Sequence[Period]) -> None:
    found = rules.overlap(periods)
    if found is None:
        return
    one, other = (clock.local(period.starts_at).strftime("%Y-%m-%d %H:%M") for period in found)
    raise DomainError(
        _("Two sessions would lie over each other: %(one)s and %(other)s.", one=one, other=other),
        "sessions_overlap",
        "starts_at",
    )


def refuse_guide(items: Sequence[rules.GuideItem]) -> None:
    code = rules.why_not_guide(items)
    if code is None:
        return
    total = f"{sum(item.weight for item in items):f}"
    words = {
        "untitled": _("Each criterion needs a title."),
        "weight": _("A weight lies above 0 and is at most 100."),
        "maximum": _("The most points of a criterion lie above 0 and are at most 1000."),
        "same_title": _("Two criteria have the same title."),
        "weights_not_100": _(
            "The weights of a marking guide come to 100, not %(total)s.", total=total
        ),
    }
    raise InvalidInput(words[code], code, "marking_guide")
