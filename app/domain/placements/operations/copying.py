"""Copy a cohort as the next one: 第三期 becomes 第四期, with its seats, quotas and criteria, and its days moved."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from app.core.cohort_names import next_cohort
from app.core.db import db
from app.core.errors import DomainError
from app.domain.accounts.rules import Actor
from app.domain.placements.models import AppraisalCriterion, Cohort, CohortQuota
from app.domain.placements.operations.locking import lock_planned
from app.domain.placements.operations.offering import SeatLine, set_seats
from app.domain.placements.operations.planning import CohortFacts, audit_cohort, create_cohort
from app.domain.placements.queries.seats import list_criteria, list_quotas, list_seats


def next_title(cohort: Cohort) -> str:
    """What the next cohort is called."""
    return next_cohort(cohort.title) or cohort.title


def copy_cohort(
    cohort_id: int, *, title: str, starts_on: date, actor: Actor
) -> tuple[Cohort, list[str]]:
    """A draft of the next cohort that begins on a day; every other day moves by as many.

    Also the names of base schools whose seats are left out, as they have no capacity then. Raises ``cohort_exists``.
    """
    source = lock_planned(cohort_id, actor=actor)
    days = starts_on - source.starts_on
    copy = create_cohort(source.unit_id, _moved(source, title, days), actor=actor)
    if not source.imported:
        _copy_criteria(source, copy)
    for quota in list_quotas(source.id):
        db.session.add(CohortQuota(cohort_id=copy.id, unit_id=quota.unit_id, seats=quota.seats))
    db.session.flush()
    left_out = _copy_seats(source, copy, actor)
    audit_cohort(actor, "placements.copy_cohort", copy, {"from": source.id})
    return copy, left_out


def _moved(source: Cohort, title: str, days: timedelta) -> CohortFacts:
    def moved(day: date | None) -> date | None:
        return None if day is None else day + days

    return CohortFacts(
        title=title,
        starts_on=source.starts_on + days,
        ends_on=source.ends_on + days,
        nominations_open_on=moved(source.nominations_open_on),
        nominations_close_on=moved(source.nominations_close_on),
        mid_term_on=moved(source.mid_term_on),
        seat_policy=source.seat_policy,
        required_hours=source.required_hours,
        credit_hours=source.credit_hours,
        required_observations=source.required_observations,
        required_lessons=source.required_lessons,
        required_group_sessions=source.required_group_sessions,
        required_case_sessions=source.required_case_sessions,
        required_attendance=source.required_attendance,
        log_rhythm=source.log_rhythm,
        log_grace_days=source.log_grace_days,
        plan=source.plan,
    )


def _copy_criteria(source: Cohort, copy: Cohort) -> None:
    for criterion in db.session.scalars(
        select(AppraisalCriterion).where(AppraisalCriterion.cohort_id == copy.id)
    ).all():
        db.session.delete(criterion)
    db.session.flush()
    db.session.add_all(
        AppraisalCriterion(
            cohort_id=copy.id,
            phase=item.phase,
            position=item.position,
            title=item.title,
            weight=item.weight,
            levels=list(item.levels),
        )
        for item in list_criteria(source.id)
    )
    db.session.flush()


def _copy_seats(source: Cohort, copy: Cohort, actor: Actor) -> list[str]:
    """The seats of each base school, unless it cannot take them then."""
    kept: list[SeatLine] = []
    left_out: list[str] = []
    lines: dict[int, list[SeatLine]] = {}
    names: dict[int, str] = {}
    for row in list_seats(source.id):
        names[row.base_school_id] = row.base_school.name
        lines.setdefault(row.base_school_id, []).append(
            SeatLine(row.base_school_id, row.seats, row.stage, row.subject)
        )
    for school_id, offered in lines.items():
        try:
            with db.session.begin_nested():
                set_seats(copy.id, [*kept, *offered], actor=actor)
        except DomainError:
            left_out.append(names[school_id])
        else:
            kept += offered
    return left_out
