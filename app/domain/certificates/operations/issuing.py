"""Issue a batch: numbers, frozen facts, signatures, history and notices in one act; the papers are made after it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.documents.glyphs import missing_glyphs
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.core.jobs import enqueue
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.certificates.facts import Frozen, signed_facts
from app.domain.certificates.models import (
    Certificate,
    CertificateBatch,
    CertificateEvent,
    NumberSeries,
    SigningKey,
)
from app.domain.certificates.operations.batches import lock_draft
from app.domain.certificates.operations.keys import facts_key, private_half
from app.domain.certificates.operations.series import take_numbers
from app.domain.certificates.queries.batches import chosen_ids, wanted_of
from app.domain.certificates.queries.eligible import Eligible, read_chosen
from app.domain.certificates.refusals import cannot_have, cannot_print
from app.domain.certificates.rules.numbers import certificate_number, number_key
from app.domain.certificates.rules.signed import CODE_ALPHABET, CODE_LENGTH, signed_text
from app.domain.certificates.rules.words import (
    BatchState,
    CertificateAction,
    CertificateState,
)
from app.domain.certificates.telling import tell_holders
from app.domain.people.operations.locking import hold_people
from app.domain.people.sealed import open_identity_number
from app.domain.units.models import Unit, UnitKind

MAKE = "certificates.make"
BUREAUS = {UnitKind.PREFECTURE, UnitKind.COUNTY}


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that signs, its private half opened once for many certificates."""

    key: SigningKey
    private: Ed25519PrivateKey


def current_signer() -> Signer:
    key = facts_key()
    return Signer(key, private_half(key))


def issue_batch(batch_id: int, *, actor: Actor) -> CertificateBatch:
    """Give everybody chosen a number and a certificate; then the worker makes the papers.

    All or nothing: raises ``batch_settled``, ``batch_empty``, ``not_fulfilled`` (somebody cannot have it any more),
    ``missing_glyphs`` (the font lacks a character of somebody's name), ``prefix_taken``; no number is lost then.
    """
    batch = lock_draft(batch_id, actor)
    people = _still_eligible(batch)
    series, first = take_numbers(batch.unit_id, batch.prefix, batch.issued_on.year, len(people))
    signer = current_signer()
    made = [
        new_certificate(batch, one, frozen_for(batch, one), signer, series, sequence)
        for sequence, one in enumerate(people, first)
    ]
    db.session.add_all(made)
    db.session.flush()
    db.session.add_all(
        event_of(one, CertificateAction.ISSUED, batch.issued_on, actor) for one in made
    )
    batch.state, batch.issued_at = BatchState.ISSUING, clock.now()
    make_papers_later(batch, actor)
    numbers = {"first": made[0].number, "last": made[-1].number, "count": len(made)}
    record(
        actor,
        "certificates.issue",
        object_type="certificate_batch",
        object_id=batch.id,
        details={"title": batch.title, "kind": batch.kind.value, **numbers},
    )
    tell_holders([one.person_id for one in people], "certificates.issued", batch.title)
    return batch


def _still_eligible(batch: CertificateBatch) -> Sequence[Eligible]:
    """Those chosen, held and looked at once more, in the order of their numbers."""
    ids = chosen_ids(batch.id)
    if not ids:
        raise DomainError(_("Nobody is in this batch. Choose people first."), "batch_empty")
    hold_people(ids)
    people = read_chosen(wanted_of(batch), ids)
    bad = [(one.name, one.refusal) for one in people if one.refusal is not None]
    if bad:
        raise cannot_have(bad)
    refuse_unprintable([frozen_for(batch, one) for one in people])
    return people


