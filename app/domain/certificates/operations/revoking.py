"""A credential no longer counts from a day on; or a revocation is taken back."""

from __future__ import annotations

from datetime import date

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Credential
from app.domain.certificates.operations.credentials import audit_credential, lock_credential
from app.domain.certificates.rules import CredentialState, why_not_revoked
from app.domain.certificates.telling import tell_owner
from app.domain.people.operations.dated import required_reason


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
    tell_owner(credential, "credentials.revoked", reason=reason, day=on.isoformat())
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
    tell_owner(credential, "credentials.unrevoked", reason=reason)
    return credential
