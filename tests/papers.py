"""Looks at PDFs with eyes that are not ours: PDFium finds signatures and draws pages, ZXing reads codes off them."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pypdfium2
import zxingcpp
from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pypdfium2 import raw


@dataclass(frozen=True)
class Found:
    """A signature in a PDF. ``covered``: the bytes it is over; ``left_out``: how many of the file it is not over."""

    covered: bytes
    left_out: int
    contents: bytes
    permission: int
    reason: str
    signed_at: str


def find_signatures(data: bytes) -> list[Found]:
    """What PDFium sees, none where it sees none."""
    document = pypdfium2.PdfDocument(data)
    try:
        count = raw.FPDF_GetSignatureCount(document)
        return [_found(raw.FPDF_GetSignatureObject(document, one), data) for one in range(count)]
    finally:
        document.close()


def _found(signature: Any, data: bytes) -> Found:
    count = raw.FPDFSignatureObj_GetByteRange(signature, None, 0)
    ranges = (ctypes.c_int * count)()
    raw.FPDFSignatureObj_GetByteRange(signature, ranges, count)
    covered = b"".join(data[ranges[at] : ranges[at] + ranges[at + 1]] for at in range(0, count, 2))
    contents = _bytes(raw.FPDFSignatureObj_GetContents, signature)
    return Found(
        covered=covered,
        left_out=len(data) - len(covered),
        contents=contents,
        permission=raw.FPDFSignatureObj_GetDocMDPPermission(signature),
        reason=_bytes(raw.FPDFSignatureObj_GetReason, signature).decode("utf-16-le").rstrip("\0"),
        signed_at=_bytes(raw.FPDFSignatureObj_GetTime, signature).decode().rstrip("\0"),
    )


def _bytes(read: Callable[..., int], signature: Any) -> bytes:
    length = read(signature, None, 0)
    buffer = ctypes.create_string_buffer(length)
    read(signature, buffer, length)
    return buffer.raw


def is_signed(found: Found, certificate: x509.Certificate) -> bool:
    """Whether the certificate's key signed exactly these bytes, reckoned step by step as RFC 5652 says."""
    signed = cms.ContentInfo.load(found.contents)["content"]
    (info,) = signed["signer_infos"]
    digests = [
        one["values"][0].native
        for one in info["signed_attrs"]
        if one["type"].native == "message_digest"
    ]
    if digests != [hashlib.sha256(found.covered).digest()]:
        return False
    attributes = info["signed_attrs"].untag().dump()
    signature, public = info["signature"].native, certificate.public_key()
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, attributes, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, attributes, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def certificates_in(found: Found) -> set[str]:
    """The subjects of the certificates that travel with a signature."""
    signed = cms.ContentInfo.load(found.contents)["content"]
    return {one.chosen.subject.native["common_name"] for one in signed["certificates"]}


def read_codes(data: bytes, page: int = 0) -> list[str]:
    """The texts of the QR codes on a page as it is drawn at 200 dots per inch."""
    document = pypdfium2.PdfDocument(data)
    try:
        drawn = document[page].render(scale=200 / 72, grayscale=True).to_numpy()
        return [one.text for one in zxingcpp.read_barcodes(drawn)]
    finally:
        document.close()
