"""Enrol many who come in one moment, in one round of statements: the rush of an opening.

Only what is plain: a free seat that nobody waits for, or the end of the line. Whoever is enrolled already, is to be
refused, or finds something to settle first, is left to ``enrol``, which says so in their own language.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from app.core import clock
from app.core.db import execute, table_of
from app.core.many import among, insert_rows, values_of
from app.domain.accounts.operations.tokens import note_uses
from app.domain.accounts.queries.confirming import list_unchanged
from app.domain.audit.operations import entry_values, write_entries
from app.domain.outbox.operations import notify_all
from app.domain.workshops.models import Enrolment
from app.domain.workshops.operations.arriving import (
    ACTIVE,
    Arrival,
    Standing,
    draw_numbers,
    is_as_read,
    read_seats,
)
from app.domain.workshops.operations.enrolling import Outcome, outcome_notice
from app.domain.workshops.operations.seating import (
    bind_all,
    hold_people,
    is_waited_for,
    take_seats,
)
from app.domain.workshops.queries.candidates import (
    Application,
    list_bound_people,
    list_own_applications,
)
from app.domain.workshops.rules import enrolling as rules
from app.domain.workshops.rules.seats import Pool, choose_pool
from app.domain.workshops.rules.words import EnrolmentStatus

_ENROLMENT = table_of(Enrolment)
_ACTIVE_PEOPLE = select(_ENROLMENT.c.person_id).where(
    _ENROLMENT.c.workshop_id == bindparam("workshop_id"),
    among(_ENROLMENT.c.person_id, values_of("person_ids")),
    _ENROLMENT.c.status.in_(ACTIVE),
)


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies for themselves, in one of their roles: what is asked of an actor, in values that can be sent."""

    account_id: int
    username: str
    role: str
    unit_id: int
    unit_path: str
    grant_id: int
    origin: str
    channel: str


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody applies for a workshop. ``token_id``: the API token whose use is noted in the same transaction."""

    workshop_id: int
    applicant: Applicant
    needs_lodging: bool | None = None
    token_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    """A wish, and what is known of who has it."""

    wish: Wish
    application: Application

    @property
    def applicant(self) -> Applicant:
        return self.wish.applicant


@dataclass(frozen=True, slots=True)
class _Given:
    """What a request came to: a number of arrival, and a seat or a place in line."""

    request: _Request
    number: int
    pool_id: int | None
    position: int | None
    status: EnrolmentStatus
    step: str | None


def enrol_together(wishes: Sequence[Wish]) -> list[Outcome | None]:
    """Enrol all of these people, who wish for one workshop, in this order; None for who is left to ``enrol``."""
    now = clock.now()
    allowed = list_unchanged([wish.applicant for wish in wishes], clock.today())
    taking_part = [wish for wish in wishes if wish.applicant.grant_id in allowed]
    note_uses([wish.token_id for wish in taking_part if wish.token_id is not None], now)
    plain = _free_people(_read_requests(taking_part))
    if not plain:
        return [None] * len(wishes)
    workshop_id = plain[0].application.workshop_id
    arrival = draw_numbers(workshop_id, len(plain))
    given = list(_give(arrival, plain, now=now))
    ids = _write(arrival, given, now=now)
    outcomes = {
        id(one.request.wish): Outcome(
            ids[one.number], one.status, created=True, position=one.position
        )
        for one in given
    }
    return [outcomes.get(id(wish)) for wish in wishes]


def _read_requests(wishes: Sequence[Wish]) -> list[_Request]:
    """What is known of who applies, the first time they do; without those for whom the workshop is not meant."""
    first = {wish.applicant.account_id: wish for wish in reversed(wishes)}
    scopes = {account_id: wish.applicant.unit_path for account_id, wish in first.items()}
    applications = list_own_applications(wishes[0].workshop_id, scopes) if wishes else {}
    return [
        _Request(wish, application)
        for wish in wishes
        if first[wish.applicant.account_id] is wish
        and (application := applications.get(wish.applicant.account_id))
    ]


def _free_people(requests: Sequence[_Request]) -> list[_Request]:
    """Those who are held now and not bound at the time."""
    if not requests or not requests[0].application.sessions:
        return list(requests)
    periods = [period for _id, period in requests[0].application.sessions]
    held = hold_people([request.application.person_id for request in requests])
    free = held - list_bound_people(held, periods)
    return [request for request in requests if request.application.person_id in free]


def _give(arrival: Arrival, requests: Sequence[_Request], *, now: datetime) -> Iterator[_Given]:
    """Seats and places in line, in order of arrival, of those for whom it is plain."""
    if arrival.is_release_due(now) or rules.why_not_open(arrival.window, now):
        return
    active = _list_active(arrival, [one.application.person_id for one in requests])
    standing = read_seats(arrival.workshop_id)
    pools, waiting = standing.pools, standing.waiting
    number = arrival.number
    for request in requests:
        application = request.application
        if application.person_id in active or not _is_plain(arrival, standing, application):
            continue
        pool = choose_pool(pools, application.candidate.unit_path)
        if pool is not None and waiting and is_waited_for(arrival.workshop_id, pool):
            continue
        if pool is None:
            waiting += 1
        else:
            pools = _with_one_taken(pools, pool)
        step = rules.first_step(arrival.approval, nominated_by=None)
        yield _Given(
            request,
            number=number,
            pool_id=pool.id if pool else None,
            position=None if pool else waiting,
            status=rules.first_status(step, seated=pool is not None),
            step=step,
        )
        number += 1


def _list_active(arrival: Arrival, person_ids: Collection[int]) -> set[int]:
    values = {"workshop_id": arrival.workshop_id, "person_ids": person_ids}
    return set(execute(_ACTIVE_PEOPLE, values).scalars())


def _is_plain(arrival: Arrival, standing: Standing, application: Application) -> bool:
    """Whether everything is as it was read, and the person fits the plan."""
    return is_as_read(arrival, standing, application) and not rules.why_not_eligible(
        application.candidate, application.conditions
    )


def _with_one_taken(pools: Sequence[Pool], taken: Pool) -> list[Pool]:
    return [replace(pool, taken=pool.taken + 1) if pool is taken else pool for pool in pools]


def _write(arrival: Arrival, given: Sequence[_Given], *, now: datetime) -> dict[int, int]:
    """Enrolments, seats, commitments, audit entries and notices; the ids of the enrolments by their number."""
    if not given:
        return {}
    rows = [_row(arrival, one, now=now) for one in given]
    written = insert_rows(_ENROLMENT, rows, returning=("id", "number"))
    ids = {row.number: row.id for row in written}
    seated = [one for one in given if one.pool_id is not None]
    take_seats([one.pool_id for one in seated if one.pool_id is not None])
    bind_all(
        [(ids[one.number], one.request.application.person_id) for one in seated],
        arrival.title,
        given[0].request.application.sessions,
    )
    write_entries([_entry(arrival, one, ids[one.number]) for one in given])
    notify_all(
        outcome_notice(arrival.workshop_id, arrival.title, one.status, reader, one.position)
        for one in given
        if (reader := one.request.application.reader)
    )
    return ids


def _row(arrival: Arrival, one: _Given, *, now: datetime) -> dict[str, Any]:
    application = one.request.application
    return {
        "workshop_id": arrival.workshop_id,
        "person_id": application.person_id,
        "unit_id": application.unit_id,
        "unit_path": application.candidate.unit_path,
        "number": one.number,
        "status": one.status,
        "pool_id": one.pool_id,
        "approval_step": one.step,
        "applied_at": now,
        "applied_by": one.request.applicant.account_id,
        "nominated": False,
        "needs_lodging": one.request.wish.needs_lodging,
        "seated_at": now if one.pool_id is not None else None,
    }


def _entry(arrival: Arrival, one: _Given, enrolment_id: int) -> dict[str, Any]:
    application = one.request.application
    return entry_values(
        one.request.applicant,
        "workshops.enrol",
        object_type="enrolment",
        object_id=enrolment_id,
        subject_id=application.person_id,
        details={
            "workshop": arrival.workshop_id,
            "status": one.status,
            "position": one.position,
        },
        unit_path=application.candidate.unit_path,
    )
