"""Large files of courses (videos, PDFs, unpacked packages) under ``instance/media``, outside the web root.

They are teaching material and hold no personal data, so they are kept as they are, to be served in stretches. A file
is named by its content: the same video uploaded twice takes its place once.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from datetime import datetime
from pathlib import Path

_CHUNK = 1024 * 1024
_KEY = re.compile(r"[0-9a-f]{32,64}")
_root: Path | None = None


def configure(root: Path) -> None:
    global _root
    _root = root


def root() -> Path:
    if _root is None:
        raise RuntimeError("media.configure() has not been called")
    return _root


def path_of(key: str) -> Path:
    """Where a file or an unpacked package lies. Raises ValueError for what is no key."""
    if not _KEY.fullmatch(key):
        raise ValueError("not a media key")
    return root() / key[:2] / key


def digest_of(path: Path) -> str:
    """SHA-256 of a file, read in pieces; 64 hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while piece := handle.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def keep_file(path: Path) -> str:
    """Take a finished file over (it moves, over the same content where that is there); returns its key, its digest."""
    key = digest_of(path)
    target = path_of(key)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.utime(path)  # nothing refers to it yet: being young keeps it from the clean-up
    shutil.move(path, target)
    return key


def keep_folder(folder: Path) -> str:
    """Take an unpacked package over (it moves); returns its key."""
    key = secrets.token_hex(16)
    target = path_of(key)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.utime(folder)
    shutil.move(folder, target)
    return key


def untouched_since(moment: datetime) -> list[str]:
    """The keys of files and packages that were last taken over before an instant."""
    return [
        path.name
        for path in root().glob("[0-9a-f][0-9a-f]/*")
        if _KEY.fullmatch(path.name) and path.stat().st_mtime < moment.timestamp()
    ]


def remove_if_untouched(key: str, moment: datetime) -> bool:
    """Remove it, unless somebody has taken it over anew by now."""
    path = path_of(key)
    if not path.exists() or path.stat().st_mtime >= moment.timestamp():
        return False
    remove(key)
    return True


def remove(key: str) -> None:
    path = path_of(key)
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
