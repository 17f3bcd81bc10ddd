"""Facts as a paper shows them: text, numbers, lists; never markup."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "documents"


def template_path(template: str, suffix: str) -> Path:
    """Where the template of this name lies; raises ``ValueError`` for a name that is none of ours."""
    path = TEMPLATES / f"{template}{suffix}"
    if path.parent != TEMPLATES or not path.is_file():
        raise ValueError(f"no document template {template}{suffix}")
    return path


def on_paper(value: Any) -> Any:
    """The value as it is printed: dates in Chinese, numbers without idle zeros, nothing as an empty text."""
    match value:
        case None:
            return ""
        case str():
            return "".join(sign for sign in value if _is_printed(sign))
        case bool() | int():
            return value
        case Decimal() | float():
            return f"{value:f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))
        case datetime():
            raise TypeError("a paper shows days: give the date in the system's time zone")
        case date():
            return f"{value.year}年{value.month}月{value.day}日"
        case Mapping():
            return {str(key): on_paper(item) for key, item in value.items()}
        case Sequence():
            return [on_paper(item) for item in value]
    raise TypeError(f"a paper cannot show {type(value).__name__}")


def _is_printed(sign: str) -> bool:
    """Control characters break Word's XML and mean nothing on paper."""
    return sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs"}
