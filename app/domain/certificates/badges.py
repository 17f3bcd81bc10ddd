"""Makes out a certificate as verifiable credential, signed with the key that signed the certificate itself."""

from __future__ import annotations

from typing import Any

from app.core import addresses, clock
from app.domain.certificates.facts import signed_facts
from app.domain.certificates.models import Certificate
from app.domain.certificates.operations.keys import private_half
from app.domain.certificates.rules.badges import BadgeFacts, as_jwt, open_badge, with_proof
from app.domain.certificates.rules.verifying import credential_id


def badge_of(certificate: Certificate) -> dict[str, Any]:
    """Open Badges 3.0 as JSON with a data integrity proof; the certificate's key is loaded."""
    key = certificate.key
    created = clock.local(clock.now()).isoformat(timespec="seconds")
    return with_proof(_credential(certificate), key.name, created, private_half(key).sign)


def badge_token(certificate: Certificate) -> str:
    """The same as a signed token, for wallets that take those."""
    key = certificate.key
    return as_jwt(_credential(certificate), key.name, private_half(key).sign)


def _credential(certificate: Certificate) -> dict[str, Any]:
    return open_badge(
        BadgeFacts(
            signed=signed_facts(certificate, certificate.key.name),
            name=credential_id(certificate.signature),
            base_url=addresses.base_url(),
            zone=clock.zone(),
        )
    )
