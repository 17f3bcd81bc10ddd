"""Take a workbook of questions into a bank: all of it, or nothing; what somebody changed meanwhile is left as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.core.db import db
from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import Question, QuestionRevision
from app.domain.courses.operations.banks import lock_bank
from app.domain.courses.operations.questions import (
    QuestionDraft,
    add_many,
    refuse_retired,
    revise_one,
    text_of,
)
from app.domain.courses.queries.banks import load_questions
from app.domain.courses.question_sheets.layout import CODE, KIND
from app.domain.courses.question_sheets.reading import Problem, SheetEntry
from app.domain.courses.rules.questions import QuestionText


@dataclass(frozen=True, slots=True)
class Change:
    """A question that the sheet changes."""

    entry: SheetEntry
    question: Question
    now: QuestionText
    topic: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A question that somebody changed since the sheet went out (or that the sheet does not know): it stays."""

    entry: SheetEntry
    now: QuestionText
    number: int


@dataclass
class ImportPlan:
    """What taking the entries would do. With ``problems`` nothing is taken; ``conflicts`` stay as they are."""

    new: list[SheetEntry] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


def plan_import(bank_id: int, entries: Sequence[SheetEntry]) -> ImportPlan:
    """What the entries would do to the bank as it is now."""
    known: dict[str, tuple[Question, QuestionRevision]] = {}
    texts: set[QuestionText] = set()
    for question, revision in load_questions(bank_id):
        known[question.code] = (question, revision)
        if question.retired_at is None:
            texts.add(text_of(question, revision))
    plan = ImportPlan()
    for entry in entries:
        there = known.get(entry.draft.code)
        if there is not None:
            _compare(plan, entry, *there)
        elif not entry.draft.code and entry.draft.text in texts:
            plan.unchanged += 1
        else:
            plan.new.append(entry)
    return plan


def _compare(
    plan: ImportPlan, entry: SheetEntry, question: Question, revision: QuestionRevision
) -> None:
    draft, now = entry.draft, text_of(question, revision)
    if question.retired_at is not None:
        words = _(
            "A retired question has this code. Take that one up again, or choose another code."
        )
        plan.problems.append(Problem(entry.row, CODE, draft.code, "code_retired", words))
    elif draft.text == now and draft.topic == question.topic:
        plan.unchanged += 1
    elif draft.text.kind is not question.kind:
        words = _("The kind of a question stays. Write a new question instead.")
        plan.problems.append(Problem(entry.row, KIND, draft.code, "kind_fixed", words))
    elif entry.seen != revision.number:
        plan.conflicts.append(Conflict(entry, now, revision.number))
    else:
        plan.changes.append(Change(entry, question, now, question.topic))


def import_questions(
    bank_id: int, entries: Sequence[SheetEntry], *, actor: Actor, now: datetime
) -> ImportPlan:
    """Take the entries into the bank; what was done. Raises ``rows_refused`` when one of them cannot be taken."""
    bank = lock_bank(bank_id, actor=actor)
    refuse_retired(bank)
    plan = plan_import(bank_id, entries)
    if plan.problems:
        raise InvalidInput(
            _("Nothing was taken: some rows cannot be. Upload the sheet again to see which."),
            "rows_refused",
            "file",
        )
    drafts: list[QuestionDraft] = [entry.draft for entry in plan.new]
    if drafts:
        add_many(bank, drafts, actor=actor, now=now)
    for change in plan.changes:
        seen = change.entry.seen or 0
        revise_one(change.question, change.entry.draft, seen=seen, actor=actor, now=now)
    if plan.new or plan.changes:
        record(
            actor,
            "courses.import_questions",
            object_type="question_bank",
            object_id=bank_id,
            details={"new": len(plan.new), "changed": len(plan.changes)},
            unit_path=bank.unit.path,
        )
    db.session.flush()
    return plan
