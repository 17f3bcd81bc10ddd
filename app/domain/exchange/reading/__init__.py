"""Workbooks as bureaus really keep them (DOMAIN.md §6), read into typed rows. Knows nothing of the database."""

from app.domain.exchange.reading.messages import message_of, register_message
from app.domain.exchange.reading.reader import read_sheet
from app.domain.exchange.reading.sheet import (
    BroughtCredential,
    Period,
    Problem,
    Row,
    Sheet,
    WorkbookRefused,
)
from app.domain.exchange.reading.title import studio_name

__all__ = [
    "BroughtCredential",
    "Period",
    "Problem",
    "Row",
    "Sheet",
    "WorkbookRefused",
    "message_of",
    "read_sheet",
    "register_message",
    "studio_name",
]
