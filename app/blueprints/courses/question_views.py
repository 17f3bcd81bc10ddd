"""A question as a page shows it: its options in order, what was answered, and, where one may see it, what is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.domain.courses.models import AttemptItem, QuestionRevision
from app.domain.courses.operations.questions import text_of
from app.domain.courses.rules.questions import CHOICES, QuestionText, count_blanks
from app.domain.courses.rules.words import QuestionKind


@dataclass(frozen=True, slots=True)
class OptionView:
    """An option at the place where it is shown."""

    place: int
    text: str
    chosen: bool
    right: bool


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question of an attempt. ``texts``: what was filled in, gap by gap; ``truth``: what was said to be so."""

    item_id: int | None
    position: int
    kind: QuestionKind
    stem: str
    maximum: Decimal
    options: tuple[OptionView, ...]
    texts: tuple[str, ...]
    truth: bool | None
    answered: bool
    number: int
    marks: Decimal | None
    feedback: str | None
    text: QuestionText

    @property
    def full(self) -> bool:
        return self.marks == self.maximum


def view_item(item: AttemptItem) -> QuestionView:
    """A question of somebody's attempt."""
    return _view(item, item.revision, item.order, item.answer)


def view_sample(
    revision: QuestionRevision, *, position: int, maximum: Decimal, order: Sequence[int]
) -> QuestionView:
    """A question as a draw would show it, without anybody's answer."""
    item = AttemptItem(position=position, maximum=maximum, saved_number=0)
    return _view(item, revision, order, None)


def _view(
    item: AttemptItem,
    revision: QuestionRevision,
    order: Sequence[int],
    answer: list[Any] | None,
) -> QuestionView:
    text = text_of(revision.question, revision)
    given = answer or []
    chooses, blanks = text.kind in CHOICES, count_blanks(text.stem)
    options = [
        OptionView(place, text.options[one], one in given, one in text.answer)
        for place, one in enumerate(order if chooses else ())
    ]
    fields = {QuestionKind.FILL_IN: blanks, QuestionKind.SHORT_ANSWER: 1}.get(text.kind, 0)
    texts = [str(one) for one in given[:fields]] if fields else []
    truth = bool(given[0]) if text.kind is QuestionKind.TRUE_FALSE and given else None
    return QuestionView(
        item_id=item.id,
        position=item.position,
        kind=text.kind,
        stem=text.stem,
        maximum=Decimal(item.maximum),
        options=tuple(options),
        texts=tuple(texts + [""] * (fields - len(texts))),
        truth=truth,
        answered=answer is not None,
        number=item.saved_number,
        marks=None if item.marks is None else Decimal(item.marks),
        feedback=item.feedback,
        text=text,
    )
