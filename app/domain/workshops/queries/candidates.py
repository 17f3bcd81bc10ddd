"""What enrolling needs to know of a person: read before the workshop is locked, as none of it is about seats."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, or_, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import execute
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.many import among, values_of
from app.core.versions import counted_stamp_now
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.people.models import Commitment, Person, Posting
from app.domain.people.rules import PostingRole
from app.domain.units.models import Unit
from app.domain.workshops.models import Workshop, WorkshopSession
from app.domain.workshops.queries.earlier_trainings import (
    list_last_trainings,
    list_trained_levels,
)
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
)
_PERSON = _FACTS.where(Person.id == bindparam("person_id")).limit(1)
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
    .where(among(Person.account_id, values_of("account_ids")))
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
_ALL_BOUND = select(
    Commitment.person_id, Commitment.starts_at, Commitment.ends_at, Commitment.title
).where(
    among(Commitment.person_id, values_of("person_ids")),
    Commitment.ends_at > bindparam("first"),
    Commitment.starts_at < bindparam("last"),
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


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a workshop asks of everybody who applies."""

    workshop_id: int
    title: str
    version: int
    conditions: Conditions
    sessions: tuple[tuple[int, Period], ...]


def read_application(workshop: Workshop, person_id: int) -> Application:
    """Everything the rules ask of this person for this workshop."""
    person = _person_row(person_id, clock.today())
    plan = _Plan(
        workshop.id,
        workshop.title,
        workshop.row_version,
        conditions_of(workshop),
        tuple(list_periods(workshop.id)),
    )
    (application,) = _applications([person], plan)
    return replace(application, clashing=read_clashing(application))


def find_own_application(workshop_id: int, *, actor: Actor) -> Application | None:
    """The application of the actor's own person for a workshop that is meant for their unit, in two queries.

    None when there is none of that: ask again step by step, to say what is wrong. What the person is bound by is
    not read, as enrolling reads it anyway.
    """
    if actor.account_id is None or not actor.may("workshops.enrol"):
        return None
    found = list_own_applications(workshop_id, {actor.account_id: actor.unit_path})
    return found.get(actor.account_id)


def list_own_applications(workshop_id: int, scopes: Mapping[int, str]) -> dict[int, Application]:
    """The same of many who apply for themselves, by account; ``scopes``: accounts, and the unit each applies in."""
    values = {"workshop_id": workshop_id, "account_ids": list(scopes), "today": clock.today()}
    people: dict[int, Row[Any]] = {}
    for row in execute(_OWN, values):
        people.setdefault(row.account_id, row)  # the main posting comes first
    first = next(iter(people.values()), None)
    if first is None or first.status is WorkshopStatus.DRAFT:
        return {}
    meant_for = first.organiser_path if first.eligible_unit_id is None else first.eligible_path
    if meant_for is None:
        return {}
    conditions = Conditions(
        roles=frozenset(first.eligible_roles),
        stages=frozenset(first.eligible_stages),
        unit_path=first.eligible_path,
        required_level=first.required_level.value if first.required_level else None,
        not_trained_since=first.not_trained_since,
    )
    sessions = tuple(list_periods(workshop_id))
    plan = _Plan(workshop_id, first.title, first.row_version, conditions, sessions)
    meant = [row for row in people.values() if scopes[row.account_id].startswith(meant_for)]
    applications = _applications(meant, plan)
    return {row.account_id: one for row, one in zip(meant, applications, strict=True)}


def _applications(people: Sequence[Row[Any]], plan: _Plan) -> list[Application]:
    """What the rules ask of people, from rows of ``_FACTS``; without what binds them."""
    ids, conditions = [person.person_id for person in people], plan.conditions
    levels = list_trained_levels(ids) if conditions.required_level else {}
    trainings = list_last_trainings(ids, plan.title) if conditions.not_trained_since else {}
    return [
        Application(
            workshop_id=plan.workshop_id,
            person_id=person.person_id,
            name=person.name,
            reader=_reader(person),
            unit_id=person.unit_id or person.registered_unit_id,
            candidate=Candidate(
                posting_role=person.role.value if person.role else None,
                stage=person.stage.value if person.stage else None,
                unit_path=person.path or "",
                trained_levels=frozenset(levels.get(person.person_id, ())),
                last_same_training=trainings.get(person.person_id),
            ),
            conditions=conditions,
            sessions=plan.sessions,
            clashing=(),
            workshop_version=plan.version,
            data_stamp=person.data_stamp or "",
        )
        for person in people
    ]


def _reader(person: Row[Any]) -> Reader | None:
    if person.account_id is None or person.disabled_at is not None:
        return None
    return Reader(person.account_id, person.email, person.language)


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
    values = {
        "person_ids": person_ids,
        "first": min(period.starts_at for period in planned),
        "last": max(period.ends_at for period in planned),
    }
    rows = execute(_ALL_BOUND, values)
    return {
        row.person_id
        for row in rows
        if clashes(planned, [Period(row.starts_at, row.ends_at, row.title)])
    }
