"""Files people bring, kept encrypted under ``instance/files`` and never inside the web root."""

from __future__ import annotations

import io
import logging
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from app.core import crypto
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.sealed_pieces import MARK, seal_pieces, unseal_pieces

_root: Path | None = None
_log = logging.getLogger(__name__)


def configure(root: Path) -> None:
    global _root
    _root = root


def _path(key: str) -> Path:
    if _root is None:
        raise RuntimeError("files.configure() has not been called")
    if not key.isalnum():
        raise ValueError("not a file key")
    return _root / key[:2] / key


def store(data: bytes) -> str:
    """Keep the bytes encrypted; returns the key by which they are read again."""
    return store_stream(io.BytesIO(data))


def store_stream(source: IO[bytes]) -> str:
    """Keep what the source gives, encrypted, with no more than a piece of it in memory; returns its key."""
    key = secrets.token_hex(16)
    path = _path(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(".part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            seal_pieces(source, handle, f"file:{key}")
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return key


def load(key: str) -> bytes:
    """The whole file; for large ones ``pieces``."""
    return b"".join(pieces(key))


def pieces(key: str) -> Iterator[bytes]:
    """The file piece by piece. Raises NotFound at once, not when the first piece is asked for, where it is gone."""
    try:
        handle = _path(key).open("rb")
    except FileNotFoundError:
        _log.error("a stored file is gone: %s", key)
        raise NotFound(_("The file is not there any more. Tell who runs the system.")) from None
    return _opened(handle, f"file:{key}")


def _opened(handle: IO[bytes], purpose: str) -> Iterator[bytes]:
    with handle:
        mark = handle.read(1)
        if mark == bytes([MARK]):
            yield from unseal_pieces(handle, purpose)
        else:  # sealed as a whole
            yield crypto.unseal_bytes(mark + handle.read(), purpose)


def remove(key: str) -> None:
    _path(key).unlink(missing_ok=True)
