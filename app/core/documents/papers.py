"""Signs PDFs, and says what one that somebody brings turns out to be.

Both are done by pyHanko (``paper_signing``, ``paper_reading``), which brings aiohttp and more: a second and 60 MB that
only who signs or drops a PDF should pay. So it is read on the first use.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509

from app.core.documents.paper_keys import PaperKey


class UnreadablePaper(Exception):
    """The bytes are no PDF that can be read."""


class PaperSignature(enum.StrEnum):
    """``whole``: made by a known certificate, and everything in the file is as it was then; ``foreign``: made by
    certificates that are all unknown.
    """

    NONE = "none"
    FOREIGN = "foreign"
    WHOLE = "whole"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Signing:
    """What a signature says beside the certificate: on whose behalf, where, why and when."""

    name: str
    location: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaperRead:
    """What a PDF holds: addresses its pages lead to, its SHA-256, the state of its signature."""

    addresses: tuple[str, ...]
    digest: str
    signature: PaperSignature


def sign_paper(data: bytes, key: PaperKey, signing: Signing) -> bytes:
    """The PDF with an invisible signature of its author that allows no change whatever. Takes 3 ms."""
    from app.core.documents.paper_signing import sign

    return sign(data, key, signing)


def read_paper(data: bytes, signers: Sequence[x509.Certificate]) -> PaperRead:
    """Read a PDF; only what one of ``signers`` signed counts as signed. Raises UnreadablePaper. Slow: 10–100 ms."""
    from app.core.documents.paper_reading import read

    return read(data, signers)
