"""The only place where seats change hands. Call inside ``atomic()``, after the workshop is locked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from app.core.db import db, execute, table_of
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.many import among, insert_rows, values_of
from app.domain.people.models import Commitment, Person
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment, SeatPool, Workshop
from app.domain.workshops.queries.candidates import list_bound_people, list_periods
from app.domain.workshops.rules import seats as rules
from app.domain.workshops.rules.enrolling import Period
from app.domain.workshops.rules.words import COMMITMENT_SOURCE, EnrolmentStatus

SOURCE = COMMITMENT_SOURCE
# Built once: these run in the rush of an opening, while the workshop is locked.
_POOLS = (
    select(SeatPool.id, Unit.path, SeatPool.seats, SeatPool.taken)
    .outerjoin(Unit, Unit.id == SeatPool.unit_id)
    .where(SeatPool.workshop_id == bindparam("workshop_id"))
    .order_by(SeatPool.id)
)
_POOL = table_of(SeatPool)
_TAKE = (
    update(_POOL)
    .where(_POOL.c.id == bindparam("pool"))
    .values(taken=_POOL.c.taken + bindparam("count"))
)
_COMMITMENT = table_of(Commitment)
_HOLD_ALL = (
    select(Person.id)
    .where(among(Person.id, values_of("person_ids")))
    .order_by(Person.id)
    .with_for_update(of=Person, key_share=True, skip_locked=True)
)


def lock_workshop(workshop_id: int) -> Workshop:
    """The workshop, locked until the act ends: whoever changes its seats comes through here."""
    workshop = db.session.scalars(
        select(Workshop)
        .where(Workshop.id == workshop_id)
        .with_for_update(of=Workshop)
        .execution_options(populate_existing=True)
    ).first()
    if workshop is None:
        raise NotFound(_("There is no such workshop."))
    return workshop


def read_pools(workshop_id: int) -> list[rules.Pool]:
    """The pools of a workshop as plain values; a unit's path as it is now."""
    rows = db.session.execute(_POOLS, {"workshop_id": workshop_id})
    return [rules.Pool(row.id, row.path, row.seats, row.taken) for row in rows]


def take_seat(pool_id: int) -> None:
    """Count one seat taken; the check constraint refuses one too many."""
    take_seats([pool_id])


def take_seats(pool_ids: Iterable[int]) -> None:
    """Count seats taken, one for each time a pool is named."""
    counts = [{"pool": pool_id, "count": count} for pool_id, count in Counter(pool_ids).items()]
    if counts:
        execute(_TAKE, counts)


def free_seat(enrolment: Enrolment, *, released: bool) -> None:
    """Take somebody off their seat; after the release a quota's freed seat becomes an open one."""
    pool_id, enrolment.pool_id = enrolment.pool_id, None
    unbind(enrolment.id)
    if pool_id is None:
        return
    db.session.flush()
    db.session.execute(
        update(SeatPool).where(SeatPool.id == pool_id).values(taken=SeatPool.taken - 1)
    )
    if released:
        _open_up(enrolment.workshop_id, pool_id)


def _open_up(workshop_id: int, pool_id: int) -> None:
    quota = db.session.get_one(SeatPool, pool_id, populate_existing=True)
    if quota.unit_id is None or quota.seats == quota.taken:
        return
    spare = quota.seats - quota.taken
    quota.seats = quota.taken
    db.session.flush()
    db.session.execute(
        update(SeatPool)
        .where(SeatPool.workshop_id == workshop_id, SeatPool.unit_id.is_(None))
        .values(seats=SeatPool.seats + spare)
    )


def bind(
    enrolment_id: int, person_id: int, title: str, sessions: Iterable[tuple[int, Period]]
) -> None:
    """Write when the person is bound by the workshop, for the clash checks of every area."""
    bind_all([(enrolment_id, person_id)], title, sessions)


def bind_all(
    seated: Iterable[tuple[int, int]], title: str, sessions: Iterable[tuple[int, Period]]
) -> None:
    """Write when these people are bound by the workshop; ``seated``: ids of enrolment and person."""
    planned = list(sessions)
    rows = [
        {
            "person_id": person_id,
            "source": SOURCE,
            "source_id": enrolment_id,
            "part_id": session_id,
            "title": title,
            "starts_at": period.starts_at,
            "ends_at": period.ends_at,
        }
        for enrolment_id, person_id in seated
        for session_id, period in planned
    ]
    if rows:
        insert_rows(_COMMITMENT, rows)


def unbind(enrolment_id: int) -> None:
    db.session.execute(
        delete(Commitment).where(Commitment.source == SOURCE, Commitment.source_id == enrolment_id)
    )


def unbind_all(workshop_id: int) -> None:
    """Nobody is bound by the workshop any more."""
    of_workshop = select(Enrolment.id).where(Enrolment.workshop_id == workshop_id)
    db.session.execute(
        delete(Commitment)
        .where(Commitment.source == SOURCE, Commitment.source_id.in_(of_workshop))
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True)
class Promoted:
    """Somebody who came from the line to a seat; ``confirmed`` unless the application still waits for approval."""

    enrolment_id: int
    person_id: int
    confirmed: bool


