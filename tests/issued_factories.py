"""Certificates as issuing leaves them, straight through the models: frozen, signed, with what happened to them."""

from __future__ import annotations

import secrets
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import atomic, db
from app.domain.certificates.facts import Frozen, signed_facts
from app.domain.certificates.models import (
    Certificate,
    CertificateBatch,
    CertificateEvent,
    CertificateTemplate,
    NumberSeries,
    TemplateVersion,
)
from app.domain.certificates.operations.keys import facts_key, sign
from app.domain.certificates.rules.numbers import certificate_number, key_of, prefix_key
from app.domain.certificates.rules.signed import CODE_ALPHABET, CODE_LENGTH, signed_text
from app.domain.certificates.rules.words import (
    BatchState,
    CertificateAction,
    CertificateKind,
    CertificateState,
    SourceKind,
    TemplateStatus,
)
from app.domain.people.models import Person
from app.domain.units.models import Unit
from tests import factories as make

PREFIX = "楚教培"
_sequences = count(1)


def make_certificate(person: Person, **given: Any) -> Certificate:
    """A valid certificate of a training of 2023 for a person; ``given`` overrides columns of it.

    ``sequence`` and ``copy`` decide the number; ``unit``: who issued it.
    """
    unit: Unit = given.pop("unit", None) or make.get_unit(make.CHUXIONG)
    said = Frozen(
        name=person.name,
        title=given.pop("title", "心理健康教育骨干教师培训"),
        issuer=unit.name,
        started_on=date(2023, 3, 1),
        ended_on=date(2023, 3, 5),
        hours=Decimal(given.pop("hours", "24")),
        result="合格",
    )
    sequence, copy = given.pop("sequence", None) or next(_sequences), given.pop("copy", 0)
    with atomic():
        batch = _batch(unit, said.title)
        series = _series(unit)
        key = facts_key()
        made = Certificate(
            batch_id=batch.id, version_id=batch.version_id, unit_id=unit.id,
            person_id=person.id, person_unit_id=person.registered_unit_id,
            person_unit_path=person.registered_unit.path,
            kind=given.pop("kind", CertificateKind.COMPLETION), source=given.pop("source", SourceKind.HAND),
            source_id=given.pop("source_id", None), series_id=series.id, sequence=sequence, copy=copy,
            number=certificate_number(PREFIX, 2023, sequence, copy),
            number_key=key_of(PREFIX, 2023, sequence), title=said.title, holder=person.name,
            hours=said.hours, public=said.public(), sealed=said.sealed(),
            issued_on=given.pop("issued_on", date(2023, 3, 10)),
            code="".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)),
            key_id=key.id, signature=b"", state=CertificateState.VALID,
            created_at=clock.now(), **given,
        )  # fmt: skip
        made.signature = sign(key, signed_text(signed_facts(made, key.name)))
        db.session.add(made)
        db.session.flush()
        _note(made, CertificateAction.ISSUED, made.issued_on)
    return made


def end_certificate(
    certificate: Certificate, state: CertificateState, on: date = date(2023, 6, 1)
) -> None:
    """Revoke or replace it, with its event."""
    with atomic():
        certificate.state, certificate.ended_on, certificate.end_reason = state, on, "信息有误"
        _note(certificate, CertificateAction(state.value), on)


def _note(certificate: Certificate, action: CertificateAction, on: date) -> None:
    db.session.add(
        CertificateEvent(
            certificate_id=certificate.id, action=action, on=on, at=clock.now(), reason="信息有误"
        )
    )


def _batch(unit: Unit, title: str) -> CertificateBatch:
    template = CertificateTemplate(
        unit_id=unit.id, title=f"结业证书{secrets.token_hex(4)}", kind=CertificateKind.COMPLETION,
        created_at=clock.now(),
    )  # fmt: skip
    version = TemplateVersion(
        template=template, number=1, status=TemplateStatus.PUBLISHED, design={},
        created_at=clock.now(),
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()
    batch = CertificateBatch(
        unit_id=unit.id, version_id=version.id, kind=CertificateKind.COMPLETION,
        source=SourceKind.HAND, title=title, prefix=PREFIX, issued_on=date(2023, 3, 10),
        state=BatchState.ISSUED, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    return batch


def _series(unit: Unit) -> NumberSeries:
    found = db.session.scalars(
        select(NumberSeries).where(
            NumberSeries.prefix_key == prefix_key(PREFIX), NumberSeries.year == 2023
        )
    ).first()
    if found is None:
        found = NumberSeries(
            unit_id=unit.id, prefix=PREFIX, prefix_key=prefix_key(PREFIX), year=2023,
            next_number=9000,
        )  # fmt: skip
        db.session.add(found)
        db.session.flush()
    return found
