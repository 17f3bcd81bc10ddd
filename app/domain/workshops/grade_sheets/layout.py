"""What a grade sheet looks like, for who writes it and who reads it. Headers: DOMAIN.md §6."""

from __future__ import annotations

from decimal import Decimal

from app.core import crypto
from app.domain.workshops.models import Criterion
from app.domain.workshops.rules.grade_sheet import RowKey, SheetKey, write_row_key, write_sheet_key
from app.domain.workshops.rules.grading import plain

NUMBER, NAME, UNIT, TOTAL, GRADE, REMARK = "序号", "姓名", "单位", "总评", "等次", "备注"
BEFORE = (NUMBER, NAME, UNIT)
AFTER = (TOTAL, GRADE, REMARK)
_MAC_LENGTH = 16
_SEPARATOR = "#"


def criterion_header(criterion: Criterion) -> str:
    """作业/日志（满分100，占30%）."""
    weight = plain(Decimal(criterion.weight))
    return f"{criterion.title}（满分{plain(Decimal(criterion.maximum))}，占{weight}%）"


def seal_sheet(key: SheetKey) -> str:
    text = write_sheet_key(key)
    return f"{text}{_SEPARATOR}{_mac(text)}"


def seal_row(sheet: SheetKey, row: RowKey) -> str:
    """A row's key under the sheet it belongs to: copied into another sheet it fits no more."""
    text = write_row_key(row)
    return f"{text}{_SEPARATOR}{_mac(write_sheet_key(sheet) + text)}"


def open_sealed(text: str, sheet: SheetKey | None = None) -> str | None:
    """The key inside, None when it was changed or belongs to another sheet."""
    inner, _separator, mac = text.strip().rpartition(_SEPARATOR)
    known = inner if sheet is None else write_sheet_key(sheet) + inner
    return inner if inner and mac == _mac(known) else None


def _mac(text: str) -> str:
    return crypto.mac(f"workshops.grades\0{text}".encode())[:_MAC_LENGTH]
