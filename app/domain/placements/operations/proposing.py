"""The matching of a cohort: drawn up by the rule, moved and locked by officers, confirmed into placements.

Drawing up takes a second of CPU and happens outside the transaction (``draw_up``); laying it down asks again
inside whether everything it was drawn from still holds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.placements.matching_words import refusal
from app.domain.placements.models import Cohort, MatchingRun, Placement, ProposalLine
from app.domain.placements.operations import placing
from app.domain.placements.operations.locking import lock_planned
from app.domain.placements.queries.matching import find_last_run, seen_digest
from app.domain.placements.queries.matching_problem import digest, read_choices, read_problem
from app.domain.placements.queries.visibility import get_cohort, may_plan
from app.domain.placements.refusals import changed_meanwhile, refuse_stale
from app.domain.placements.rules.matching import Matching
from app.domain.placements.rules.matching_inputs import (
    Choice,
    Problem,
    Proposal,
    Refusal,
    Weights,
)
from app.domain.placements.rules.words import CohortStatus


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal that is not written yet, and the fingerprint of what it was drawn from."""

    proposal: Proposal
    weights: Weights
    digest: str


def draw_up(cohort_id: int, weights: Weights, *, actor: Actor) -> Draft:
    """Solve the matching, outside any transaction; writes nothing.

    Raises NotFound for who does not plan the cohort, ``not_open``, ``no_nominees``, ``no_seats``, and the locks'
    refusals (``over_capacity``, ``mentor_full``, ``quota_full`` …).
    """
    cohort = get_cohort(cohort_id, actor=actor)
    if not may_plan(cohort, actor):
        raise NotFound(_("There is no such cohort within your unit."))
    _refuse_settled(cohort)
    problem = read_problem(cohort, weights)
    if not problem.nominees:
        raise DomainError(
            _("No nomination is approved yet, so there is nobody to match."), "no_nominees"
        )
    if not problem.offers:
        raise DomainError(
            _("The cohort has no seats yet. Enter what the base schools offer first."), "no_seats"
        )
    answer = Matching(problem).propose()
    if isinstance(answer, Refusal):
        raise refusal(answer)
    return Draft(answer, weights, digest(problem))


def lay_down(cohort_id: int, draft: Draft, *, actor: Actor) -> MatchingRun:
    """Write a drawn-up proposal over the one before; locks stay.

    Raises StaleVersion when nominations, seats, mentors or locks have changed since it was drawn up.
    """
    cohort = lock_planned(cohort_id, actor=actor)
    _refuse_settled(cohort)
    problem = read_problem(cohort, draft.weights)
    if digest(problem) != draft.digest:
        raise changed_meanwhile()
    existing = _lines(cohort.id)
    choices = {line.nominee_id for line in draft.proposal.lines}
    gone = [line.id for nomination_id, line in existing.items() if nomination_id not in choices]
    db.session.execute(delete(ProposalLine).where(ProposalLine.id.in_(gone)))
    for nominee_id in choices - existing.keys():
        existing[nominee_id] = ProposalLine(cohort_id=cohort.id, nomination_id=nominee_id)
        db.session.add(existing[nominee_id])
    for line in existing.values():
        line.by_hand = bool(line.by_hand and line.locked)
    _write(existing, draft.proposal)
    run = MatchingRun(
        cohort_id=cohort.id,
        weights=dataclasses.asdict(draft.weights),
        nominees=len(draft.proposal.lines),
        placed=draft.proposal.placed,
        cost=draft.proposal.cost,
        input_digest=draft.digest,
        run_by=actor.account_id,
        run_at=clock.now(),
    )
    db.session.add(run)
    db.session.flush()
    _audit(actor, cohort, "placements.propose_matching", nominees=run.nominees, placed=run.placed)
    return run


def move(
    cohort_id: int,
    nomination_id: int,
    choice: Choice,
    *,
    swap_with: int | None = None,
    expected_version: int | None,
    actor: Actor,
) -> int:
    """Move somebody by hand to an offer (with a mentor, or with the cheapest free one) or to no seat, and lock the
    line; with ``swap_with`` the two change places and both are locked. Returns what it costs against before.

    Raises NotFound, StaleVersion, ``not_open``, ``over_capacity``, ``mentor_full``, ``mentor_elsewhere``,
    ``quota_full``.
    """
    cohort = lock_planned(cohort_id, actor=actor)
    _refuse_settled(cohort)
    lines = _lines(cohort.id)
    problem = read_problem(cohort, weights_of(cohort.id))
    line = _line(lines, problem, nomination_id)
    refuse_stale(line.row_version, expected_version)
    choices = read_choices(cohort.id)
    changes = {nomination_id: choice}
    if swap_with is not None:
        other = _line(lines, problem, swap_with)
        changes = {nomination_id: _choice(other), swap_with: _choice(line)}
    matching = Matching(dataclasses.replace(problem, locks={**problem.locks, **changes}))
    before, answer = matching.evaluate(choices), matching.evaluate({**choices, **changes})
    if isinstance(answer, Refusal):
        raise refusal(answer)
    for moved in changes:
        lines[moved].locked = lines[moved].by_hand = True
    _write({known: lines[known] for known in choices}, answer)
    _audit(
        actor,
        cohort,
        "placements.move_line",
        nominations=sorted(changes),
        seats=line.seats_id,
        mentor=line.mentor_id,
    )
    # Where the arrangement of before cannot stand any more, there is nothing to compare with.
    return 0 if isinstance(before, Refusal) else answer.cost - before.cost


