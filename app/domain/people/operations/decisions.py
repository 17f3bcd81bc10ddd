"""The county's answer to what a school proposes: confirmed, it takes effect; sent back, the school reads why."""

from __future__ import annotations

from datetime import timedelta

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.core.text import name_key
from app.domain.accounts.rules import Actor
from app.domain.outbox.operations import notify
from app.domain.people.models import Person, Posting, PostingChange
from app.domain.people.operations.locking import lock_person, lock_posting, required_reason
from app.domain.people.operations.moves import change_posting
from app.domain.people.operations.people import register_person
from app.domain.people.operations.postings import close_posting, open_posting
from app.domain.people.operations.proposals import lock_waiting, record_change
from app.domain.people.queries.changes import ProposedFacts, open_payload
from app.domain.people.queries.record import (
    find_by_identity_number,
    find_person,
    list_running_postings,
)
from app.domain.people.refusals import registered_elsewhere
from app.domain.people.rules import ChangeAction, ChangeState, EndReason
from app.domain.people.rules.facts import PersonFacts
from app.domain.units.models import Unit

QUEUE = "/posting-changes/"


def confirm_change(change_id: int, *, actor: Actor) -> PostingChange:
    """Let a proposal take effect. Of two officers at once one wins, the other is told (``already_decided``)."""
    change = lock_waiting(change_id, actor=actor)
    facts = open_payload(change)
    if change.action is ChangeAction.ADD:
        posting = _add(change, facts, actor)
        change.person_id, change.posting_id = posting.person_id, posting.id
    elif change.action is ChangeAction.END:
        posting = lock_posting(_posting_id(change), actor=actor)
        close_posting(
            posting,
            on=change.effective_on,
            reason=facts.end_reason or EndReason.OTHER,
            note=change.note,
            actor=actor,
        )
    elif facts.posting is not None:
        change_posting(
            _posting_id(change),
            facts=facts.posting,
            on=change.effective_on,
            actor=actor,
            reason=change.note,
        )
    _decide(change, ChangeState.CONFIRMED, None, actor)
    return change


def send_back_change(change_id: int, *, actor: Actor, reason: str) -> PostingChange:
    """Refuse a proposal with a reason that the school reads."""
    why = required_reason(reason)
    change = lock_waiting(change_id, actor=actor)
    _decide(change, ChangeState.SENT_BACK, why, actor)
    return change


def _posting_id(change: PostingChange) -> int:
    if change.posting_id is None:
        raise DomainError(_("The posting of this proposal no longer exists."), "posting_ended")
    return change.posting_id


def _add(change: PostingChange, facts: ProposedFacts, actor: Actor) -> Posting:
    if facts.person is None or facts.posting is None:
        raise ValueError("a proposal to add says who and as what")
    known = _known(facts.person, actor)
    if known is None:
        new = register_person(
            facts.person,
            unit_id=change.unit_id,
            actor=actor,
            posting=facts.posting,
            valid_from=change.effective_on,
            namesake_known=True,
        )
        return list_running_postings(new.id)[0]
    person = lock_person(known.id, actor=actor)
    _leave_others(person, change, actor)
    return open_posting(
        person, change.unit, facts.posting, valid_from=change.effective_on, actor=actor
    )


def _known(facts: PersonFacts, actor: Actor) -> Person | None:
    """Who has the identity number already: within reach and under the same name, or the county must look first."""
    known = find_by_identity_number(facts.id_number) if facts.id_number else None
    if known is None:
        return None
    if find_person(known.id, scope=actor.unit_path) is None:
        raise registered_elsewhere()
    if known.name_key != name_key(facts.name):
        raise DomainError(
            _(
                "This number is registered under another name: %(name)s. Correct it there or send this back.",
                name=known.name,
            ),
            "other_name",
        )
    return known


def _leave_others(person: Person, change: PostingChange, actor: Actor) -> None:
    """Somebody now at another school: the old postings end the day before (DOMAIN.md §3)."""
    for posting in list_running_postings(person.id):
        if posting.unit_id == change.unit_id or posting.valid_until is not None:
            continue
        if not actor.reaches(posting.unit.path):
            raise registered_elsewhere()
        close_posting(
            posting,
            on=change.effective_on - timedelta(days=1),
            reason=EndReason.TRANSFERRED,
            actor=actor,
        )


def find_previous_units(facts: ProposedFacts, *, actor: Actor) -> list[Unit]:
    """From which units of the scope a confirmed addition would take somebody away, for the preview."""
    number = facts.person.id_number if facts.person else None
    known = find_by_identity_number(number) if number else None
    if known is None:
        return []
    postings = list_running_postings(known.id)
    return [posting.unit for posting in postings if actor.reaches(posting.unit.path)]


def _decide(change: PostingChange, state: ChangeState, reason: str | None, actor: Actor) -> None:
    change.state = state
    change.decided_by = actor.account_id
    change.decided_at = clock.now()
    change.decision_reason = reason
    db.session.flush()
    verb = "confirm" if state is ChangeState.CONFIRMED else "send_back"
    record_change(change, f"posting_changes.{verb}", actor=actor, reason=reason)
    if change.proposed_by is None:
        return
    parameters = {"name": name_in(change), "unit": change.unit.name, "action": change.action.value}
    if reason:
        parameters["reason"] = reason
    notify(change.proposed_by, f"posting_changes.{state.value}", parameters, link=QUEUE)


def name_in(change: PostingChange) -> str:
    """Whom a proposal is about."""
    if change.person is not None:
        return change.person.name
    facts = open_payload(change).person
    return facts.name if facts is not None else ""
