"""Plain values of pictures of credentials."""

from __future__ import annotations

_HEIC = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"})


def is_heic(data: bytes) -> bool:
    """Whether the bytes are a photo in the container of newer phones (HEIF), whatever its name says."""
    return data[4:8] == b"ftyp" and data[8:12] in _HEIC