def read_line(workshop_id: int) -> Sequence[Enrolment]:
    """Everybody who waits, in order of arrival, pending ones without a seat among them."""
    return db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.workshop_id == workshop_id,
            Enrolment.pool_id.is_(None),
            Enrolment.status.in_((EnrolmentStatus.WAITLISTED, EnrolmentStatus.PENDING)),
        )
        .order_by(Enrolment.number)
    ).all()


def hold_people(person_ids: Collection[int]) -> set[int]:
    """Hold people against getting a seat elsewhere in this moment; who is being seated there is left out.

    Nobody waits here, so that two workshops never wait for each other. On SQLite one writes at a time anyway.
    """
    if db.engine.dialect.name == "sqlite" or not person_ids:
        return set(person_ids)
    return set(execute(_HOLD_ALL, {"person_ids": person_ids}).scalars())


def promote(workshop: Workshop, *, now: datetime) -> list[Promoted]:
    """Give every free seat to the first in line that it fits; who is bound elsewhere at the time keeps waiting.

    After the last session nobody moves up any more.
    """
    db.session.flush()
    pools = read_pools(workshop.id)
    if not any(pool.free for pool in pools):
        return []
    line = _fitting(read_line(workshop.id), pools)
    if not line:
        return []
    sessions = list_periods(workshop.id)
    if is_past(sessions, now):
        return []
    by_id = {enrolment.id: enrolment for enrolment in line}
    held = hold_people([item.person_id for item in line]) if sessions else None
    waiting = _as_waiting(line, sessions, held)
    done = []
    for somebody, pool in rules.promotions(pools, waiting):
        enrolment = by_id[somebody.id]
        take_seat(pool.id)
        enrolment.pool_id, enrolment.seated_at = pool.id, now
        if enrolment.status is EnrolmentStatus.WAITLISTED:
            enrolment.status = EnrolmentStatus.CONFIRMED
        bind(enrolment.id, enrolment.person_id, workshop.title, sessions)
        confirmed = enrolment.status is EnrolmentStatus.CONFIRMED
        done.append(Promoted(enrolment.id, enrolment.person_id, confirmed))
    db.session.flush()
    return done


def read_waiting(workshop_id: int) -> list[rules.Waiting]:
    """The line as the seat rules see it."""
    return _as_waiting(read_line(workshop_id), list_periods(workshop_id))


def is_past(sessions: Iterable[tuple[int, Period]], now: datetime) -> bool:
    """Whether every session has ended: from then on a freed seat is of use to nobody."""
    ends = [period.ends_at for _id, period in sessions]
    return bool(ends) and max(ends) <= now


def _fitting(line: Iterable[Enrolment], pools: Iterable[rules.Pool]) -> list[Enrolment]:
    """Those in line for whom there is a free seat at all."""
    free = [pool for pool in pools if pool.free > 0]
    return [item for item in line if any(pool.fits(item.unit_path) for pool in free)]


def _as_waiting(
    line: Sequence[Enrolment],
    sessions: Sequence[tuple[int, Period]],
    held: Collection[int] | None = None,
) -> list[rules.Waiting]:
    """The line as the seat rules see it; ``held``: only these can be seated now (None: anybody)."""
    people = {item.person_id for item in line}
    bound = list_bound_people(people, [period for _id, period in sessions])
    if held is not None:
        bound |= people - set(held)
    return [
        rules.Waiting(item.id, item.number, item.unit_path, bound=item.person_id in bound)
        for item in line
    ]


def is_waited_for(workshop_id: int, pool: rules.Pool) -> bool:
    """Whether somebody in line fits this pool: asked before a newcomer takes a seat of it."""
    waiting = select(Enrolment.id).where(
        Enrolment.workshop_id == workshop_id,
        Enrolment.pool_id.is_(None),
        Enrolment.status.in_((EnrolmentStatus.WAITLISTED, EnrolmentStatus.PENDING)),
    )
    if pool.path is not None:
        waiting = waiting.where(Enrolment.unit_path.like(f"{pool.path}%"))
    return db.session.scalar(waiting.limit(1)) is not None


def release_due_quotas(workshop: Workshop, *, now: datetime) -> bool:
    """Once the day has come, turn the seats of quotas that nobody took into open ones. True when it did."""
    due = workshop.quota_release_at
    if due is None or now < due or workshop.quotas_released_at is not None:
        return False
    spare = 0
    for pool in db.session.scalars(
        select(SeatPool)
        .where(SeatPool.workshop_id == workshop.id)
        .execution_options(populate_existing=True)
    ):
        if pool.unit_id is not None:
            spare += pool.seats - pool.taken
            pool.planned, pool.seats = pool.seats, pool.taken
    workshop.quotas_released_at = now
    db.session.flush()
    db.session.execute(
        update(SeatPool)
        .where(SeatPool.workshop_id == workshop.id, SeatPool.unit_id.is_(None))
        .values(seats=SeatPool.seats + spare)
    )
    return True
