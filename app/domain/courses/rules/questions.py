"""Questions: whether one can be asked at all, what counts as an answer to it, and how many marks an answer earns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.core.text import squeeze
from app.domain.courses.rules.words import QuestionKind

FEWEST_OPTIONS, MOST_OPTIONS = 2, 8
LONGEST_STEM = 4000
LONGEST_OPTION = 1000
LONGEST_BLANK = 200
LONGEST_TEXT = 10_000
LETTERS = "ABCDEFGH"
CHOICES = (QuestionKind.SINGLE, QuestionKind.MULTIPLE)
_BLANK = re.compile(r"_{2,}|＿{2,}")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class QuestionText:
    """What a question says. ``answer`` has the shape that models.QuestionRevision describes, by kind."""

    kind: QuestionKind
    stem: str
    options: tuple[str, ...] = ()
    answer: tuple[Any, ...] = ()
    explanation: str = ""


def count_blanks(stem: str) -> int:
    """How many gaps a text has: runs of two and more low lines."""
    return len(_BLANK.findall(stem))


def why_not_a_question(text: QuestionText) -> str | None:
    """Why nobody can be asked this; None when it is a question with a right answer."""
    if not text.stem.strip():
        return "no_stem"
    if len(text.stem) > LONGEST_STEM or len(text.explanation) > LONGEST_STEM:
        return "too_long"
    if text.kind in CHOICES:
        return _why_not_choices(text)
    if text.kind is QuestionKind.TRUE_FALSE:
        right = len(text.answer) == 1 and isinstance(text.answer[0], bool)
        return None if right else "no_right_answer"
    if text.kind is QuestionKind.FILL_IN:
        return _why_not_blanks(text)
    if not any(str(part).strip() for part in text.answer):
        return "no_right_answer"
    return "too_long" if any(len(str(part)) > LONGEST_STEM for part in text.answer) else None


def _why_not_choices(text: QuestionText) -> str | None:
    options = [option.strip() for option in text.options]
    if len(options) < FEWEST_OPTIONS:
        return "too_few_options"
    if len(options) > MOST_OPTIONS:
        return "too_many_options"
    if not all(options):
        return "empty_option"
    if any(len(option) > LONGEST_OPTION for option in options):
        return "too_long"
    if len({squeeze(option) for option in options}) < len(options):
        return "same_option"
    return _why_not_right(text, len(options))


def _why_not_right(text: QuestionText, options: int) -> str | None:
    if not text.answer:
        return "no_right_answer"
    if any(not _is_index(place, options) for place in text.answer):
        return "no_such_option"
    if text.kind is QuestionKind.SINGLE and len(text.answer) > 1:
        return "several_right_answers"
    return None


def _why_not_blanks(text: QuestionText) -> str | None:
    blanks = count_blanks(text.stem)
    if not blanks:
        return "no_blank"
    if not any(
        normalise(accepted) for accepted_texts in text.answer for accepted in accepted_texts
    ):
        return "no_right_answer"
    if len(text.answer) != blanks:
        return "blanks_differ"
    texts = [accepted for accepted_texts in text.answer for accepted in accepted_texts]
    if any(len(accepted) > LONGEST_BLANK for accepted in texts):
        return "too_long"
    every = all(accepted and all(map(normalise, accepted)) for accepted in text.answer)
    return None if every else "no_right_answer"


def _is_index(value: object, options: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < options


def normalise(text: str) -> str:
    """A filled-in text as it is compared: full-width as plain, without any blank, capitals as small letters."""
    return squeeze(text).casefold()


class NotAnAnswer(ValueError):
    """What was sent cannot be an answer to the question: its shape is wrong, or it is too long."""


def read_answer(
    kind: QuestionKind, given: object, order: Sequence[int], blanks: int
) -> list[Any] | None:
    """The answer as it is kept; None for none. Raises NotAnAnswer.

    ``given``: the chosen places among the options as they were shown (``order`` says which options those are),
    [True] or [False], one text for each of the ``blanks``, or one text.
    """
    if given is None:
        return None
    if not isinstance(given, list):
        raise NotAnAnswer
    if kind in CHOICES:
        return _read_places(kind, given, order)
    if kind is QuestionKind.TRUE_FALSE:
        if len(given) > 1 or not all(isinstance(value, bool) for value in given):
            raise NotAnAnswer
        return given or None
    most, longest = (blanks, LONGEST_BLANK) if kind is QuestionKind.FILL_IN else (1, LONGEST_TEXT)
    return _read_texts(given, most, longest)


def _read_places(kind: QuestionKind, given: list[Any], order: Sequence[int]) -> list[int] | None:
    if not all(_is_index(place, len(order)) for place in given):
        raise NotAnAnswer
    if kind is QuestionKind.SINGLE and len(given) > 1:
        raise NotAnAnswer
    return sorted({order[place] for place in given}) or None


def _read_texts(given: list[Any], most: int, longest: int) -> list[str] | None:
    if len(given) > most or not all(
        isinstance(text, str) and len(text) <= longest and _is_whole(text) for text in given
    ):
        raise NotAnAnswer
    texts = [text.replace("\x00", "") for text in given] + [""] * (most - len(given))
    return texts if any(text.strip() for text in texts) else None


def _is_whole(text: str) -> bool:
    """Whether every character is one: JSON can carry half of a pair, which no page could show again."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def earned(text: QuestionText, answer: Sequence[Any] | None, maximum: Decimal) -> Decimal | None:
    """The marks an answer earns, to two places; None when a person must mark it.

    Nothing answered earns 0. Multiple: a wrong option earns 0, else the share of the right ones that were chosen.
    Fill-in: the share of the blanks that are right. A short answer is marked by a trainer.
    """
    if answer is None:
        return Decimal(0)
    if text.kind is QuestionKind.SHORT_ANSWER:
        return None
    if text.kind is QuestionKind.MULTIPLE:
        right, chosen = set(text.answer), set(answer)
        share = Decimal(0) if chosen - right else Decimal(len(chosen)) / len(right)
    elif text.kind is QuestionKind.FILL_IN:
        hits = [_fits(a, given) for a, given in zip(text.answer, answer, strict=False)]
        share = Decimal(sum(hits)) / len(text.answer)
    else:
        share = Decimal(list(answer) == list(text.answer))
    return (share * maximum).quantize(_CENT, ROUND_HALF_UP)


def _fits(accepted: Sequence[str], given: str) -> bool:
    return normalise(given) in {normalise(text) for text in accepted}
