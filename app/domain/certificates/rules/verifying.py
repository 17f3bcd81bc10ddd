"""What anyone who verifies a certificate is told. Source: DOMAIN.md §4."""

from __future__ import annotations

import enum
import hashlib
import uuid
from dataclasses import dataclass
from datetime import date

from app.domain.certificates.rules.words import (
    CertificateAction,
    CertificateKind,
    CertificateState,
)


class Standing(enum.StrEnum):
    """What a certificate is worth on a day. That there is none such is no standing: nothing is told then."""

    VALID = "valid"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of the public history: what was done to which copy of the number, and on which day."""

    number: str
    action: CertificateAction
    on: date


@dataclass(frozen=True, slots=True)
class PublicFacts:
    """A certificate as strangers see it: the holder masked, no identity number, nobody's reasons.

    ``stamp`` is another one after each act that changes what is told.
    """

    certificate_id: int
    number: str
    kind: CertificateKind
    title: str
    holder: str
    hours: str
    started_on: str
    ended_on: str
    result: str
    cohort: str
    issuer: str
    issued_on: date
    valid_until: date | None
    standing: Standing
    ceased_on: date | None
    history: tuple[Happened, ...]
    stamp: str


def standing_on(state: CertificateState, valid_until: date | None, today: date) -> Standing:
    """What a certificate is worth today; what ended by an act says so also after it would have expired."""
    if state is CertificateState.REVOKED:
        return Standing.REVOKED
    if state is CertificateState.REPLACED:
        return Standing.REPLACED
    if valid_until is not None and valid_until < today:
        return Standing.EXPIRED
    return Standing.VALID


def proof_digest(signature: bytes) -> str:
    """By which lists name a certificate that has ended: only who holds its QR code can tell which one is meant."""
    return hashlib.sha512(signature).hexdigest()[:32]


def credential_id(signature: bytes) -> str:
    """The name of a certificate as a verifiable credential: as little to be guessed as its digest, and the same."""
    return uuid.UUID(proof_digest(signature)).urn
