"""Where a form leads back to: only ever an address of this site."""

from __future__ import annotations

from urllib.parse import urlsplit


def local_path(target: str | None, default: str) -> str:
    """The path (with its query) if it leads nowhere else than here, else the default.

    Browsers drop tabs and line ends inside an address and read a backslash as a slash, so none of them passes.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return default
    if "\\" in target or any(ord(character) <= 32 or ord(character) == 127 for character in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target
