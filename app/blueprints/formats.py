"""How values stand on a page: dates, moments, figures, ratios, roles."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask_babel import LazyString, lazy_gettext

ROLE_NAMES: dict[str, LazyString] = {
    "teacher": lazy_gettext("Teacher"),
    "trainer": lazy_gettext("Trainer"),
    "mentor": lazy_gettext("Mentor"),
    "school": lazy_gettext("School administrator"),
    "county": lazy_gettext("County bureau"),
    "bureau": lazy_gettext("Prefecture bureau"),
    "auditor": lazy_gettext("Auditor"),
    "security": lazy_gettext("Security administrator"),
    "admin": lazy_gettext("System administrator"),
}


def format_date(value: date | datetime | None) -> str:
    """2023-05-23; nothing for None. A moment needs `datetime`, which knows the time zone."""
    return value.strftime("%Y-%m-%d") if value is not None else ""


def format_datetime(value: datetime | None, timezone: ZoneInfo) -> str:
    """2023-05-23 14:05 in the system's time zone; a naive moment is taken as UTC."""
    if value is None:
        return ""
    aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    return aware.astimezone(timezone).strftime("%Y-%m-%d %H:%M")


def format_number(value: int | float | Decimal | None) -> str:
    """1,234 with the decimals the value has (23476.8 → 23,476.8); a dash for None."""
    if value is None:
        return "–"
    if isinstance(value, float):
        value = int(value) if value.is_integer() else Decimal(repr(value))
    return f"{value:,}".replace("-", "−")


def format_ratio(value: float | Decimal | None) -> str:
    """0.8969 → 89.69 %, always two decimals so that columns align, but 100 % and 0 %; a dash for None."""
    if value is None:
        return "–"
    hundredths = round(Decimal(str(value)) * 10000)
    if hundredths % 10000 == 0:
        return f"{hundredths // 100} %"
    return f"{Decimal(hundredths) / 100:.2f} %".replace("-", "−")


def role_name(role: str) -> str:
    """The role in the reader's language."""
    return str(ROLE_NAMES.get(role, role))
