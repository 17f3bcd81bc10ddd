"""What enrolments, their steps and the refusals of nominees are called on pages."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.blueprints.workshops.words import ENROLMENT_STATUSES, ENROLMENT_TONES
from app.core import clock
from app.domain.workshops.models import Enrolment
from app.domain.workshops.queries.eligibility import Verdict
from app.domain.workshops.queries.openings import Opening
from app.domain.workshops.refusals import eligibility_words, not_open
from app.domain.workshops.rules.enrolling import Period
from app.domain.workshops.rules.words import EnrolmentStatus, Grade

# word and tone of each status
STATUSES = {status: (word, ENROLMENT_TONES[status]) for status, word in ENROLMENT_STATUSES.items()}
STEPS = {"school": _l("School"), "county": _l("County bureau")}
GRADES = {
    Grade.EXCELLENT: _l("excellent"),
    Grade.PASSED: _l("passed"),
    Grade.FAILED: _l("failed"),
}


def nominee_words() -> dict[str, str]:
    """Why somebody cannot be nominated, by the rule's reason: said of a colleague, not to the person."""
    return {
        "no_posting": _("no posting today"),
        "role": _("another post than asked for"),
        "stage": _("another school stage than asked for"),
        "unit": _("of a unit it is not for"),
        "level": _("lacks the training asked for before"),
        "trained": _("has finished this training not long ago"),
    }


def clash_words(period: Period) -> str:
    """What stands at the same time, and when."""
    when = clock.local(period.starts_at).strftime("%Y-%m-%d %H:%M")
    return _("At that time there is “%(title)s” already (%(when)s).", title=period.title, when=when)


def why_not(opening: Opening) -> list[str]:
    """Every reason why a person cannot enrol, in words."""
    words = eligibility_words()
    found = [str(not_open(opening.not_open).message)] if opening.not_open else []
    found += [words[reason] for reason in opening.verdict.reasons]
    return found + [clash_words(period) for period in opening.verdict.clashing[:1]]


def why_not_nominee(verdict: Verdict) -> str:
    """Every reason why somebody cannot be nominated, in one line."""
    words = nominee_words()
    found = [words[reason] for reason in verdict.reasons]
    found += [_("is at “%(title)s” then", title=period.title) for period in verdict.clashing[:1]]
    return _(", ").join(found)


def outcome_words(enrolment: Enrolment, position: int | None) -> str:
    """What enrolling came to, in a sentence."""
    if enrolment.status is EnrolmentStatus.PENDING:
        step = STEPS[enrolment.approval_step or "school"]
        if position is not None:
            return _(
                "It waits for approval (%(step)s), number %(position)s in line.",
                step=step,
                position=position,
            )
        return _("It waits for approval (%(step)s). The seat is kept meanwhile.", step=step)
    if position is not None:
        return _("On the waitlist, number %(position)s in line.", position=position)
    return _("The seat is confirmed.")
