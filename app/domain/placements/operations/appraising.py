"""Sign the opinions of an appraisal in their order, and take one back before the next rests on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.personal_texts import refuse_personal_numbers
from app.domain.placements.appraisal_words import refusal_of_opinion
from app.domain.placements.models import AppraisalOpinion, Placement
from app.domain.placements.operations.locking import lock_placement
from app.domain.placements.queries.appraisal import list_criteria, standing_of, standing_opinions
from app.domain.placements.queries.progress import read_measures
from app.domain.placements.queries.visibility import current_stay, parts_of
from app.domain.placements.rules import appraisal as rules
from app.domain.placements.rules.progress import unmet
from app.domain.placements.rules.words import Opinion, Phase, PlacementResult
from app.domain.placements.telling import (
    placement_page,
    tell_mentor_missing,
    tell_people,
    tell_unit,
)

explain_constraint(
    "uq_placement_opinions_standing",
    lambda: DomainError(_("This opinion is signed already."), "already_signed"),
)


@dataclass(frozen=True, slots=True)
class OpinionFacts:
    """What an opinion says; ``marks`` of 0 to 100 by criterion, ``result`` where the opinion proposes one.

    ``exception_reason``: why it should count as passed although a condition is not met (the bureau's opinion).
    """

    text: str
    marks: Mapping[int, Decimal] = field(default_factory=dict)
    result: PlacementResult | None = None
    exception_reason: str | None = None


def sign_opinion(
    placement_id: int, phase: Phase, opinion: Opinion, facts: OpinionFacts, *, actor: Actor
) -> AppraisalOpinion:
    """Sign an opinion with the actor's name, when it is their turn.

    The bureau's final opinion proposes the outcome. Raises ``over``, ``wrong_role``, ``already_signed``,
    ``out_of_order``, ``not_begun``, ``too_early``; ``text_missing``, ``text_too_long``, ``personal_number``,
    ``result_missing``, ``needs_reason``, or what is wrong with a mark.
    """
    placement = lock_placement(placement_id, actor=actor)
    signed = standing_opinions(placement.id, phase)
    why = rules.why_cannot_sign(
        opinion,
        phase,
        standing_of(placement, signed),
        parts=parts_of(placement, actor),
        today=clock.today(),
    )
    if why is not None:
        raise refusal_of_opinion(why, opinion, phase, standing_of(placement, signed))
    text = _checked_text(facts.text)
    made = AppraisalOpinion(
        placement_id=placement.id,
        phase=phase,
        opinion=opinion,
        text=text,
        marks=_checked_marks(placement, phase, opinion, facts.marks),
        result=_checked_result(placement, phase, opinion, facts),
        signed_by=actor.account_id,
        signed_by_name=_name_of(actor),
        signed_at=clock.now(),
    )
    db.session.add(made)
    if phase is Phase.FINAL and opinion is Opinion.BUREAU:
        _propose(placement, facts, actor)
    db.session.flush()
    _audit(actor, "placements.sign_opinion", made, placement)
    _tell_next(placement, [*signed, opinion])
    return made


def withdraw_opinion(opinion_id: int, *, placement_id: int, reason: str, actor: Actor) -> None:
    """Take an opinion back with a reason, before the next one is signed; it stays on record.

    Raises NotFound, ``reason_missing``, ``over``, ``wrong_role``, ``later_signed``.
    """
    placement = lock_placement(placement_id, actor=actor)
    made = db.session.scalar(
        select(AppraisalOpinion).where(
            AppraisalOpinion.id == opinion_id,
            AppraisalOpinion.placement_id == placement.id,
            AppraisalOpinion.withdrawn_at.is_(None),
        )
    )
    if made is None:
        raise NotFound(_("There is no such opinion."))
    if not reason.strip():
        raise InvalidInput(_("Give a reason."), "reason_missing", "reason")
    standing = standing_of(placement, standing_opinions(placement.id, made.phase))
    why = rules.why_cannot_withdraw(made.opinion, standing, parts=parts_of(placement, actor))
    if why is not None:
        raise refusal_of_opinion(why, made.opinion, made.phase, standing)
    made.withdrawn_at, made.withdrawn_by = clock.now(), actor.account_id
    made.withdrawn_reason = reason.strip()
    if made.phase is Phase.FINAL and made.opinion is Opinion.BUREAU:
        placement.proposed_result = placement.proposed_by = placement.proposed_at = None
        placement.exception_reason = None
    db.session.flush()
    _audit(actor, "placements.withdraw_opinion", made, placement, reason=made.withdrawn_reason)


def _checked_text(text: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput(_("Write the opinion."), "text_missing", "text")
    if len(text) > rules.LONGEST_TEXT:
        raise InvalidInput(
            _("An opinion has at most %(most)d characters.", most=rules.LONGEST_TEXT),
            "text_too_long",
            "text",
        )
    refuse_personal_numbers(text, "text")
    return text


def _checked_marks(
    placement: Placement, phase: Phase, opinion: Opinion, marks: Mapping[int, Decimal]
) -> dict[str, str]:
    if opinion not in rules.MARKING:
        return {}
    criteria = {one.id: one.title for one in list_criteria(placement.cohort_id, phase)}
    wrong = rules.why_not_marks(marks, criteria)
    if wrong is not None:
        code, criterion = wrong
        words = {
            "mark_missing": _("Give a mark for “%(title)s”.", title=criteria.get(criterion, "")),
            "mark_out_of_range": _(
                "The mark for “%(title)s” lies between 0 and 100.",
                title=criteria.get(criterion, ""),
            ),
            "unknown_criterion": _("A criterion has changed meanwhile. Load the page again."),
        }
        raise InvalidInput(words[code], code, f"mark_{criterion}")
    return {str(criterion): str(mark) for criterion, mark in marks.items()}


def _checked_result(
    placement: Placement, phase: Phase, opinion: Opinion, facts: OpinionFacts
) -> PlacementResult | None:
    if opinion not in rules.DECIDING or phase is Phase.MID_TERM:
        return None
    if facts.result is None:
        raise InvalidInput(_("Choose a result."), "result_missing", "result")
    if opinion is Opinion.BUREAU and facts.result is not PlacementResult.FAILED:
        missing = unmet(read_measures(placement.id, placement.cohort))
        if missing and not (facts.exception_reason or "").strip():
            raise InvalidInput(
                _("A condition is not met. Say why it should count as passed nevertheless."),
                "needs_reason",
                "exception_reason",
            )
    return facts.result


def _propose(placement: Placement, facts: OpinionFacts, actor: Actor) -> None:
    placement.proposed_result = facts.result
    placement.proposed_by = actor.account_id
    placement.proposed_at = clock.now()
    placement.exception_reason = None
    if facts.result is not PlacementResult.FAILED and unmet(
        read_measures(placement.id, placement.cohort)
    ):
        placement.exception_reason = (facts.exception_reason or "").strip()


def _name_of(actor: Actor) -> str:
    if actor.account_id is None:
        return actor.username
    return (
        db.session.scalar(select(Account.display_name).where(Account.id == actor.account_id))
        or actor.username
    )


def _tell_next(placement: Placement, signed: list[Opinion]) -> None:
    """Whose turn it is now learns it."""
    following = rules.next_opinion(signed)
    parameters = {"name": placement.person.name, "title": placement.cohort.title}
    link = f"{placement_page(placement.id)}/appraisal"
    stay = current_stay(placement)
    if following is Opinion.MENTOR and stay is not None and stay.mentor is not None:
        tell_people([stay.mentor.person_id], "placements.opinion_wanted", parameters, link=link)
    elif following is Opinion.MENTOR and stay is not None:
        tell_mentor_missing(placement, stay.base_school)
    elif following is Opinion.BASE_SCHOOL and stay is not None:
        tell_unit(stay.base_school, "placements.opinion_wanted", parameters, link=link)
    elif following is Opinion.BUREAU:
        tell_unit(placement.cohort.unit, "placements.opinion_wanted", parameters, link=link)
    elif following is None and placement.exception_reason:
        told = parameters | {"reason": placement.exception_reason}
        tell_unit(placement.cohort.unit, "placements.confirmation_wanted", told, link=link)


def _audit(
    actor: Actor,
    action: str,
    made: AppraisalOpinion,
    placement: Placement,
    *,
    reason: str | None = None,
) -> None:
    record(
        actor,
        action,
        object_type="placement",
        object_id=placement.id,
        subject_id=placement.person_id,
        details={
            "phase": made.phase.value,
            "opinion": made.opinion.value,
            "result": made.result.value if made.result else None,
        },
        reason=reason,
        unit_path=placement.nominating_unit.path,
    )
