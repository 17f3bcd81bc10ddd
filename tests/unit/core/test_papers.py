"""A PDF that a stranger brings: where it leads to, and whether its signature still covers it."""

from __future__ import annotations

import contextlib
import io
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import RectangleObject

from app.core.documents.papers import PaperSignature, UnreadablePaper, read_paper

ADDRESS = "https://xinyu.example.cn/verify/%E6%A5%9A?code=ABC#xyz"


@cache
def signer() -> signers.SimpleSigner:
    """Somebody with a certificate of their own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "教育体育局")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    packed = serialization.pkcs12.serialize_key_and_certificates(
        b"x", key, made, None, serialization.NoEncryption()
    )
    loaded = signers.SimpleSigner.load_pkcs12_data(packed, other_certs=[])
    assert loaded is not None
    return loaded


def known() -> list[asn1.Certificate]:
    return [signer().signing_cert]


def pdf(*addresses: str, pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    for address in addresses:
        writer.add_annotation(0, Link(rect=RectangleObject((0, 0, 9, 9)), url=address))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def signed(data: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    made = signers.sign_pdf(
        writer, signers.PdfSignatureMetadata(field_name="Signature"), signer=signer()
    )
    return bytes(made.getvalue())


def test_reads_where_the_code_leads_and_who_signed() -> None:
    read = read_paper(signed(pdf(ADDRESS, ADDRESS)), known())
    assert read.addresses == (ADDRESS,)
    assert read.signature is PaperSignature.WHOLE


def test_a_file_without_a_signature_has_none() -> None:
    assert read_paper(pdf(ADDRESS), known()).signature is PaperSignature.NONE


def test_a_signature_of_somebody_unknown_is_told_apart() -> None:
    assert read_paper(signed(pdf(ADDRESS)), []).signature is PaperSignature.FOREIGN


def test_a_changed_byte_breaks_the_signature() -> None:
    data = signed(pdf(ADDRESS))
    changed = data.replace(b"[0.0 0.0 200 200]", b"[0.0 0.0 201 200]", 1)
    if changed == data:
        changed = data.replace(b"200", b"201", 1)
    assert read_paper(changed, known()).signature is PaperSignature.BROKEN


def test_something_added_after_the_signature_is_seen() -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed(pdf(ADDRESS))))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/MediaBox"][2] = page["/MediaBox"][3]
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    assert read_paper(out.getvalue(), known()).signature is PaperSignature.BROKEN


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-", b"%PDF-1.7\n%%EOF", b"PK\x03\x04", pdf(ADDRESS)[:200]]
)
def test_what_is_none_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadablePaper):
        read_paper(data, known())


@settings(deadline=None)
@given(st.integers(0, 2000), st.binary(min_size=1, max_size=40))
def test_damage_is_never_a_fault(at: int, junk: bytes) -> None:
    data = signed(pdf(ADDRESS))
    with contextlib.suppress(UnreadablePaper):
        read_paper(data[:at] + junk + data[at + len(junk) :], known())
