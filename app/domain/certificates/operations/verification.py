"""Verification is a person's act with the evidence kept: verify, send back, reject, wait again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, StaleVersion
from app.core.i18n import gettext as _
from app.core.lengths import fitting
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Credential
from app.domain.certificates.operations.credentials import audit_credential, lock_credential
from app.domain.certificates.rules import CredentialState
from app.domain.certificates.telling import tell_owner
from app.domain.people.operations.dated import required_reason

EVIDENCE_LENGTH = 500


class Verified(NamedTuple):
    """Of several: how many were verified, decided on before, and changed since they were looked at."""

    verified: int
    decided: int
    changed: int


def seen_as(credential: Credential) -> str:
    """What a form carries to say which pictures and facts the officer has looked at."""
    return seen_at(credential.submitted_at)


def seen_at(submitted_at: datetime | None) -> str:
    """The same from the moment alone."""
    return submitted_at.isoformat() if submitted_at else ""


def verify_credential(
    credential_id: int, *, evidence: str, actor: Actor, seen: str | None = None
) -> Credential:
    """Say that a claimed credential is genuine, and by what it was seen. ``seen``: ``seen_as`` of what was shown.

    Raises NotFound, ``evidence_missing``, ``already_decided`` (another officer was first), ``stale_version``
    (its holder has changed it meanwhile), ``own_credential`` (nobody verifies their own).
    """
    evidence = _required_evidence(evidence)
    credential = _lock_to_decide(credential_id, actor, seen)
    _verify(credential, evidence, actor)
    return credential


def verify_credentials(
    credential_ids: Sequence[int],
    *,
    evidence: str,
    actor: Actor,
    seen: Mapping[int, str] | None = None,
) -> Verified:
    """Verify several by one piece of evidence. ``seen``: ``seen_as`` of each as it was shown, where that is known.

    Raises NotFound when one is out of scope, ``nothing_chosen``, ``evidence_missing``, ``own_credential``.
    """
    evidence = _required_evidence(evidence)
    if not credential_ids:
        raise InvalidInput(_("Choose at least one credential."), "nothing_chosen")
    verified = decided = changed = 0
    for credential_id in sorted(set(credential_ids)):
        credential = lock_credential(credential_id, actor)
        if credential.state is not CredentialState.CLAIMED:
            decided += 1
        elif _has_changed(credential, (seen or {}).get(credential_id)):
            changed += 1
        else:
            _verify(credential, evidence, actor)
            verified += 1
    return Verified(verified, decided, changed)


def _has_changed(credential: Credential, seen: str | None) -> bool:
    return seen is not None and seen != seen_as(credential)


def send_back_credential(
    credential_id: int, *, reason: str, actor: Actor, seen: str | None = None
) -> Credential:
    """Send a claimed credential back, for a reason; correcting it lets it wait again."""
    return _refuse(CredentialState.SENT_BACK, credential_id, reason, actor, seen)


def reject_credential(
    credential_id: int, *, reason: str, actor: Actor, seen: str | None = None
) -> Credential:
    """Say that a claimed credential is not what it claims to be, for a reason; its holder cannot bring it again."""
    return _refuse(CredentialState.REJECTED, credential_id, reason, actor, seen)


_REFUSALS = {CredentialState.SENT_BACK: "send_back", CredentialState.REJECTED: "reject"}


def _refuse(
    state: CredentialState, credential_id: int, reason: str, actor: Actor, seen: str | None
) -> Credential:
    reason = required_reason(reason)
    credential = _lock_to_decide(credential_id, actor, seen)
    credential.state = state
    credential.decision_reason = reason
    _sign(credential, actor)
    audit_credential(actor, _REFUSALS[state], credential, reason=reason)
    tell_owner(credential, f"credentials.{state.value}", reason=reason)
    return credential


def _lock_to_decide(credential_id: int, actor: Actor, seen: str | None) -> Credential:
    credential = lock_credential(credential_id, actor)
    _refuse_decided(credential)
    if _has_changed(credential, seen):
        raise StaleVersion(
            _("It was changed while you looked at it. Look at it again, then decide.")
        )
    return credential


def reopen_credential(credential_id: int, *, reason: str, actor: Actor) -> Credential:
    """Take a decision back, for a reason: it waits for verification again. Raises ``not_decided``, ``revoked``."""
    reason = required_reason(reason)
    credential = lock_credential(credential_id, actor)
    if credential.state is CredentialState.CLAIMED:
        raise DomainError(_("Nobody has decided on it yet."), "not_decided")
    if credential.revoked_on is not None:
        raise DomainError(_("It is revoked. Take the revocation back first."), "revoked")
    before = {"state": credential.state.value, "evidence": credential.evidence}
    credential.state = CredentialState.CLAIMED
    credential.evidence = credential.decision_reason = None
    credential.decided_by = credential.decided_at = None
    db.session.flush()
    audit_credential(actor, "reopen", credential, before=before, reason=reason)
    tell_owner(credential, "credentials.reopened", reason=reason)
    return credential


def _verify(credential: Credential, evidence: str, actor: Actor) -> None:
    _refuse_own(credential, actor)
    credential.state = CredentialState.VERIFIED
    credential.evidence = evidence
    credential.decision_reason = None
    _sign(credential, actor)
    audit_credential(actor, "verify", credential, after={"evidence": evidence})
    tell_owner(credential, "credentials.verified")


def _refuse_own(credential: Credential, actor: Actor) -> None:
    if actor.account_id is not None and credential.person.account_id == actor.account_id:
        raise DomainError(
            _("This certificate is your own. Another officer has to verify it."), "own_credential"
        )


def _sign(credential: Credential, actor: Actor) -> None:
    credential.decided_by = actor.account_id
    credential.decided_at = clock.now()
    db.session.flush()


def _required_evidence(text: str) -> str:
    evidence = text.strip()
    if not evidence:
        raise InvalidInput(
            _("Name the evidence: the original seen, the website it was found on, a file."),
            "evidence_missing",
            "evidence",
        )
    return fitting(evidence, EVIDENCE_LENGTH, "evidence")


def _refuse_decided(credential: Credential) -> None:
    if credential.state is CredentialState.CLAIMED:
        return
    words = {
        CredentialState.VERIFIED: _("It is verified already."),
        CredentialState.SENT_BACK: _("It was sent back already."),
        CredentialState.REJECTED: _("It was rejected already."),
    }
    raise DomainError(words[credential.state], "already_decided")
