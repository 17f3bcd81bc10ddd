"""Questions of a bank: written, revised, retired. What was asked stays as it was asked: a change is a new revision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput, StaleVersion, explain_constraint
from app.core.i18n import gettext as _
from app.core.lengths import fitting
from app.core.text import squeeze
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import Question, QuestionBank, QuestionRevision
from app.domain.courses.operations.banks import lock_bank
from app.domain.courses.queries.banks import find_current_revision, get_question
from app.domain.courses.question_words import question_refusal
from app.domain.courses.rules.questions import CHOICES, QuestionText, why_not_a_question
from app.domain.courses.rules.words import QuestionKind
from app.domain.people.personal_texts import refuse_personal_numbers

LONGEST_CODE, LONGEST_TOPIC = 40, 80


def _code_taken() -> InvalidInput:
    return InvalidInput(
        _("Another question of this bank has this code. Choose another."), "code_taken", "code"
    )


explain_constraint("uq_questions_bank_id_code", _code_taken)
explain_constraint(
    "uq_question_revisions_current",
    lambda: StaleVersion(_("Somebody else has changed the question since you looked.")),
)


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question as somebody writes it. ``code``: '' makes the next free one."""

    text: QuestionText
    topic: str = ""
    code: str = ""


def text_of(question: Question, revision: QuestionRevision) -> QuestionText:
    """What a revision says, as plain values."""
    answer = revision.answer
    if question.kind is QuestionKind.FILL_IN:
        answer = [tuple(accepted) for accepted in answer]
    return QuestionText(
        question.kind,
        revision.stem,
        tuple(revision.options),
        tuple(answer),
        revision.explanation or "",
    )


def add_question(
    bank_id: int, draft: QuestionDraft, *, actor: Actor, now: datetime
) -> QuestionRevision:
    """Write a question into a bank. Raises the codes of ``why_not_a_question``, ``code_taken``, ``bank_retired``."""
    bank = lock_bank(bank_id, actor=actor)
    refuse_retired(bank)
    revision = add_many(bank, [tidied(draft)], actor=actor, now=now)[0]
    _audit(actor, "add_question", revision.question, bank)
    return revision


def add_many(
    bank: QuestionBank, drafts: Sequence[QuestionDraft], *, actor: Actor, now: datetime
) -> list[QuestionRevision]:
    """Write tidied questions into a locked bank, few statements for many; who calls it tells the audit."""
    codes = _codes(bank.id)
    free = _free_codes(codes)
    questions = []
    for draft in drafts:
        code = draft.code or next(free)
        if code in codes:
            raise _code_taken()
        codes.add(code)
        question = Question(bank_id=bank.id, code=code, topic=draft.topic, kind=draft.text.kind)
        questions.append(question)
    db.session.add_all(questions)
    db.session.flush()
    revisions = [
        _revision(question.id, 1, draft.text, actor, now)
        for question, draft in zip(questions, drafts, strict=True)
    ]
    db.session.add_all(revisions)
    db.session.flush()
    return revisions


def _codes(bank_id: int) -> set[str]:
    return set(db.session.scalars(select(Question.code).where(Question.bank_id == bank_id)))


def _free_codes(taken: set[str]) -> Iterator[str]:
    return (code for number in count(len(taken) + 1) if (code := f"{number:04d}") not in taken)


def revise_question(
    question_id: int, draft: QuestionDraft, *, seen: int, actor: Actor, now: datetime
) -> QuestionRevision:
    """Change what a question says, its topic or its code. ``seen``: the number of the revision that was looked at.

    Raises StaleVersion when there is a newer one, ``kind_fixed``, and as ``add_question``.
    """
    question = get_question(question_id, actor=actor)
    bank = lock_bank(question.bank_id, actor=actor)
    db.session.refresh(question)
    revision = revise_one(question, tidied(draft), seen=seen, actor=actor, now=now)
    _audit(actor, "revise_question", question, bank)
    return revision


