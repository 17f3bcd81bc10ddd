"""What people bring: add, correct, register anew. Deciding on it is in ``verification``, one's own in ``bringing``."""

from __future__ import annotations

from collections.abc import Sequence
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
from app.domain.certificates.operations.pictures import StoredPicture, add_pictures
from app.domain.certificates.queries.chains import chain_of
from app.domain.certificates.queries.kinds import find_expiry, get_kind
from app.domain.certificates.rules import (
    DROPPED,
    CredentialState,
    may_change,
    normalise_number,
    why_not_dates,
    why_not_renewal,
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


explain_constraint(
    "uq_credentials_renewal",
    lambda: DomainError(
        _("Another certificate renews this one already."), "already_renewed", "renews_id"
    ),
)


@dataclass(frozen=True)
class CredentialFacts:
    """What stands on the certificate; ``renews_id``: the one of the same person and kind that it renews."""

    kind_id: int
    number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    renewed_on: date | None = None
    expires_on: date | None = None
    renews_id: int | None = None


def add_credential(
    person_id: int,
    facts: CredentialFacts,
    *,
    actor: Actor,
    evidence: str | None = None,
    pictures: Sequence[StoredPicture] = (),
) -> Credential:
    """Record a certificate that a person brought: claimed, or with ``evidence`` verified at once.

    Raises NotFound (person out of scope, unknown kind), Forbidden (evidence by who may not verify),
    ``already_recorded``, or a refusal of number and dates.
    """
    person = lock_visible_person(person_id, actor)
    evidence = optional_text(evidence)
    if evidence is not None and not actor.may(VERIFY):
        raise Forbidden(_("Your role may not verify credentials."))
    credential = new_claim(person, facts, actor)
    if evidence is not None:
        credential.state = CredentialState.VERIFIED
        credential.evidence = evidence
        credential.decided_by = actor.account_id
        credential.decided_at = clock.now()
    db.session.flush()
    audit_credential(actor, "add", credential, after=plain_facts(credential))
    add_pictures(credential, pictures, actor=actor)
    return credential


def new_claim(person: Person, facts: CredentialFacts, actor: Actor) -> Credential:
    """A credential of a person, not verified yet; neither audited nor with pictures."""
    credential = Credential(
        person_id=person.id, recorded_for=clock.today(), state=CredentialState.CLAIMED
    )
    write_facts(credential, facts)
    submit(credential, actor)
    db.session.add(credential)
    db.session.flush()
    return credential


def submit(credential: Credential, actor: Actor) -> None:
    """Note who brought what stands on it now; whoever has looked at it before must look again."""
    credential.submitted_by = actor.account_id
    credential.submitted_at = clock.now()


def correct_credential(
    credential_id: int,
    facts: CredentialFacts,
    *,
    reason: str,
    actor: Actor,
    pictures: Sequence[StoredPicture] = (),
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
    write_facts(credential, facts)
    bring_back(credential, actor)
    db.session.flush()
    after = plain_facts(credential)
    audit_credential(actor, "correct", credential, before=before, after=after, reason=reason)
    add_pictures(credential, pictures, actor=actor)
    return credential


def bring_back(credential: Credential, actor: Actor) -> None:
    """One that was sent back waits again; of one that waits or is verified only who changed it last is noted."""
    submit(credential, actor)
    if credential.state is CredentialState.SENT_BACK:
        credential.state = CredentialState.CLAIMED
        credential.decided_by = credential.decided_at = credential.decision_reason = None


def renew_credential(credential_id: int, *, on: date, actor: Actor) -> Credential:
    """Note that a credential was registered anew on a day (社会工作者, 教师资格证)."""
    credential = lock_credential(credential_id, actor)
    _refuse_dates(credential.issued_on, on, None)
    before = plain_facts(credential)
    credential.renewed_on = on
    db.session.flush()
    audit_credential(actor, "renew", credential, before=before, after=plain_facts(credential))
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
        "renews": credential.renews_id,
        **days,
    }


def write_facts(credential: Credential, facts: CredentialFacts) -> None:
    """Put the facts on a credential. Without a day it ends on, its kind says when. Refuses what cannot be."""
    kind = get_kind(facts.kind_id)
    number = optional_text(facts.number)
    key = normalise_number(number)
    if key is not None and len(key) > NUMBER_LENGTH:
        raise InvalidInput(_("A number has at most 60 characters."), "number_too_long", "number")
    _refuse_dates(facts.issued_on, facts.renewed_on, facts.expires_on)
    expires_on = _said_end(credential, facts)
    credential.kind_id = kind.id
    credential.number, credential.number_key = number, key
    credential.issuer = optional_text(facts.issuer)
    credential.issued_on = facts.issued_on
    credential.renewed_on = facts.renewed_on
    credential.expires_on = expires_on or find_expiry(kind.id, facts.issued_on)
    _refuse_renewal(credential, facts.renews_id)
    credential.renews_id = facts.renews_id
    _refuse_twice(credential)


def _said_end(credential: Credential, facts: CredentialFacts) -> date | None:
    """The last day that somebody said; a form only repeats the one that the kind gave before."""
    known = credential.expires_on
    if known is None or facts.expires_on != known:
        return facts.expires_on
    return None if known == find_expiry(credential.kind_id, credential.issued_on) else known


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


def _refuse_renewal(credential: Credential, renews_id: int | None) -> None:
    """Refuse to renew what is another person's or kind's, counts for nothing, is later, or was renewed before."""
    if renews_id is None:
        return
    with db.session.no_autoflush:
        old = db.session.get(Credential, renews_id)
        chain = chain_of(credential.person_id, credential.kind_id)
    if old is None or (old.person_id, old.kind_id) != (credential.person_id, credential.kind_id):
        raise InvalidInput(
            _("Choose a certificate of the same person and kind."), "other_certificate", "renews_id"
        )
    words = {
        "not_held": _("That certificate was not accepted, so nothing renews it."),
        "not_later": _("That certificate was issued later than this one. Check the dates."),
    }
    why = why_not_renewal(old.state, old.issued_on, credential.issued_on)
    if why is not None:
        raise InvalidInput(words[why], why, "renews_id")
    if credential.id in chain.earlier(renews_id):
        raise InvalidInput(_("A certificate cannot renew itself."), "renews_itself", "renews_id")
    if chain.renewal_of(renews_id) not in (None, credential.id):
        raise DomainError(
            _("Another certificate renews this one already."), "already_renewed", "renews_id"
        )


def _refuse_twice(credential: Credential) -> None:
    """Refuse a number this person has of this kind already, unless along the chain of what renews what."""
    if credential.number_key is None:
        return
    with db.session.no_autoflush:
        chain = chain_of(credential.person_id, credential.kind_id)
        family = chain.family(credential.id, credential.renews_id)
        twin = db.session.scalar(
            select(Credential.id).where(
                Credential.person_id == credential.person_id,
                Credential.kind_id == credential.kind_id,
                Credential.number_key == credential.number_key,
                Credential.state.not_in(DROPPED),
                Credential.id.not_in(family),
            )
        )
    if twin is not None:
        raise DomainError(
            _("This person has a credential of this kind and number already."),
            "already_recorded",
            "number",
        )
