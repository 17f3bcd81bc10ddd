"""Plain rules of the tree of units: what may hang under what, and from when a change may hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

# Stages that count as 完小以上 (DOMAIN.md §2); the others exist and do not count.
COUNTED_STAGES = frozenset(
    {"primary", "junior", "nine_year", "complete_secondary", "senior", "vocational", "special"}
)
PARENT_KINDS: dict[str, frozenset[str]] = {
    "province": frozenset(),
    "prefecture": frozenset({"province"}),
    "county": frozenset({"prefecture"}),
    "special_zone": frozenset({"prefecture"}),
    "school": frozenset({"prefecture", "county", "special_zone"}),
}
CODE = re.compile(r"[0-9A-Z]{6,20}")


def may_hang_under(kind: str, parent_kind: str | None) -> bool:
    """Whether a unit of one kind may hang under a unit of another (None: at the root)."""
    allowed = PARENT_KINDS[kind]
    return parent_kind in allowed if parent_kind else not allowed


def is_code(text: str) -> bool:
    """6 digits for divisions (GB/T 2260), up to 20 digits or capitals for schools (学校标识码)."""
    return CODE.fullmatch(text) is not None


def is_open(opened_on: date | None, closed_on: date | None, on: date) -> bool:
    """Open on a day: no opening date means it always was; the closing date is its last day."""
    return (opened_on is None or opened_on <= on) and (closed_on is None or on <= closed_on)


def why_not_from(on: date, *, today: date, version_from: date | None) -> str | None:
    """Why a change of name, stage or place cannot begin on a day: ``future`` or ``before_last_change``."""
    if on > today:
        return "future"
    if version_from is not None and on < version_from:
        return "before_last_change"
    return None


def municipal_names(prefecture_name: str) -> list[str]:
    """How workbooks call the schools directly under a prefecture: 市直, 州直, with and without 属."""
    level = "州" if prefecture_name.endswith("州") else "市"
    other = "市" if level == "州" else "州"
    return [
        f"{level}直",
        f"{level}直属",
        f"{level}直学校",
        f"{level}属",
        f"{other}直",
        "直属学校",
        "本级",
    ]


def is_ancestor_path(path: str, other: str) -> bool:
    """Whether ``other`` lies in the subtree of ``path`` (the unit itself included)."""
    return other.startswith(path)


def first_free_code(parent_code: str, taken: Iterable[str]) -> str:
    """A code for a school that has none yet: the parent's code and the next free four digits."""
    used = {code for code in taken if code.startswith(parent_code)}
    number = 1
    while f"{parent_code}{number:04d}" in used:
        number += 1
    return f"{parent_code}{number:04d}"
