"""Whether a file that somebody brings is taken: before it is stored, and outside any transaction."""

from __future__ import annotations

import io
import os
from typing import IO

from app.core.errors import InvalidInput
from app.core.file_types import ALLOWED, LARGEST, FileType, clean_name, detect_stream
from app.core.i18n import gettext as _

MEGABYTE = 1024 * 1024


def check_file(data: bytes, name: str) -> FileType:
    """What the file is. Raises ``empty_file``, ``file_too_large`` (above 20 MB), ``file_type``."""
    kind, _size = check_stream(io.BytesIO(data), name)
    return kind


def refuse_size(data: bytes, shown: str, largest: int) -> None:
    """Of a file named ``shown``: raises ``empty_file``, ``file_too_large`` (above ``largest`` bytes)."""
    if not data:
        raise InvalidInput(_("“%(name)s” is empty.", name=shown), "empty_file", "file")
    if len(data) > largest:
        raise InvalidInput(
            _(
                "“%(name)s” is too large: at most %(most)s MB a file.",
                name=shown,
                most=largest // MEGABYTE,
            ),
            "file_too_large",
            "file",
        )


def check_stream(source: IO[bytes], name: str, largest: int = LARGEST) -> tuple[FileType, int]:
    """As ``check_file``, of a file that is not read into memory: what it is, and how many bytes it has."""
    size = source.seek(0, os.SEEK_END)
    if not size:
        raise InvalidInput(_("The file is empty."), "empty_file", "file")
    if size > largest:
        raise InvalidInput(
            _("A file has at most %(most)s MB.", most=largest // MEGABYTE),
            "file_too_large",
            "file",
        )
    kind = detect_stream(source, clean_name(name))
    if kind is None:
        raise InvalidInput(
            _(
                "This kind of file is not taken, or its content does not fit its name. Taken: %(kinds)s.",
                kinds=", ".join(ALLOWED),
            ),
            "file_type",
            "file",
        )
    return kind, size
