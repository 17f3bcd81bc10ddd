"""What becomes of a cohort: published to those who nominate, or called off with everybody told why."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.people.operations.dated import required_reason
from app.domain.placements.models import (
    Cohort,
    CohortSeats,
    MentorLoad,
    Nomination,
    Placement,
    PlacementChange,
)
from app.domain.placements.operations.loads import unbind
from app.domain.placements.operations.locking import lock_editable
from app.domain.placements.operations.planning import audit_cohort
from app.domain.placements.queries.nominees import RUNNING
from app.domain.placements.queries.seats import (
    count_seats,
    list_criteria,
    list_files,
    list_nominating_units,
    list_offering_schools,
    list_quotas,
)
from app.domain.placements.rules.nominating import STANDING
from app.domain.placements.rules.planning import (
    Readiness,
    Term,
    what_is_missing,
    what_to_look_at,
)
from app.domain.placements.rules.words import (
    ChangeKind,
    CohortStatus,
    NominationStatus,
    PlacementStatus,
    SeatPolicy,
)
from app.domain.placements.telling import cohort_page, officers_of, tell_accounts, tell_people


def read_readiness(cohort: Cohort) -> Readiness:
    """What publishing asks of a draft, as plain values."""
    weights: dict[object, int] = {}
    for criterion in list_criteria(cohort.id):
        weights[criterion.phase] = weights.get(criterion.phase, 0) + criterion.weight
    return Readiness(
        term=Term(
            cohort.starts_on,
            cohort.ends_on,
            cohort.nominations_open_on,
            cohort.nominations_close_on,
            cohort.mid_term_on,
        ),
        seats=count_seats(cohort.id),
        policy=cohort.seat_policy,
        quota_seats=sum(row.seats for row in list_quotas(cohort.id)),
        weights=weights,  # type: ignore[arg-type]
        has_plan=bool(cohort.plan) or bool(list_files(cohort.id)),
        credit_hours=cohort.credit_hours,
    )


def missing_words(plan: Readiness) -> list[str]:
    """What a draft lacks before it can be published, in words."""
    words = {
        "no_seats": _("No base school offers seats yet."),
        "no_window": _("Say from when until when one can nominate."),
        "window_over": _("The nomination window has ended already."),
        "no_quotas": _("The seats go by quotas, and no unit has one yet."),
        "no_final_criteria": _("The final appraisal has no criteria."),
        "mid_term_day": _("There are criteria for a mid-term appraisal; say on which day it is."),
    }
    return [words[code] for code in what_is_missing(plan, today=clock.today())]


def hint_words(plan: Readiness) -> list[str]:
    """What is unusual about a draft, in words."""
    words = {
        "no_plan": _("There is no plan yet, neither as text nor as a file."),
        "no_credit_hours": _("It gives no credit hours."),
        "quotas_above_seats": _("The quotas are more than the seats."),
        "quotas_below_seats": _("The quotas are fewer than the seats."),
    }
    return [words[code] for code in what_to_look_at(plan)]


def publish_cohort(cohort_id: int, *, actor: Actor) -> int:
    """Open a draft to those who nominate, and tell them. Raises ``not_draft``, ``not_ready``. How many were told."""
    cohort = lock_editable(cohort_id, actor=actor)
    if cohort.status is not CohortStatus.DRAFT:
        raise DomainError(_("Only a draft can be published."), "not_draft")
    plan = read_readiness(cohort)
    if words := missing_words(plan):
        missing = what_is_missing(plan, today=clock.today())
        message = " ".join(words)
        raise DomainError(message, "not_ready", missing=missing)
    cohort.status = CohortStatus.OPEN
    db.session.flush()
    audit_cohort(actor, "placements.publish_cohort", cohort)
    facts = {
        "title": cohort.title,
        "opens": plan.term.nominations_open_on and plan.term.nominations_open_on.isoformat(),
        "closes": plan.term.nominations_close_on and plan.term.nominations_close_on.isoformat(),
    }
    return tell_accounts(
        officers_of(_nominators(cohort)),
        "placements.cohort_published",
        facts,
        link=cohort_page(cohort.id),
    )


def _nominators(cohort: Cohort) -> list[int]:
    """Who can nominate: where there are quotas, the units that have one."""
    if cohort.seat_policy is SeatPolicy.QUOTAS:
        return [row.unit_id for row in list_quotas(cohort.id) if row.seats]
    return [unit.id for unit in list_nominating_units(cohort)]


def complete_when_done(cohort: Cohort) -> None:
    """A cohort is completed once nobody in it is under way and somebody has a result."""
    statuses = set(
        db.session.scalars(
            select(Placement.status).where(Placement.cohort_id == cohort.id).distinct()
        )
    )
    done = PlacementStatus.COMPLETED in statuses and not statuses & set(RUNNING)
    if done and cohort.status is CohortStatus.CONFIRMED:
        cohort.status = CohortStatus.COMPLETED
        db.session.flush()


def cancel_cohort(cohort_id: int, *, reason: str, actor: Actor) -> int:
    """Call a cohort off: nominations and placements end, nobody is bound any more, everybody is told why.

    Raises ``cohort_over``, a missing reason, ``has_results`` when somebody has completed it. How many were told.
    """
    cohort = lock_editable(cohort_id, actor=actor)
    reason = required_reason(reason)
    was_draft = cohort.status is CohortStatus.DRAFT
    placements = _running(cohort)
    people = _end_nominations(cohort, reason, actor)
    people |= {placement.person_id for placement in placements}
    people |= _end_placements(placements, reason, actor)
    _empty(cohort)
    cohort.status, cohort.cancel_reason = CohortStatus.CANCELLED, reason
    db.session.flush()
    audit_cohort(
        actor, "placements.cancel_cohort", cohort, {"placements": len(placements)}, reason=reason
    )
    return 0 if was_draft else _tell_cancelled(cohort, people, reason)


def _running(cohort: Cohort) -> list[Placement]:
    placements = db.session.scalars(
        select(Placement)
        .where(Placement.cohort_id == cohort.id)
        .options(selectinload(Placement.stays))
        .order_by(Placement.id)
        .with_for_update(of=Placement)
        .execution_options(populate_existing=True)
    ).all()
    if any(placement.status is PlacementStatus.COMPLETED for placement in placements):
        raise DomainError(
            _("Somebody has completed this cohort, so it cannot be cancelled."), "has_results"
        )
    return [placement for placement in placements if placement.status in RUNNING]


def _end_nominations(cohort: Cohort, reason: str, actor: Actor) -> set[int]:
    """Withdraw what stands; the people of it."""
    standing = Nomination.status.in_(STANDING) & (Nomination.cohort_id == cohort.id)
    people = set(db.session.scalars(select(Nomination.person_id).where(standing)))
    db.session.execute(
        update(Nomination)
        .where(standing)
        .values(
            status=NominationStatus.WITHDRAWN,
            decision_reason=reason,
            decided_by=actor.account_id,
            decided_at=clock.now(),
            row_version=Nomination.row_version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    return people


def _end_placements(placements: list[Placement], reason: str, actor: Actor) -> set[int]:
    """Withdraw the placements; the people who guided them."""
    today, mentors = clock.today(), set[int]()
    for placement in placements:
        old = placement.ends_on
        placement.status = PlacementStatus.WITHDRAWN
        placement.ends_on = max(placement.starts_on, min(today, placement.ends_on))
        for stay in placement.stays:
            if stay.mentor is not None and stay.valid_until is None:
                mentors.add(stay.mentor.person_id)
            if stay.valid_until is None:
                stay.valid_until = max(stay.valid_from, placement.ends_on)
        unbind(placement.id)
        db.session.add(
            PlacementChange(
                placement_id=placement.id,
                kind=ChangeKind.WITHDRAWAL,
                effective_on=placement.ends_on,
                old_value=old.isoformat(),
                reason=reason,
                made_by=actor.account_id,
                made_at=clock.now(),
            )
        )
    db.session.flush()
    return mentors


def _empty(cohort: Cohort) -> None:
    for table, counter in ((CohortSeats, "taken"), (MentorLoad, "trainees")):
        db.session.execute(
            update(table)
            .where(table.cohort_id == cohort.id)
            .values({counter: 0})
            .execution_options(synchronize_session=False)
        )
    db.session.expire_all()


def _tell_cancelled(cohort: Cohort, people: set[int], reason: str) -> int:
    facts, link = {"title": cohort.title, "reason": reason}, cohort_page(cohort.id)
    nominated = select(Nomination.unit_id).where(Nomination.cohort_id == cohort.id)
    schools = select(Nomination.school_id).where(Nomination.cohort_id == cohort.id)
    offices = {
        *_nominators(cohort),
        *(school.id for school in list_offering_schools(cohort.id)),
        *db.session.scalars(nominated),
        *db.session.scalars(schools),
    }
    told = tell_people(sorted(people), "placements.cohort_cancelled", facts, link=link)
    return told + tell_accounts(
        officers_of(sorted(offices)), "placements.cohort_cancelled", facts, link=link
    )
