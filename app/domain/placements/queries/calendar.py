"""The days of placements that belong in somebody's calendar: begin and end, weekly entries, appraisals."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.core import clock
from app.core.db import db
from app.domain.people.models import Person
from app.domain.placements.models import Cohort, Mentor, Placement, Stay
from app.domain.placements.queries.due import read_due
from app.domain.placements.queries.visibility import current_stay
from app.domain.placements.rules.due import DueItem, DueKind, DueState
from app.domain.placements.rules.presence import RUNS
from app.domain.placements.rules.words import LogRhythm, Opinion

KEPT = timedelta(days=60)


class DayKind(enum.StrEnum):
    BEGINS = "begins"
    ENDS = "ends"
    ENTRY = "entry"
    MID_TERM = "mid_term"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class PlacementDay:
    """A day of a placement. ``name``: the trainee's, for a mentor; None in the trainee's own calendar.

    ``about``: the days a weekly entry is about. ``done``: nothing is left to do for the owner of the calendar.
    """

    placement_id: int
    kind: DayKind
    day: date
    title: str
    place: str | None
    name: str | None
    about: tuple[date, date]
    done: bool
    version: int


_KINDS = {
    DueKind.ENTRY: DayKind.ENTRY,
    DueKind.MID_TERM: DayKind.MID_TERM,
    DueKind.FINAL: DayKind.FINAL,
}


def list_placement_days(account_id: int) -> list[PlacementDay]:
    """The days of the last two months and to come, of the account's own placement and of those it guides.

    A daily log is due every day and stands in no calendar; a mentor's shows no entries either.
    """
    since = clock.today() - KEPT
    own = _load(account_id, since, guided=False)
    guided = _load(account_id, since, guided=True)
    days = _days(own, Opinion.SELF, named=False) + _days(guided, Opinion.MENTOR, named=True)
    kept = [one for one in days if one.day >= since]
    return sorted(kept, key=lambda one: (one.day, one.placement_id, one.kind.value))


def _load(account_id: int, since: date, *, guided: bool) -> list[Placement]:
    person = aliased(Person)
    condition: ColumnElement[bool] = Placement.person_id.in_(
        select(Person.id).where(Person.account_id == account_id)
    )
    if guided:
        today = clock.today()
        condition = exists(
            select(Stay.id)
            .join(Mentor, Mentor.id == Stay.mentor_id)
            .join(person, person.id == Mentor.person_id)
            .where(
                Stay.placement_id == Placement.id,
                person.account_id == account_id,
                or_(Stay.valid_until.is_(None), Stay.valid_until >= today),
            )
        )
    return list(
        db.session.scalars(
            select(Placement)
            .join(Cohort, Cohort.id == Placement.cohort_id)
            .where(
                condition,
                Placement.status.in_(RUNS),
                Placement.ends_on >= since,
                Cohort.imported.is_(False),
            )
            .options(joinedload(Placement.cohort), joinedload(Placement.person))
            .order_by(Placement.id)
        )
    )


def _days(placements: list[Placement], opinion: Opinion, *, named: bool) -> list[PlacementDay]:
    if not placements:
        return []
    due, found = read_due(placements, opinion), list[PlacementDay]()
    for placement in placements:
        for kind, day in ((DayKind.BEGINS, placement.starts_on), (DayKind.ENDS, placement.ends_on)):
            found.append(_day(placement, kind, day, (day, day), named=named, done=False))
        entries = placement.cohort.log_rhythm is LogRhythm.WEEK and not named
        found += [
            _of_due(placement, item, named=named)
            for item in due[placement.id]
            if entries or item.due.kind is not DueKind.ENTRY
        ]
    return found


def _of_due(placement: Placement, item: DueItem, *, named: bool) -> PlacementDay:
    due = item.due
    done = item.state in {DueState.DONE, DueState.WAITING}
    about = (due.begins_on, due.ends_on)
    return _day(placement, _KINDS[due.kind], due.due_on, about, named=named, done=done)


def _day(
    placement: Placement,
    kind: DayKind,
    day: date,
    about: tuple[date, date],
    *,
    named: bool,
    done: bool,
) -> PlacementDay:
    stay = current_stay(placement)
    return PlacementDay(
        placement_id=placement.id,
        kind=kind,
        day=day,
        title=placement.cohort.title,
        place=None if stay is None else stay.base_school.name,
        name=placement.person.name if named else None,
        about=about,
        done=done,
        version=placement.row_version,
    )
