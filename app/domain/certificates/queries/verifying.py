"""Finds a certificate for somebody who is nobody here: by number and code, or by number and the holder's whole name.

An unknown number and a wrong code take the same way and give the same nothing.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from app.core import clock
from app.core.db import db, execute
from app.core.text import name_key
from app.domain.certificates.models import Certificate, CertificateEvent
from app.domain.certificates.rules.numbers import LONGEST_PREFIX, number_key
from app.domain.certificates.rules.signed import CODE_LENGTH, tidy_code
from app.domain.certificates.rules.verifying import Happened, PublicFacts, standing_on
from app.domain.certificates.rules.words import CertificateState

LONGEST_NUMBER = 2 * LONGEST_PREFIX + 40  # of what is looked up at all
_NUMBER_TEXT = re.compile("[^\0\ud800-\udfff]*")  # what a database takes as text
_COPIES: Any = (
    select(
        Certificate.id,
        Certificate.number,
        Certificate.copy,
        Certificate.code,
        Certificate.holder,
        Certificate.state,
        Certificate.valid_until,
        Certificate.row_version,
        Certificate.file_digest,
    )
    .where(Certificate.number_key == bindparam("key"))
    .order_by(Certificate.copy.desc())
)


@dataclass(frozen=True, slots=True)
class Known:
    """A certificate that number and code name, as it spells both, and the stamp of what is told of it."""

    number: str
    code: str
    stamp: str


def find_known(number_text: str, code: str) -> Known | None:
    """Which certificate number and code name; one small read."""
    copies = _copies(number_text)
    found = _by_code(copies, code)
    return None if found is None else Known(found.number, found.code, _stamp(copies))


def find_public(number_text: str, code: str) -> PublicFacts | None:
    """What number and code of a QR code prove; each copy (补) has a code of its own."""
    copies = _copies(number_text)
    return _told(_by_code(copies, code), copies)


def find_by_name(number_text: str, name: str) -> PublicFacts | None:
    """What is known of a number, for whoever knows the holder's whole name: the newest copy of it."""
    copies = _copies(number_text)
    wanted = name_key(name).encode()
    found = None
    for copy in copies:
        if hmac.compare_digest(name_key(copy.holder).encode(), wanted) and found is None:
            found = copy
    return _told(found, copies)


def find_by_digest(number_text: str, digest: str) -> PublicFacts | None:
    """The certificate of this number whose paper is this very file (SHA-256, hexadecimal)."""
    copies = _copies(number_text)
    found = next((copy for copy in copies if copy.file_digest == digest), None)
    return _told(found, copies)


def _copies(number_text: str) -> Sequence[Row[Any]]:
    """Every copy of a number, the newest first."""
    if len(number_text) > LONGEST_NUMBER or not _NUMBER_TEXT.fullmatch(number_text):
        number_text = ""
    rows: Sequence[Row[Any]] = execute(_COPIES, {"key": number_key(number_text)}).all()
    return rows


def _by_code(copies: Sequence[Row[Any]], code: str) -> Row[Any] | None:
    """Every copy is compared, in the same time whether it fits or not."""
    wanted = tidy_code(code[: 4 * CODE_LENGTH]).encode()
    found = None
    for copy in copies:
        if hmac.compare_digest(copy.code.encode(), wanted):
            found = copy
    return found


def _stamp(copies: Sequence[Row[Any]]) -> str:
    """Another one with every act on any copy."""
    return ".".join(f"{copy.id}-{copy.row_version}" for copy in copies)


def _told(found: Row[Any] | None, copies: Sequence[Row[Any]]) -> PublicFacts | None:
    if found is None:
        return None
    certificate = db.session.get_one(Certificate, found.id)
    public = certificate.public
    standing = standing_on(certificate.state, certificate.valid_until, clock.today())
    expired_on = certificate.valid_until if certificate.state is CertificateState.VALID else None
    return PublicFacts(
        certificate_id=certificate.id,
        number=certificate.number,
        kind=certificate.kind,
        title=certificate.title,
        holder=public["holder"],
        hours=public["hours"],
        started_on=public["from"],
        ended_on=public["until"],
        result=public["result"],
        cohort=public["cohort"],
        issuer=public["issuer"],
        issued_on=certificate.issued_on,
        valid_until=certificate.valid_until,
        standing=standing,
        ceased_on=certificate.ended_on or expired_on,
        history=_history(copies),
        stamp=_stamp(copies),
    )


def _history(copies: Sequence[Row[Any]]) -> tuple[Happened, ...]:
    numbers = {copy.id: copy.number for copy in copies}
    rows = db.session.execute(
        select(CertificateEvent.certificate_id, CertificateEvent.action, CertificateEvent.on)
        .where(CertificateEvent.certificate_id.in_(numbers))
        .order_by(CertificateEvent.on.desc(), CertificateEvent.id.desc())
    )
    return tuple(Happened(numbers[row.certificate_id], row.action, row.on) for row in rows)
