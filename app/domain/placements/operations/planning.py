"""Plan a cohort: its term, requirements and plan; publish it, call it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.rules.trainings import placement_event_key
from app.domain.placements.models import Cohort
from app.domain.placements.operations.capacities import (
    is_base_school,
    not_base_school,
    refuse_excess,
)
from app.domain.placements.operations.criteria import write_default_criteria
from app.domain.placements.operations.locking import lock_base_schools, lock_editable
from app.domain.placements.queries.seats import list_offering_schools
from app.domain.placements.rules.planning import (
    LONGEST_DAYS,
    MOST_COUNTED,
    MOST_HOURS,
    MOVABLE,
    Term,
    why_not_term,
)
from app.domain.placements.rules.words import LogRhythm, SeatPolicy
from app.domain.units.models import UnitKind
from app.domain.units.queries import get_unit_by_id

LONGEST_TITLE = 40  # what a training record keeps of it
LONGEST_PLAN = 40_000
MOST_GRACE_DAYS = 60


@dataclass(frozen=True, slots=True)
class CohortFacts:
    """What a cohort says. Hours are of 45 minutes; attendance in percent of the days."""

    title: str
    starts_on: date
    ends_on: date
    nominations_open_on: date | None = None
    nominations_close_on: date | None = None
    mid_term_on: date | None = None
    seat_policy: SeatPolicy = SeatPolicy.GAP_FIRST
    required_hours: Decimal = Decimal(0)
    credit_hours: Decimal = Decimal(0)
    required_observations: int = 0
    required_lessons: int = 0
    required_group_sessions: int = 0
    required_case_sessions: int = 0
    required_attendance: int = 0
    log_rhythm: LogRhythm = LogRhythm.WEEK
    log_grace_days: int = 3
    plan: str | None = None

    @property
    def term(self) -> Term:
        return Term(
            self.starts_on,
            self.ends_on,
            self.nominations_open_on,
            self.nominations_close_on,
            self.mid_term_on,
        )


# What nobody changes any more once people are placed: the papers and their time stand on it.
_SETTLED = (
    "title",
    "starts_on",
    "ends_on",
    "nominations_open_on",
    "nominations_close_on",
    "seat_policy",
)


def create_cohort(unit_id: int, facts: CohortFacts, *, actor: Actor) -> Cohort:
    """A draft of a prefecture's cohort, with the usual criteria of both appraisals.

    Raises Forbidden, ``cohort_exists``, and refusals of the facts (``check_facts``).
    """
    unit = get_unit_by_id(unit_id)
    if not actor.may("placements.plan") or not actor.reaches(unit.path):
        raise Forbidden(_("This unit is not within your unit."), "unit_out_of_scope")
    if unit.kind is not UnitKind.PREFECTURE:
        raise InvalidInput(
            _("A prefecture organises placements; choose one."), "not_a_prefecture", "unit"
        )
    facts = check_facts(facts)
    cohort = Cohort(
        unit_id=unit.id,
        event_key=placement_event_key(facts.title),
        created_at=clock.now(),
        **asdict(facts),
    )
    db.session.add(cohort)
    _refuse_twin(cohort)
    db.session.flush()
    write_default_criteria(cohort)
    audit_cohort(actor, "placements.create_cohort", cohort, {"title": cohort.title})
    return cohort


def edit_cohort(
    cohort_id: int, facts: CohortFacts, *, expected_version: int | None = None, actor: Actor
) -> Cohort:
    """Change what a cohort says. Once people are placed its name, days and policy stand (``settled``).

    Raises StaleVersion, ``cohort_over``, ``not_base_school`` and ``over_school_capacity`` for moved days.
    """
    cohort = lock_editable(cohort_id, actor=actor, expected_version=expected_version)
    facts = check_facts(facts)
    values = asdict(facts)
    changed = {name: value for name, value in values.items() if getattr(cohort, name) != value}
    if cohort.status not in MOVABLE and (settled := set(_SETTLED) & set(changed)):
        raise DomainError(
            _("People are placed, so the name, the days and the policy of this cohort stand."),
            "settled",
            min(settled),
        )
    for name, value in changed.items():
        setattr(cohort, name, value)
    cohort.event_key = placement_event_key(cohort.title)
    _refuse_twin(cohort)
    db.session.flush()
    if {"starts_on", "ends_on"} & set(changed):
        _refuse_moved(cohort)
    if changed:
        audit_cohort(actor, "placements.edit_cohort", cohort, {"changed": sorted(changed)})
    return cohort


def _refuse_moved(cohort: Cohort) -> None:
    """The base schools must still be ones, with the seats, in the new term."""
    schools = list_offering_schools(cohort.id)
    lock_base_schools([school.id for school in schools])
    for school in schools:
        if not is_base_school(school.id, cohort.starts_on, cohort.ends_on):
            raise not_base_school(school.name, cohort.starts_on, cohort.ends_on)
        refuse_excess(school)


def _refuse_twin(cohort: Cohort) -> None:
    with db.session.no_autoflush:
        twin = db.session.scalar(
            select(func.count()).where(
                Cohort.unit_id == cohort.unit_id,
                Cohort.event_key == cohort.event_key,
                Cohort.id != (cohort.id or 0),
            )
        )
    if twin:
        raise DomainError(
            _("There is a cohort of this name already. Give it another one."),
            "cohort_exists",
            "title",
        )


def check_facts(facts: CohortFacts) -> CohortFacts:
    """The facts with tidy texts. Raises ``bad_title``, a refusal of the days, ``out_of_range``, ``plan_too_long``."""
    title = " ".join(facts.title.split())
    if not 2 <= len(title) <= LONGEST_TITLE:
        raise InvalidInput(
            _("A name has 2 to %(most)s characters.", most=LONGEST_TITLE), "bad_title", "title"
        )
    if (why := why_not_term(facts.term)) is not None:
        code, field = why
        raise InvalidInput(_term_words()[code], code, field)
    for field, value, most in _bounded(facts):
        if not 0 <= value <= most:
            raise InvalidInput(
                _("Give a number from 0 to %(most)s.", most=most), "out_of_range", field
            )
    plan = (facts.plan or "").replace("\r\n", "\n").strip() or None
    if plan and len(plan) > LONGEST_PLAN:
        raise InvalidInput(
            _("The plan is too long; add it as a file instead."), "plan_too_long", "plan"
        )
    return CohortFacts(**{**asdict(facts), "title": title, "plan": plan})


def _bounded(facts: CohortFacts) -> Sequence[tuple[str, Decimal | int, Decimal | int]]:
    return (
        ("required_hours", facts.required_hours, MOST_HOURS),
        ("credit_hours", facts.credit_hours, MOST_HOURS),
        ("required_observations", facts.required_observations, MOST_COUNTED),
        ("required_lessons", facts.required_lessons, MOST_COUNTED),
        ("required_group_sessions", facts.required_group_sessions, MOST_COUNTED),
        ("required_case_sessions", facts.required_case_sessions, MOST_COUNTED),
        ("required_attendance", facts.required_attendance, 100),
        ("log_grace_days", facts.log_grace_days, MOST_GRACE_DAYS),
    )


def _term_words() -> dict[str, str]:
    return {
        "ends_before_start": _("The term cannot end before it begins."),
        "too_long": _("A term has at most %(most)s days. Check the year.", most=LONGEST_DAYS),
        "half_window": _("Give the first and the last day of nominations, or neither."),
        "closes_before_opens": _("Nominations cannot close before they open."),
        "closes_after_start": _("Nominations close by the first day of the term."),
        "mid_term_outside": _("The mid-term appraisal lies within the term."),
    }


def audit_cohort(
    actor: Actor,
    action: str,
    cohort: Cohort,
    details: dict[str, Any] | None = None,
    *,
    reason: str | None = None,
) -> None:
    """One audit entry about a cohort, in the scope of who organises it."""
    record(
        actor,
        action,
        object_type="cohort",
        object_id=cohort.id,
        details=details,
        reason=reason,
        unit_path=cohort.unit.path,
    )
