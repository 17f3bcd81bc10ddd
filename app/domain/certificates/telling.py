"""Notices of the area: what became of the credentials people brought."""

from __future__ import annotations

from app.core.i18n import lazy_gettext as _l
from app.domain.certificates.models import Credential
from app.domain.outbox.wording import register_notice
from app.domain.people.operations.telling import tell_people

register_notice(
    "credentials.verified",
    _l("Your certificate is verified: %(certificate)s"),
    _l("It counts from now on."),
)
register_notice(
    "credentials.sent_back",
    _l("Your certificate was sent back: %(certificate)s"),
    _l("Reason: %(reason)s. Once it is corrected, it is looked at again."),
)


def tell_owner(credential: Credential, kind: str, *, reason: str = "") -> None:
    """Tell the person whose credential was decided on; its number stays out of the notice."""
    tell_people(
        [credential.person_id],
        kind,
        {"certificate": credential.kind.name, "reason": reason},
        link="/people/me",
    )
