"""The first rows of a platform's export, carried along sealed while an officer says which column is which."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from app.core import crypto
from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.domain.exchange.reading.choosing import NEVER_READ, empty_sheet
from app.domain.exchange.reading.container import Container, open_container
from app.domain.exchange.reading.headers import SEARCHED_ROWS, field_of, find_header
from app.domain.exchange.reading.kinds import ONLINE
from app.domain.exchange.reading.mapped import MAPPED_FIELDS
from app.domain.exchange.reading.values.finding import Cell, text_of
from app.domain.exchange.reading.values.texts import tidy_text

PURPOSE = "mapping_sample"
KEPT_ROWS = 40
KEPT_COLUMNS = 60
LONGEST_CELL = 120
MOST_WORDS = 12
_TAGS: dict[str, Any] = {"datetime": datetime, "date": date, "time": time}


@dataclass(frozen=True)
class Sample:
    """``rows``: cells as the workbook holds them, from its first row on."""

    file_name: str
    rows: list[list[Cell]] = field(default_factory=list)

    def container(self) -> Container:
        return Container([self.file_name], rows=[list(row) for row in self.rows])

    def headers(self, row: int) -> list[str]:
        """The texts of a row (counted from 1) as a header has them, each once."""
        cells = self.rows[row - 1] if 0 < row <= len(self.rows) else []
        texts = ("".join(text_of(cell).split()) for cell in cells)
        return list(dict.fromkeys(text for text in texts if text))

    def words_below(self, row: int, header: str) -> list[tuple[str, int]]:
        """What stands in a column below its header, the most frequent first, with how often."""
        cells = self.rows[row - 1] if 0 < row <= len(self.rows) else []
        texts = ["".join(text_of(cell).split()) for cell in cells]
        if header not in texts:
            return []
        index = texts.index(header)
        below = (tidy_text(text_of(line[index])) for line in self.rows[row:] if index < len(line))
        return Counter(text for text in below if text).most_common(MOST_WORDS)


def take_sample(data: bytes, file_name: str) -> Sample:
    """The first rows of the first sheet that has some. Raises WorkbookRefused when it is no workbook."""
    container = open_container(data)
    for name in [n for n in container.names if n not in NEVER_READ] or container.names:
        rows = container.load(name).rows[:KEPT_ROWS]
        kept = [[_short(cell) for cell in row[:KEPT_COLUMNS]] for row in rows]
        if sum(1 for row in kept if any(text_of(cell) for cell in row)) >= 2:
            return Sample(file_name[-LONGEST_CELL:] or "workbook", kept)
    raise empty_sheet()


def _short(cell: Cell) -> Cell:
    return cell[:LONGEST_CELL] if isinstance(cell, str) else cell


def guess_header_row(sample: Sample) -> int:
    """Which row, counted from 1, is most likely the header: the one we know most words of, else the fullest."""
    known = find_header(ONLINE, sample.rows)
    if known is not None:
        return known.row + 1
    first = sample.rows[:SEARCHED_ROWS]
    filled = [len(sample.headers(number)) for number in range(1, len(first) + 1)]
    return filled.index(max(filled)) + 1


def guess_columns(headers: Sequence[str]) -> dict[str, str]:
    """Field → header where a header is one of those we know."""
    found: dict[str, str] = {}
    for header in headers:
        name = field_of(ONLINE, header)
        name = "verdict" if name == "result" else name
        if name in MAPPED_FIELDS:
            found.setdefault(name, header)
    return found


def seal_sample(sample: Sample) -> str:
    """The sample as a text for a form's hidden field; nobody can read or change it there."""
    rows = [[_plain(cell) for cell in row] for row in sample.rows]
    said = json.dumps([sample.file_name, rows], ensure_ascii=False).encode()
    return urlsafe_b64encode(crypto.seal_bytes(zlib.compress(said), PURPOSE)).decode()


def open_sample(sealed: str) -> Sample:
    """The sample of a form. Raises InvalidInput ``sample_broken`` for what this system did not seal."""
    try:
        packed = crypto.unseal_bytes(urlsafe_b64decode(sealed), PURPOSE)
        name, rows = json.loads(zlib.decompress(packed))
    except (BadBase64, crypto.CannotDecrypt, zlib.error, ValueError, IndexError) as error:
        raise InvalidInput(
            _("The sample could not be read again. Upload it once more."), "sample_broken", "file"
        ) from error
    return Sample(name, [[_cell(cell) for cell in row] for row in rows])


def _plain(cell: Cell) -> Any:
    if isinstance(cell, timedelta):
        return {"timedelta": cell.total_seconds()}
    for tag, kind in _TAGS.items():
        if isinstance(cell, kind):
            return {tag: cell.isoformat()}
    return cell


def _cell(plain: Any) -> Cell:
    if not isinstance(plain, dict):
        kept: Cell = plain
        return kept
    tag, text = next(iter(plain.items()))
    if tag == "timedelta":
        return timedelta(seconds=text)
    made: Cell = _TAGS[tag].fromisoformat(text)
    return made
