"""From a day on something else: another role, another title, another unit. What was stays on record."""

from __future__ import annotations

from datetime import date, timedelta

from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.people.models import Posting
from app.domain.people.operations.locking import lock_posting
from app.domain.people.operations.posting_checks import LONGEST_NOTE, tidy
from app.domain.people.operations.postings import close_posting, open_posting
from app.domain.people.rules import EndReason, PostingRole
from app.domain.people.rules.facts import PostingFacts
from app.domain.units.queries import get_unit_by_id

ONE_DAY = timedelta(days=1)


def change_posting(
    posting_id: int,
    *,
    facts: PostingFacts,
    on: date,
    actor: Actor,
    unit_id: int | None = None,
    reason: str | None = None,
    row_version: int | None = None,
) -> Posting:
    """From a day on another role, subject, title or unit: the old posting ends the day before, a new one begins.

    With another unit it is a transfer. Returns the new posting.
    """
    posting = lock_posting(posting_id, actor=actor, row_version=row_version)
    unit = posting.unit if unit_id is None else get_unit_by_id(unit_id, scope=actor.unit_path)
    if on <= posting.valid_from:
        raise InvalidInput(
            _(
                "The posting began on %(begin)s; a change can hold from the next day on. Correct a mistake instead.",
                begin=posting.valid_from,
            ),
            "same_day",
            "on",
        )
    moved = unit.id != posting.unit_id
    if not moved and (facts.role, tidy(facts.subject), tidy(facts.title)) == (
        posting.role,
        posting.subject,
        posting.title,
    ):
        raise DomainError(_("Nothing would change."), "nothing_changes")
    close_posting(
        posting,
        on=on - ONE_DAY,
        reason=EndReason.TRANSFERRED if moved else EndReason.ROLE_CHANGED,
        actor=actor,
        note=reason,
    )
    return open_posting(
        posting.person,
        unit,
        facts,
        valid_from=on,
        actor=actor,
        reason=tidy(reason, longest=LONGEST_NOTE),
    )


def transfer(
    posting_id: int,
    *,
    unit_id: int,
    on: date,
    actor: Actor,
    role: PostingRole | None = None,
    reason: str | None = None,
    row_version: int | None = None,
) -> Posting:
    """Move a person to another unit of the scope from a day on; subject and title go along, history stays."""
    posting = lock_posting(posting_id, actor=actor, row_version=row_version)
    if unit_id == posting.unit_id:
        raise InvalidInput(_("The person is already there."), "same_unit", "unit")
    facts = PostingFacts(role or posting.role, posting.subject, posting.title)
    return change_posting(
        posting_id, facts=facts, on=on, actor=actor, unit_id=unit_id, reason=reason
    )
