"""A school's own list between workbooks: it proposes, and may take a proposal back until the county has answered."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.core.text import name_key
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.models import Person, Posting, PostingChange
from app.domain.people.operations.facts import checked
from app.domain.people.operations.locking import lock_posting
from app.domain.people.operations.people import refuse_namesake, refuse_number_in_scope
from app.domain.people.operations.posting_checks import LONGEST_NOTE, check_begin, check_facts, tidy
from app.domain.people.queries.changes import (
    ProposedFacts,
    get_change,
    list_waiting_of_unit,
    open_payload,
    seal_payload,
)
from app.domain.people.rules import ChangeAction, ChangeState, EndReason
from app.domain.people.rules.facts import PersonFacts, PostingFacts
from app.domain.units.queries import get_unit_by_id


def propose_addition(
    facts: PersonFacts,
    *,
    unit_id: int,
    posting: PostingFacts,
    on: date,
    actor: Actor,
    note: str | None = None,
    namesake_known: bool = False,
) -> PostingChange:
    """Propose that somebody serves at the school from a day on.

    Checked now as the registry will check it then. Whether the identity number is known elsewhere is for the
    county to see; the school is only told of its own people.
    """
    unit = get_unit_by_id(unit_id, scope=actor.unit_path)
    values = checked(asdict(facts))
    refuse_number_in_scope(values["id_number"], actor=actor)
    if not namesake_known:
        refuse_namesake(values, unit_id, actor)
    person = PersonFacts(**values)
    born = Person(born_on=person.born_on)
    check_facts(posting, born)
    check_begin(born, unit, on)
    _refuse_same_proposal(person, unit_id)
    return _propose(
        PostingChange(unit_id=unit.id, action=ChangeAction.ADD, effective_on=on),
        ProposedFacts(person=person, posting=posting),
        actor=actor,
        note=note,
    )


def _refuse_same_proposal(person: PersonFacts, unit_id: int) -> None:
    for change in list_waiting_of_unit(unit_id):
        other = open_payload(change).person
        if other is None or change.action is not ChangeAction.ADD:
            continue
        same_number = bool(person.id_number) and other.id_number == person.id_number
        same_name = name_key(other.name) == name_key(person.name)
        if same_number or (same_name and not (person.id_number and other.id_number)):
            raise DomainError(
                _("To add %(name)s is already proposed and waits for an answer.", name=other.name),
                "change_waiting",
                "name",
            )


def propose_end(
    posting_id: int, *, on: date, reason: EndReason, actor: Actor, note: str | None = None
) -> PostingChange:
    """Propose that a posting ends; ``on`` is its last day."""
    posting = _running(posting_id, actor)
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
    return _propose(
        _about(posting, ChangeAction.END, on),
        ProposedFacts(end_reason=reason),
        actor=actor,
        note=note,
    )


def propose_change(
    posting_id: int, *, facts: PostingFacts, on: date, actor: Actor, note: str | None = None
) -> PostingChange:
    """Propose another role, subject or title from a day on."""
    posting = _running(posting_id, actor)
    check_facts(facts, posting.person)
    if on <= posting.valid_from:
        raise InvalidInput(
            _(
                "The posting began on %(begin)s; a change can hold from the next day on.",
                begin=posting.valid_from,
            ),
            "same_day",
            "on",
        )
    return _propose(
        _about(posting, ChangeAction.CHANGE, on),
        ProposedFacts(posting=facts),
        actor=actor,
        note=note,
    )


def _running(posting_id: int, actor: Actor) -> Posting:
    posting = lock_posting(posting_id, actor=actor)
    if posting.valid_until is not None:
        raise DomainError(
            _("This posting has already ended on %(day)s.", day=posting.valid_until),
            "posting_ended",
            "on",
        )
    return posting


def _about(posting: Posting, action: ChangeAction, on: date) -> PostingChange:
    return PostingChange(
        unit_id=posting.unit_id,
        action=action,
        person_id=posting.person_id,
        posting_id=posting.id,
        effective_on=on,
    )


def _propose(
    change: PostingChange,
    facts: ProposedFacts,
    *,
    actor: Actor,
    note: str | None,
) -> PostingChange:
    change.payload = seal_payload(facts)
    change.note = tidy(note, longest=LONGEST_NOTE)
    change.state = ChangeState.PROPOSED
    change.proposed_by = actor.account_id
    change.proposed_at = clock.now()
    db.session.add(change)
    db.session.flush()
    record_change(change, "posting_changes.propose", actor=actor, reason=change.note)
    return change


def withdraw_change(change_id: int, *, actor: Actor) -> PostingChange:
    """Take a proposal back that nobody has answered yet."""
    change = lock_waiting(change_id, actor=actor)
    change.state = ChangeState.WITHDRAWN
    change.decided_by = actor.account_id
    change.decided_at = clock.now()
    db.session.flush()
    record_change(change, "posting_changes.withdraw", actor=actor)
    return change


def lock_waiting(change_id: int, *, actor: Actor) -> PostingChange:
    """The proposal, locked; refuses (``already_decided``) what somebody has answered in the meantime."""
    db.session.execute(
        select(PostingChange.id).where(PostingChange.id == change_id).with_for_update()
    )
    change = get_change(change_id, scope=actor.unit_path)
    db.session.refresh(change)
    if change.state is not ChangeState.PROPOSED:
        messages = {
            ChangeState.CONFIRMED: _("Somebody has already confirmed this proposal."),
            ChangeState.SENT_BACK: _("Somebody has already sent this proposal back."),
            ChangeState.WITHDRAWN: _("The school has withdrawn this proposal."),
        }
        raise DomainError(messages[change.state], "already_decided")
    return change


def record_change(
    change: PostingChange, action: str, *, actor: Actor, reason: str | None = None
) -> None:
    """The audit entry of an act on a proposal."""
    record(
        actor,
        action,
        object_type="posting_change",
        object_id=change.id,
        subject_id=change.person_id,
        details={
            "unit": change.unit.code,
            "unit_name": change.unit.name,
            "action": change.action.value,
            "on": change.effective_on.isoformat(),
        },
        reason=reason,
        unit_path=change.unit.path,
    )
