"""Rows of an import as pages show them: masked, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from app.blueprints.imports.words import CODED_FACTS, FACT_NAMES, ROW_STATE_NAMES, VALUE_NAMES
from app.domain.exchange.models import ImportRow
from app.domain.exchange.planning import Change
from app.domain.exchange.reading import message_of
from app.domain.exchange.staging import StagedRow, open_row
from app.domain.people.rules.identity import mask_identity_number, mask_phone

NOT_SHOWN = frozenset({"sequence"})
MASKS = {"id_number": mask_identity_number, "phone": mask_phone}
FIRST_SHOWN = ("county", "nominating_county", "school", "nominating_school")


@dataclass(frozen=True)
class ShownChange:
    label: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class ShownRow:
    """A row for a page: state as word and tone, sentences, changes, its cells by header."""

    id: int
    number: int | None
    name: str
    state: str
    word: str
    tone: str
    place: str
    errors: list[str]
    warnings: list[str]
    changes: list[ShownChange]
    cells: dict[str, str]
    person_id: int | None
    reason: str | None


def show_row(row: ImportRow) -> ShownRow:
    staged = open_row(row.sealed)
    word, tone = ROW_STATE_NAMES[row.state]
    return ShownRow(
        id=row.id,
        number=row.row_number,
        name=staged.name,
        state=row.state.value,
        word=str(word),
        tone=tone,
        place=_place(staged),
        errors=[message_of(p) for p in staged.problems if p.severity == "error"],
        warnings=[message_of(p) for p in staged.problems if p.severity == "warning"],
        changes=[_change(change) for change in staged.changes],
        cells=masked_cells(staged),
        person_id=row.resolved_person_id,
        reason=row.reason,
    )


def _place(staged: StagedRow) -> str:
    cells = {name: text for name, _header, text in staged.cells}
    return " ".join(dict.fromkeys(cells[name] for name in FIRST_SHOWN if name in cells))


def _change(change: Change) -> ShownChange:
    label = str(FACT_NAMES.get(change.fact, change.fact))
    if change.fact not in CODED_FACTS:
        return ShownChange(label, change.old, change.new)
    return ShownChange(label, _word(change.old), _word(change.new))


def _word(value: str | None) -> str | None:
    return str(VALUE_NAMES.get(value, value)) if value else None


def masked_cells(staged: StagedRow) -> dict[str, str]:
    """The cells as written by header, identity numbers and phones masked."""
    shown = {}
    for name, header, text in staged.cells:
        if name not in NOT_SHOWN:
            shown[header] = MASKS[name](text) if name in MASKS else text
    return shown
