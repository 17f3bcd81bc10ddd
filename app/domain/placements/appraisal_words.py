"""The appraisal in words: phases, opinions, results, why something is refused."""

from __future__ import annotations

from typing import Any

from app.core.errors import DomainError, Forbidden
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.domain.outbox.wording import register_notice
from app.domain.placements.rules.appraisal import Standing, WhyNotSigned, next_opinion, opens_on
from app.domain.placements.rules.outcome import WhyNotConfirmed
from app.domain.placements.rules.words import Opinion, Phase, PlacementResult

OPINIONS: dict[Opinion, Any] = {
    Opinion.SELF: _l("Own appraisal"),
    Opinion.MENTOR: _l("Mentor's opinion"),
    Opinion.BASE_SCHOOL: _l("Base school's opinion"),
    Opinion.BUREAU: _l("Bureau's opinion"),
}
# As papers and training records write it, whatever the reader's language (DOMAIN.md §5).
RECORDED_RESULTS = {
    PlacementResult.EXCELLENT: "优秀",
    PlacementResult.PASSED: "合格",
    PlacementResult.FAILED: "不合格",
}

register_notice(
    "placements.opinion_wanted",
    _l("Your opinion is wanted: %(name)s, %(title)s"),
    _l("The appraisal waits for your opinion and signature."),
)
register_notice(
    "placements.outcome_excellent",
    _l("Placement passed with the result excellent: %(name)s, %(title)s"),
    _l("The bureau has confirmed it. %(name)s is a lead teacher from %(day)s on."),
)
register_notice(
    "placements.outcome_passed",
    _l("Placement passed: %(name)s, %(title)s"),
    _l("The bureau has confirmed it. %(name)s is a lead teacher from %(day)s on."),
)
register_notice(
    "placements.outcome_failed",
    _l("Placement not passed: %(name)s, %(title)s"),
    _l("The bureau has confirmed it. The four opinions say why."),
)
register_notice(
    "placements.outcome_revoked",
    _l("Result of the placement taken back: %(title)s"),
    _l("The result of %(name)s was taken back. Reason: %(reason)s"),
)
register_notice(
    "placements.confirmation_wanted",
    _l("A second officer has to confirm: %(name)s, %(title)s"),
    _l("A condition is not met. Reason given: %(reason)s"),
)


def refusal_of_opinion(
    why: WhyNotSigned, opinion: Opinion, phase: Phase, standing: Standing
) -> DomainError:
    """Why an opinion cannot be signed or taken back, with what comes first or when it can."""
    if why is WhyNotSigned.WRONG_ROLE:
        message = _(
            "The %(opinion)s is signed by somebody else. You may read it here.",
            opinion=str(OPINIONS[opinion]),
        )
        return Forbidden(message, why.value)
    following = next_opinion(standing.signed)
    words = {
        WhyNotSigned.OVER: _("This placement is over; its appraisal does not change any more."),
        WhyNotSigned.NOT_BEGUN: _(
            "The placement begins on %(day)s. The appraisal can be written from then on.",
            day=standing.starts_on.isoformat(),
        ),
        WhyNotSigned.TOO_EARLY: _(
            "The final appraisal can be signed from %(day)s on.",
            day=opens_on(phase, standing).isoformat(),
        ),
        WhyNotSigned.ALREADY_SIGNED: _("This opinion is signed already."),
        WhyNotSigned.OUT_OF_ORDER: _(
            "The %(opinion)s comes first. The four opinions are signed in their order.",
            opinion=str(OPINIONS[following]) if following else "",
        ),
        WhyNotSigned.LATER_SIGNED: _(
            "A later opinion rests on this one. That one has to be taken back first."
        ),
    }
    return DomainError(words[why], why.value)


def refusal_of_outcome(why: WhyNotConfirmed, ends_on: str) -> DomainError:
    """Why the outcome cannot be confirmed, and what to do."""
    words = {
        WhyNotConfirmed.NOT_ACTIVE: _(
            "Only a placement that is under way can be confirmed. Resume it first, if it is interrupted."
        ),
        WhyNotConfirmed.NOT_ENDED: _(
            "The placement ends on %(day)s. It can be confirmed from then on.", day=ends_on
        ),
        WhyNotConfirmed.OPINIONS_MISSING: _("Not all four final opinions are signed yet."),
        WhyNotConfirmed.NO_RESULT: _("The bureau's opinion names no result."),
        WhyNotConfirmed.NEEDS_REASON: _(
            "A condition is not met. Take the bureau's opinion back and sign it with the reason."
        ),
        WhyNotConfirmed.NEEDS_SECOND_OFFICER: _(
            "A condition is not met, so an officer other than the one who proposed it has to confirm."
        ),
    }
    return DomainError(words[why], why.value)
