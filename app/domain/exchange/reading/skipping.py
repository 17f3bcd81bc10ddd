"""Which rows below the header speak of somebody: not blank ones, sums, notes, signatures, repeated headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.core.text import squeeze
from app.domain.exchange.reading.headers import Header
from app.domain.exchange.reading.values.finding import Cell, text_of

_SUM = re.compile(r"(?:合|总|小|共|累)计[:：]?.{0,12}")
_NOTE = re.compile(
    r"(?:注|说明|备注|附注|填表说明|填报说明)\d*[:：.、].*|注\d*|说明|填(?:表|报)说明", re.DOTALL
)
_SIGNATURE = re.compile(
    r"(?:填报|填表|制表|审核|经办|负责|联系|报送|统计)(?:人|单位|时间|日期|电话)[^:]{0,12}:.*",
    re.DOTALL,
)


def data_rows(
    rows: Sequence[Sequence[Cell]], header: Header
) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Index and cells of each row with data. After a note, lines with a single text go on with it."""
    sequence = header.indexes.get("sequence")
    first_text = next(text for text in header.texts if text)
    in_notes = False
    for index in range(header.row + 1, len(rows)):
        cells = rows[index]
        filled = [
            i
            for i, cell in enumerate(cells)
            if cell != "" and not (isinstance(cell, str) and cell.isspace())
        ]
        if len(filled) > 3:
            first = cells[filled[0]]
            if isinstance(first, str) and (
                _is_sum(first) or (first.strip() == first_text and _repeats(cells, header))
            ):
                continue
            yield index, cells
        elif _has_data(cells, filled, sequence):
            first_written = squeeze(text_of(cells[filled[0]]))
            if _NOTE.fullmatch(first_written):
                in_notes = True
            elif not (_is_sum(first_written) or _SIGNATURE.fullmatch(first_written)) and not (
                in_notes and len(filled) == 1
            ):
                yield index, cells


def _has_data(cells: Sequence[Cell], filled: list[int], sequence: int | None) -> bool:
    """Whether anything but blanks and a printed sequence number is in the row."""
    if filled == [sequence]:
        return not text_of(cells[filled[0]]).isdecimal()
    return bool(filled)


def _is_sum(text: str) -> bool:
    return bool(_SUM.fullmatch(squeeze(text)))


def _repeats(cells: Sequence[Cell], header: Header) -> bool:
    """Whether the row is the header again, as it is printed at the top of each page."""
    return all(
        "".join(text_of(cells[index]).split()) == header.texts[index]
        for index in header.indexes.values()
    )
