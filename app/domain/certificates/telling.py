"""Notices of the area: what became of the credentials people brought."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.i18n import lazy_gettext as _l
from app.domain.certificates.models import Credential
from app.domain.outbox.wording import register_notice
from app.domain.people.operations.telling import tell_people

register_notice(
    "credentials.verified",
    _l("Your certificate is verified: %(certificate)s"),
    _l("It stands under “My certificates”; nationally recognised kinds count in the figures."),
)
register_notice(
    "credentials.sent_back",
    _l("Your certificate was sent back: %(certificate)s"),
    _l("Reason: %(reason)s. Once it is corrected, it is looked at again."),
)
register_notice(
    "certificates.issued",
    _l("A certificate was issued to you: %(title)s"),
    _l("Look at it and download it under “Certificates”."),
)
register_notice(
    "certificates.reissued",
    _l("Your certificate was issued anew: %(title)s"),
    _l("The earlier paper is no longer valid. Reason: %(reason)s"),
)
register_notice(
    "certificates.revoked",
    _l("Your certificate was revoked: %(title)s"),
    _l("It is no longer valid. Reason: %(reason)s"),
)
register_notice(
    "certificates.made",
    _l("The papers are ready: %(title)s"),
    _l("%(count)s certificates can be downloaded and printed."),
)
register_notice(
    "certificates.failed",
    _l("The papers could not be made: %(title)s"),
    _l("The numbers are given and stay. The page of the batch says why, and lets you try again."),
)


def tell_holders(person_ids: Sequence[int], kind: str, title: str, *, reason: str = "") -> None:
    """Tell people what became of their certificate; its number stays out of the notice."""
    tell_people(person_ids, kind, {"title": title, "reason": reason}, link="/certificates/")


register_notice(
    "credentials.rejected",
    _l("Your certificate was rejected: %(certificate)s"),
    _l("Reason: %(reason)s. It does not count. Ask your county if you think that is wrong."),
)
register_notice(
    "credentials.reopened",
    _l("The decision on your certificate was taken back: %(certificate)s"),
    _l("Reason: %(reason)s. It waits for verification again."),
)
register_notice(
    "credentials.revoked",
    _l("Your certificate no longer counts from %(day)s: %(certificate)s"),
    _l("Reason: %(reason)s. Ask your county if you think that is wrong."),
)
register_notice(
    "credentials.unrevoked",
    _l("Your certificate counts again: %(certificate)s"),
    _l("The revocation was taken back. Reason: %(reason)s"),
)
register_notice(
    "credentials.expires",
    _l("Your certificate expires on %(day)s: %(certificate)s"),
    _l("Renew it in time and bring a picture of the new one, so that it goes on counting."),
)


def tell_owner(credential: Credential, kind: str, **said: str) -> None:
    """Tell the person whose credential it is; its number stays out of the notice."""
    reason = said.get("reason", "").rstrip(" 。.")  # the notices end the sentence themselves
    tell_people(
        [credential.person_id],
        kind,
        {"certificate": credential.kind.name, **said, "reason": reason},
        link=f"/credentials/mine/{credential.id}",
    )
