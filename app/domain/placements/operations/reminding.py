"""Remind trainees, mentors, base schools and the bureau of what is due, each of it once.

Each placement in a transaction of its own, read again under its lock; safe to run twice at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import NotFound
from app.domain.accounts.rules import system_actor
from app.domain.placements.models import Cohort, LogEntry, Placement, Reminder
from app.domain.placements.operations.locking import lock_placement
from app.domain.placements.queries.due import read_due, read_signed
from app.domain.placements.queries.visibility import current_stay
from app.domain.placements.rules.due import DueKind
from app.domain.placements.rules.presence import RUNS
from app.domain.placements.rules.reminders import Reminding, reminders_of
from app.domain.placements.rules.words import EntryStatus, Opinion, ReminderKind
from app.domain.placements.semester_words import PHASES, days
from app.domain.placements.telling import tell_mentor_missing, tell_people, tell_unit

REMIND_FROM = time(8, 0)  # when nobody is woken by it
BATCH = 100


def remind_of_placements() -> int:
    """Send what is due today and was not sent yet; how many reminders."""
    now = clock.now()
    if clock.local(now).time() < REMIND_FROM:
        return 0
    ids = db.session.scalars(
        select(Placement.id)
        .join(Cohort, Cohort.id == Placement.cohort_id)
        .where(
            Placement.status.in_(RUNS),
            Placement.starts_on <= clock.today(),
            Cohort.imported.is_(False),
        )
        .order_by(Placement.id)
    ).all()
    sent = 0
    for start in range(0, len(ids), BATCH):
        for placement_id in _with_something_due(ids[start : start + BATCH]):
            with atomic():
                sent += _remind(placement_id)
    return sent


def _with_something_due(placement_ids: Iterable[int]) -> list[int]:
    """A first look without locks: those of whom something was not told yet."""
    placements = _load(placement_ids)
    return [one for one, found in _unsent(placements).items() if found]


def _load(placement_ids: Iterable[int]) -> list[Placement]:
    return list(
        db.session.scalars(
            select(Placement)
            .where(Placement.id.in_(list(placement_ids)))
            .options(joinedload(Placement.cohort))
            .order_by(Placement.id)
        )
    )


def _unsent(placements: list[Placement]) -> dict[int, list[Reminding]]:
    """The reminders due by placement, without those that were sent."""
    ids, today = [one.id for one in placements], clock.today()
    items, since, sent = read_due(placements), _waiting_since(ids), _sent(ids)
    signed = read_signed(ids)
    return {
        one: [
            reminding
            for reminding in reminders_of(items[one], signed[one], since.get(one), today)
            if (one, reminding.kind, reminding.due_on) not in sent
        ]
        for one in ids
    }


def _waiting_since(ids: list[int]) -> dict[int, date]:
    rows = db.session.execute(
        select(LogEntry.placement_id, func.min(LogEntry.handed_in_at).label("since"))
        .where(LogEntry.placement_id.in_(ids), LogEntry.status == EntryStatus.HANDED_IN)
        .group_by(LogEntry.placement_id)
    )
    return {row.placement_id: clock.local(row.since).date() for row in rows}


def _sent(ids: list[int]) -> set[tuple[int, ReminderKind, date]]:
    rows = db.session.execute(
        select(Reminder.placement_id, Reminder.kind, Reminder.due_on).where(
            Reminder.placement_id.in_(ids)
        )
    )
    return {(row.placement_id, row.kind, row.due_on) for row in rows}


def _remind(placement_id: int) -> int:
    try:
        placement = lock_placement(placement_id, actor=system_actor("job"))
    except NotFound:
        return 0
    found = _unsent([placement])[placement_id] if placement.status in RUNS else []
    for reminding in found:
        db.session.add(
            Reminder(
                placement_id=placement_id,
                kind=reminding.kind,
                due_on=reminding.due_on,
                sent_at=clock.now(),
            )
        )
        _tell(placement, reminding)
    db.session.flush()
    return len(found)


def _tell(placement: Placement, reminding: Reminding) -> None:
    parameters: dict[str, Any] = {
        "name": placement.person.name,
        "title": placement.cohort.title,
    }
    address, due = f"/placements/{placement.id}", reminding.due
    if reminding.kind is ReminderKind.SIGN_OFF_DUE or due is None:
        _tell_mentor(placement, parameters)
        return
    parameters["due"] = due.due_on.isoformat()
    if due.kind is DueKind.ENTRY:
        parameters["days"] = days(due.begins_on, due.ends_on)
        kind = "placements.entry_overdue" if reminding.overdue else "placements.entry_due"
        tell_people([placement.person_id], kind, parameters, link=f"{address}/log")
        return
    parameters["phase"] = str(PHASES[due.kind])
    link = f"{address}/appraisal?phase={due.kind.value}"
    _tell_turn(placement, reminding.to, parameters, link)


def _tell_mentor(placement: Placement, parameters: dict[str, Any]) -> None:
    parameters["since"] = _waiting_since([placement.id])[placement.id].isoformat()
    parameters["count"] = db.session.scalar(
        select(func.count()).where(
            LogEntry.placement_id == placement.id, LogEntry.status == EntryStatus.HANDED_IN
        )
    )
    stay = current_stay(placement)
    if stay is not None and stay.mentor is not None:
        tell_people(
            [stay.mentor.person_id],
            "placements.sign_off_due",
            parameters,
            link="/placements/mentoring",
        )
    elif stay is not None:
        tell_mentor_missing(placement, stay.base_school)


def _tell_turn(
    placement: Placement, turn: Opinion | None, parameters: dict[str, Any], link: str
) -> None:
    """Tell whose opinion is due."""
    stay, kind = current_stay(placement), "placements.opinion_due"
    if turn is Opinion.SELF:
        tell_people([placement.person_id], kind, parameters, link=link)
    elif turn is Opinion.BUREAU:
        tell_unit(placement.cohort.unit, kind, parameters, link=link)
    elif stay is None:
        return
    elif turn is Opinion.MENTOR and stay.mentor is not None:
        tell_people([stay.mentor.person_id], kind, parameters, link=link)
    elif turn is Opinion.MENTOR:
        tell_mentor_missing(placement, stay.base_school)
    else:
        tell_unit(stay.base_school, kind, parameters, link=link)
