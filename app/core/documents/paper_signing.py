"""Signs PDFs: pyHanko writes the signature's field, OpenSSL (by cryptography) makes what goes into it."""

from __future__ import annotations

import io

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.signers.cms_embedder import (
    PdfCMSEmbedder,
    SigIOSetup,
    SigMDPSetup,
    SigObjSetup,
)
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from app.core.documents.paper_keys import PaperKey
from app.core.documents.papers import Signing

_FIELD = "Signature"
_DIGEST = "sha256"
_OPTIONS = [
    pkcs7.PKCS7Options.DetachedSignature,
    pkcs7.PKCS7Options.Binary,
    pkcs7.PKCS7Options.NoCapabilities,
]
_SPARE = 64  # a signature by an elliptic curve is some bytes shorter or longer each time


def sign(data: bytes, key: PaperKey, signing: Signing) -> bytes:
    """The PDF with an invisible signature of its author that allows no change whatever. Takes 3 ms."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    embedding = PdfCMSEmbedder().write_cms(_FIELD, writer)
    next(embedding)
    certifying = SigMDPSetup(_DIGEST, certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
    embedding.send(SigObjSetup(_placeholder(key, signing), certifying))
    prepared, output = embedding.send(SigIOSetup(_DIGEST, in_place=False))
    written = output.getvalue()
    covered = written[: prepared.reserved_region_start] + written[prepared.reserved_region_end :]
    embedding.send(_signature(covered, key))
    return bytes(output.getvalue())


def _placeholder(key: PaperKey, signing: Signing) -> SignatureObject:
    return SignatureObject(
        timestamp=signing.at,
        name=signing.name,
        location=signing.location,
        reason=signing.reason,
        bytes_reserved=2 * (len(_signature(b"", key)) + _SPARE),  # in hexadecimal
    )


def _signature(covered: bytes, key: PaperKey) -> bytes:
    """A detached signature (CMS) with the certificates that prove it."""
    builder = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(covered)
        .add_signer(key.certificate, key.private, hashes.SHA256())
    )
    for one in key.others:
        builder = builder.add_certificate(one)
    return builder.sign(serialization.Encoding.DER, _OPTIONS)
