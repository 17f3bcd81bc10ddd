"""What a roster says of a person's posting on its day. Source: DOMAIN.md §3, What a workbook says about dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from app.domain.exchange.planning.context import Context
from app.domain.exchange.planning.directory import UnitInfo
from app.domain.exchange.planning.plan import Outcome
from app.domain.exchange.planning.registry import KnownPerson, PostingInfo
from app.domain.exchange.reading import Row
from app.domain.people.rules import EndReason, PostingRole

POSTINGS = "postings"
ONE_DAY = timedelta(days=1)


class Said(NamedTuple):
    """What the row says: posted at this unit in this role on the workbook's day."""

    unit: UnitInfo
    role: PostingRole
    subject: str | None
    title: str | None
    recruited_on: date | None
    began_on: date | None


def plan_posting(
    context: Context, row: Row, outcome: Outcome, person: KnownPerson, said: Said
) -> bool:
    """Bring the person's postings in line with the row. Returns whether a newer fact was left standing."""
    day = context.speaks_of
    said = _without_known_recruitment(person, said)
    if not person.postings:
        _begin_first(context, outcome, person, said)
        return False
    current = [posting for posting in person.postings if posting.holds_on(day)]
    here = next((posting for posting in current if posting.unit_id == said.unit.id), None)
    if here is not None and here.role is said.role:
        return _compare(context, outcome, here, said)
    if _something_newer(context, person, current):
        return True
    if here is not None:
        _change_role(outcome, person, here, said, day)
    elif current:
        _transfer(outcome, person, current, said, day)
    else:
        _add(outcome, person, said, day, until=_left_by(context, said, day))
    return False


def _without_known_recruitment(person: KnownPerson, said: Said) -> Said:
    """A recruitment belongs to the posting that began by it; a roster goes on naming it wherever the person serves."""
    if any(posting.recruited_on == said.recruited_on for posting in person.postings):
        return said._replace(recruited_on=None)
    return said


def _something_newer(context: Context, person: KnownPerson, current: list[PostingInfo]) -> bool:
    """A posting that begins later or an end that is known already, or a newer roster that speaks for the unit."""
    day = context.speaks_of
    later = any(posting.valid_from > day for posting in person.postings)
    ended = any(posting.valid_until is not None for posting in current)
    told = any(context.newer_for(posting.path) is not None for posting in current)
    return later or ended or told


def _begin_first(context: Context, outcome: Outcome, person: KnownPerson, said: Said) -> None:
    """The first posting begins when the person took up the work, else on the workbook's day."""
    begins = said.began_on or context.speaks_of
    _add(outcome, person, said, begins, until=_left_by(context, said, begins))


def _left_by(context: Context, said: Said, begins: date) -> date | None:
    """The last day of a posting that a newer complete roster does not list."""
    newer = context.newer_for(said.unit.path, complete=True)
    return newer.speaks_of - ONE_DAY if newer is not None and begins < newer.speaks_of else None


def _change_role(
    outcome: Outcome, person: KnownPerson, here: PostingInfo, said: Said, day: date
) -> None:
    if here.valid_from >= day:
        outcome.told("role", here.role, said.role)
        _correct(outcome, here, {"role": said.role})
        return
    outcome.told("role", here.role, said.role)
    _end(outcome, here, day, EndReason.ROLE_CHANGED)
    _add(outcome, person, said, day, told=False)


def _transfer(
    outcome: Outcome, person: KnownPerson, current: list[PostingInfo], said: Said, day: date
) -> None:
    """The posting elsewhere ends the day before; one that began on this very day was said wrongly and is mended."""
    same_day = [posting for posting in current if posting.valid_from >= day]
    old_units = "、".join(posting.unit_name for posting in current)
    outcome.told("unit", old_units, said.unit.name)
    for posting in current:
        if posting not in same_day:
            _end(outcome, posting, day, EndReason.TRANSFERRED)
    if same_day:
        _correct(outcome, same_day[0], {"unit_id": said.unit.id, "role": said.role})
    else:
        _add(outcome, person, said, day, told=False)


def _compare(context: Context, outcome: Outcome, here: PostingInfo, said: Said) -> bool:
    """Subject, title and recruitment of the posting that holds already."""
    values = {"subject": said.subject, "title": said.title, "recruited_on": said.recruited_on}
    differing = {
        name: value
        for name, value in values.items()
        if value is not None and getattr(here, name) != value
    }
    newer = context.newer_for(here.path) is not None
    left = [name for name in differing if newer and getattr(here, name) is not None]
    kept = {name: value for name, value in differing.items() if name not in left}
    for name, value in kept.items():
        outcome.told("post_title" if name == "title" else name, getattr(here, name), value)
    if kept and here.id is not None:
        outcome.alter(POSTINGS, here.id, {n: getattr(here, n) for n in kept}, kept)
    return bool(left)


def _add(
    outcome: Outcome,
    person: KnownPerson,
    said: Said,
    begins: date,
    *,
    until: date | None = None,
    told: bool = True,
) -> None:
    outcome.add(
        POSTINGS,
        person_id=person.id,
        unit_id=said.unit.id,
        role=said.role,
        subject=said.subject,
        title=said.title,
        recruited_on=said.recruited_on,
        valid_from=begins,
        valid_until=until,
        end_reason=EndReason.MISSING_FROM_ROSTER if until else None,
    )
    if told:
        outcome.told("posting", None, said.unit.name)
    outcome.told("posting_from", None, begins)
    if until:
        outcome.told("posting_until", None, until)


def _end(outcome: Outcome, posting: PostingInfo, day: date, reason: EndReason) -> None:
    """End a posting the day before the workbook's day; one that began on that day itself keeps that one day."""
    last = max(day - ONE_DAY, posting.valid_from)
    if posting.id is not None:
        before: dict[str, Any] = {"valid_until": posting.valid_until, "end_reason": None}
        outcome.alter(POSTINGS, posting.id, before, {"valid_until": last, "end_reason": reason})
    outcome.told("posting_until", None, last)
    posting.valid_until = last


def _correct(outcome: Outcome, posting: PostingInfo, after: dict[str, Any]) -> None:
    if posting.id is not None:
        before = {"unit_id": posting.unit_id, "role": posting.role}
        outcome.alter(POSTINGS, posting.id, before, after)


def end_absent(context: Context, outcome: Outcome, posting: PostingInfo) -> None:
    """End the posting of somebody whom a complete roster does not list."""
    _end(outcome, posting, context.speaks_of, EndReason.MISSING_FROM_ROSTER)
