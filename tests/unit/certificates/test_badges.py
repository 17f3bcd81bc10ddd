"""Open Badges and verifiable credentials, checked by libraries that are not ours: libsodium and PyJWT."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from app.domain.certificates.rules.badges import (
    BadgeFacts,
    as_jwt,
    did_document,
    did_of,
    jwk_of,
    open_badge,
    with_proof,
)
from app.domain.certificates.rules.signed import SignedFacts

BASE = "https://xinyu.example.cn"
DID = "did:web:xinyu.example.cn"
NAME = "urn:uuid:05f70341-078a-cf6a-06d4-23d21720f964"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
PUBLIC = PRIVATE.public_key().public_bytes_raw()
SIGNED = SignedFacts(
    number="楚教培〔2023〕第0007号", holder="李桃艳", kind="completion", title="骨干教师培训",
    hours="24", started_on="2023-03-01", ended_on="2023-03-05", issued_on="2023-03-10",
    valid_until="2026-03-10", issuer="楚雄州教育体育局", key="2023-ab",
)  # fmt: skip


@pytest.fixture
def credential() -> dict[str, Any]:
    return open_badge(BadgeFacts(SIGNED, NAME, BASE, UTC))


def unbase58(text: str) -> bytes:
    number = 0
    for sign in text:
        number = number * 58 + BASE58.index(sign)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def jcs_digest(value: dict[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def check_proof(document: dict[str, Any], key: bytes) -> None:
    """As the specification of eddsa-jcs-2022 says it, with libsodium."""
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    options = {"@context": document["@context"], **document["proof"]}
    value = options.pop("proofValue")
    assert value.startswith("z")
    VerifyKey(key).verify(jcs_digest(options) + jcs_digest(unsecured), unbase58(value[1:]))


def test_the_proof_holds_and_a_changed_fact_breaks_it(credential: dict[str, Any]) -> None:
    document = with_proof(credential, "2023-ab", "2023-08-17T10:00:00+08:00", PRIVATE.sign)
    check_proof(document, PUBLIC)
    changed = json.loads(json.dumps(document))
    changed["credentialSubject"]["identifier"][0]["identityHash"] = "王小明"
    with pytest.raises(BadSignatureError):
        check_proof(changed, PUBLIC)
    later = json.loads(json.dumps(document))
    later["proof"]["created"] = "2024-01-01T00:00:00+08:00"
    with pytest.raises(BadSignatureError):
        check_proof(later, PUBLIC)


def test_the_token_is_one_that_others_read(credential: dict[str, Any]) -> None:
    token = as_jwt(credential, "2023-ab", PRIVATE.sign)
    key = jwt.PyJWK(jwk_of("2023-ab", PUBLIC)).key
    claims = jwt.decode(token, key, algorithms=["EdDSA"])
    assert (claims["iss"], claims["jti"]) == (DID, NAME)
    assert claims["credentialSubject"] == credential["credentialSubject"]
    assert jwt.get_unverified_header(token)["kid"] == f"{DID}#2023-ab-jwk"
    head, body, signature = token.split(".")
    forged = base64.urlsafe_b64encode(b'{"iss":"x"}').rstrip(b"=").decode()
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(f"{head}.{forged}.{signature}", key, algorithms=["EdDSA"])
    assert body != forged


def test_it_says_what_the_certificate_says(credential: dict[str, Any]) -> None:
    subject = credential["credentialSubject"]
    achievement = subject["achievement"]
    assert credential["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert (credential["id"], credential["issuer"]["id"]) == (NAME, DID)
    assert credential["issuer"]["name"] == "楚雄州教育体育局"
    assert subject["identifier"][0]["identityHash"] == "李桃艳"
    assert achievement["name"] == "骨干教师培训"
    assert achievement["humanCode"] == "楚教培〔2023〕第0007号"
    assert achievement["description"] == "2023-03-01–2023-03-05；24学时；楚教培〔2023〕第0007号"
    assert credential["validFrom"] == "2023-03-10T00:00:00+00:00"
    assert credential["validUntil"] == "2026-03-11T00:00:00+00:00"


@pytest.mark.parametrize(
    ("address", "did"),
    [
        (BASE, DID),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
        ("https://edu.example.cn/xinyu", "did:web:edu.example.cn:xinyu"),
    ],
)
def test_the_issuer_is_named_by_the_site(address: str, did: str) -> None:
    assert did_of(address) == did


def test_the_document_of_the_issuer_holds_every_key_in_both_notations() -> None:
    document = did_document(BASE, [("new", b"1" * 32), ("old", PUBLIC)])
    methods = {method["id"]: method for method in document["verificationMethod"]}
    assert set(document["assertionMethod"]) == set(methods)
    assert len(methods) == 4
    multibase = methods[f"{DID}#old"]["publicKeyMultibase"]
    assert multibase.startswith("z6Mk")
    assert unbase58(multibase[1:]) == b"\xed\x01" + PUBLIC
    assert jwt.PyJWK(methods[f"{DID}#old-jwk"]["publicKeyJwk"]).key.public_bytes_raw() == PUBLIC
