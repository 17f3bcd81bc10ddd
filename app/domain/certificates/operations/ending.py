"""Revoke a certificate, or issue it anew (补) with the same number, as it was or corrected."""

from __future__ import annotations

from datetime import date
from types import EllipsisType

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.certificates.facts import Frozen, frozen_of
from app.domain.certificates.models import Certificate, NumberSeries
from app.domain.certificates.operations.issuing import (
    current_signer,
    event_of,
    freeze,
    lock_batch,
    make_papers_later,
    refuse_unprintable,
)
from app.domain.certificates.queries.issued import get_certificate
from app.domain.certificates.refusals import bad_days, bad_end, bad_hours
from app.domain.certificates.rules.issuing import why_not_end
from app.domain.certificates.rules.numbers import certificate_number
from app.domain.certificates.rules.words import (
    BatchState,
    CertificateAction,
    CertificateState,
)
from app.domain.certificates.telling import tell_holders
from app.domain.people.operations.locking import required_reason
from app.domain.people.rules.trainings import why_not_hours


def revoke_certificate(certificate_id: int, *, on: date, reason: str, actor: Actor) -> Certificate:
    """It is no longer valid from a day on; the record, its number and the reason stay.

    Raises ``already_ended``, ``later`` and ``before_issue`` for the day, NotFound outside the scope.
    """
    certificate, why = _lock_valid(certificate_id, on, reason, actor)
    _end(certificate, CertificateState.REVOKED, on, why)
    db.session.add(event_of(certificate, CertificateAction.REVOKED, on, actor, why))
    record(
        actor,
        "certificates.revoke",
        object_type="certificate",
        object_id=certificate.id,
        subject_id=certificate.person_id,
        details={"number": certificate.number, "on": on.isoformat()},
        reason=why,
        unit_path=certificate.unit.path,
    )
    tell_holders([certificate.person_id], "certificates.revoked", certificate.title, reason=why)
    return certificate


def reissue_certificate(
    certificate_id: int,
    *,
    on: date,
    reason: str,
    actor: Actor,
    corrected: Frozen | None = None,
    valid_until: date | EllipsisType | None = ...,
) -> Certificate:
    """The same number once more, marked 补, on the day; the earlier one is replaced by it.

    Says what the earlier one said, or what is ``corrected``, and is valid as long, or ``valid_until``. Raises what
    revoking raises, ``missing_glyphs``, and ``valid_until`` when it would be expired at once.
    """
    old, why = _lock_valid(certificate_id, on, reason, actor)
    before, until = frozen_of(old), old.valid_until if valid_until is ... else valid_until
    said = before if corrected is None else _checked(corrected)
    if until is not None and until < on:
        raise bad_days("valid_until")
    refuse_unprintable([said])
    changes = _changes(before, said, old.valid_until, until)
    action = CertificateAction.CORRECTED if changes else CertificateAction.REPLACED
    _end(old, CertificateState.REPLACED, on, why)
    db.session.add(event_of(old, action, on, actor, why))
    new = _copy_of(old, on, until)
    freeze(new, said, current_signer())
    db.session.add(new)
    db.session.flush()
    db.session.add(event_of(new, CertificateAction.ISSUED, on, actor, why))
    batch = lock_batch(old.batch_id)
    batch.state = BatchState.ISSUING
    make_papers_later(batch, actor)
    record(
        actor,
        "certificates.correct" if changes else "certificates.reissue",
        object_type="certificate",
        object_id=new.id,
        subject_id=new.person_id,
        details={"number": new.number, "on": on.isoformat()},
        personal=changes or None,
        reason=why,
        unit_path=new.unit.path,
    )
    tell_holders([new.person_id], "certificates.reissued", new.title, reason=why)
    return new


def _lock_valid(
    certificate_id: int, on: date, reason: str, actor: Actor
) -> tuple[Certificate, str]:
    why = required_reason(reason)
    get_certificate(certificate_id, issued_by=actor.unit_path)
    certificate = db.session.scalars(
        select(Certificate)
        .where(Certificate.id == certificate_id)
        .with_for_update(of=Certificate)
        .execution_options(populate_existing=True)
    ).one()
    if certificate.state is not CertificateState.VALID:
        raise DomainError(
            _("This certificate is revoked or replaced already. Look at it again."),
            "already_ended",
        )
    problem = why_not_end(on, certificate.issued_on, today=clock.today())
    if problem is not None:
        raise bad_end(problem)
    return certificate, why


def _end(certificate: Certificate, state: CertificateState, on: date, reason: str) -> None:
    certificate.state, certificate.ended_on, certificate.end_reason = state, on, reason
    db.session.flush()


def _checked(said: Frozen) -> Frozen:
    if not said.name.strip():
        raise InvalidInput(_("A certificate needs the name of its holder."), "name", "name")
    if not said.title.strip():
        raise InvalidInput(_("Say what the certificate is for."), "title", "title")
    if said.started_on and said.ended_on and said.ended_on < said.started_on:
        raise bad_days("period")
    if why_not_hours(said.hours) is not None:
        raise bad_hours()
    return said


def _copy_of(old: Certificate, on: date, valid_until: date | None) -> Certificate:
    copies = db.session.scalar(
        select(func.max(Certificate.copy)).where(
            Certificate.series_id == old.series_id, Certificate.sequence == old.sequence
        )
    )
    copy = int(copies or 0) + 1
    series = db.session.get_one(NumberSeries, old.series_id)
    return Certificate(
        batch_id=old.batch_id,
        version_id=old.version_id,
        unit_id=old.unit_id,
        person_id=old.person_id,
        person_unit_id=old.person_unit_id,
        person_unit_path=old.person_unit_path,
        kind=old.kind,
        source=old.source,
        source_id=old.source_id,
        series_id=old.series_id,
        sequence=old.sequence,
        copy=copy,
        number=certificate_number(series.prefix, series.year, old.sequence, copy),
        number_key=old.number_key,
        issued_on=on,
        valid_until=valid_until,
        replaces_id=old.id,
    )


def _changes(
    before: Frozen, after: Frozen, until: date | None, new_until: date | None
) -> dict[str, dict[str, str]]:
    """What was corrected, for the audit: personal, so sealed under the key of the holder."""
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in before.__slots__}
    pairs["valid_until"] = (until, new_until)
    return {
        name: {"before": str(old), "after": str(new)}
        for name, (old, new) in pairs.items()
        if old != new
    }
