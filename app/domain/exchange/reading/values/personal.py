"""Names, identity numbers and phones."""

from __future__ import annotations

import re

from app.core.text import tidy_name
from app.domain.exchange.reading.values.finding import (
    Cell,
    Parsed,
    Reading,
    doubtful,
    text_of,
    wrong,
)
from app.domain.people.rules.identity import (
    normalise_identity_number,
    normalise_phone,
    why_not_identity_number,
    why_not_phone,
)

MASKS = "*＊×✱●•"
LONGEST_NAME = 50
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+", re.ASCII)
_PHONE_SEPARATORS = re.compile(r"[/、;；,，\n]+")
_QUOTED = re.compile(r'^="?(.*?)"?$', re.DOTALL)


class Masked(str):
    """A number of which a platform hid digits."""

    __slots__ = ()


def parse_name(cell: Cell, reading: Reading) -> Parsed:
    if not isinstance(cell, str):
        return wrong("name_not_a_name")
    is_plain = bool(cell) and min(cell) >= "\u4e00" and max(cell) <= "\u9fff"  # as most are
    name = cell if is_plain else tidy_name(cell)
    if not name.isalpha() and (
        any(c.isdigit() for c in name) or not any(c.isalpha() for c in name)
    ):
        return wrong("name_not_a_name")
    return (
        wrong("name_too_long", most=str(LONGEST_NAME)) if len(name) > LONGEST_NAME else Parsed(name)
    )


def _bare(cell: Cell) -> str:
    """The text of a number cell without the tricks that keep a spreadsheet from rounding it (' and =\"…\")."""
    text = text_of(cell).lstrip("'’‘`")
    return _QUOTED.sub(r"\1", text) if text.startswith("=") else text


def parse_id_number(cell: Cell, reading: Reading) -> Parsed:
    """An identity number, or Masked. A number that a spreadsheet rounded is an error, never a value."""
    if isinstance(cell, (int, float)) and abs(cell) >= 1e15:
        return wrong("id_number_lost_digits")
    text = _bare(cell)
    if _SCIENTIFIC.fullmatch(text):
        return wrong("id_number_lost_digits")
    number = normalise_identity_number(text)
    if not number.isalnum() and any(c in MASKS for c in number):
        return Parsed(Masked(number)) if reading.masked_allowed else wrong("id_number_masked")
    why = why_not_identity_number(number, today=reading.today)
    if why is None:
        return Parsed(number)
    if len(number) == 18 and number.endswith("000"):
        return wrong("id_number_lost_digits")
    return wrong(f"id_number_{why}", length=str(len(number)))


def parse_phone(cell: Cell, reading: Reading) -> Parsed:
    """A phone number, or Masked. A wrong one is told and left out; it rejects nothing."""
    if isinstance(cell, str) and why_not_phone(cell) is None:
        return Parsed(normalise_phone(cell))
    parts = [normalise_phone(part) for part in _PHONE_SEPARATORS.split(_bare(cell)) if part.strip()]
    if parts and any(c in MASKS for c in parts[0]):
        return (
            Parsed(Masked(parts[0])) if reading.masked_allowed else doubtful(None, "phone_masked")
        )
    good = [part for part in parts if why_not_phone(part) is None]
    if not good:
        return doubtful(None, "phone_wrong", length=str(len("".join(parts))))
    if len(parts) > 1:
        return doubtful(good[0], "phone_several")
    return Parsed(good[0])
