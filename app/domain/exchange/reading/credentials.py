"""Certificates of a roster row: several may share a cell, separated by 、 ； or line breaks, their numbers likewise."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from app.domain.exchange.reading.sheet import BroughtCredential
from app.domain.exchange.reading.values.days import parse_day
from app.domain.exchange.reading.values.finding import Cell, Finding, Reading, text_of
from app.domain.exchange.reading.values.texts import tidy_text

NAME, LEVEL, NUMBER = "credential", "credential_level", "credential_number"
ISSUER, ISSUED = "credential_issuer", "credential_issued_on"
COLUMNS = (NAME, LEVEL, NUMBER, ISSUER, ISSUED)
Report = Callable[[str, Finding], None]
_SEPARATORS = re.compile(r"[、；;\n\r]+|(?<=[\u4e00-\u9fff）)])[,，](?=[\u4e00-\u9fff])")
_LIST = re.compile(r"[、；;\n\r,，]+")
_ENUMERATION = re.compile(r"^[(（]?(\d{1,2})[.)）．]\s*")


def read_credentials(
    cells: dict[str, Cell], reading: Reading, report: Report
) -> tuple[BroughtCredential, ...]:
    """The certificates of one row; ``report(field, finding)`` is told what is wrong in which column.

    Numbers pair with names one to one; level, issuer and date may also be one for all.
    """
    names = _parts(cells.get(NAME), _SEPARATORS)
    others: dict[str, list[Any]] = {
        LEVEL: _parts(cells.get(LEVEL), _LIST),
        NUMBER: _parts(cells.get(NUMBER), _LIST),
        ISSUER: _parts(cells.get(ISSUER), _LIST),
        ISSUED: _days(cells.get(ISSUED), reading, report),
    }
    if not names:
        if others[NUMBER]:
            report(NUMBER, Finding("credential_without_name", {}, "warning"))
        return ()
    for column, parts in others.items():
        others[column] = _for_each(column, parts, len(names), report)
    return tuple(
        BroughtCredential(name, level, number, issuer, issued_on)
        for name, level, number, issuer, issued_on in zip(
            names, others[LEVEL], others[NUMBER], others[ISSUER], others[ISSUED], strict=True
        )
    )


def _parts(cell: Cell | None, separators: re.Pattern[str]) -> list[str]:
    if cell is None:
        return []
    parts = [tidy_text(part) for part in separators.split(text_of(cell)) if part.strip()]
    marks = [_ENUMERATION.match(part) for part in parts]
    if len(parts) > 1 and all(m and int(m.group(1)) == n for n, m in enumerate(marks, 1)):
        return [_ENUMERATION.sub("", part) for part in parts]
    return parts


def _days(cell: Cell | None, reading: Reading, report: Report) -> list[date | None]:
    if cell is None:
        return []
    whole = isinstance(cell, (int, float, date, datetime))
    pieces: list[Cell] = [cell] if whole else [p for p in _LIST.split(str(cell)) if p.strip()]
    days: list[date | None] = []
    for piece in pieces:
        value, finding = parse_day(piece, reading)
        if finding is not None:
            report(ISSUED, finding)
        days.append(value)
    return days


def _for_each(column: str, parts: list[Any], count: int, report: Report) -> list[Any]:
    if not parts:
        return [None] * count
    if len(parts) == count:
        return parts
    if len(parts) == 1 and column != NUMBER:
        return parts * count
    report(
        column,
        Finding(
            "credentials_do_not_pair", {"names": str(count), "found": str(len(parts))}, "error"
        ),
    )
    return [None] * count
