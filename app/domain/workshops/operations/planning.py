"""Plan a workshop: create a draft, change what it says. Seats: operations.capacity; sessions: operations.sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.models import Commitment
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment, Programme, Workshop
from app.domain.workshops.operations import checks
from app.domain.workshops.operations.capacity import set_seats
from app.domain.workshops.operations.enrolling import settle
from app.domain.workshops.operations.locking import lock_editable
from app.domain.workshops.rules.enrolling import Period
from app.domain.workshops.rules.planning import Windows
from app.domain.workshops.rules.words import COMMITMENT_SOURCE as SOURCE
from app.domain.workshops.rules.words import WorkshopStatus

# What may be said of a workshop beside its title; all optional, as in models.Workshop.
FIELDS = frozenset(
    {
        "agree_within", "appeal_days", "approval", "audiences", "cohort", "contact", "credit_hours",
        "description", "eligible_roles", "eligible_stages", "eligible_unit_id",
        "enrolment_closes_at", "enrolment_opens_at", "excellent_bound", "kind", "level",
        "minimum_attendance", "minimum_grade", "not_trained_since", "organiser_id", "pass_bound",
        "place_check", "programme_id", "quota_release_at", "required_level", "second_marking",
        "title", "withdraw_until",
    }
)  # fmt: skip
# People have chosen it for what it is; afterwards another workshop is made.
FIXED_ONCE_PUBLISHED = frozenset({"kind", "level", "organiser_id"})
GRADING = frozenset(
    {"agree_within", "excellent_bound", "minimum_grade", "pass_bound", "second_marking"}
)
# As the columns have them, to be checked before the row is written.
_DEFAULTS: dict[str, Any] = {
    name: Workshop.__table__.c[name].default.arg
    for name in (
        "appeal_days", "credit_hours", "excellent_bound", "minimum_attendance", "minimum_grade",
        "pass_bound",
    )
}  # fmt: skip
_TOLD_BY_NAME = frozenset({"contact", "description"})


def create_workshop(
    organiser_id: int,
    facts: Mapping[str, Any],
    *,
    capacity: int,
    quotas: Mapping[int, int] | None = None,
    actor: Actor,
) -> Workshop:
    """A draft of a unit within the actor's, with its seats (``quotas``: seats by unit id).

    ``facts`` needs ``title``, ``kind`` and ``level``. Raises the refusals of the rules with their field.
    """
    organiser = db.session.get(Unit, organiser_id)
    if organiser is None or not actor.reaches(organiser.path):
        raise NotFound(_("There is no such unit within your unit."))
    workshop = Workshop(
        organiser_id=organiser.id,
        capacity=max(capacity, 1),
        created_at=clock.now(),
        created_by=actor.account_id,
        title=checks.checked_title(facts.get("title")),
        kind=facts["kind"],
        level=facts["level"],
        **_DEFAULTS,
    )
    _apply(workshop, facts)
    _check(workshop, [])
    _refuse_programme(workshop, actor)
    db.session.add(workshop)
    db.session.flush()
    record(
        actor,
        "workshops.create",
        object_type="workshop",
        object_id=workshop.id,
        details={"kind": workshop.kind, "level": workshop.level},
        unit_path=organiser.path,
    )
    set_seats(workshop.id, capacity, dict(quotas or {}), actor=actor)
    return workshop


def edit_workshop(
    workshop_id: int,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Workshop:
    """Change what a workshop says; only what differs counts. StaleVersion when somebody was quicker.

    Refused: ``workshop_over``; ``fixed_once_published`` for kind, level and organiser; ``approval_in_use`` once
    somebody is enrolled; ``grades_published``; ``quotas_released``.
    """
    workshop = lock_editable(workshop_id, actor=actor, expected_version=expected_version)
    real = {name: value for name, value in changes.items() if getattr(workshop, name) != value}
    if not real:
        return workshop
    _refuse_changes(workshop, set(real))
    before = {name: _plain(getattr(workshop, name)) for name in real}
    periods = checks.periods_of(workshop.id)
    _apply(workshop, real)
    _check(workshop, periods)
    _refuse_organiser(workshop, actor)
    if "programme_id" in real:
        _refuse_programme(workshop, actor)
    workshop.row_version += 1
    db.session.flush()
    _audit_edit(workshop, before, actor)
    if "title" in real:
        _rename_commitments(workshop)
    if "quota_release_at" in real and workshop.status is not WorkshopStatus.DRAFT:
        settle(workshop, actor=actor, now=clock.now())
    return workshop


def _apply(workshop: Workshop, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - FIELDS
    if unknown:
        raise ValueError(f"not a field of a workshop: {sorted(unknown)}")
    for name, value in facts.items():
        if name == "title":
            workshop.title = checks.checked_title(value)
        elif name in {"cohort", "contact", "description"}:
            setattr(workshop, name, (value or "").strip() or None)
        elif name != "organiser_id" or value is not None:
            setattr(workshop, name, value)


def _refuse_changes(workshop: Workshop, names: set[str]) -> None:
    if workshop.status is not WorkshopStatus.DRAFT and names & FIXED_ONCE_PUBLISHED:
        field = min(names & FIXED_ONCE_PUBLISHED)
        raise DomainError(
            _("Kind, level and organiser stay as they were published. Cancel it, or plan another."),
            "fixed_once_published",
            "organiser" if field == "organiser_id" else field,
        )
    if "approval" in names and _has_enrolments(workshop.id):
        raise DomainError(
            _("People have applied already; the approval they go through stays."),
            "approval_in_use",
            "approval",
        )
    if workshop.grades_published_at is not None and names & GRADING:
        raise DomainError(
            _("The grades are published; what they were judged by stays."),
            "grades_published",
            min(names & GRADING),
        )
    if "quota_release_at" in names and workshop.quotas_released_at is not None:
        raise DomainError(
            _("The quotas have been released already."), "quotas_released", "quota_release_at"
        )


def _has_enrolments(workshop_id: int) -> bool:
    statement = select(Enrolment.id).where(Enrolment.workshop_id == workshop_id).limit(1)
    return db.session.scalar(statement) is not None


def _refuse_organiser(workshop: Workshop, actor: Actor) -> None:
    organiser = db.session.get(Unit, workshop.organiser_id)
    if organiser is None or not actor.reaches(organiser.path):
        raise NotFound(_("There is no such unit within your unit."))


def _refuse_programme(workshop: Workshop, actor: Actor) -> None:
    if workshop.programme_id is None:
        return
    programme = db.session.get(Programme, workshop.programme_id)
    if programme is None or not actor.reaches(programme.unit.path):
        raise InvalidInput(
            _("There is no such programme within your unit."), "unknown_programme", "programme"
        )


def _check(workshop: Workshop, periods: Sequence[Period]) -> None:
    windows = Windows(
        workshop.enrolment_opens_at,
        workshop.enrolment_closes_at,
        workshop.withdraw_until,
        workshop.quota_release_at,
    )
    checks.refuse_windows(windows)
    checks.refuse_bounds(workshop)
    checks.refuse_hours(workshop, periods)
    if workshop.appeal_days < 0 or workshop.appeal_days > 365:
        raise InvalidInput(_("A number of days from 0 to 365."), "appeal_days", "appeal_days")


def _audit_edit(workshop: Workshop, before: dict[str, Any], actor: Actor) -> None:
    shown = sorted(set(before) - _TOLD_BY_NAME)
    record(
        actor,
        "workshops.edit",
        object_type="workshop",
        object_id=workshop.id,
        details={
            "fields": sorted(before),
            "before": {name: before[name] for name in shown},
            "after": {name: _plain(getattr(workshop, name)) for name in shown},
        },
        unit_path=workshop.organiser.path,
    )


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | list):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _rename_commitments(workshop: Workshop) -> None:
    of_workshop = select(Enrolment.id).where(Enrolment.workshop_id == workshop.id)
    db.session.execute(
        update(Commitment)
        .where(Commitment.source == SOURCE, Commitment.source_id.in_(of_workshop))
        .values(title=workshop.title)
        .execution_options(synchronize_session=False)
    )
