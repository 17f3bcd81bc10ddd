"""Cells of free text, and cells that only look filled."""

from __future__ import annotations

import re

from app.domain.exchange.reading.values.finding import Cell, Parsed, Parser, Reading, text_of, wrong

BLANK_WORDS = frozenset(
    {
        "", "/", "\\", "-", "--", "---", "—", "——", "－", "–", "_", "无", "暂无", "没有", "空", "N/A", "n/a", "NA",
        "null", "NULL", "None", "nan", "*", "／", "、",
    }
)  # fmt: skip


ERROR_WORDS = frozenset(
    {
        "#REF!",
        "#N/A",
        "#NAME?",
        "#VALUE!",
        "#DIV/0!",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#GETTING_DATA",
    }
)
_INNER_BLANK = re.compile(r"(?<=[\u2e80-\uffef]) (?=[\u2e80-\uffef])")


def tidy_text(written: str) -> str:
    """Without blanks at the ends or between Chinese characters, others single; punctuation stays as it is."""
    return _INNER_BLANK.sub("", " ".join(written.split()))


def text(most: int = 200) -> Parser:
    """A parser for free text, blanks tidied. A text that begins with = + - @ stays what it is."""

    def parse(cell: Cell, reading: Reading) -> Parsed:
        value = tidy_text(text_of(cell))
        return wrong("text_too_long", most=str(most)) if len(value) > most else Parsed(value)

    return parse


def keep_text(most: int = 2000) -> Parser:
    """A parser for notes: line breaks stay."""

    def parse(cell: Cell, reading: Reading) -> Parsed:
        value = text_of(cell)
        return wrong("text_too_long", most=str(most)) if len(value) > most else Parsed(value)

    return parse


def parse_code(cell: Cell, reading: Reading) -> Parsed:
    """学校标识码: digits, letters and hyphens."""
    code = "".join(text_of(cell).lstrip("'’").split()).upper()
    if not code.isascii() or not code.replace("-", "").isalnum() or len(code) > 20:
        return wrong("code_unreadable")
    return Parsed(code)
