"""What kind of file some bytes are, by their content and never by their name alone."""

from __future__ import annotations

import codecs
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

LARGEST = 20 * 1024 * 1024
LARGEST_WORK = 50 * 1024 * 1024  # what a teacher hands in: a film of a lesson
LONGEST_NAME = 120
_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file people may hand in or hand out."""

    suffix: str
    content_type: str


def _types(*pairs: tuple[str, str]) -> dict[str, FileType]:
    return {suffix: FileType(suffix, content_type) for suffix, content_type in pairs}


_ZIPPED = _types(
    ("docx", f"{_OFFICE}.wordprocessingml.document"),
    ("xlsx", f"{_OFFICE}.spreadsheetml.sheet"),
    ("pptx", f"{_OFFICE}.presentationml.presentation"),
    ("zip", "application/zip"),
)
# WPS writes its own suffixes into the same container as the old programs of Microsoft.
_OLD_OFFICE = _types(
    ("doc", "application/msword"),
    ("wps", "application/msword"),
    ("xls", "application/vnd.ms-excel"),
    ("et", "application/vnd.ms-excel"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("dps", "application/vnd.ms-powerpoint"),
)
_MARKED = (
    (b"%PDF-", 0, "pdf", "application/pdf"),
    (b"\xff\xd8\xff", 0, "jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "png", "image/png"),
    (b"ID3", 0, "mp3", "audio/mpeg"),
    (b"\xff\xfb", 0, "mp3", "audio/mpeg"),
    (b"ftyp", 4, "mp4", "video/mp4"),
)
_TEXT = _types(("txt", "text/plain"), ("csv", "text/csv"))
_SAME = {"jpeg": "jpg", "m4a": "mp4", "mov": "mp4"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 64
_PIECE = 1024 * 1024
_PARTS = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}

ALLOWED = tuple(
    sorted({*_ZIPPED, *_OLD_OFFICE, *_TEXT, *_SAME, *(suffix for _m, _o, suffix, _c in _MARKED)})
)


def suffix_of(name: str) -> str:
    return PurePosixPath(name).suffix.lstrip(".").lower()


def clean_name(name: str) -> str:
    """The name without any path (in either slash), control or reserved characters; keeps its suffix."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join("_" if c in '<>:"|?*' or not c.isprintable() else c for c in base).strip(" .")
    if not plain:
        return "file"
    stem, dot, suffix = plain.rpartition(".")
    if not dot:
        return plain[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(suffix) - 1]}.{suffix}"


def detect(data: bytes, name: str) -> FileType | None:
    """What the file is, when it is of an allowed kind and its suffix says the same; else None."""
    return detect_stream(io.BytesIO(data), name)


def detect_among(data: bytes, suffixes: Iterable[str]) -> FileType | None:
    """Which of these kinds the file is, whatever its name says; None when it is none of them."""
    return next((found for suffix in suffixes if (found := detect(data, f"x.{suffix}"))), None)


def detect_stream(source: IO[bytes], name: str) -> FileType | None:
    """As ``detect``, of a source that can be sought in and is not read into memory; leaves it at its start."""
    source.seek(0)
    try:
        return _detect(source, suffix_of(name))
    finally:
        source.seek(0)


def _detect(source: IO[bytes], suffix: str) -> FileType | None:
    head = source.read(_HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _agreed(suffix, _zipped_kind(source), _ZIPPED)
    if head.startswith(_OLE):
        return _OLD_OFFICE.get(suffix)
    for mark, offset, kind, content_type in _MARKED:
        if head.startswith(mark, offset):
            fits = _SAME.get(suffix, suffix) == kind
            return FileType(suffix, content_type) if fits else None
    return _TEXT.get(suffix) if suffix in _TEXT and _is_text(source) else None


def _agreed(suffix: str, kind: str | None, types: dict[str, FileType]) -> FileType | None:
    return types[kind] if kind is not None and suffix == kind else None


def _zipped_kind(source: IO[bytes]) -> str | None:
    """docx, xlsx, pptx by the parts inside; any other whole archive is a zip; None for a broken or macro one."""
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    if "[Content_Types].xml" not in names:
        return "zip"
    return next(
        (kind for part, kind in _PARTS.items() if any(name.startswith(part) for name in names)),
        None,
    )


def _is_text(source: IO[bytes]) -> bool:
    decoders = [codecs.getincrementaldecoder(name)() for name in ("utf-8", "gb18030")]
    source.seek(0)
    while decoders:
        piece = source.read(_PIECE)
        if b"\0" in piece:
            return False
        decoders = [decoder for decoder in decoders if _decodes(decoder, piece)]
        if not piece:
            break
    return bool(decoders)


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes) -> bool:
    """Whether the next piece is text of this encoding; an empty one ends it."""
    try:
        decoder.decode(piece, final=not piece)
    except UnicodeDecodeError:
        return False
    return True
