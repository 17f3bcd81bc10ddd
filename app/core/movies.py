"""How long an MP4 is and how its picture is coded, read from its own headers (ISO/IEC 14496-12)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

_MOST_BOXES = 20_000
_HEADER = 8
_LARGE_HEADER = 16


class BrokenMovie(Exception):
    """The headers are missing or make no sense: cut off, or no MP4."""


@dataclass(frozen=True, slots=True)
class Movie:
    """``seconds`` of the whole; ``codec``: the four letters of its first picture track, None without a picture."""

    seconds: float
    codec: str | None


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    end: int


def read_movie(source: IO[bytes]) -> Movie:
    """What the headers say. Raises BrokenMovie. Reads some kilobytes, however long the movie is."""
    end = source.seek(0, os.SEEK_END)
    try:
        moov = _child(source, _Box(b"", 0, end), b"moov")
        if moov is None:
            raise BrokenMovie
        seconds = _seconds(source, moov)
        return Movie(seconds, _codec(source, moov))
    except (struct.error, UnicodeDecodeError, ZeroDivisionError) as error:
        raise BrokenMovie from error


def _children(source: IO[bytes], parent: _Box) -> Iterator[_Box]:
    """The boxes inside a box. One that reaches beyond its parent is broken: the file was cut off."""
    place = parent.start
    for _number in range(_MOST_BOXES):
        if place + _HEADER > parent.end:
            return
        source.seek(place)
        size, kind = struct.unpack(">I4s", source.read(_HEADER))
        start = place + _HEADER
        if size == 1:
            (size,) = struct.unpack(">Q", source.read(8))
            start = place + _LARGE_HEADER
        end = parent.end if size == 0 else place + size
        if end < start or end > parent.end:
            raise BrokenMovie
        yield _Box(kind, start, end)
        place = end
    raise BrokenMovie


def _child(source: IO[bytes], parent: _Box, *kinds: bytes) -> _Box | None:
    """The first box of this kind, along a path of kinds."""
    found: _Box | None = parent
    for kind in kinds:
        if found is None:
            return None
        found = next((box for box in _children(source, found) if box.kind == kind), None)
    return found


def _read(source: IO[bytes], box: _Box, pattern: str, offset: int) -> int:
    source.seek(box.start + offset)
    (value,) = struct.unpack(pattern, source.read(struct.calcsize(pattern)))
    return int(value)


def _seconds(source: IO[bytes], moov: _Box) -> float:
    """From the movie header; of a fragmented movie from the header of its fragments."""
    header = _child(source, moov, b"mvhd")
    if header is None:
        raise BrokenMovie
    long = _read(source, header, ">B", 0) == 1
    scale = _read(source, header, ">I", 20 if long else 12)
    duration = _read(source, header, ">Q" if long else ">I", 24 if long else 16)
    if not duration:
        extends = _child(source, moov, b"mvex", b"mehd")
        if extends is None:
            raise BrokenMovie
        wide = _read(source, extends, ">B", 0) == 1
        duration = _read(source, extends, ">Q" if wide else ">I", 4)
    return duration / scale


def _codec(source: IO[bytes], moov: _Box) -> str | None:
    for track in _children(source, moov):
        if track.kind != b"trak":
            continue
        handler = _child(source, track, b"mdia", b"hdlr")
        if handler is None:
            continue
        source.seek(handler.start + 8)
        if source.read(4) != b"vide":
            continue
        table = _child(source, track, b"mdia", b"minf", b"stbl", b"stsd")
        if table is None:
            raise BrokenMovie
        source.seek(table.start + 12)
        return source.read(4).decode("ascii")
    return None
