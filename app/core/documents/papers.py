"""What a PDF that somebody brings turns out to be; the reading itself is in ``paper_reading``."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import x509


class UnreadablePaper(Exception):
    """The bytes are no PDF that can be read."""


class PaperSignature(enum.StrEnum):
    """``whole``: made by a known certificate, and everything in the file is as it was then."""

    NONE = "none"
    WHOLE = "whole"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class PaperRead:
    """What a PDF holds: addresses its pages lead to, its SHA-256, the state of its signature."""

    addresses: tuple[str, ...]
    digest: str
    signature: PaperSignature


def read_paper(data: bytes, signers: Sequence[x509.Certificate]) -> PaperRead:
    """Read a PDF; only what one of ``signers`` signed counts as signed. Raises UnreadablePaper. Slow: 10–100 ms."""
    # It brings pyHanko and with it aiohttp: a second and 60 MB that only a dropped PDF should cost.
    from app.core.documents.paper_reading import read

    return read(data, signers)
