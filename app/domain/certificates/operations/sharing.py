"""A teacher shows their certificates to somebody by a link that ends, and may end it sooner."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select, update

from app.core import clock, crypto
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.certificates.models import WalletShare
from app.domain.certificates.queries.wallet import TOKEN, count_open_shares, get_own_share
from app.domain.certificates.rules.sharing import DAYS, LONGEST_PURPOSE, MOST_SHARES, is_open
from app.domain.people.models import Person
from app.domain.people.operations.own import get_own_record


def share(days: int, purpose: str, *, actor: Actor) -> WalletShare:
    """A link to the certificates of the actor's own person, for so many days (of ``DAYS``).

    Raises ``days``, ``too_long``, ``too_many`` (20 open ones).
    """
    if days not in DAYS:
        raise InvalidInput(_("Choose one of the times offered."), "days", "days")
    purpose = purpose.strip()
    if len(purpose) > LONGEST_PURPOSE:
        raise InvalidInput(
            _("This is too long; at most %(count)s characters.", count=LONGEST_PURPOSE),
            "too_long",
            "purpose",
        )
    person = get_own_record(actor)
    db.session.scalars(select(Person.id).where(Person.id == person.id).with_for_update()).all()
    if count_open_shares(person.id) >= MOST_SHARES:
        raise DomainError(
            _("You have %(count)s open links. Withdraw one first.", count=MOST_SHARES), "too_many"
        )
    token, now = secrets.token_urlsafe(24), clock.now()
    made = WalletShare(
        person_id=person.id,
        token_hash=crypto.token_hash(token),
        token_sealed=crypto.seal(token, TOKEN),
        purpose=purpose or None,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    db.session.add(made)
    db.session.flush()
    _record(made, "wallets.share", actor, {"days": days})
    return made


def withdraw(share_id: int, *, actor: Actor) -> WalletShare:
    """End one's link now. Raises ``closed`` when it shows nothing any more."""
    found = get_own_share(share_id, account_id=actor.account_id)
    if not is_open(found.expires_at, found.withdrawn_at, clock.now()):
        raise DomainError(_("This link shows nothing any more."), "closed")
    found.withdrawn_at = clock.now()
    _record(found, "wallets.withdraw", actor, {})
    return found


def note_seen(share_id: int) -> None:
    """Count a view. Summed up in the row, so no audit entry."""
    db.session.execute(
        update(WalletShare)
        .where(WalletShare.id == share_id)
        .values(seen=WalletShare.seen + 1, last_seen_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _record(made: WalletShare, action: str, actor: Actor, details: dict[str, int]) -> None:
    record(
        actor,
        action,
        object_type="wallet_share",
        object_id=made.id,
        subject_id=made.person_id,
        details=details,
    )
