"""The mentor's side of the log: comment and sign, one entry or several at once; send back; open again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, StaleVersion
from app.core.i18n import gettext as _
from app.core.lengths import fitting
from app.domain.accounts.rules import Actor
from app.domain.people.rules.personal_text import refused, why_looks_personal
from app.domain.placements.models import LogEntry, Placement
from app.domain.placements.operations.locking import lock_placement
from app.domain.placements.operations.log import audit_entry, lock_entry
from app.domain.placements.queries.log import no_entry
from app.domain.placements.queries.visibility import (
    Part,
    current_stay,
    parts_of,
    placements_visible_to,
)
from app.domain.placements.rules import log as rules
from app.domain.placements.rules.words import EntryStatus
from app.domain.placements.semester_words import days, personal_number, refusal
from app.domain.placements.telling import tell_people

LONGEST_COMMENT = 2000


@dataclass
class Signed:
    """What came of signing several: entries signed, and why others were not, by entry."""

    signed: list[int] = field(default_factory=list)
    refused: dict[int, DomainError] = field(default_factory=dict)


def sign_entry(
    entry_id: int,
    *,
    placement_id: int,
    actor: Actor,
    comment: str = "",
    expected_version: int | None = None,
) -> LogEntry:
    """Sign an entry that was handed in; from then on it is fixed and counts. The trainee is told.

    Raises ``own_entry``, ``not_mentor``, ``not_handed_in``, ``signed``, ``placement_over``; StaleVersion when the
    trainee has changed it since the mentor read it.
    """
    placement = lock_placement(placement_id, actor=actor)
    entry = lock_entry(placement, entry_id)
    _sign(placement, entry, actor, comment, expected_version)
    _tell_signed(placement, [entry])
    return entry


def sign_entries(versions: Mapping[int, int | None], *, actor: Actor) -> Signed:
    """Sign several entries, by entry the version that was seen. One that cannot be signed holds up no other.

    An entry of a placement that the actor does not see is NotFound, and then none is signed.
    """
    if not versions:
        raise refusal("log", "nothing_chosen")
    outcome = Signed()
    for placement_id, entry_ids in _by_placement(list(versions), actor).items():
        placement = lock_placement(placement_id, actor=actor)
        signed = []
        for entry_id in entry_ids:
            entry = lock_entry(placement, entry_id)
            try:
                _sign(placement, entry, actor, "", versions[entry_id])
            except DomainError as error:
                outcome.refused[entry_id] = error
            else:
                signed.append(entry)
        if signed:
            _tell_signed(placement, signed)
            outcome.signed += [entry.id for entry in signed]
    return outcome


def send_back_entry(
    entry_id: int,
    reason: str,
    *,
    placement_id: int,
    actor: Actor,
    expected_version: int | None = None,
) -> LogEntry:
    """Give an entry back to be corrected, with a reason; the trainee is told. Raises what ``sign_entry`` raises."""
    reason = _text(reason, required=True)
    placement = lock_placement(placement_id, actor=actor)
    entry = lock_entry(placement, entry_id)
    _refuse(rules.why_not_sign, placement, entry, actor)
    _refuse_changed(entry, expected_version)
    entry.status, entry.mentor_comment = EntryStatus.SENT_BACK, reason
    db.session.flush()
    audit_entry(actor, "send_back_entry", entry, placement, reason=reason)
    _tell(placement, entry, "placements.entry_sent_back", reason)
    return entry


def reopen_entry(entry_id: int, reason: str, *, placement_id: int, actor: Actor) -> LogEntry:
    """Open a signed entry again, with a reason: it counts no more until it is handed in and signed anew.

    Raises ``not_signed``, ``own_entry``, ``not_mentor``, ``placement_over``, ``reason_missing``.
    """
    reason = _text(reason, required=True)
    placement = lock_placement(placement_id, actor=actor)
    entry = lock_entry(placement, entry_id)
    _refuse(rules.why_not_reopen, placement, entry, actor)
    entry.status, entry.mentor_comment = EntryStatus.SENT_BACK, reason
    entry.signed_at, entry.signed_by, entry.signed_by_name = None, None, ""
    db.session.flush()
    audit_entry(actor, "reopen_entry", entry, placement, reason=reason)
    _tell(placement, entry, "placements.entry_reopened", reason)
    return entry


def _sign(
    placement: Placement,
    entry: LogEntry,
    actor: Actor,
    comment: str,
    expected_version: int | None,
) -> None:
    _refuse(rules.why_not_sign, placement, entry, actor)
    _refuse_changed(entry, expected_version)
    comment = _text(comment)
    entry.status = EntryStatus.SIGNED
    entry.mentor_comment = comment or None
    entry.signed_at, entry.signed_by = clock.now(), actor.account_id
    entry.signed_by_name = _mentor_name(placement)
    db.session.flush()
    audit_entry(actor, "sign_entry", entry, placement)


def _refuse(rule: rules.MentorRule, placement: Placement, entry: LogEntry, actor: Actor) -> None:
    why = rule(
        entry.status,
        placement.status,
        own=actor.account_id is not None and placement.person.account_id == actor.account_id,
        mentor=Part.MENTOR in parts_of(placement, actor),
    )
    if why is not None:
        raise refusal("log", why)


def _refuse_changed(entry: LogEntry, expected_version: int | None) -> None:
    if expected_version is not None and entry.row_version != expected_version:
        raise StaleVersion(
            _("The trainee has changed this entry since you read it. Read it again, then sign.")
        )


def _text(text: str, *, required: bool = False) -> str:
    text = fitting(text, LONGEST_COMMENT, "comment")
    if required and not text:
        raise refusal("log", "reason_missing", "comment")
    numbers = refused(why_looks_personal(text))
    if numbers:
        raise personal_number(numbers, "comment")
    return text


def _mentor_name(placement: Placement) -> str:
    """``_refuse`` has seen that the actor is the mentor of the present stay."""
    stay = current_stay(placement)
    if stay is None or stay.mentor is None:
        raise AssertionError("a stay without a mentor has nobody who signs")
    return stay.mentor.person.name


def _by_placement(entry_ids: Sequence[int], actor: Actor) -> dict[int, list[int]]:
    """The entries by placement, both in order of their ids, so that nobody waits in a circle."""
    rows = db.session.execute(
        select(LogEntry.placement_id, LogEntry.id)
        .join(Placement, Placement.id == LogEntry.placement_id)
        .where(LogEntry.id.in_(entry_ids), placements_visible_to(actor))
        .order_by(LogEntry.placement_id, LogEntry.id)
    ).all()
    if len(rows) != len(entry_ids):
        raise no_entry()
    found: dict[int, list[int]] = defaultdict(list)
    for placement_id, entry_id in rows:
        found[placement_id].append(entry_id)
    return found


def _tell_signed(placement: Placement, entries: Sequence[LogEntry]) -> None:
    told = "、".join(days(entry.begins_on, entry.ends_on) for entry in entries)
    tell_people(
        [placement.person_id],
        "placements.entries_signed",
        {"title": placement.cohort.title, "days": told},
        link=f"/placements/{placement.id}/log",
    )


def _tell(placement: Placement, entry: LogEntry, kind: str, reason: str) -> None:
    tell_people(
        [placement.person_id],
        kind,
        {
            "title": placement.cohort.title,
            "days": days(entry.begins_on, entry.ends_on),
            "reason": reason,
        },
        link=f"/placements/{placement.id}/log/{entry.id}",
    )
