"""Reads a PDF that somebody brings: the addresses on its pages, and whether its digital signature still covers it.

The file is a stranger's: whatever is wrong with it is told as ``UnreadablePaper``, never as a fault.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from app.core.documents.papers import PaperRead, PaperSignature, UnreadablePaper

MOST_PAGES = 50
MOST_PARTS = 2000  # pages, links and fields, with the nodes above them: a node may name itself a thousand times
# What a reader of somebody else's bytes runs into.
_BROKEN = (
    PdfError, SigningError, SignatureValidationError, ValueError, KeyError, TypeError, AttributeError,
    IndexError, RecursionError, OSError, NotImplementedError, AssertionError,
)  # fmt: skip


def read(data: bytes, signers: Sequence[x509.Certificate]) -> PaperRead:
    """Read a PDF; only what one of ``signers`` signed counts as signed. Raises UnreadablePaper. Slow: 10–100 ms."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        budget = _Budget()
        found = tuple(dict.fromkeys(_addresses(reader, budget)))
        _count_fields(_part(_part(reader.root, "/AcroForm", {}), "/Fields", ()), budget)
        signature = _signature(reader, signers)
    except _BROKEN as error:
        raise UnreadablePaper(str(error)) from error
    return PaperRead(found, hashlib.sha256(data).hexdigest(), signature)


class _Budget:
    """How many parts of a file are looked at before it is called unreadable: it may be made to be endless."""

    def __init__(self) -> None:
        self._left = MOST_PARTS

    def open(self, part: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise UnreadablePaper("more parts than a certificate has")
        return part.get_object()


def _part(node: Any, name: str, otherwise: Any) -> Any:
    """A part of a node, wherever in the file it lies."""
    return node[name] if name in node else otherwise  # noqa: SIM401  get() gives the reference


def _addresses(reader: PdfFileReader, budget: _Budget) -> Iterator[str]:
    for page in islice(_pages(reader.root["/Pages"], budget), MOST_PAGES):
        for annotation in _part(page, "/Annots", ()):
            action = budget.open(annotation).get("/A")
            address = action.get_object().get("/URI") if action is not None else None
            if address is not None:
                yield _text(address)


def _text(address: Any) -> str:
    return address.decode("utf-8", "replace") if isinstance(address, bytes) else str(address)


def _pages(node: DictionaryObject, budget: _Budget) -> Iterator[DictionaryObject]:
    for kid in node["/Kids"]:
        one = budget.open(kid)
        if "/Kids" in one:
            yield from _pages(one, budget)
        else:
            yield one


def _count_fields(fields: Any, budget: _Budget) -> None:
    """Refuse a form whose fields have no end, before its signatures are looked for."""
    for field in fields:
        _count_fields(_part(budget.open(field), "/Kids", ()), budget)


def _signature(reader: PdfFileReader, signers: Sequence[x509.Certificate]) -> PaperSignature:
    signatures = reader.embedded_regular_signatures
    if not signatures:
        return PaperSignature.NONE
    ours = {one.dump() for one in signers}
    known = [embedded.signer_cert.dump() in ours for embedded in signatures]
    if not any(known):
        return PaperSignature.FOREIGN
    if not all(known):
        return PaperSignature.BROKEN
    context = ValidationContext(
        trust_roots=list(signers), allow_fetching=False, revocation_mode="soft-fail"
    )
    checked = [
        validate_pdf_signature(embedded, signer_validation_context=context)
        for embedded in signatures
    ]
    good = all(one.intact and one.valid and one.docmdp_ok is not False for one in checked)
    whole = checked[-1].coverage is SignatureCoverageLevel.ENTIRE_FILE
    return PaperSignature.WHOLE if good and whole else PaperSignature.BROKEN
