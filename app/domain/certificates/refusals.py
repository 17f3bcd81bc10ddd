"""What issuing answers when something cannot be: the words for the codes that the rules give."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.errors import DomainError, InvalidInput, explain_constraint
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.domain.certificates.rules.issuing import Refusal
from app.domain.people.rules.trainings import MOST_HOURS

MOST_NAMED = 5
REFUSALS = {
    Refusal.GONE: _l("took no part any more, or is no longer within the unit"),
    Refusal.MERGED: _l("their record was merged into another one"),
    Refusal.WITHDRAWN: _l("the training record was withdrawn"),
    Refusal.OTHER_SOURCE: _l("the training record is of another training"),
    Refusal.NOT_PASSED: _l("has not passed"),
    Refusal.NOT_EXCELLENT: _l("the result is not 优秀"),
    Refusal.NO_HOURS: _l("no credit hours are recorded"),
    Refusal.NOT_OVER: _l("finishes only after the day of issue"),
    Refusal.NOT_DESIGNATED: _l("is no lead teacher on the day of issue"),
    Refusal.ISSUED: _l("holds a valid certificate of it already"),
}

explain_constraint(
    "uq_certificates_source",
    lambda: DomainError(
        _("Somebody has just issued this to one of these people. Look at the list again."),
        "issued_meanwhile",
    ),
)
explain_constraint(
    "uq_certificates_series_id_sequence_copy",
    lambda: DomainError(
        _("Somebody has just reissued this certificate. Look at it again."), "reissued_meanwhile"
    ),
)


def refused(people: Sequence[tuple[str, str]]) -> str:
    """张三: has not passed; 李四: …; and 7 more."""
    named = "；".join(f"{name}：{why}" for name, why in people[:MOST_NAMED])
    if len(people) <= MOST_NAMED:
        return named
    more: str = _("; and %(count)s more", count=len(people) - MOST_NAMED)
    return named + more


def cannot_have(people: Sequence[tuple[str, Refusal]]) -> DomainError:
    """Somebody among those chosen cannot be given it: who, and why."""
    why = refused([(name, str(REFUSALS[refusal])) for name, refusal in people])
    return DomainError(
        _("Nothing was issued. Take these people out first: %(people)s", people=why),
        "not_fulfilled",
    )


def cannot_print(people: Sequence[tuple[str, str]]) -> DomainError:
    """The font lacks characters: whose, and which."""
    return DomainError(
        _(
            "Nothing was issued. The font lacks characters of: %(people)s. Take these people out"
            " or write them with other characters.",
            people=refused(people),
        ),
        "missing_glyphs",
    )


def bad_days(code: str) -> InvalidInput:
    """The refusal of a batch's days, by what ``why_not_days`` found."""
    messages = {
        "issued_later": (_("The day of issue lies in the future."), "issued_on"),
        "issued_early": (_("The day of issue lies too far back."), "issued_on"),
        "valid_until": (_("It would expire before it is issued."), "valid_until"),
        "period": (_("The training would end before it begins."), "ended_on"),
    }
    message, field = messages[code]
    return InvalidInput(message, code, field)


def bad_hours() -> InvalidInput:
    """The refusal of hours that nobody can have."""
    return InvalidInput(
        _("Hours are 0 to %(most)s, in halves.", most=int(MOST_HOURS)), "hours", "hours"
    )


def bad_end(code: str) -> InvalidInput:
    """The refusal of the day on which a certificate ends."""
    messages = {
        "later": _("The day lies in the future."),
        "before_issue": _("The day lies before the day of issue."),
    }
    return InvalidInput(messages[code], code, "on")
