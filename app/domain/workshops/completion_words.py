"""Conditions of completion that were not met: in words for people, and as they are kept with an enrolment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.core.i18n import gettext as _
from app.domain.workshops.rules import completion as rules

EXCEPTION = "exception"


def unmet_words(unmet: Iterable[rules.Unmet]) -> list[str]:
    """Conditions that are not met, each a sentence that says what was reached and what is asked."""
    return [_one_unmet(one) for one in unmet]


def _one_unmet(one: rules.Unmet) -> str:
    needed, reached = short(one.needed), "" if one.reached is None else short(one.reached)
    words: str
    if one.code == "attendance" and one.reached is None:
        words = _("No attendance is recorded; at least %(needed)s %% is asked.", needed=needed)
    elif one.code == "attendance":
        words = _(
            "Attendance %(reached)s %%; at least %(needed)s %% is asked.",
            reached=reached,
            needed=needed,
        )
    elif one.code == "grade" and one.reached is None:
        words = _("There is no grade; at least %(needed)s points are asked.", needed=needed)
    elif one.code == "grade":
        words = _(
            "Grade %(reached)s points; at least %(needed)s are asked.",
            reached=reached,
            needed=needed,
        )
    else:
        words = _(
            "%(reached)s of %(needed)s assignments handed in.", reached=reached, needed=needed
        )
    return words


def short(value: Decimal) -> str:
    """A number without trailing zeros: 80, 66.67."""
    return f"{value.normalize():f}"


def read_settled(unmet: Iterable[Mapping[str, Any]]) -> tuple[list[rules.Unmet], str | None]:
    """What was kept with an enrolment at closing: the conditions not met, and why it did not count."""
    found: list[rules.Unmet] = []
    reason = None
    for one in unmet:
        if one["code"] == EXCEPTION:
            reason = str(one["reason"])
        else:
            reached = one["reached"]
            found.append(
                rules.Unmet(
                    one["code"],
                    None if reached is None else Decimal(reached),
                    Decimal(one["needed"]),
                )
            )
    return found, reason


def kept_unmet(unmet: Iterable[rules.Unmet], reason: str | None) -> list[dict[str, Any]]:
    """What was not met, kept with the enrolment; for an exception also why it did not count."""
    kept: list[dict[str, Any]] = [
        {
            "code": one.code,
            "reached": None if one.reached is None else str(one.reached),
            "needed": str(one.needed),
        }
        for one in unmet
    ]
    return [*kept, {"code": EXCEPTION, "reason": reason}] if reason else kept