def revise_one(
    question: Question,
    draft: QuestionDraft,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> QuestionRevision:
    """As ``revise_question``, in a locked bank with a tidied draft; who calls it tells the audit."""
    current = find_current_revision(question.id)
    if current.number != seen:
        raise StaleVersion(
            _("Somebody else has changed the question since you looked. Look at it again.")
        )
    if draft.text.kind is not question.kind:
        raise InvalidInput(
            _("The kind of a question stays. Write a new question instead."), "kind_fixed", "kind"
        )
    question.topic, question.code = draft.topic, draft.code or question.code
    if text_of(question, current) != draft.text:
        current.current = False
        db.session.flush()
        current = _revision(question.id, seen + 1, draft.text, actor, now)
        db.session.add(current)
    db.session.flush()
    return current


def retire_question(question_id: int, *, actor: Actor, now: datetime) -> Question:
    """Draw a question no more; attempts that were asked it keep it."""
    question, bank = _lock_question(question_id, actor)
    if question.retired_at is None:
        question.retired_at = now
        db.session.flush()
        _audit(actor, "retire_question", question, bank)
    return question


def restore_question(question_id: int, *, actor: Actor) -> Question:
    """Let a retired question be drawn again."""
    question, bank = _lock_question(question_id, actor)
    if question.retired_at is not None:
        question.retired_at = None
        db.session.flush()
        _audit(actor, "restore_question", question, bank)
    return question


def _lock_question(question_id: int, actor: Actor) -> tuple[Question, QuestionBank]:
    question = get_question(question_id, actor=actor)
    bank = lock_bank(question.bank_id, actor=actor)
    db.session.refresh(question)
    return question, bank


def tidied(draft: QuestionDraft) -> QuestionDraft:
    """The draft without blanks around its texts. Raises the codes of ``why_not_a_question``, ``too_long``,
    ``personal_number``."""
    text = draft.text
    plain = QuestionText(
        kind=text.kind,
        stem=text.stem.strip().replace("\r\n", "\n"),
        options=tuple(option.strip() for option in text.options) if text.kind in CHOICES else (),
        answer=_tidied_answer(text),
        explanation=text.explanation.strip().replace("\r\n", "\n"),
    )
    code = why_not_a_question(plain)
    if code is not None:
        raise question_refusal(code)
    for field, written in (
        ("stem", plain.stem),
        ("options", "\n".join(plain.options)),
        ("explanation", plain.explanation),
        ("topic", draft.topic),
    ):
        refuse_personal_numbers(written, field)
    return QuestionDraft(
        plain,
        topic=fitting(draft.topic, LONGEST_TOPIC, "topic"),
        code=squeeze(fitting(draft.code, LONGEST_CODE, "code")),
    )


def _tidied_answer(text: QuestionText) -> tuple[object, ...]:
    if text.kind is QuestionKind.FILL_IN:
        return tuple(tuple(one.strip() for one in accepted) for accepted in text.answer)
    if text.kind is QuestionKind.SHORT_ANSWER:
        return tuple(str(part).strip().replace("\r\n", "\n") for part in text.answer)
    return tuple(sorted(set(text.answer)))


def refuse_retired(bank: QuestionBank) -> None:
    if bank.retired_at is not None:
        raise DomainError(
            _("The question bank is retired. Take it up again first."), "bank_retired"
        )


def _revision(
    question_id: int, number: int, text: QuestionText, actor: Actor, now: datetime
) -> QuestionRevision:
    return QuestionRevision(
        question_id=question_id,
        number=number,
        current=True,
        stem=text.stem,
        options=list(text.options),
        answer=[list(part) if isinstance(part, tuple) else part for part in text.answer],
        explanation=text.explanation or None,
        created_by=actor.account_id,
        created_at=now,
    )


def _audit(actor: Actor, verb: str, question: Question, bank: QuestionBank) -> None:
    record(
        actor,
        f"courses.{verb}",
        object_type="question",
        object_id=question.id,
        details={"bank": bank.id, "code": question.code},
        unit_path=bank.unit.path,
    )
