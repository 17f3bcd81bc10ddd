"""Reads a PDF that somebody brings: the addresses on its pages, and whether its digital signature still covers it.

The file is a stranger's: whatever is wrong with it is told as ``UnreadablePaper``, never as a fault.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
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
DEEPEST = 20
# What a reader of somebody else's bytes runs into.
_BROKEN = (
    PdfError, SigningError, SignatureValidationError, ValueError, KeyError, TypeError, AttributeError,
    IndexError, RecursionError, OSError, NotImplementedError, AssertionError,
)  # fmt: skip


def read(data: bytes, signers: Sequence[x509.Certificate]) -> PaperRead:
    """Read a PDF; only what one of ``signers`` signed counts as signed. Raises UnreadablePaper. Slow: 10–100 ms."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        found = tuple(dict.fromkeys(_addresses(reader)))
        signature = _signature(reader, signers)
    except _BROKEN as error:
        raise UnreadablePaper(str(error)) from error
    return PaperRead(found, hashlib.sha256(data).hexdigest(), signature)


def _addresses(reader: PdfFileReader) -> Iterator[str]:
    for page in _pages(reader.root["/Pages"], MOST_PAGES, DEEPEST):
        for annotation in page.get("/Annots", ()):
            action = annotation.get_object().get("/A")
            address = action.get_object().get("/URI") if action is not None else None
            if address is not None:
                yield _text(address)


def _text(address: Any) -> str:
    return address.decode("utf-8", "replace") if isinstance(address, bytes) else str(address)


def _pages(node: DictionaryObject, most: int, deepest: int) -> Iterator[DictionaryObject]:
    if deepest == 0:
        return
    for kid in node["/Kids"]:
        one = kid.get_object()
        if "/Kids" in one:
            for page in _pages(one, most, deepest - 1):
                yield page
                most -= 1
        else:
            yield one
            most -= 1
        if most <= 0:
            return


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
