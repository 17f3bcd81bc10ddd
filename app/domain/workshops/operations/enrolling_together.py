"""Enrol many who come in one moment, in one round of statements: the rush of an opening.

Only what is plain: a free seat that nobody waits for, or the end of the line. Whoever is enrolled already, is to be
refused, or finds something to settle first, is left to ``enrol``, which says so in their own language.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select

from app.core import clock
from app.core.db import execute, table_of
from app.domain.accounts.queries.confirming import list_unchanged
from app.domain.accounts.rules import Actor
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
from app.domain.workshops.queries.candidates import Application, list_bound_people
from app.domain.workshops.rules import enrolling as rules
from app.domain.workshops.rules.seats import Pool, choose_pool
from app.domain.workshops.rules.words import EnrolmentStatus

_ENROLMENT = table_of(Enrolment)
_ENTER = insert(_ENROLMENT).returning(_ENROLMENT.c.id, _ENROLMENT.c.number)
_ACTIVE_PEOPLE = select(_ENROLMENT.c.person_id).where(
    _ENROLMENT.c.workshop_id == bindparam("workshop_id"),
    _ENROLMENT.c.person_id.in_(bindparam("person_ids", expanding=True)),
    _ENROLMENT.c.status.in_(ACTIVE),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody applies for themselves. ``first`` is done in the same transaction, before any workshop is locked."""

    application: Application
    actor: Actor
    first: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class _Given:
    """What a wish came to: a number of arrival, and a seat or a place in line."""

    wish: Wish
    number: int
    pool_id: int | None
    position: int | None
    status: EnrolmentStatus
    step: str | None


def enrol_together(wishes: Sequence[Wish]) -> list[Outcome | None]:
    """Enrol all of these people in one workshop, in this order; None for who is left to ``enrol``."""
    now = clock.now()
    allowed = list_unchanged([wish.actor for wish in wishes], clock.today())
    taking_part = [wish for wish in wishes if wish.actor.grant_id in allowed]
    for wish in taking_part:
        if wish.first is not None:
            wish.first()
    plain = _free_people(taking_part)
    if not plain:
        return [None] * len(wishes)
    workshop_id = plain[0].application.workshop_id
    arrival = draw_numbers(workshop_id, len(plain))
    given = list(_give(arrival, plain, now=now))
    ids = _write(arrival, given, now=now)
    outcomes = {
        id(one.wish): Outcome(ids[one.number], one.status, created=True, position=one.position)
        for one in given
    }
    return [outcomes.get(id(wish)) for wish in wishes]


def _free_people(wishes: Sequence[Wish]) -> list[Wish]:
    """One wish per person, of people who are held now and not bound at the time."""
    people = {wish.application.person_id: wish for wish in reversed(wishes)}
    applications = [wish.application for wish in wishes]
    # Of those who read another plan only who read the newest can be plain: its sessions are the ones that bind.
    newest = max(applications, key=lambda one: one.workshop_version, default=None)
    if newest is None or not newest.sessions:
        return [wish for wish in wishes if people[wish.application.person_id] is wish]
    held = hold_people(people)
    bound = list_bound_people(held, [period for _id, period in newest.sessions])
    return [
        wish
        for wish in wishes
        if people[wish.application.person_id] is wish and wish.application.person_id in held - bound
    ]


def _give(arrival: Arrival, wishes: Sequence[Wish], *, now: datetime) -> Iterator[_Given]:
    """Seats and places in line, in order of arrival, of those for whom it is plain."""
    if arrival.is_release_due(now) or rules.why_not_open(arrival.window, now):
        return
    active = _list_active(arrival, [wish.application.person_id for wish in wishes])
    standing = read_seats(arrival.workshop_id)
    pools, waiting = standing.pools, standing.waiting
    number = arrival.number
    for wish in wishes:
        application = wish.application
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
            wish,
            number=number,
            pool_id=pool.id if pool else None,
            position=None if pool else waiting,
            status=rules.first_status(step, seated=pool is not None),
            step=step,
        )
        number += 1


def _list_active(arrival: Arrival, person_ids: Collection[int]) -> set[int]:
    values = {"workshop_id": arrival.workshop_id, "person_ids": list(person_ids)}
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
    ids = {row.number: row.id for row in execute(_ENTER, rows)}
    seated = [one for one in given if one.pool_id is not None]
    take_seats([one.pool_id for one in seated if one.pool_id is not None])
    bind_all(
        [(ids[one.number], one.wish.application.person_id) for one in seated],
        arrival.title,
        given[0].wish.application.sessions,
    )
    write_entries([_entry(arrival, one, ids[one.number]) for one in given])
    notify_all(
        outcome_notice(arrival.workshop_id, arrival.title, one.status, reader, one.position)
        for one in given
        if (reader := one.wish.application.reader)
    )
    return ids


def _row(arrival: Arrival, one: _Given, *, now: datetime) -> dict[str, Any]:
    application = one.wish.application
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
        "applied_by": one.wish.actor.account_id,
        "nominated": False,
        "seated_at": now if one.pool_id is not None else None,
    }


def _entry(arrival: Arrival, one: _Given, enrolment_id: int) -> dict[str, Any]:
    application = one.wish.application
    return entry_values(
        one.wish.actor,
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
