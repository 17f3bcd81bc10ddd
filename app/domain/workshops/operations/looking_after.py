"""What time brings to workshops by itself: quotas released, seats found, workshops begun, people reminded and,
after the end, asked what they thought of it.

Each workshop in a transaction of its own, so that a busy one never holds up the others; safe to run twice at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select, update

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor, system_actor
from app.domain.outbox.models import Notice
from app.domain.people.models import Person
from app.domain.workshops.models import Enrolment, SeatPool, Workshop, WorkshopSession
from app.domain.workshops.operations.enrolling import settle
from app.domain.workshops.operations.seating import lock_workshop
from app.domain.workshops.operations.sessions import when
from app.domain.workshops.operations.standing import begin, first_session_start
from app.domain.workshops.queries.own import FEEDBACK_DAYS, feedback_due
from app.domain.workshops.rules.enrolling import WAITING
from app.domain.workshops.rules.words import EnrolmentStatus, WorkshopStatus
from app.domain.workshops.telling import page_of, tell_people

TAKES_PLACE = (WorkshopStatus.PUBLISHED, WorkshopStatus.RUNNING)
REMIND_FROM = time(8, 0)  # on the day before, when nobody is woken by it


def look_after_workshops() -> int:
    """Do what is due now; how many workshops something happened to."""
    now = clock.now()
    done = _each(_due_releases(now), _release)
    done += _each(_due_seats(), _seat)
    done += _each(_due_starts(now), _start)
    if clock.local(now).time() >= REMIND_FROM:
        done += _each(_due_reminders(now), _remind)
        done += _each(_due_feedback(now), _ask_feedback)
    return done


def _each(workshop_ids: list[int], act: Callable[[Workshop, datetime, Actor], bool]) -> int:
    done = 0
    for workshop_id in workshop_ids:
        with atomic():
            done += act(lock_workshop(workshop_id), clock.now(), system_actor("job"))
    return done


def _ids(*conditions: ColumnElement[bool]) -> list[int]:
    return list(db.session.scalars(select(Workshop.id).where(*conditions).order_by(Workshop.id)))


def _due_releases(now: datetime) -> list[int]:
    return _ids(
        Workshop.status.in_(TAKES_PLACE),
        Workshop.quota_release_at <= now,
        Workshop.quotas_released_at.is_(None),
    )


def _release(workshop: Workshop, now: datetime, actor: Actor) -> bool:
    if workshop.quotas_released_at is not None or workshop.status not in TAKES_PLACE:
        return False
    settle(workshop, actor=actor, now=now)
    return True


def _due_seats() -> list[int]:
    """Where somebody waits beside a free seat: what bound them to something else at the time may have ended."""
    of_workshop = SeatPool.workshop_id == Workshop.id
    free = select(SeatPool.id).where(of_workshop, SeatPool.taken < SeatPool.seats)
    waits = select(Enrolment.id).where(
        Enrolment.workshop_id == Workshop.id,
        Enrolment.pool_id.is_(None),
        Enrolment.status.in_(tuple(WAITING)),
    )
    return _ids(Workshop.status.in_(TAKES_PLACE), free.exists(), waits.exists())


def _seat(workshop: Workshop, now: datetime, actor: Actor) -> bool:
    return workshop.status in TAKES_PLACE and bool(settle(workshop, actor=actor, now=now))


def _first_start() -> Any:
    return (
        select(func.min(WorkshopSession.starts_at))
        .where(WorkshopSession.workshop_id == Workshop.id, WorkshopSession.cancelled_at.is_(None))
        .correlate(Workshop)
        .scalar_subquery()
    )


def _due_starts(now: datetime) -> list[int]:
    return _ids(Workshop.status == WorkshopStatus.PUBLISHED, _first_start() <= now)


def _start(workshop: Workshop, now: datetime, actor: Actor) -> bool:
    first = first_session_start(workshop.id)
    if workshop.status is not WorkshopStatus.PUBLISHED or first is None or first > now:
        return False
    begin(workshop, actor=actor)
    return True


def _tomorrow(now: datetime) -> tuple[datetime, datetime]:
    day = clock.local(now).date() + timedelta(days=1)
    start = datetime.combine(day, time(), tzinfo=clock.zone())
    return start, start + timedelta(days=1)


def _due_reminders(now: datetime) -> list[int]:
    start, end = _tomorrow(now)
    first = _first_start()
    unreminded = (
        select(Enrolment.id)
        .where(
            Enrolment.workshop_id == Workshop.id,
            Enrolment.status == EnrolmentStatus.CONFIRMED,
            Enrolment.reminded_at.is_(None),
        )
        .exists()
    )
    return _ids(Workshop.status.in_(TAKES_PLACE), first >= start, first < end, unreminded)


def _remind(workshop: Workshop, now: datetime, actor: Actor) -> bool:
    """Tell everybody confirmed, once; who gets a seat later that day is told then."""
    people = list(
        db.session.scalars(
            update(Enrolment)
            .where(
                Enrolment.workshop_id == workshop.id,
                Enrolment.status == EnrolmentStatus.CONFIRMED,
                Enrolment.reminded_at.is_(None),
            )
            .values(reminded_at=now)
            .returning(Enrolment.person_id)
            .execution_options(synchronize_session=False)
        )
    )
    start, end = _tomorrow(now)
    session = db.session.scalars(
        select(WorkshopSession)
        .where(
            WorkshopSession.workshop_id == workshop.id,
            WorkshopSession.cancelled_at.is_(None),
            WorkshopSession.starts_at >= start,
            WorkshopSession.starts_at < end,
        )
        .order_by(WorkshopSession.starts_at)
    ).first()
    if session is None or not people:
        return False
    tell_people(
        people,
        "workshops.reminder",
        {"title": workshop.title, "when": when(session), "place": session.place or "–"},
        link=page_of(workshop.id),
    )
    return True


def feedback_page(workshop_id: int) -> str:
    return f"{page_of(workshop_id)}/feedback"


def _unasked(now: datetime, workshop_ids: Iterable[int]) -> Select[int, int]:
    """Who may give feedback and was not told so: the ids of person and workshop.

    The notice itself says who was told; its link names the workshop.
    """
    # As feedback_page writes it.
    link = literal("/workshops/").concat(cast(Enrolment.workshop_id, String)).concat("/feedback")
    told = select(Notice.id).where(
        Notice.account_id == Person.account_id,
        Notice.kind == "workshops.feedback_open",
        Notice.link == link,
    )
    return (
        select(Enrolment.person_id, Enrolment.workshop_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Account, Account.id == Person.account_id)
        .where(
            Enrolment.workshop_id.in_(workshop_ids),
            Enrolment.id.in_(feedback_due(now)),
            Account.disabled_at.is_(None),
            ~told.exists(),
        )
    )


def _due_feedback(now: datetime) -> list[int]:
    last = (
        select(WorkshopSession.workshop_id)
        .where(WorkshopSession.cancelled_at.is_(None))
        .group_by(WorkshopSession.workshop_id)
        .having(func.max(WorkshopSession.ends_at) <= now)
        .having(func.max(WorkshopSession.ends_at) > now - timedelta(days=FEEDBACK_DAYS))
    )
    ended = _ids(Workshop.id.in_(last))
    found = db.session.execute(_unasked(now, ended)) if ended else ()
    return sorted({row.workshop_id for row in found})


def _ask_feedback(workshop: Workshop, now: datetime, actor: Actor) -> bool:
    """Tell everybody who took part and has not answered, once."""
    people = [row.person_id for row in db.session.execute(_unasked(now, [workshop.id]))]
    told = tell_people(
        people,
        "workshops.feedback_open",
        {"title": workshop.title},
        link=feedback_page(workshop.id),
    )
    return bool(told)
