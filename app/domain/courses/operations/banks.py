"""Question banks: opened, renamed, retired and taken up again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import QuestionBank
from app.domain.courses.operations.locking import refuse_stale
from app.domain.courses.queries.banks import get_written_bank, list_bank_units
from app.domain.people.personal_texts import fitting_text

LONGEST_TITLE, LONGEST_NOTE = 200, 2000

explain_constraint(
    "uq_question_banks_unit_id_title",
    lambda: DomainError(
        _("There is a question bank of this name already. Choose another."), "bank_exists", "title"
    ),
)


def create_bank(
    title: str, note: str | None, *, unit_id: int, actor: Actor, now: datetime
) -> QuestionBank:
    """Open a bank of a unit. Raises ``bank_exists``; NotFound for a unit the actor opens none for."""
    if unit_id not in {unit.id for unit in list_bank_units(actor)}:
        raise NotFound(_("You open no question banks for this unit."))
    bank = QuestionBank(unit_id=unit_id, created_at=now, **_facts(title, note))
    db.session.add(bank)
    db.session.flush()
    _audit(actor, "create_bank", bank)
    return bank


def edit_bank(
    bank_id: int, title: str, note: str | None, *, expected_version: int | None, actor: Actor
) -> QuestionBank:
    """Rename a bank or change its note. Raises StaleVersion, ``bank_exists``."""
    bank = lock_bank(bank_id, actor=actor)
    refuse_stale(bank.row_version, expected_version)
    for name, value in _facts(title, note).items():
        setattr(bank, name, value)
    db.session.flush()
    _audit(actor, "edit_bank", bank)
    return bank


def retire_bank(bank_id: int, *, reason: str, actor: Actor, now: datetime) -> QuestionBank:
    """Draw from the bank no more in new quizzes; those that draw from it go on."""
    bank = lock_bank(bank_id, actor=actor)
    reason = fitting_text(reason, 500, "reason")
    if not reason:
        raise InvalidInput(_("Give a reason."), "reason_missing", "reason")
    if bank.retired_at is None:
        bank.retired_at = now
        db.session.flush()
        _audit(actor, "retire_bank", bank, reason=reason)
    return bank


def restore_bank(bank_id: int, *, actor: Actor) -> QuestionBank:
    """Take a retired bank up again."""
    bank = lock_bank(bank_id, actor=actor)
    if bank.retired_at is not None:
        bank.retired_at = None
        db.session.flush()
        _audit(actor, "restore_bank", bank)
    return bank


def lock_bank(bank_id: int, *, actor: Actor) -> QuestionBank:
    """The bank, locked until the act ends, for who may change it; NotFound for others."""
    db.session.scalars(
        select(QuestionBank)
        .where(QuestionBank.id == bank_id)
        .with_for_update(of=QuestionBank)
        .execution_options(populate_existing=True)
    ).first()
    return get_written_bank(bank_id, actor=actor)


def _facts(title: str, note: str | None) -> dict[str, str | None]:
    title = fitting_text(title, LONGEST_TITLE, "title")
    if not title:
        raise InvalidInput(_("Give the question bank a name."), "title_missing", "title")
    return {"title": title, "note": fitting_text(note or "", LONGEST_NOTE, "note") or None}


def _audit(actor: Actor, verb: str, bank: QuestionBank, reason: str | None = None) -> None:
    record(
        actor,
        f"courses.{verb}",
        object_type="question_bank",
        object_id=bank.id,
        details={"title": bank.title},
        unit_path=bank.unit.path,
        reason=reason,
    )
