"""What of a certificate is signed: fixed to the byte, small enough for a QR code, read back exactly."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from app.domain.certificates.operations.keys import is_signed_by
from app.domain.certificates.rules.signed import (
    SignedFacts,
    pack,
    qr_address,
    signed_text,
    tidy_code,
    unpack,
)

FACTS = SignedFacts(
    number="临教培〔2023〕第0001号",
    holder="李梅",
    kind="completion",
    title="临沧市心理健康教育骨干教师培训",
    hours="24",
    started_on="2023-03-01",
    ended_on="2023-03-03",
    issued_on="2023-03-10",
    valid_until="",
    issuer="临沧市教育体育局",
    key="2023-a1b2c3d4",
)


def test_the_signed_text_is_fixed() -> None:
    assert signed_text(FACTS).decode() == (
        '[1,"临教培〔2023〕第0001号","李梅","completion","临沧市心理健康教育骨干教师培训","24",'
        '"2023-03-01","2023-03-03","2023-03-10","","临沧市教育体育局","2023-a1b2c3d4"]'
    )


def test_the_address_fits_a_readable_code() -> None:
    address = qr_address(
        "https://xinyu.lincang.gov.cn", FACTS.number, "0123456789AB", pack(FACTS, b"\x01" * 64)
    )
    assert address.startswith("https://xinyu.lincang.gov.cn/verify/%E4%B8%B4")
    assert len(address) < 560


def test_a_changed_fact_breaks_the_signature() -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    signature = key.sign(signed_text(FACTS))
    assert is_signed_by(public, signed_text(FACTS), signature)
    assert not is_signed_by(public, signed_text(replace(FACTS, hours="240")), signature)
    assert not is_signed_by(public, signed_text(FACTS), b"\x00" * 64)
    assert not is_signed_by(b"short", signed_text(FACTS), signature)


@given(
    st.lists(st.text(max_size=40), min_size=11, max_size=11), st.binary(min_size=64, max_size=64)
)
def test_what_is_packed_is_read_back(texts: list[str], signature: bytes) -> None:
    facts = SignedFacts(*texts)
    assert unpack(pack(facts, signature)) == (facts, signature)


@given(st.text(max_size=300))
def test_nothing_else_is_read_as_a_certificate(text: str) -> None:
    found = unpack(text)
    assert found is None or pack(*found) == text.rstrip("=")


@pytest.mark.parametrize("text", ["", "AAAA", "%%%", "字"])
def test_refuses_what_is_no_packed_text(text: str) -> None:
    assert unpack(text) is None


def test_a_code_is_understood_however_it_is_typed() -> None:
    assert tidy_code("0o1i-lvu9 abcd") == "00111VV9ABCD"
