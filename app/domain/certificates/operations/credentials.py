"""What people bring: add, correct, register anew, revoke. Deciding on it is in ``verification``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.certificates.models import Credential
from app.domain.certificates.queries.kinds import get_kind
from app.domain.certificates.rules import (
    DROPPED,
    CredentialState,
    may_change,
    normalise_number,
    why_not_dates,
    why_not_revoked,
)
from app.domain.people.models import Person
from app.domain.people.operations.dated import lock_visible_person, optional_text, required_reason
from app.domain.people.queries.visibility import is_visible

VERIFY = "credentials.verify"
NUMBER_LENGTH = 60

explain_constraint(
    "uq_credentials_number",
    lambda: DomainError(
        _("This person has a credential of this kind and number already."),
        "already_recorded",
        "number",
    ),
)


@dataclass(frozen=True)
class CredentialFacts:
    """What stands on the certificate."""

    kind_id: int
    number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    renewed_on: date | None = None
    expires_on: date | None = None


def add_credential(
    person_id: int, facts: CredentialFacts, *, actor: Actor, evidence: str | None = None
) -> Credential:
    """Record a certificate that a person brought: claimed, or with ``evidence`` verified at once.

    Raises NotFound (person out of scope, unknown kind), Forbidden (evidence by who may not verify),
    ``already_recorded``, or a refusal of number and dates.
    """
    person = lock_visible_person(person_id, actor)
    evidence = optional_text(evidence)
    if evidence is not None and not actor.may(VERIFY):
        raise Forbidden(_("Your role may not verify credentials."))
    credential = Credential(
        person_id=person.id, recorded_for=clock.today(), state=CredentialState.CLAIMED
    )
    _write(credential, facts)
    _refuse_twice(credential)
    if evidence is not None:
        credential.state = CredentialState.VERIFIED
        credential.evidence = evidence
        credential.decided_by = actor.account_id
        credential.decided_at = clock.now()
    db.session.add(credential)
    db.session.flush()
    audit_credential(actor, "add", credential, after=plain_facts(credential))
    return credential


def correct_credential(
    credential_id: int, facts: CredentialFacts, *, reason: str, actor: Actor
) -> Credential:
    """Mend what was entered wrongly. A verified one only by who may verify; one sent back waits again.

    Raises ``verified_already`` for others, and what ``add_credential`` raises.
    """
    credential = lock_credential(credential_id, actor)
    reason = required_reason(reason)
    if not may_change(credential.state, verifier=actor.may(VERIFY)):
        raise DomainError(
            _("It is verified. Ask who verified it to correct it."), "verified_already"
        )
    before = plain_facts(credential)
    _write(credential, facts)
    _refuse_twice(credential)
    if credential.state is CredentialState.SENT_BACK:
        credential.state = CredentialState.CLAIMED
        credential.decided_by = credential.decided_at = credential.decision_reason = None
    db.session.flush()
    after = plain_facts(credential)
    audit_credential(actor, "correct", credential, before=before, after=after, reason=reason)
    return credential


def renew_credential(credential_id: int, *, on: date, actor: Actor) -> Credential:
    """Note that a credential was registered anew on a day (社会工作者, 教师资格证)."""
    credential = lock_credential(credential_id, actor)
    _refuse_dates(credential.issued_on, on, None)
    before = plain_facts(credential)
    credential.renewed_on = on
    db.session.flush()
    audit_credential(actor, "renew", credential, before=before, after=plain_facts(credential))
    return credential


def revoke_credential(credential_id: int, *, on: date, reason: str, actor: Actor) -> Credential:
    """It no longer counts from a day on, for a reason. Raises ``not_verified``, ``already_revoked``."""
    credential = lock_credential(credential_id, actor)
    reason = required_reason(reason)
    if credential.state is not CredentialState.VERIFIED:
        raise DomainError(_("Only a verified credential can be revoked."), "not_verified")
    if credential.revoked_on is not None:
        raise DomainError(_("It is revoked already."), "already_revoked")
    words = {
        "future": _("A revocation is recorded when it has happened."),
        "before_issue": _("It was issued later than that. Check the dates."),
    }
    why = why_not_revoked(credential.issued_on, on, today=clock.today())
    if why is not None:
        raise InvalidInput(words[why], why, "on")
    credential.revoked_on = on
    credential.revocation_reason = reason
    db.session.flush()
    audit_credential(actor, "revoke", credential, after={"on": on.isoformat()}, reason=reason)
    return credential


def unrevoke_credential(credential_id: int, *, reason: str, actor: Actor) -> Credential:
    """Take a revocation back, for a reason. Raises ``not_revoked``."""
    credential = lock_credential(credential_id, actor)
    reason = required_reason(reason)
    if credential.revoked_on is None:
        raise DomainError(_("It is not revoked."), "not_revoked")
    before = {"on": credential.revoked_on.isoformat(), "reason": credential.revocation_reason}
    credential.revoked_on = credential.revocation_reason = None
    db.session.flush()
    audit_credential(actor, "unrevoke", credential, before=before, reason=reason)
    return credential


def lock_credential(credential_id: int, actor: Actor) -> Credential:
    """The credential, locked, so that two officers take turns; NotFound when its holder is out of scope."""
    credential = db.session.scalar(
        select(Credential)
        .join(Person, Person.id == Credential.person_id)
        .where(Credential.id == credential_id, is_visible(actor.unit_path, today=clock.today()))
        .with_for_update(of=Credential)
    )
    if credential is None:
        raise NotFound(_("There is no such credential within your unit."))
    return credential


def audit_credential(
    actor: Actor,
    act: str,
    credential: Credential,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """One audit entry about a credential; what stands on it belongs to the person."""
    record(
        actor,
        f"credentials.{act}",
        object_type="credential",
        object_id=credential.id,
        subject_id=credential.person_id,
        details={"state": credential.state.value},
        personal={"before": before, "after": after} if before or after else None,
        reason=reason,
    )


def plain_facts(credential: Credential) -> dict[str, Any]:
    """What stands on a credential, for the audit."""
    days = {
        name: getattr(credential, name).isoformat() if getattr(credential, name) else None
        for name in ("issued_on", "renewed_on", "expires_on")
    }
    return {
        "kind": credential.kind_id,
        "number": credential.number,
        "issuer": credential.issuer,
        "evidence": credential.evidence,
        **days,
    }


def _write(credential: Credential, facts: CredentialFacts) -> None:
    kind = get_kind(facts.kind_id)
    number = optional_text(facts.number)
    key = normalise_number(number)
    if key is not None and len(key) > NUMBER_LENGTH:
        raise InvalidInput(_("A number has at most 60 characters."), "number_too_long", "number")
    _refuse_dates(facts.issued_on, facts.renewed_on, facts.expires_on)
    credential.kind_id = kind.id
    credential.number, credential.number_key = number, key
    credential.issuer = optional_text(facts.issuer)
    credential.issued_on = facts.issued_on
    credential.renewed_on = facts.renewed_on
    credential.expires_on = facts.expires_on


def _refuse_dates(issued_on: date | None, renewed_on: date | None, expires_on: date | None) -> None:
    refused = why_not_dates(issued_on, renewed_on, expires_on, today=clock.today())
    if refused is None:
        return
    words = {
        "future": _("This day has not come yet. Check the date."),
        "too_early": _("That is too long ago. Check the year."),
        "before_issue": _("It cannot be before the day of issue."),
    }
    raise InvalidInput(words[refused[0]], refused[0], refused[1])


def _refuse_twice(credential: Credential) -> None:
    if credential.number_key is None:
        return
    with db.session.no_autoflush:
        twin = db.session.scalar(
            select(Credential.id).where(
                Credential.person_id == credential.person_id,
                Credential.kind_id == credential.kind_id,
                Credential.number_key == credential.number_key,
                Credential.state.not_in(DROPPED),
                Credential.id != (credential.id or 0),
            )
        )
    if twin is not None:
        raise DomainError(
            _("This person has a credential of this kind and number already."),
            "already_recorded",
            "number",
        )
