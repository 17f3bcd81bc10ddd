"""A certificate as Open Badges 3.0, which is a W3C verifiable credential: what it says, and what of it is signed.

Sources: 1EdTech Open Badges 3.0; W3C Verifiable Credentials 2.0; Data Integrity EdDSA (cryptosuite eddsa-jcs-2022);
VC-JOSE (vc+jwt); did:web. Everything here is text, so that RFC 8785 (JCS) is sorted keys without blanks.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from urllib.parse import urlsplit

from app.domain.certificates.rules.signed import SignedFacts
from app.domain.certificates.rules.words import CertificateKind

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519 = b"\xed\x01"  # multicodec: what kind of key follows
_ACHIEVEMENTS = {
    CertificateKind.COMPLETION: "CertificateOfCompletion",
    CertificateKind.HOURS: "CertificateOfCompletion",
    CertificateKind.LEAD_TEACHER: "Award",
    CertificateKind.EXCELLENT: "Award",
    CertificateKind.OTHER: "Certificate",
}

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class BadgeFacts:
    """What the credential says: the signed facts, its name (urn:uuid), the site, and when it was made out."""

    signed: SignedFacts
    name: str
    base_url: str
    zone: tzinfo


def did_of(base_url: str) -> str:
    """did:web of a site; the colon before a port is written %3A."""
    parts = urlsplit(base_url)
    path = parts.path.strip("/").replace("/", ":")
    return f"did:web:{parts.netloc.replace(':', '%3A')}" + (f":{path}" if path else "")


def jwk_of(name: str, public_key: bytes) -> dict[str, str]:
    """A public key as JSON Web Key (RFC 8037)."""
    return {
        "kty": "OKP", "crv": "Ed25519", "kid": name, "x": _base64url(public_key),
        "use": "sig", "alg": "EdDSA",
    }  # fmt: skip


def did_document(base_url: str, keys: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    """The document at /.well-known/did.json: every key, by name, in both notations that proofs use."""
    did = did_of(base_url)
    methods: list[dict[str, Any]] = []
    for name, key in keys:
        multikey = {
            "id": f"{did}#{name}", "type": "Multikey", "controller": did,
            "publicKeyMultibase": f"z{_base58(_ED25519 + key)}",
        }  # fmt: skip
        jwk = {
            "id": f"{did}#{name}-jwk", "type": "JsonWebKey", "controller": did,
            "publicKeyJwk": jwk_of(name, key),
        }  # fmt: skip
        methods += [multikey, jwk]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1",
                     "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }  # fmt: skip


def open_badge(facts: BadgeFacts) -> dict[str, Any]:
    """The credential without a proof."""
    signed = facts.signed
    said: dict[str, Any] = {
        "@context": CONTEXTS,
        "id": facts.name,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{signed.title} {signed.number}",
        "issuer": {"id": did_of(facts.base_url), "type": ["Profile"], "name": signed.issuer,
                   "url": f"{facts.base_url}/verify/"},
        "validFrom": _moment(signed.issued_on, facts.zone),
        "credentialSubject": _subject(facts),
        "credentialStatus": {"id": f"{facts.base_url}/verify/revocations.json",
                             "type": "1EdTechRevocationList"},
    }  # fmt: skip
    if signed.valid_until:
        said["validUntil"] = _moment(signed.valid_until, facts.zone, days=1)
    return said


def with_proof(
    credential: Mapping[str, Any], key_name: str, created: str, sign: Sign
) -> dict[str, Any]:
    """The credential with its data integrity proof (eddsa-jcs-2022)."""
    proof: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": created,
        "verificationMethod": f"{credential['issuer']['id']}#{key_name}",
        "proofPurpose": "assertionMethod",
    }
    signature = sign(proof_input(credential, proof))
    return {**credential, "proof": {**proof, "proofValue": f"z{_base58(signature)}"}}


def proof_input(credential: Mapping[str, Any], proof: Mapping[str, Any]) -> bytes:
    """What the proof signs: the digest of its own options, then that of the credential."""
    options = {"@context": credential["@context"], **proof}
    return _digest(options) + _digest(credential)


def as_jwt(credential: Mapping[str, Any], key_name: str, sign: Sign) -> str:
    """The same credential as a signed token (application/vc+jwt)."""
    issuer = credential["issuer"]["id"]
    header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": f"{issuer}#{key_name}-jwk"}
    payload = {"iss": issuer, "jti": credential["id"], **credential}
    text = f"{_base64url(canonical(header))}.{_base64url(canonical(payload))}"
    return f"{text}.{_base64url(sign(text.encode()))}"


def canonical(value: Mapping[str, Any]) -> bytes:
    """RFC 8785 of JSON that holds nothing but texts and has plain ASCII names."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _subject(facts: BadgeFacts) -> dict[str, Any]:
    signed = facts.signed
    period = "–".join(dict.fromkeys(day for day in (signed.started_on, signed.ended_on) if day))
    told = "；".join(
        part
        for part in (period, f"{signed.hours}学时" if signed.hours else "", signed.number)
        if part
    )
    return {
        "type": ["AchievementSubject"],
        "identifier": [{"type": "IdentityObject", "identityType": "name", "hashed": False,
                        "identityHash": signed.holder}],
        "achievement": {
            "id": f"{facts.name}#achievement",
            "type": ["Achievement"],
            "achievementType": _ACHIEVEMENTS[CertificateKind(signed.kind)],
            "name": signed.title,
            "description": told,
            "humanCode": signed.number,
            "criteria": {"narrative": "完成规定内容，经考核合格。"},
        },
    }  # fmt: skip


def _moment(day: str, zone: tzinfo, *, days: int = 0) -> str:
    """The beginning of a day of ours, so many days later."""
    start = date.fromisoformat(day) + timedelta(days=days)
    return datetime.combine(start, time(), zone).isoformat()


def _digest(value: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(canonical(value)).digest()


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _base58(data: bytes) -> str:
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _BASE58[digit] + digits
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits
