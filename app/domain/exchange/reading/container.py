"""Opens a file as a table of cells: .xlsx, .xls, CSV. Refuses what is none, or is too large to touch."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import python_calamine
from defusedxml.ElementTree import ParseError

from app.core.i18n import gettext as _
from app.domain.exchange.reading.old_format import check_old
from app.domain.exchange.reading.packed import check_packed, encrypted
from app.domain.exchange.reading.separated import read_separated
from app.domain.exchange.reading.sheet import WorkbookRefused
from app.domain.exchange.reading.values.finding import Cell

MAX_BYTES = 20 * 1024 * 1024
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    ParseError,
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF8_BEGIN = b"\x09\x08\x10\x00\x00\x06\x05\x00"
_FILE_PASS = b"\x2f\x00"
_RECORDS_BEFORE_PASSWORD = 4
_ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

Corner = tuple[int, int]


@dataclass
class Grid:
    """One sheet: rows of cells, the first row and column counted from 0.

    ``valueless``: formulas without a result. ``merged_cells``: how many cells merged ranges cover.
    """

    name: str
    rows: Sequence[Sequence[Cell]]
    valueless: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    merged_cells: int = 0


class Container:
    """A workbook whose sheets are loaded one at a time."""

    def __init__(
        self,
        names: list[str],
        book: python_calamine.CalamineWorkbook | None = None,
        rows: list[list[Cell]] | None = None,
        valueless: dict[str, frozenset[tuple[int, int]]] | None = None,
    ) -> None:
        self.names = names
        self._book = book
        self._rows = rows
        self._valueless = valueless or {}

    @property
    def is_text(self) -> bool:
        """Whether it is CSV, which has no sheets of its own."""
        return self._book is None

    def load(self, name: str) -> Grid:
        if self._book is None:
            return Grid(name, self._rows or [])
        try:
            sheet = self._book.get_sheet_by_name(name)
            merged = sheet.merged_cell_ranges or []
            rows: list[list[Cell]] = sheet.to_python(skip_empty_area=False)
        except BaseException as error:
            raise _refusal_for(error) from error
        _fill_downwards(rows, merged)
        covered = sum((b - t + 1) * (r - left + 1) for (t, left), (b, r) in merged)
        return Grid(name, rows, self._valueless.get(name, frozenset()), covered)


def _fill_downwards(rows: list[list[Cell]], merged: Sequence[tuple[Corner, Corner]]) -> None:
    """A cell merged downwards (one county beside its schools) says the same in each of its rows."""
    for (top, left), (bottom, right) in merged:
        if left == right and top < bottom and top < len(rows) and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]


def _refusal_for(error: BaseException) -> BaseException:
    """What the parser's failure means. On damaged bytes it may panic, which Python sees as a BaseException."""
    if isinstance(error, python_calamine.PasswordError):
        return encrypted()
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return damaged()
    return error


def damaged() -> WorkbookRefused:
    return WorkbookRefused(
        "damaged_workbook",
        _(
            "The workbook is damaged and cannot be opened. Open it in WPS or Excel, save it anew and upload that."
        ),
    )


def not_a_workbook() -> WorkbookRefused:
    return WorkbookRefused(
        "not_a_workbook",
        _(
            "This is not a workbook. Upload an .xlsx, .xls or .csv file; others save as .xlsx first."
        ),
    )


def open_container(data: bytes) -> Container:
    """The workbook in the bytes; what it is, is told from them and not from its name.

    Raises WorkbookRefused: too_large, not_a_workbook, encrypted_workbook, damaged_workbook, unpacked_too_large,
    too_many_rows, too_many_columns.
    """
    if len(data) > MAX_BYTES:
        raise WorkbookRefused(
            "too_large",
            _(
                "The file is larger than 20 MB. Delete pictures and sheets that do not belong to it, or split it."
            ),
        )
    if data.startswith(_OLE):
        if _ENCRYPTED in data or _has_file_pass(data):
            raise encrypted()
        check_old(data)
        return _open_book(data, {})
    if data.startswith(_ZIP):
        return _open_packed(data)
    rows = read_separated(data)
    if rows is None:
        raise not_a_workbook()
    return Container(["CSV"], rows=rows)


def _has_file_pass(data: bytes) -> bool:
    """Whether the first records of an .xls announce that the others are encrypted (MS-XLS 2.4.117)."""
    place = data.find(_BIFF8_BEGIN)
    for _ordinal in range(_RECORDS_BEFORE_PASSWORD):
        if place < 0 or place + 4 > len(data):
            return False
        if data[place : place + 2] == _FILE_PASS:
            return True
        place += 4 + int.from_bytes(data[place + 2 : place + 4], "little")
    return False


def _open_packed(data: bytes) -> Container:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if not any(name.lower().endswith("xl/workbook.xml") for name in names):
                raise not_a_workbook()
            valueless = check_packed(archive)
    except _BROKEN_ZIP as error:
        raise damaged() from error
    return _open_book(data, valueless)


def _open_book(data: bytes, valueless: dict[str, frozenset[tuple[int, int]]]) -> Container:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except BaseException as error:
        raise _refusal_for(error) from error
    visible = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        and sheet.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    return Container(visible or book.sheet_names, book, valueless=valueless)
