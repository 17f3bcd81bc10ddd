"""How a question is written in the cells of a row, and read from them. The workbooks are Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from app.core.text import squeeze
from app.domain.courses.rules.questions import CHOICES, LETTERS, QuestionText, count_blanks
from app.domain.courses.rules.words import QuestionKind

KIND_WORDS = {
    QuestionKind.SINGLE: "单选题",
    QuestionKind.MULTIPLE: "多选题",
    QuestionKind.TRUE_FALSE: "判断题",
    QuestionKind.FILL_IN: "填空题",
    QuestionKind.SHORT_ANSWER: "简答题",
}
RIGHT, WRONG = "正确", "错误"
BETWEEN_ALTERNATIVES = "|"
_KINDS = {word.removesuffix("题"): kind for kind, word in KIND_WORDS.items()} | {
    "问答": QuestionKind.SHORT_ANSWER,
    "是非": QuestionKind.TRUE_FALSE,
}
_TRUE = {"正确", "对", "√", "✓", "是", "true", "t", "y", "yes"}
_FALSE = {"错误", "错", "×", "✗", "x", "否", "false", "f", "n", "no"}
_SEPARATORS = re.compile(r"[\s,，、;；|./]+")
_SEMICOLONS = re.compile(r"[;；]")
_BARS = re.compile(r"[|｜]")


def read_kind(text: str) -> QuestionKind | None:
    """单选题, 单选 … as a kind; None for other words."""
    return _KINDS.get(squeeze(text).removesuffix("题"))


def read_right_answer(kind: QuestionKind, text: str, stem: str) -> tuple[Any, ...] | None:
    """The right answer as it is kept; () when the cell is empty, None when it cannot be read."""
    if not text.strip():
        return ()
    if kind in CHOICES:
        letters = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
        places = [LETTERS.find(letter) for letter in letters]
        return None if -1 in places else tuple(sorted(set(places)))
    if kind is QuestionKind.TRUE_FALSE:
        word = squeeze(text).casefold()
        return (True,) if word in _TRUE else (False,) if word in _FALSE else None
    if kind is QuestionKind.FILL_IN:
        return read_blanks(text, count_blanks(stem))
    return (text.strip(),)


def read_blanks(text: str, blanks: int) -> tuple[tuple[str, ...], ...]:
    """The accepted texts of each blank: blanks on their own lines or between semicolons, alternatives between bars."""
    text = text.strip().replace("\r\n", "\n")
    parts = [text]
    if "\n" in text:
        parts = text.split("\n")
    elif blanks > 1:
        parts = _SEMICOLONS.split(text)
    return tuple(tuple(one.strip() for one in _BARS.split(part) if one.strip()) for part in parts)


def write_right_answer(text: QuestionText) -> str:
    """The right answer as ``read_right_answer`` reads it."""
    if text.kind in CHOICES:
        return "".join(LETTERS[place] for place in text.answer)
    if text.kind is QuestionKind.TRUE_FALSE:
        return RIGHT if text.answer[0] else WRONG
    if text.kind is QuestionKind.FILL_IN:
        return write_blanks(text.answer)
    return "\n".join(map(str, text.answer))


def write_blanks(answer: Sequence[Sequence[str]]) -> str:
    """Each blank on a line of its own, alternatives between bars."""
    return "\n".join(BETWEEN_ALTERNATIVES.join(accepted) for accepted in answer)
