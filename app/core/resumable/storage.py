"""Where a file that arrives lies, and how a piece is put behind what is there."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

_TOKEN = re.compile(r"[0-9a-f]{32}")
_root: Path | None = None


def configure(root: Path) -> None:
    global _root
    _root = root


def root() -> Path:
    """The folder, made when it is first needed."""
    if _root is None:
        raise RuntimeError("resumable.configure() has not been called")
    _root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return _root


def is_token(token: str) -> bool:
    return _TOKEN.fullmatch(token) is not None


def path_of(token: str) -> Path:
    if not is_token(token):
        raise ValueError("not an upload's token")
    return root() / token


def length_of(token: str) -> int:
    """How many bytes are here."""
    try:
        return path_of(token).stat().st_size
    except FileNotFoundError:
        return 0


def free_bytes() -> int:
    return shutil.disk_usage(root()).free


def append(token: str, offset: int, piece: bytes) -> bool:
    """Put a piece behind the first ``offset`` bytes; False when the file has another length by now.

    So of two connections that send the same file (one of them forgotten by its sender) only one goes on.
    """
    descriptor = os.open(path_of(token), os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle.fileno()).st_size != offset:
            return False
        handle.seek(offset)
        handle.write(piece)
    return True


def make_lasting(token: str) -> None:
    """Wait until the disk has what arrived."""
    with suppress(FileNotFoundError), path_of(token).open("rb") as handle:
        os.fsync(handle.fileno())
