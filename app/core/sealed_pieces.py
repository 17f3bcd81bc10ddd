"""Large files encrypted piece by piece, so that none is ever in memory as a whole.

A 0 (no key has that id), the key's id, then every MiB sealed under a key that serves this one file. The nonce counts
the pieces and marks the last, so that none can be left out, repeated, put elsewhere or cut off at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag

from app.core import crypto

MARK = 0
PIECE = 1024 * 1024
_TAG = 16


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _read_full(source: IO[bytes], size: int) -> bytes:
    """So many bytes, or what is left: a source may give less than it is asked for."""
    parts, missing = [], size
    while missing and (part := source.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def seal_pieces(source: IO[bytes], target: IO[bytes], purpose: str) -> None:
    """Encrypt everything the source gives into the target. The purpose must be one that is never sealed again."""
    key_id, cipher = crypto.cipher_for(purpose)
    target.write(bytes([MARK, key_id]))
    number, piece, last = 0, _read_full(source, PIECE), False
    while not last:
        following = _read_full(source, PIECE)
        last = not following
        target.write(cipher.encrypt(_nonce(number, last=last), piece, None))
        number, piece = number + 1, following


def unseal_pieces(source: IO[bytes], purpose: str) -> Iterator[bytes]:
    """What was sealed, piece by piece; the source stands behind the mark. Raises CannotDecrypt."""
    head = source.read(1)
    if not head:
        raise crypto.CannotDecrypt(purpose)
    _key_id, cipher = crypto.cipher_for(purpose, head[0])
    number, sealed, last = 0, _read_full(source, PIECE + _TAG), False
    while not last:
        following = _read_full(source, PIECE + _TAG)
        last = not following
        try:
            piece = cipher.decrypt(_nonce(number, last=last), sealed, None)
        except InvalidTag as error:
            raise crypto.CannotDecrypt(purpose) from error
        yield piece
        number, sealed = number + 1, following
