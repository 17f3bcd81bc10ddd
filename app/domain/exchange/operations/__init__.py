"""Acts on imports: bring a workbook, let it land, take it back, settle what waits for an officer."""

from app.domain.exchange.operations.landing import DataChanged, Transaction, confirm, land_at_once
from app.domain.exchange.operations.submitting import (
    Submission,
    check,
    discard,
    open_file,
    preview,
    submit,
)
from app.domain.exchange.operations.undoing import Blocker, list_blockers, undo
from app.domain.exchange.operations.waiting import dismiss, resolve

__all__ = [
    "Blocker",
    "DataChanged",
    "Submission",
    "Transaction",
    "check",
    "confirm",
    "discard",
    "dismiss",
    "land_at_once",
    "list_blockers",
    "open_file",
    "preview",
    "resolve",
    "submit",
    "undo",
]
