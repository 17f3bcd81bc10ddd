"""Links to somebody's certificates: one's own, and what a link shows to whoever has it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.core import clock, crypto
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.certificates.models import Certificate, Credential, WalletShare
from app.domain.certificates.rules import CredentialState
from app.domain.certificates.rules.words import CertificateState
from app.domain.people.models import Person

TOKEN = "wallet_shares.token"
MOST_SHOWN = 50


def list_shares(person_id: int) -> Sequence[WalletShare]:
    """The links of a person, the newest first."""
    return db.session.scalars(
        select(WalletShare)
        .where(WalletShare.person_id == person_id)
        .order_by(WalletShare.id.desc())
        .limit(MOST_SHOWN)
    ).all()


def count_open_shares(person_id: int) -> int:
    """How many links of a person show something now."""
    return (
        db.session.scalar(
            select(func.count(WalletShare.id)).where(
                WalletShare.person_id == person_id,
                WalletShare.withdrawn_at.is_(None),
                WalletShare.expires_at > clock.now(),
            )
        )
        or 0
    )


def get_own_share(share_id: int, *, account_id: int | None) -> WalletShare:
    """A link of the account's own person; NotFound of others'."""
    found = db.session.scalar(
        select(WalletShare)
        .join(WalletShare.person)
        .where(WalletShare.id == share_id, Person.account_id == (account_id or 0))
        .options(contains_eager(WalletShare.person))
    )
    if found is None:
        raise NotFound(_("There is no such link of yours."))
    return found


def token_of(share: WalletShare) -> str:
    """What the link's address ends in, for its owner to copy again."""
    return crypto.unseal(share.token_sealed, TOKEN)


def find_shared(token: str) -> WalletShare | None:
    """The link with this token while it is open, with its person; None for any other."""
    return db.session.scalar(
        select(WalletShare)
        .join(WalletShare.person)
        .where(
            WalletShare.token_hash == crypto.token_hash(token),
            WalletShare.withdrawn_at.is_(None),
            WalletShare.expires_at > clock.now(),
            Person.merged_into_id.is_(None),
        )
        .options(contains_eager(WalletShare.person))
    )


def list_shown_certificates(person_id: int) -> Sequence[Certificate]:
    """What a link shows of issued certificates: those in force or expired, the latest first."""
    return db.session.scalars(
        select(Certificate)
        .options(joinedload(Certificate.unit))
        .where(Certificate.person_id == person_id, Certificate.state == CertificateState.VALID)
        .order_by(Certificate.issued_on.desc(), Certificate.id.desc())
    ).all()


def list_shown_credentials(person_id: int) -> Sequence[Credential]:
    """What a link shows of brought certificates: verified ones that were not revoked."""
    return db.session.scalars(
        select(Credential)
        .options(joinedload(Credential.kind))
        .where(
            Credential.person_id == person_id,
            Credential.state == CredentialState.VERIFIED,
            Credential.revoked_on.is_(None),
        )
        .order_by(Credential.issued_on.desc(), Credential.id.desc())
    ).all()
