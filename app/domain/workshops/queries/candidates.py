"""What enrolling needs to know of a person: read before the workshop is locked, as none of it is about seats."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import db, execute
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.versions import counted_stamp_now
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.people.models import Commitment, Person, Posting, TrainingRecord
from app.domain.people.rules import PostingRole
from app.domain.units.models import Unit
from app.domain.workshops.models import Workshop, WorkshopSession
from app.domain.workshops.rules.enrolling import Candidate, Conditions, Period, clashes
from app.domain.workshops.rules.words import WorkshopStatus

_TODAY = bindparam("today", type_=Posting.valid_from.type)
# Built once: these run in the rush of an opening.
_FACTS = (
    select(
        Person.id.label("person_id"),
        Person.name,
        Person.account_id,
        Account.email,
        Account.language,
        Account.disabled_at,
        Person.registered_unit_id,
        Posting.unit_id,
        Posting.role,
        Unit.path,
        Unit.stage,
        counted_stamp_now().label("data_stamp"),
    )
    .select_from(Person)
    .outerjoin(
        Posting,
        (Posting.person_id == Person.id)
        & (Posting.valid_from <= _TODAY)
        & or_(Posting.valid_until.is_(None), Posting.valid_until >= _TODAY),
    )
    .outerjoin(Unit, Unit.id == Posting.unit_id)
    .outerjoin(Account, Account.id == Person.account_id)
    .where(Person.merged_into_id.is_(None))
    .order_by(Posting.role != PostingRole.FULL_TIME, Posting.valid_from, Posting.id)
    .limit(1)
)
_PERSON = _FACTS.where(Person.id == bindparam("person_id"))
_ORGANISER, _ELIGIBLE = aliased(Unit), aliased(Unit)
_OWN = (
    _FACTS.add_columns(
        Workshop.title,
        Workshop.status,
        Workshop.row_version,
        Workshop.eligible_unit_id,
        Workshop.eligible_roles,
        Workshop.eligible_stages,
        Workshop.required_level,
        Workshop.not_trained_since,
        _ORGANISER.path.label("organiser_path"),
        _ELIGIBLE.path.label("eligible_path"),
    )
    .join(Workshop, Workshop.id == bindparam("workshop_id"))
    .join(_ORGANISER, _ORGANISER.id == Workshop.organiser_id)
    .outerjoin(_ELIGIBLE, _ELIGIBLE.id == Workshop.eligible_unit_id)
    .where(Person.account_id == bindparam("account_id"))
)
_SESSIONS = (
    select(
        WorkshopSession.id,
        WorkshopSession.starts_at,
        WorkshopSession.ends_at,
        WorkshopSession.title,
    )
    .where(
        WorkshopSession.workshop_id == bindparam("workshop_id"),
        WorkshopSession.cancelled_at.is_(None),
        WorkshopSession.makes_up_for_id.is_(None),
    )
    .order_by(WorkshopSession.starts_at, WorkshopSession.id)
)
_BOUND = (
    select(Commitment.starts_at, Commitment.ends_at, Commitment.title)
    .where(
        Commitment.person_id == bindparam("person_id"),
        Commitment.ends_at > bindparam("first"),
        Commitment.starts_at < bindparam("last"),
    )
    .order_by(Commitment.starts_at)
)


@dataclass(frozen=True, slots=True)
class Reader:
    """The account to be told, by mail too if it has an address."""

    account_id: int
    email: str | None
    language: str


@dataclass(frozen=True)
class Application:
    """Who applies for what: plain values, so that nothing is read again while the workshop is locked.

    Unless the plan (``workshop_version``) or what is known of people and units (``data_stamp``) changed since.
    """

    workshop_id: int
    person_id: int
    name: str
    reader: Reader | None
    unit_id: int
    candidate: Candidate
    conditions: Conditions
    sessions: tuple[tuple[int, Period], ...]
    clashing: tuple[Period, ...]
    workshop_version: int
    data_stamp: str


def read_application(workshop: Workshop, person_id: int) -> Application:
    """Everything the rules ask of this person for this workshop."""
    person = _person_row(person_id, clock.today())
    application = _apply(
        person, workshop.id, workshop.title, conditions_of(workshop), workshop.row_version
    )
    return replace(application, clashing=read_clashing(application))


def find_own_application(workshop_id: int, *, actor: Actor) -> Application | None:
    """The application of the actor's own person for a workshop that is meant for their unit, in two queries.

    None when there is none of that: ask again step by step, to say what is wrong. What the person is bound by is
    not read, as enrolling reads it anyway.
    """
    if actor.account_id is None or not actor.may("workshops.enrol"):
        return None
    values = {"workshop_id": workshop_id, "account_id": actor.account_id, "today": clock.today()}
    row = execute(_OWN, values).first()
    if row is None or row.status is WorkshopStatus.DRAFT:
        return None
    meant_for = row.organiser_path if row.eligible_unit_id is None else row.eligible_path
    if meant_for is None or not actor.unit_path.startswith(meant_for):
        return None
    conditions = Conditions(
        roles=frozenset(row.eligible_roles),
        stages=frozenset(row.eligible_stages),
        unit_path=row.eligible_path,
        required_level=row.required_level.value if row.required_level else None,
        not_trained_since=row.not_trained_since,
    )
    return _apply(row, workshop_id, row.title, conditions, row.row_version)


def _apply(
    person: Row[Any], workshop_id: int, title: str, conditions: Conditions, version: int
) -> Application:
    """What the rules ask of a person, from a row of ``_FACTS``; without what binds them."""
    told = person.account_id is not None and person.disabled_at is None
    since = conditions.not_trained_since
    return Application(
        workshop_id=workshop_id,
        person_id=person.person_id,
        name=person.name,
        reader=Reader(person.account_id, person.email, person.language) if told else None,
        unit_id=person.unit_id or person.registered_unit_id,
        candidate=Candidate(
            posting_role=person.role.value if person.role else None,
            stage=person.stage.value if person.stage else None,
            unit_path=person.path or "",
            trained_levels=_trained_levels(person.person_id)
            if conditions.required_level
            else frozenset(),
            last_same_training=_last_training(person.person_id, title) if since else None,
        ),
        conditions=conditions,
        sessions=tuple(list_periods(workshop_id)),
        clashing=(),
        workshop_version=version,
        data_stamp=person.data_stamp or "",
    )


def read_clashing(application: Application) -> tuple[Period, ...]:
    """What the person is bound by at the time as of now: since the application was read, another may have begun."""
    planned = [period for _id, period in application.sessions]
    return tuple(clashes(planned, list_bound_periods(application.person_id, planned)))


def conditions_of(workshop: Workshop) -> Conditions:
    """Who the workshop is for."""
    unit = workshop.eligible_unit if workshop.eligible_unit_id else None
    return Conditions(
        roles=frozenset(workshop.eligible_roles),
        stages=frozenset(workshop.eligible_stages),
        unit_path=unit.path if unit else None,
        required_level=workshop.required_level.value if workshop.required_level else None,
        not_trained_since=workshop.not_trained_since,
    )


def _person_row(person_id: int, today: date) -> Row[Any]:
    """The person with the main posting of the day: full-time first, then the earliest."""
    row = execute(_PERSON, {"person_id": person_id, "today": today}).first()
    if row is None:
        raise NotFound(_("There is no such person within your unit."))
    return row


def _trained_levels(person_id: int) -> frozenset[str]:
    levels = db.session.scalars(
        select(TrainingRecord.level)
        .where(
            TrainingRecord.person_id == person_id,
            TrainingRecord.passed.is_(True),
            TrainingRecord.withdrawn_at.is_(None),
        )
        .distinct()
    )
    return frozenset(level.value for level in levels)


def _last_training(person_id: int, title: str) -> date | None:
    """When the person last finished a training of this title."""
    return db.session.scalar(
        select(func.max(TrainingRecord.ended_on)).where(
            TrainingRecord.person_id == person_id,
            TrainingRecord.title == title,
            TrainingRecord.passed.is_(True),
            TrainingRecord.withdrawn_at.is_(None),
        )
    )


def list_periods(workshop_id: int) -> list[tuple[int, Period]]:
    """When the sessions of a workshop are, by id; make-up sessions and cancelled ones bind nobody."""
    rows = execute(_SESSIONS, {"workshop_id": workshop_id})
    return [(row.id, Period(row.starts_at, row.ends_at, row.title or "")) for row in rows]


def list_bound_periods(person_id: int, planned: Sequence[Period]) -> list[Period]:
    """When the person is bound by something else, in the span of the planned periods."""
    if not planned:
        return []
    first = min(period.starts_at for period in planned)
    last: datetime = max(period.ends_at for period in planned)
    period = {"person_id": person_id, "first": first, "last": last}
    rows = execute(_BOUND, period)
    return [Period(row.starts_at, row.ends_at, row.title) for row in rows]


def list_bound_people(person_ids: Collection[int], planned: Sequence[Period]) -> set[int]:
    """Which of these people are bound by something else during the planned periods; one query for all."""
    if not planned or not person_ids:
        return set()
    rows = db.session.execute(
        select(
            Commitment.person_id, Commitment.starts_at, Commitment.ends_at, Commitment.title
        ).where(
            Commitment.person_id.in_(person_ids),
            Commitment.ends_at > min(period.starts_at for period in planned),
            Commitment.starts_at < max(period.ends_at for period in planned),
        )
    )
    return {
        row.person_id
        for row in rows
        if clashes(planned, [Period(row.starts_at, row.ends_at, row.title)])
    }
