"""Why somebody cannot learn a lesson now, and why a report of a player is not taken, in words."""

from __future__ import annotations

from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.courses.rules import progress as rules


def learning_refusal(code: str) -> DomainError:
    words = {
        "not_enrolled": _("You are not in this course. Take part in it first."),
        "not_open_yet": _("The course has not begun yet. Come back on its first day."),
        "course_over": _("The course is over; you can still read it, but nothing counts any more."),
    }
    return DomainError(words[code], code)


def lesson_closed() -> DomainError:
    return DomainError(
        _("This lesson is not open yet: complete the lessons before it first."), "lesson_closed"
    )


def report_refusal(refused: rules.Refused) -> DomainError:
    """A refused report in words."""
    if refused.code == "too_fast":
        return DomainError(
            _("More was reported than time has passed. Send it again in %(n)s seconds.",
              n=int(refused.wait) + 1),
            "too_fast",
            "watched",
            wait=int(refused.wait) + 1,
        )  # fmt: skip
    words = {
        "not_a_stretch": _(
            "A stretch is [from, to] in seconds, from 0 on, the end after the start."
        ),
        "too_many_stretches": _(
            "At most %(most)s stretches in one report.", most=rules.MOST_STRETCHES
        ),
        "outside_video": _("The video is not as long as that."),
    }
    return InvalidInput(words[refused.code], refused.code, "watched")
