"""PDFs are signed so that others can check it: looked at by PDFium, reckoned by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    NoEncryption,
    pkcs12,
)

from app.core.documents import paper_keys
from app.core.documents.paper_keys import PaperKey, UnfitKey, from_kept, from_pkcs12, make_key
from app.core.documents.papers import PaperSignature, Signing, read_paper, sign_paper
from tests.papers import certificates_in, find_signatures, is_signed
from tests.unit.core.test_papers import ADDRESS, pdf

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
SIGNING = Signing("楚雄彝族自治州教育体育局", "https://xinyu.example.cn", "颁发证书", NOW)


@cache
def own() -> PaperKey:
    return make_key("心育证书数字签名 xinyu.example.cn", NOW)


def known(*keys: PaperKey) -> list[asn1.Certificate]:
    return [asn1.Certificate.load(pem.unarmor(key.pem.encode())[2]) for key in keys]


def test_others_find_the_signature_over_the_whole_file_and_no_change_allowed() -> None:
    data = sign_paper(pdf(ADDRESS), own(), SIGNING)
    (found,) = find_signatures(data)
    assert is_signed(found, own().certificate)
    assert (
        found.left_out == 2 * len(found.contents) + 2
    )  # the signature itself, in < > as hexadecimal
    assert (found.permission, found.reason) == (1, "颁发证书")
    assert found.signed_at.startswith("D:20260901083000")
    assert read_paper(data, known(own())).signature is PaperSignature.WHOLE


def test_any_changed_byte_breaks_it() -> None:
    data = sign_paper(pdf(ADDRESS), own(), SIGNING)
    (found,) = find_signatures(data)
    start = data.index(b"/Contents <")
    for at in (*range(20, start, start // 7), len(data) - 30):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        cut = changed[: start + 10] + changed[start + 10 + found.left_out :]
        assert not is_signed(replace(found, covered=cut), own().certificate)


def test_the_signature_of_another_key_is_none_of_ours() -> None:
    data = sign_paper(pdf(ADDRESS), own(), SIGNING)
    other = make_key("别处", NOW)
    assert not is_signed(find_signatures(data)[0], other.certificate)
    assert read_paper(data, known(other)).signature is PaperSignature.FOREIGN
    assert find_signatures(pdf(ADDRESS)) == []


def test_what_is_kept_of_a_key_signs_as_it_did() -> None:
    kept = from_kept(own().private_bytes, own().pem)
    (found,) = find_signatures(sign_paper(pdf(ADDRESS), kept, SIGNING))
    assert is_signed(found, own().certificate)
    assert kept.is_valid(NOW)
    assert not kept.is_valid(NOW + timedelta(days=3700))


def issued(name: str, public: object, issuer: str, by: object) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(public)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=365))
        .sign(by, None if isinstance(by, ed25519.Ed25519PrivateKey) else hashes.SHA256())  # type: ignore[arg-type]
    )


def test_a_bureaus_own_certificate_signs_with_all_that_prove_it(tmp_path: Path) -> None:
    above, mine = ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)
    root = issued("根证书", above.public_key(), "根证书", above)
    leaf = issued("楚雄州教体局", mine.public_key(), "根证书", above)
    path = tmp_path / "seal.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"x", mine, leaf, [root], BestAvailableEncryption("口令".encode())
        )
    )
    paper_keys.configure(path, "口令")
    key = paper_keys.own_key()
    assert key is not None
    (found,) = find_signatures(sign_paper(pdf(ADDRESS), key, SIGNING))
    assert is_signed(found, leaf)
    assert certificates_in(found) == {"楚雄州教体局", "根证书"}


@pytest.fixture(autouse=True)
def _nothing_set() -> Iterator[None]:
    yield
    paper_keys.configure(None, None)


def test_says_what_is_wrong_with_a_certificate_before_anything_is_signed(tmp_path: Path) -> None:
    with pytest.raises(UnfitKey, match=r"XINYU_PDF_CERTIFICATE.*No such file"):
        paper_keys.configure(tmp_path / "missing.p12", None)
    key = ec.generate_private_key(ec.SECP256R1())
    packed = pkcs12.serialize_key_and_certificates(
        b"x",
        key,
        issued("甲", key.public_key(), "甲", key),
        None,
        BestAvailableEncryption(b"right"),
    )
    with pytest.raises(UnfitKey, match="password is wrong"):
        from_pkcs12(packed, "wrong")
    with pytest.raises(UnfitKey, match="no PKCS#12 file"):
        from_pkcs12(b"-----BEGIN CERTIFICATE-----", None)


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (ed25519.Ed25519PrivateKey.generate(), "RSA of at least 2048 bits or an elliptic curve"),
        (rsa.generate_private_key(65537, 1024), "RSA of at least 2048 bits"),
        (None, "no private key"),
    ],
    ids=["ed25519", "short-rsa", "no-key"],
)
def test_refuses_a_key_that_readers_do_not_accept(key: object, told: str) -> None:
    by = key or ec.generate_private_key(ec.SECP256R1())
    certificate = issued("甲", by.public_key(), "甲", by)  # type: ignore[attr-defined]
    packed = pkcs12.serialize_key_and_certificates(
        b"x",
        key,
        None if key is None else certificate,
        [certificate],
        NoEncryption(),  # type: ignore[arg-type]
    )
    with pytest.raises(UnfitKey, match=told):
        from_pkcs12(packed, None)