def refuse_unprintable(papers: Sequence[Frozen]) -> None:
    """Raises ``missing_glyphs`` with the people and the characters that the font lacks: never an empty box."""
    said = {
        one: f"{one.name}{one.unit}{one.title}{one.issuer}{one.cohort}{one.result}"
        for one in papers
    }
    lacking = missing_glyphs(said.values())
    if not lacking:
        return
    bad = []
    for one, text in said.items():
        signs = [sign for sign in dict.fromkeys(text) if sign in lacking]
        if signs:
            bad.append((one.name, "".join(signs)))
    raise cannot_print(bad)


def frozen_for(batch: CertificateBatch, one: Eligible) -> Frozen:
    """What the certificate says of somebody: their own record first, else what was entered for all."""
    facts = batch.facts
    own = one.ground
    return Frozen(
        name=one.name,
        title=batch.title,
        issuer=facts["issuer"] or issuer_name(batch.unit),
        unit=one.unit_name,
        id_number=open_identity_number(one.id_number_sealed) or "",
        started_on=own.from_day or _day(facts["from"]),
        ended_on=own.until_day or _day(facts["until"]),
        hours=one.hours if one.hours is not None else _number(facts["hours"]),
        result=own.result,
        cohort=facts["cohort"] or one.cohort,
        level=one.level,
        organiser=one.organiser,
    )


def issuer_name(unit: Unit) -> str:
    """Who issues, as the paper names it: the education and sports bureau of a prefecture or county."""
    return f"{unit.name}教育体育局" if unit.kind in BUREAUS else unit.name


def new_certificate(
    batch: CertificateBatch,
    one: Eligible,
    said: Frozen,
    signer: Signer,
    series: NumberSeries,
    sequence: int,
) -> Certificate:
    """A certificate with its facts frozen and signed; its paper comes later."""
    number = certificate_number(series.prefix, series.year, sequence, 0)
    made = Certificate(
        batch_id=batch.id,
        version_id=batch.version_id,
        unit_id=batch.unit_id,
        person_id=one.person_id,
        person_unit_id=one.unit_id,
        person_unit_path=one.unit_path,
        kind=batch.kind,
        source=batch.source,
        source_id=one.source_id,
        series_id=series.id,
        sequence=sequence,
        copy=0,
        number=number,
        number_key=number_key(number),
        issued_on=batch.issued_on,
        valid_until=batch.valid_until,
    )
    freeze(made, said, signer)
    return made


def freeze(made: Certificate, said: Frozen, signer: Signer) -> None:
    """Write down what a certificate says, under a code of its own and a signature."""
    made.title, made.holder, made.hours = said.title, said.name, said.hours
    made.public, made.sealed = said.public(), said.sealed()
    made.code = "".join(secrets.choice(CODE_ALPHABET) for _sign in range(CODE_LENGTH))
    made.key_id = signer.key.id
    made.signature = signer.private.sign(signed_text(signed_facts(made, signer.key.name)))
    made.state, made.created_at = CertificateState.VALID, clock.now()


def event_of(
    certificate: Certificate,
    action: CertificateAction,
    on: date,
    actor: Actor,
    reason: str | None = None,
) -> CertificateEvent:
    """A line of the history that whoever verifies may read."""
    return CertificateEvent(
        certificate_id=certificate.id,
        action=action,
        on=on,
        reason=reason,
        by_account_id=actor.account_id,
        at=clock.now(),
    )


def make_papers_later(batch: CertificateBatch, actor: Actor) -> None:
    """Ask the worker for the papers of a batch that are not made yet, in the caller's transaction."""
    job = enqueue(MAKE, {"batch_id": batch.id}, created_by=actor.account_id)
    batch.job_id, batch.error = job.id, None


def lock_batch(batch_id: int) -> CertificateBatch:
    """A batch in whatever state, locked until the act ends."""
    return db.session.scalars(
        select(CertificateBatch)
        .where(CertificateBatch.id == batch_id)
        .with_for_update(of=CertificateBatch)
        .execution_options(populate_existing=True)
    ).one()


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: Any) -> Decimal | None:
    return Decimal(text) if text else None
