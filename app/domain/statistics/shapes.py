"""Ledgers and rows as plain values, the same for the API and the command line. Source: CONTRACT.md."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.statistics.ledger import Ledger, LedgerRow
from app.domain.statistics.places import Place
from app.domain.statistics.rows import FigureRow, FigureRows
from app.domain.statistics.words import row_name


def ledger_shape(ledger: Ledger) -> dict[str, Any]:
    """``unit``, ``as_of``, ``since``, ``totals``, ``units``."""
    return {
        "unit": _unit(ledger.unit),
        "as_of": ledger.as_of.isoformat(),
        "since": ledger.since.isoformat(),
        "totals": number(ledger.totals),
        "units": [_row(ledger, row) for row in ledger.rows],
    }


def rows_shape(rows: FigureRows) -> dict[str, Any]:
    """``figure``, ``unit``, ``as_of``, ``since``, ``count``; the rows themselves come under the caller's name."""
    return {
        "figure": rows.figure.name,
        "unit": _unit(rows.unit),
        "as_of": rows.as_of.isoformat(),
        "since": rows.since.isoformat(),
        "count": number(rows.count),
    }


def figure_row_shape(row: FigureRow) -> dict[str, Any]:
    """One row: what it is worth, what it is, where it counts, and what the figure's source knows of it."""
    details = {str(name): number(value) for name, value in row.details.items()}
    return {
        "value": number(row.value),
        "label": row.label,
        "unit": {"code": row.unit_code, "name": row.unit_name},
        "parent": row.parent_name,
        "person": row.person_id,
        "date": row.day.isoformat() if row.day else None,
        "details": details,
    }


def number(value: Any) -> Any:
    """A value as JSON knows it: whole numbers stay whole, decimals become numbers, days text."""
    if isinstance(value, dict):
        return {str(key): number(inner) for key, inner in value.items()}
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def _unit(place: Place) -> dict[str, Any]:
    return {"code": place.code, "name": place.name, "kind": place.kind.value}


def _row(ledger: Ledger, row: LedgerRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row_name(ledger, row),
        "kind": row.kind,
        "figures": number(row.figures),
    }
