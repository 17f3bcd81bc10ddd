"""The rows of an import as its preview, its queue and its history show them: sealed, and read page by page."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete

from app.core import crypto
from app.core.db import Base, db
from app.domain.exchange.bulk import insert_columns
from app.domain.exchange.collecting import no_collecting
from app.domain.exchange.models import ImportRow, RowState
from app.domain.exchange.planning import Change, Outcome, Plan
from app.domain.exchange.planning.registry import chunks
from app.domain.exchange.reading import Problem

ROWS_PURPOSE = "import_rows"
INSERT_CHUNK = 1000
PLACE_FIELDS = ("county", "school", "nominating_county", "nominating_school")
_encode = json.JSONEncoder(ensure_ascii=False).encode
# Whoever settles or mends a row needs all of it; of the others the file is kept anyway.
SHOWN_WHOLE = frozenset({RowState.REJECTED, RowState.UNRESOLVED, RowState.RESOLVED})


@dataclass(frozen=True)
class StagedRow:
    """What is kept of a row: its cells as (field, header, text), what was found, what it changes."""

    name: str
    cells: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def store_rows(import_id: int, plan: Plan) -> None:
    """Replace the staged rows of an import by those of a plan; plainly unchanged rows are only counted."""
    db.session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))
    shown = [
        (position, outcome)
        for position, outcome in enumerate(plan.outcomes)
        if outcome.state is not RowState.UNCHANGED or outcome.problems
    ]
    with no_collecting():
        for chunk in chunks(shown, INSERT_CHUNK):
            outcomes = [outcome for _position, outcome in chunk]
            insert_columns(
                Base.metadata.tables[ImportRow.__tablename__],
                {
                    "import_id": [import_id] * len(chunk),
                    "position": [position for position, _outcome in chunk],
                    "row_number": [outcome.number for outcome in outcomes],
                    "state": [outcome.state for outcome in outcomes],
                    "warned": [outcome.warned for outcome in outcomes],
                    "row_key": [outcome.row_key for outcome in outcomes],
                    "sealed": [seal_outcome(outcome) for outcome in outcomes],
                },
            )


def seal_outcome(outcome: Outcome) -> bytes:
    cells = outcome.cells
    shown = cells if outcome.state in SHOWN_WHOLE else [n for n in PLACE_FIELDS if n in cells]
    kept = {
        "name": outcome.name,
        "cells": [
            [name, outcome.columns.get(name, name), cells[name]] for name in shown if cells[name]
        ],
        "problems": [_problem(problem) for problem in outcome.problems],
        "changes": [[change.fact, change.old, change.new] for change in outcome.changes],
    }
    return crypto.seal(_encode(kept), ROWS_PURPOSE)


def _problem(problem: Problem) -> list[Any]:
    return [
        problem.row,
        problem.column,
        problem.value,
        problem.code,
        problem.params,
        problem.severity,
        problem.field,
    ]


def open_row(sealed: bytes) -> StagedRow:
    kept = json.loads(crypto.unseal(sealed, ROWS_PURPOSE))
    return StagedRow(
        name=kept["name"],
        cells=[(name, header, text) for name, header, text in kept["cells"]],
        problems=[Problem(*values) for values in kept["problems"]],
        changes=[Change(*values) for values in kept["changes"]],
    )


def signature_of(plan: Plan) -> str:
    """A digest of what a plan shows, so that what lands is what was confirmed."""
    digest = hashlib.blake2b(digest_size=16)
    for outcome in plan.outcomes:
        said = [
            outcome.number,
            outcome.state.value,
            outcome.name if outcome.number is None else "",
            [[change.fact, change.old, change.new] for change in outcome.changes],
        ]
        digest.update(_encode(said).encode())
    return digest.hexdigest()
