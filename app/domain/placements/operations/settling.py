"""Settle what came of a placement: the training record, and of who passed a lead teacher; or take that back."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.models import LeadTeacherDesignation
from app.domain.people.operations.designations import (
    DesignationFacts,
    designate,
    strike_designation,
)
from app.domain.people.operations.finished import (
    PlacementPlace,
    record_placement,
    withdraw_finished,
)
from app.domain.people.operations.locking import hold_people
from app.domain.people.operations.training_facts import TrainingFacts, TrainingOutcome
from app.domain.people.rules import TrainingKind, TrainingLevel
from app.domain.placements.appraisal_words import RECORDED_RESULTS, refusal_of_outcome
from app.domain.placements.models import Placement, Stay
from app.domain.placements.operations.locking import lock_cohort, lock_placement
from app.domain.placements.operations.standing import complete_when_done
from app.domain.placements.queries.appraisal import standing_opinions
from app.domain.placements.queries.progress import read_measures
from app.domain.placements.queries.visibility import current_stay, get_placement, may_plan
from app.domain.placements.refusals import refuse_stale
from app.domain.placements.rules.outcome import Proposal, why_cannot_confirm
from app.domain.placements.rules.progress import Measure, unmet
from app.domain.placements.rules.words import (
    CohortStatus,
    Phase,
    PlacementResult,
    PlacementStatus,
)
from app.domain.placements.telling import placement_page, tell_people, tell_unit

TITLE = "规范化培训（跟岗）"  # as workbooks of past cohorts are recorded (exchange/planning/placements.py)

explain_constraint(
    "ck_placements_two_officers",
    lambda: DomainError(
        _("An officer other than the one who proposed it has to confirm."), "needs_second_officer"
    ),
)


def confirm_outcome(
    placement_id: int, *, actor: Actor, expected_version: int | None = None
) -> Placement:
    """Confirm what the bureau's opinion proposed: the placement is completed on its last day.

    Writes the training record (credit hours of the cohort) for the school the trainee came from; who passed is a
    lead teacher of the nominating unit from the end date on. Raises what ``why_cannot_confirm`` names, NotFound
    for who does not decide here, ``already_designated`` when the person is lead teacher of another unit.
    """
    cohort_id = get_placement(placement_id, actor=actor).cohort_id
    cohort = lock_cohort(cohort_id, actor=actor)
    placement = _lock_decided(placement_id, actor)
    refuse_stale(placement.row_version, expected_version)
    measures = read_measures(placement.id, cohort)
    _refuse(placement, measures, actor)
    result = placement.proposed_result
    if result is None:
        raise AssertionError("an outcome without a result is refused before")
    placement.status, placement.result = PlacementStatus.COMPLETED, result
    placement.confirmed_by, placement.confirmed_at = actor.account_id, clock.now()
    if result is PlacementResult.FAILED or not unmet(measures):
        placement.exception_reason = None
    _close_stay(placement)
    _write_record(placement, measures, actor)
    if result is not PlacementResult.FAILED:
        _designate(placement, actor)
    db.session.flush()
    complete_when_done(placement.cohort)
    _audit(actor, "placements.confirm_outcome", placement, reason=placement.exception_reason)
    _tell(placement)
    return placement


def revoke_outcome(placement_id: int, *, reason: str, actor: Actor) -> Placement:
    """Take a confirmed outcome back with a reason: the record leaves every figure, the designation never was.

    The opinions stand; the bureau's can then be taken back and signed anew. Raises ``reason_missing``,
    ``not_completed``, ``imported`` (of what a workbook recorded), ``designation_ended`` when others have built on it.
    """
    if not reason.strip():
        raise InvalidInput(_("Give a reason."), "reason_missing", "reason")
    reason = reason.strip()
    lock_cohort(get_placement(placement_id, actor=actor).cohort_id, actor=actor)
    placement = _lock_decided(placement_id, actor)
    _refuse_revoking(placement)
    designation_id, record_id = placement.designation_id, placement.training_record_id
    placement.designation_id = placement.training_record_id = None
    placement.status, placement.result = PlacementStatus.ACTIVE, None
    placement.confirmed_by = placement.confirmed_at = None
    stay = current_stay(placement)
    if stay is not None:
        stay.valid_until = None
    if placement.cohort.status is CohortStatus.COMPLETED:
        placement.cohort.status = CohortStatus.CONFIRMED
    db.session.flush()
    if designation_id is not None:
        strike_designation(designation_id, reason=reason, actor=actor)
    if record_id is not None:
        withdraw_finished([record_id], reason=reason, actor=actor)
    _audit(actor, "placements.revoke_outcome", placement, reason=reason)
    parameters = {"name": placement.person.name, "title": placement.cohort.title, "reason": reason}
    _tell_concerned(placement, "placements.outcome_revoked", parameters)
    return placement


def _lock_decided(placement_id: int, actor: Actor) -> Placement:
    """The placement with its person held, for who decides in its cohort."""
    hold_people([get_placement(placement_id, actor=actor).person_id])
    placement = lock_placement(placement_id, actor=actor)
    if not (may_plan(placement.cohort, actor) and actor.may("placements.decide")):
        raise NotFound(_("There is no such placement within your unit."))
    if actor.account_id is not None and placement.person.account_id == actor.account_id:
        raise Forbidden(_("Nobody decides on their own placement."))
    return placement


def _refuse(placement: Placement, measures: list[Measure], actor: Actor) -> None:
    proposal = Proposal(
        placement.proposed_result, placement.proposed_by, placement.exception_reason
    )
    why = why_cannot_confirm(
        placement.status,
        placement.ends_on,
        signed=list(standing_opinions(placement.id, Phase.FINAL)),
        proposal=proposal,
        measures=measures,
        officer=actor.account_id,
        today=clock.today(),
    )
    if why is not None:
        raise refusal_of_outcome(why, placement.ends_on.isoformat())


def _refuse_revoking(placement: Placement) -> None:
    if placement.status is not PlacementStatus.COMPLETED:
        raise DomainError(_("This placement has no confirmed outcome."), "not_completed")
    if placement.cohort.imported:
        raise DomainError(
            _("This placement came with a workbook. Undo that import, or correct the record."),
            "imported",
        )
    designation = placement.designation
    if designation is not None and designation.valid_until is not None:
        raise DomainError(
            _(
                "The designation that came of it has ended on %(day)s since. Correct that first.",
                day=designation.valid_until.isoformat(),
            ),
            "designation_ended",
        )


def _close_stay(placement: Placement) -> None:
    stay = current_stay(placement)
    if stay is not None and stay.valid_until is None:
        stay.valid_until = placement.ends_on


def _write_record(placement: Placement, measures: list[Measure], actor: Actor) -> None:
    cohort = placement.cohort
    stay: Stay | None = current_stay(placement)
    if stay is None:
        raise AssertionError("a placement stays somewhere")
    hours = cohort.credit_hours or next(
        (one.reached for one in measures if one.name == "hours"), Decimal(0)
    )
    result = placement.result or PlacementResult.FAILED
    made = record_placement(
        placement.person_id,
        placement.unit,
        TrainingFacts(
            title=f"{TITLE}{cohort.title}",
            level=TrainingLevel.PREFECTURE,
            started_on=placement.starts_on,
            ended_on=placement.ends_on,
            kind=TrainingKind.PLACEMENT,
            organiser=cohort.unit.name,
            place=stay.base_school.name,
            hours=hours if result is not PlacementResult.FAILED else Decimal(0),
        ),
        TrainingOutcome(
            passed=result is not PlacementResult.FAILED, result=RECORDED_RESULTS[result]
        ),
        PlacementPlace(
            cohort.title, cohort.event_key, stay.base_school_id, placement.nominating_unit_id
        ),
        actor=actor,
    )
    placement.training_record_id = made.id


def _designate(placement: Placement, actor: Actor) -> None:
    """Who passed is lead teacher from the last day on; who is one of that unit already stays so."""
    known = db.session.scalar(
        select(LeadTeacherDesignation).where(
            LeadTeacherDesignation.person_id == placement.person_id,
            LeadTeacherDesignation.nominating_unit_id == placement.nominating_unit_id,
            LeadTeacherDesignation.valid_until.is_(None),
        )
    )
    if known is not None:
        return
    basis = f"{TITLE}{placement.cohort.title} {RECORDED_RESULTS[placement.result or PlacementResult.PASSED]}"
    made = designate(
        placement.person_id,
        DesignationFacts(placement.nominating_unit, placement.ends_on, basis=basis),
        actor=actor,
    )
    made.training_record_id = placement.training_record_id
    placement.designation_id = made.id


def _tell(placement: Placement) -> None:
    result = placement.result or PlacementResult.FAILED
    parameters = {
        "name": placement.person.name,
        "title": placement.cohort.title,
        "day": placement.ends_on.isoformat(),
    }
    _tell_concerned(placement, f"placements.outcome_{result.value}", parameters)


def _tell_concerned(placement: Placement, kind: str, parameters: dict[str, str]) -> None:
    link = placement_page(placement.id)
    stay = current_stay(placement)
    people = [placement.person_id]
    if stay is not None and stay.mentor is not None:
        people.append(stay.mentor.person_id)
    tell_people(people, kind, parameters, link=link)
    tell_unit(placement.nominating_unit, kind, parameters, link=link)


def _audit(actor: Actor, action: str, placement: Placement, *, reason: str | None = None) -> None:
    record(
        actor,
        action,
        object_type="placement",
        object_id=placement.id,
        subject_id=placement.person_id,
        details={
            "cohort": placement.cohort_id,
            "result": placement.result.value if placement.result else None,
        },
        reason=reason,
        unit_path=placement.nominating_unit.path,
    )
