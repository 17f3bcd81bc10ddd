"""Acts on one posting: begin, end, take a mistaken end back, correct."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.models import Person, Posting
from app.domain.people.operations.locking import lock_person, lock_posting, required_reason
from app.domain.people.operations.posting_checks import (
    LONGEST_NOTE,
    check_begin,
    check_day,
    check_facts,
    refuse_collision,
    tidy,
)
from app.domain.people.rules import EndReason
from app.domain.people.rules.facts import Period, PostingFacts
from app.domain.units.models import Unit
from app.domain.units.queries import get_unit_by_id


def add_posting(
    person_id: int, *, unit_id: int, facts: PostingFacts, valid_from: date, actor: Actor
) -> Posting:
    """Begin a posting of somebody in the registry at a unit of the actor's scope."""
    person = lock_person(person_id, actor=actor)
    unit = get_unit_by_id(unit_id, scope=actor.unit_path)
    return open_posting(person, unit, facts, valid_from=valid_from, actor=actor)


def open_posting(
    person: Person,
    unit: Unit,
    facts: PostingFacts,
    *,
    valid_from: date,
    actor: Actor,
    reason: str | None = None,
) -> Posting:
    """Begin a posting; the caller has locked the person and checked that the unit is in scope."""
    check_facts(facts, person)
    check_begin(person, unit, valid_from)
    refuse_collision(
        Period(None, unit.id, facts.role, valid_from), person_id=person.id, scope=actor.unit_path
    )
    posting = Posting(
        person_id=person.id,
        unit_id=unit.id,
        role=facts.role,
        subject=tidy(facts.subject),
        title=tidy(facts.title),
        recruited_on=facts.recruited_on,
        valid_from=valid_from,
    )
    db.session.add(posting)
    db.session.flush()
    _record(posting, unit, "postings.begin", actor=actor, reason=reason)
    return posting


def end_posting(
    posting_id: int,
    *,
    actor: Actor,
    on: date,
    reason: EndReason,
    note: str | None = None,
    row_version: int | None = None,
) -> Posting:
    """End a posting; ``on`` is its last day. Refuses one that has ended already (``posting_ended``)."""
    posting = lock_posting(posting_id, actor=actor, row_version=row_version)
    close_posting(posting, on=on, reason=reason, note=note, actor=actor)
    return posting


def close_posting(
    posting: Posting, *, on: date, reason: EndReason, actor: Actor, note: str | None = None
) -> None:
    """End a posting that the caller has locked."""
    if posting.valid_until is not None:
        raise DomainError(
            _("This posting has already ended on %(day)s.", day=posting.valid_until),
            "posting_ended",
            "on",
        )
    if on < posting.valid_from:
        raise InvalidInput(
            _(
                "%(day)s is before the posting began on %(begin)s.",
                day=on,
                begin=posting.valid_from,
            ),
            "ends_before_begin",
            "on",
        )
    check_day(on, posting.person, "on")
    posting.valid_until = on
    posting.end_reason = reason
    posting.end_note = tidy(note, longest=LONGEST_NOTE)
    db.session.flush()
    _record(posting, posting.unit, "postings.end", actor=actor, reason=posting.end_note)


def undo_end(posting_id: int, *, actor: Actor, reason: str) -> Posting:
    """Take a mistaken end back, so that the posting runs on; refused when a later posting collides with it."""
    why = required_reason(reason)
    posting = lock_posting(posting_id, actor=actor)
    if posting.valid_until is None:
        raise DomainError(_("This posting has not ended."), "posting_runs")
    refuse_collision(
        Period(posting.id, posting.unit_id, posting.role, posting.valid_from),
        person_id=posting.person_id,
        scope=actor.unit_path,
    )
    before = {"valid_until": posting.valid_until, "end_reason": posting.end_reason}
    posting.valid_until = posting.end_reason = posting.end_note = None
    db.session.flush()
    _record(posting, posting.unit, "postings.undo_end", actor=actor, reason=why, before=before)
    return posting


def correct_posting(
    posting_id: int,
    *,
    facts: PostingFacts,
    valid_from: date,
    valid_until: date | None,
    actor: Actor,
    reason: str,
    row_version: int | None = None,
) -> Posting:
    """Put right what was entered wrongly; the posting stays the same one. A real change is ``change_posting``."""
    why = required_reason(reason)
    posting = lock_posting(posting_id, actor=actor, row_version=row_version)
    person, unit = posting.person, posting.unit
    check_facts(facts, person)
    check_begin(person, unit, valid_from)
    if posting.valid_until is None:
        valid_until = None
    elif valid_until is None or valid_until < valid_from:
        raise InvalidInput(
            _("The posting cannot end before it begins."), "ends_before_begin", "valid_until"
        )
    else:
        check_day(valid_until, person, "valid_until")
    refuse_collision(
        Period(posting.id, unit.id, facts.role, valid_from, valid_until),
        person_id=person.id,
        scope=actor.unit_path,
    )
    after: dict[str, Any] = {
        "role": facts.role,
        "subject": tidy(facts.subject),
        "title": tidy(facts.title),
        "recruited_on": facts.recruited_on,
        "valid_from": valid_from,
        "valid_until": valid_until,
    }
    before = {name: getattr(posting, name) for name in after}
    changed = {name for name in after if before[name] != after[name]}
    for name in changed:
        setattr(posting, name, after[name])
    db.session.flush()
    if changed:
        _record(
            posting,
            unit,
            "postings.correct",
            actor=actor,
            reason=why,
            before={name: before[name] for name in changed},
        )
    return posting


def _record(
    posting: Posting,
    unit: Unit,
    action: str,
    *,
    actor: Actor,
    reason: str | None = None,
    before: dict[str, Any] | None = None,
) -> None:
    """Where and as what somebody serves is no secret of theirs: it stands in the open part of the entry."""
    after = {
        name: getattr(posting, name)
        for name in (
            "role", "subject", "title", "recruited_on", "valid_from", "valid_until", "end_reason",
        )
    }  # fmt: skip
    details: dict[str, Any] = {
        "posting": posting.id,
        "unit": unit.code,
        "unit_name": unit.name,
        **{name: _plain(value) for name, value in after.items() if value is not None},
    }
    if before:
        details["before"] = {name: _plain(value) for name, value in before.items()}
    record(
        actor,
        action,
        object_type="posting",
        object_id=posting.id,
        subject_id=posting.person_id,
        details=details,
        reason=reason,
        unit_path=unit.path,
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
