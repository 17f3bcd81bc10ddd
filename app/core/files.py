"""Files people bring, kept encrypted under ``instance/files`` and never inside the web root."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from app.core import crypto

_root: Path | None = None


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
    key = secrets.token_hex(16)
    path = _path(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(".part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(crypto.seal_bytes(data, f"file:{key}"))
    temporary.replace(path)
    return key


def load(key: str) -> bytes:
    return crypto.unseal_bytes(_path(key).read_bytes(), f"file:{key}")


def remove(key: str) -> None:
    _path(key).unlink(missing_ok=True)