def set_lock(
    cohort_id: int,
    nomination_id: int,
    locked: bool,
    *,
    expected_version: int | None,
    actor: Actor,
) -> ProposalLine:
    """Keep a line as it is in further runs, or leave it to them again. Raises NotFound, StaleVersion, ``not_open``."""
    cohort = lock_planned(cohort_id, actor=actor)
    _refuse_settled(cohort)
    lines = _lines(cohort.id)
    problem = read_problem(cohort, weights_of(cohort.id))
    line = _line(lines, problem, nomination_id)
    refuse_stale(line.row_version, expected_version)
    if line.locked == locked:
        return line
    line.locked = locked
    line.by_hand = line.by_hand and locked
    line.reasons = _with_lock(line.reasons, locked)
    db.session.flush()
    if locked:
        _audit(actor, cohort, "placements.lock_line", nominations=[nomination_id])
    else:
        _audit(actor, cohort, "placements.unlock_line", nominations=[nomination_id])
    return line


def confirm(cohort_id: int, *, seen: str, actor: Actor) -> list[Placement]:
    """Make the proposal placements, as it was looked at (``seen``: ``queries.matching.seen_digest``).

    Raises StaleVersion when it is another by now, and what ``placing.place_all`` raises.
    """
    cohort = lock_planned(cohort_id, actor=actor)
    if seen_digest(cohort.id) != seen:
        raise changed_meanwhile()
    choices = [
        placing.Choice(nomination_id, choice.offer_id, choice.mentor_id)
        for nomination_id, choice in sorted(read_choices(cohort.id).items())
        if choice.offer_id is not None
    ]
    return placing.place_all(cohort.id, choices, actor=actor)


def weights_of(cohort_id: int) -> Weights:
    """The weights of the last run; the defaults before the first."""
    return weights_of_run(find_last_run(cohort_id))


def weights_of_run(run: MatchingRun | None) -> Weights:
    """The weights a run was made with; the defaults without a run."""
    known = {field.name for field in dataclasses.fields(Weights)}
    kept = {} if run is None else run.weights
    return Weights(**{name: int(value) for name, value in kept.items() if name in known})


def _refuse_settled(cohort: Cohort) -> None:
    if cohort.status is not CohortStatus.OPEN:
        raise DomainError(
            _("Only a published cohort whose matching is not confirmed yet can be matched."),
            "not_open",
        )


def _lines(cohort_id: int) -> dict[int, ProposalLine]:
    rows = db.session.scalars(
        select(ProposalLine)
        .where(ProposalLine.cohort_id == cohort_id)
        .execution_options(populate_existing=True)
    )
    return {line.nomination_id: line for line in rows}


def _line(lines: Mapping[int, ProposalLine], problem: Problem, nomination_id: int) -> ProposalLine:
    line = lines.get(nomination_id)
    if line is None or all(nominee.id != nomination_id for nominee in problem.nominees):
        raise NotFound(_("There is no such nominee in the proposal. Run the matching again."))
    return line


def _choice(line: ProposalLine) -> Choice:
    return Choice(line.seats_id, line.mentor_id)


def _write(lines: Mapping[int, ProposalLine], proposal: Proposal) -> None:
    """Only what changes: an untouched line keeps its version, so that others' forms stay good."""
    for answer in proposal.lines:
        line = lines.get(answer.nominee_id)
        if line is None:
            continue
        reasons = [list(reason) for reason in answer.reasons]
        for name, value in (
            ("seats_id", answer.offer_id),
            ("mentor_id", answer.mentor_id),
            ("cost", float(answer.cost)),
            ("reasons", reasons),
        ):
            if getattr(line, name) != value:
                setattr(line, name, value)
    db.session.flush()


def _with_lock(reasons: list[list[object]], locked: bool) -> list[list[object]]:
    rest = [reason for reason in reasons if reason != ["locked"]]
    return [["locked"], *rest] if locked else rest


def _audit(actor: Actor, cohort: Cohort, action: str, **details: object) -> None:
    record(
        actor,
        action,
        object_type="cohort",
        object_id=cohort.id,
        details=details,
        unit_path=cohort.unit.path,
    )
