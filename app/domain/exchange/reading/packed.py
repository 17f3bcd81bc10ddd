"""Looks through an .xlsx before a parser touches it: zip bombs, cells far away, formulas without a stored value.

The parser lays a sheet out as one dense table, so that two cells at opposite corners would fill the memory.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from defusedxml import ElementTree

from app.core.i18n import gettext as _
from app.domain.exchange.reading.sheet import WorkbookRefused

MAX_UNPACKED = 400 * 1024 * 1024
MAX_RATIO = 250
RATIO_MATTERS_FROM = 20 * 1024 * 1024
MAX_ROWS = 200_000
ROWS_ABOVE_DATA = 100
MAX_CELLS = 6_500_000
CHUNK = 1 << 20
LONGEST_CELL = 1 << 16

Places = frozenset[tuple[int, int]]
_FAR = re.compile(
    rb"""\br=["'](?:([A-Z]{2,3})(\d{1,7})|([A-Z])(\d{6,7}))["'][^>]*(?<!/)>\s*<(?:\w+:)?(?:v|is|f)\b"""
)
_PERHAPS_FAR = re.compile(rb"""r=["'][A-Z](?:[A-Z]|\d{6})""")  # cheap, and rarely true
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br=["'](\d{1,7})["']""")
_FORMULA = re.compile(
    rb"""<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_EMPTY_TEXT = re.compile(rb"""\bt=["']str["']""")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass
class _Extent:
    """How far a sheet reaches, and its formulas without value."""

    far_row: int = 0
    last_row: int = 0
    columns: int = 26
    valueless: set[tuple[int, int]] = field(default_factory=set)

    @property
    def rows(self) -> int:
        return self.far_row or min(self.last_row, 99_999)


def check_packed(archive: zipfile.ZipFile) -> dict[str, Places]:
    """Per sheet the formula cells without a value, as (row, column) from 0.

    Raises WorkbookRefused (encrypted_workbook, unpacked_too_large, too_many_rows, too_many_columns); what zipfile
    raises means a damaged file.
    """
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if any(info.flag_bits & 1 for info in infos):
        raise encrypted()
    if sum(info.file_size for info in infos) > MAX_UNPACKED or any(map(_is_bomb, infos)):
        raise unpacked_too_large()
    valueless: dict[str, Places] = {}
    unpacked = 0
    for info in infos:
        if not info.filename.lower().endswith((".xml", ".rels")):
            continue
        extent = _Extent()
        is_sheet = "/worksheets/" in f"/{info.filename}".lower()
        for chunk, fresh in _chunks(archive, info):
            unpacked += fresh
            if unpacked > MAX_UNPACKED:
                raise unpacked_too_large()
            if is_sheet:
                _look_at(chunk, extent)
        _check_extent(extent)
        if extent.valueless:
            valueless[info.filename] = frozenset(extent.valueless)
    return _by_sheet_name(archive, valueless) if valueless else {}


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    return info.file_size > max(RATIO_MATTERS_FROM, MAX_RATIO * info.compress_size)


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[tuple[bytes, int]]:
    """The part piece by piece, each beginning with the cell that the last one cut through, and its new bytes."""
    rest = b""
    with archive.open(info) as part:
        while fresh := part.read(CHUNK):
            chunk = rest + fresh
            yield chunk, len(fresh)
            start = max(chunk.rfind(b"<c "), chunk.rfind(b":c "))
            rest = chunk[max(start, len(chunk) - LONGEST_CELL) :] if start >= 0 else b""


def _look_at(chunk: bytes, extent: _Extent) -> None:
    for match in _FAR.finditer(chunk) if _PERHAPS_FAR.search(chunk) else ():
        letters, digits = match.group(1) or match.group(3), match.group(2) or match.group(4)
        if len(digits) >= 6:
            extent.far_row = max(extent.far_row, int(digits))
        extent.columns = max(extent.columns, column_index(letters.decode()) + 1)
    start = chunk.rfind(b"row ")
    if start > 0:
        last = _ROW.search(chunk, chunk.rfind(b"<", 0, start))
        extent.last_row = max(extent.last_row, int(last.group(1)) if last else 0)
    if b"<f" in chunk or b":f" in chunk:
        extent.valueless.update(_valueless(chunk))


def _valueless(chunk: bytes) -> Iterator[tuple[int, int]]:
    for match in _FORMULA.finditer(chunk):
        place = _PLACE.search(match.group(1))
        if place and not (match.group(2) and _EMPTY_TEXT.search(match.group(1))):
            yield int(place.group(2)) - 1, column_index(place.group(1).decode())


def _check_extent(extent: _Extent) -> None:
    if extent.far_row > MAX_ROWS + ROWS_ABOVE_DATA:
        raise too_many_rows()
    if extent.rows * extent.columns > MAX_CELLS:
        raise too_many_columns(extent.columns)


def column_index(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _by_sheet_name(archive: zipfile.ZipFile, parts: dict[str, Places]) -> dict[str, Places]:
    """The places keyed by the sheet's name instead of its part in the archive."""
    book = next(name for name in archive.namelist() if name.lower().endswith("xl/workbook.xml"))
    folder = posixpath.dirname(book)
    relations = ElementTree.fromstring(archive.read(f"{folder}/_rels/workbook.xml.rels"))
    targets = {
        relation.get("Id"): posixpath.normpath(
            posixpath.join("/", folder, relation.get("Target", ""))
        )
        for relation in relations
    }
    sheets = ElementTree.fromstring(archive.read(book)).iter()
    named = {
        str(sheet.get("name")): targets.get(sheet.get(_RELATION), "").lstrip("/")
        for sheet in sheets
        if sheet.tag.endswith("}sheet")
    }
    return {name: parts[target] for name, target in named.items() if target in parts}


def encrypted() -> WorkbookRefused:
    return WorkbookRefused(
        "encrypted_workbook",
        _(
            "The workbook is protected by a password. "
            "Remove the password in WPS or Excel, save it and upload it again."
        ),
    )


def unpacked_too_large() -> WorkbookRefused:
    return WorkbookRefused(
        "unpacked_too_large",
        _(
            "The workbook unpacks to far more than its size. "
            "Copy the table alone into a new workbook and upload that."
        ),
    )


def too_many_columns(columns: int) -> WorkbookRefused:
    return WorkbookRefused(
        "too_many_columns",
        _(
            "The sheet reaches %(columns)s columns to the right. "
            "Delete what lies beside the table, or copy the table alone into a new workbook.",
            columns=columns,
        ),
    )


def too_many_rows() -> WorkbookRefused:
    return WorkbookRefused(
        "too_many_rows",
        _(
            "The sheet has more than 200,000 rows. Split it into several files; "
            "if most rows are empty, copy the table alone into a new workbook."
        ),
    )
