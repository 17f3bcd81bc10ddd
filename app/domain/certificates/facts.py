"""What a certificate says, frozen when it is issued: sealed for the paper, open for whoever verifies, signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.core import addresses, crypto
from app.core.text import plain_number
from app.domain.certificates.models import Certificate
from app.domain.certificates.rules.designs import PaperFacts
from app.domain.certificates.rules.issuing import masked_name
from app.domain.certificates.rules.signed import SignedFacts, day, pack, qr_address
from app.domain.certificates.rules.words import CertificateKind

SEALED = "certificates.sealed"
KIND_NAMES = {
    CertificateKind.COMPLETION: "结业证书",
    CertificateKind.HOURS: "学时证明",
    CertificateKind.LEAD_TEACHER: "带头人证书",
    CertificateKind.EXCELLENT: "优秀学员",
    CertificateKind.OTHER: "证书",
}  # as the paper says it, whatever the reader's language


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a certificate says of its holder and of what they did."""

    name: str
    title: str
    issuer: str
    unit: str = ""
    id_number: str = ""
    started_on: date | None = None
    ended_on: date | None = None
    hours: Decimal | None = None
    result: str = ""
    cohort: str = ""
    level: str = ""
    organiser: str = ""

    def public(self) -> dict[str, Any]:
        """What anyone who verifies is told: the holder masked, no identity number, no unit of the holder."""
        return {
            "holder": masked_name(self.name),
            "title": self.title,
            "issuer": self.issuer,
            "from": day(self.started_on),
            "until": day(self.ended_on),
            "hours": plain_number(self.hours),
            "result": self.result,
            "cohort": self.cohort,
            "level": self.level,
            "organiser": self.organiser,
        }

    def sealed(self) -> bytes:
        """What only the paper says, encrypted."""
        said = {"name": self.name, "id_number": self.id_number, "unit": self.unit}
        return crypto.seal(json.dumps(said, ensure_ascii=False), SEALED)


def open_sealed(certificate: Certificate) -> dict[str, str]:
    """name, id_number and unit, as the paper says them."""
    opened: dict[str, str] = json.loads(crypto.unseal(certificate.sealed, SEALED))
    return opened


def frozen_of(certificate: Certificate) -> Frozen:
    """What a certificate said when it was issued, to be issued again."""
    sealed, public = open_sealed(certificate), certificate.public
    return Frozen(
        name=sealed["name"],
        title=public["title"],
        issuer=public["issuer"],
        unit=sealed["unit"],
        id_number=sealed["id_number"],
        started_on=_day(public, "from"),
        ended_on=_day(public, "until"),
        hours=certificate.hours,
        result=public["result"],
        cohort=public["cohort"],
        level=public["level"],
        organiser=public["organiser"],
    )


def signed_facts(certificate: Certificate, key_name: str) -> SignedFacts:
    """What is signed of a certificate, by the key of this name."""
    public = certificate.public
    return SignedFacts(
        number=certificate.number,
        holder=certificate.holder,
        kind=certificate.kind.value,
        title=certificate.title,
        hours=public["hours"],
        started_on=public["from"],
        ended_on=public["until"],
        issued_on=day(certificate.issued_on),
        valid_until=day(certificate.valid_until),
        issuer=public["issuer"],
        key=key_name,
    )


def address_of(certificate: Certificate, key_name: str) -> str:
    """What the QR code holds: where it is verified, and the proof that needs no network."""
    packed = pack(signed_facts(certificate, key_name), certificate.signature)
    return qr_address(addresses.base_url(), certificate.number, certificate.code, packed)


def paper_facts(certificate: Certificate) -> PaperFacts:
    """What is printed; the certificate's key is loaded."""
    said = frozen_of(certificate)
    return PaperFacts(
        name=said.name,
        number=certificate.number,
        address=address_of(certificate, certificate.key.name),
        issued_on=certificate.issued_on,
        issuer=said.issuer,
        kind=KIND_NAMES[certificate.kind],
        title=said.title,
        id_number=said.id_number,
        unit=said.unit,
        started_on=said.started_on,
        ended_on=said.ended_on,
        cohort=said.cohort,
        hours=said.hours,
        result=said.result,
    )


def _day(public: Mapping[str, Any], name: str) -> date | None:
    text = public[name]
    return date.fromisoformat(text) if text else None
