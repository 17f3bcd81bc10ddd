"""Certificate numbers: how they are written, and how what people type is understood. Source: DOMAIN.md §4."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST_PREFIX = 20
DIGITS = 4  # a sequence is written with at least so many
_OPENING, _CLOSING = "([{<〔【〈《", ")]}>〕】〉》"
_BRACKETS = str.maketrans({**dict.fromkeys(_OPENING, "("), **dict.fromkeys(_CLOSING, ")")})
_NUMBER = re.compile(
    r"(?P<prefix>[^()]+)\((?P<year>\d{4})\)第?(?P<sequence>\d{1,9})号?(?P<copy>.*)"
)
_START = re.compile(
    r"(?P<prefix>[^()]+)\((?P<year>\d{0,4})(?P<closed>\)第?0*(?P<sequence>\d{0,9})号?)?"
)
_SEQUENCE = re.compile(r"第?0*(?P<sequence>[1-9]\d{0,8})号?")
_SIGNS = frozenset("-._·— ")
_COPY = re.compile(r"\(?补(?P<nth>\d{0,3})\)?")


@dataclass(frozen=True, slots=True)
class NumberParts:
    """A number taken apart; ``copy``: 0, or which reissue (补) it names. ``prefix`` as it is compared."""

    prefix: str
    year: int
    sequence: int
    copy: int = 0


def certificate_number(prefix: str, year: int, sequence: int, copy: int = 0) -> str:
    """临教培〔2023〕第0001号; a reissue ends in （补）, the second one in （补2）."""
    mark = "" if copy == 0 else "（补）" if copy == 1 else f"（补{copy}）"
    return f"{prefix}〔{year}〕第{sequence:0{DIGITS}d}号{mark}"


def prefix_key(prefix: str) -> str:
    """A prefix as it is compared: plain characters, capitals, no blanks."""
    return _plain(prefix)


def why_not_prefix(prefix: str) -> str | None:
    """Why a prefix cannot be: ``empty``, ``too_long`` (over 20), ``brackets`` (they belong to the year), ``signs``
    (an address, a file name or a line would break at them).
    """
    plain = _plain(prefix)
    if not plain:
        return "empty"
    if len(prefix.strip()) > LONGEST_PREFIX or len(plain) > LONGEST_PREFIX:
        return "too_long"
    if set(plain) & {"(", ")"}:
        return "brackets"
    shown = unicodedata.normalize("NFKC", prefix.strip())
    return None if all(sign.isalnum() or sign in _SIGNS for sign in shown) else "signs"


def parse_number(text: str) -> NumberParts | None:
    """What somebody typed, whichever brackets, widths and blanks; None when it is no number of ours."""
    found = _NUMBER.fullmatch(_plain(text))
    if found is None:
        return None
    copy = 0
    if found["copy"]:
        again = _COPY.fullmatch(found["copy"])
        if again is None:
            return None
        copy = int(again["nth"] or 1)
    sequence = int(found["sequence"])
    if sequence == 0 or (found["copy"] and copy == 0):
        return None
    return NumberParts(found["prefix"], int(found["year"]), sequence, copy)


def number_key(text: str) -> str:
    """By which a number is looked up: the same for every way of writing it, and for all its reissues.

    What is no number of ours is its own plain text, so that looking it up finds nothing.
    """
    parts = parse_number(text)
    if parts is None:
        return _plain(text)[:80]
    return key_of(parts.prefix, parts.year, parts.sequence)


def number_start(text: str) -> str | None:
    """With what the keys of the numbers begin whose beginning somebody typed: 临教培〔2023〕 or 临教培〔2023〕第01."""
    found = _START.fullmatch(_plain(text))
    if found is None:
        return None
    closed = f"){found['sequence']}" if found["closed"] and len(found["year"]) == 4 else ""
    return f"{found['prefix']}({found['year']}{closed}"


def sequence_of(text: str) -> int | None:
    """The sequence of a number of which only the end was typed: 第0012号, 0012."""
    found = _SEQUENCE.fullmatch(_plain(text))
    return None if found is None else int(found["sequence"])


def key_of(prefix: str, year: int, sequence: int) -> str:
    """The key of a number that is being given."""
    return f"{_plain(prefix)}({year}){sequence}"


def _plain(text: str) -> str:
    """Full-width as half-width, every bracket the same, no blanks or invisible characters, capitals."""
    wide = unicodedata.normalize("NFKC", text.translate(_BRACKETS)).translate(_BRACKETS)
    kept = (c for c in wide if not c.isspace() and unicodedata.category(c) not in {"Cf", "Cc"})
    return "".join(kept).upper()
