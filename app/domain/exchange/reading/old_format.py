"""Looks through an .xls before a parser touches it: the parser lays a sheet out as one dense table, so that a single
cell at the far end would fill the memory. Source: MS-CFB (the container), MS-XLS (its records)."""

from __future__ import annotations

import struct

from app.domain.exchange.reading.packed import MAX_CELLS, too_many_columns

_LAST_SECTOR = 0xFFFFFFFA
_DIRECTORY_ENTRY = 128
_NAMES = tuple(name.encode("utf-16-le") + b"\0\0" for name in ("Workbook", "Book"))
# cells with a value: FORMULA, NUMBER, LABEL, BOOLERR, RK, LABELSST, RSTRING; MULRK (its first cell)
_CELLS = frozenset((0x0006, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6, 0x00BD))
_BEGIN = 0x0809


def check_old(data: bytes) -> None:
    """Raises WorkbookRefused (too_many_columns) where a sheet's cells span too large a table.

    A container it cannot follow is left to the parser, which will call it damaged.
    """
    try:
        records = _workbook_stream(data)
        widest = _widest(records)
    except (struct.error, IndexError, ValueError):
        return
    rows, columns = widest
    if rows * columns > MAX_CELLS:
        raise too_many_columns(columns)


def _widest(records: bytes) -> tuple[int, int]:
    """Rows and columns of the sheet that spans most."""
    best, rows, columns = (0, 0), 0, 0
    place, end = 0, len(records) - 4
    unpack = struct.Struct("<HHHH").unpack_from
    while place + 4 <= end:
        kind, length, row, column = unpack(records, place)
        if kind in _CELLS:
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        elif kind == _BEGIN:
            best, rows, columns = max(best, (rows, columns), key=_area), 0, 0
        place += 4 + length
    return max(best, (rows, columns), key=_area)


def _area(extent: tuple[int, int]) -> int:
    return extent[0] * extent[1]


def _workbook_stream(data: bytes) -> bytes:
    """The records of the workbook; b"" if it is so small that it lies elsewhere."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    if size not in (512, 4096):
        raise ValueError("no such sector size")
    fat = _allocation_table(data, size)
    directory = _chain(data, fat, struct.unpack_from("<I", data, 48)[0], size)
    for place in range(0, len(directory), _DIRECTORY_ENTRY):
        entry = directory[place : place + _DIRECTORY_ENTRY]
        if entry.startswith(_NAMES):
            start, length = struct.unpack_from("<II", entry, 116)
            is_small = length < struct.unpack_from("<I", data, 56)[0]
            return b"" if is_small else _chain(data, fat, start, size)[:length]
    return b""


def _allocation_table(data: bytes, size: int) -> tuple[int, ...]:
    places = [s for s in struct.unpack_from("<109I", data, 76) if s < _LAST_SECTOR]
    more, left = struct.unpack_from("<II", data, 68)
    for _ordinal in range(min(left, len(data) // size)):
        *found, more = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        places.extend(s for s in found if s < _LAST_SECTOR)
    table = b"".join(data[(s + 1) * size : (s + 2) * size] for s in places)
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _chain(data: bytes, fat: tuple[int, ...], sector: int, size: int) -> bytes:
    parts: list[bytes] = []
    while sector < _LAST_SECTOR and len(parts) * size <= len(data):
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = fat[sector]
    return b"".join(parts)
