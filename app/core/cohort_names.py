"""The names of cohorts (第×期) that follow each other."""

from __future__ import annotations

import re

_NUMERALS = "零一二三四五六七八九"
_COHORT = re.compile(r"第(?P<number>\d+|[一二三四五六七八九十]+)(?P<unit>[期批届])")
_TRAILING = re.compile(r"(\d+)(?!.*\d)")


def chinese_number(number: int) -> str:
    """1…99 in Chinese numerals: 10 is 十, 21 is 二十一."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_NUMERALS[tens]}十"
    return head + (_NUMERALS[ones] if ones else "")


def read_number(text: str) -> int:
    """A number of 1…99 in digits or Chinese numerals."""
    if text.isdecimal():
        return int(text)
    head, ten, tail = text.partition("十")
    if not ten:
        return _NUMERALS.index(head)
    tens = _NUMERALS.index(head) if head else 1
    return tens * 10 + (_NUMERALS.index(tail) if tail else 0)


def next_cohort(cohort: str | None) -> str | None:
    """The name of the next cohort: 第3期 → 第4期, 第一批 → 第二批, 2026-1 → 2026-2; unchanged without a number."""
    if not cohort:
        return cohort
    found = _COHORT.search(cohort)
    if found is not None:
        return (
            cohort[: found.start("number")]
            + _raised(found["number"])
            + found["unit"]
            + cohort[found.end() :]
        )
    return _TRAILING.sub(lambda match: str(int(match.group(1)) + 1), cohort, count=1)


def _raised(text: str) -> str:
    if text.isdecimal():
        return str(int(text) + 1)
    try:
        number = read_number(text) + 1
    except ValueError:
        return text
    return chinese_number(number) if number < 100 else str(number)
