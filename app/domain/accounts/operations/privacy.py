"""Which version of the privacy notice somebody has read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.core.db import db
from app.domain.accounts.models import PrivacyAcknowledgement
from app.domain.accounts.rules import PRIVACY_VERSION, Actor
from app.domain.audit.operations import record


def has_acknowledged(account_id: int, version: str = PRIVACY_VERSION) -> bool:
    """Whether the account has confirmed that it read this version."""
    return (
        db.session.execute(
            select(PrivacyAcknowledgement.id).where(
                PrivacyAcknowledgement.account_id == account_id,
                PrivacyAcknowledgement.version == version,
            )
        ).scalar_one_or_none()
        is not None
    )


def acknowledge_privacy(
    account_id: int, *, actor: Actor, now: datetime, version: str = PRIVACY_VERSION
) -> None:
    """Record that the account read this version of the notice; once is enough."""
    if has_acknowledged(account_id, version):
        return
    db.session.add(
        PrivacyAcknowledgement(account_id=account_id, version=version, acknowledged_at=now)
    )
    record(
        actor,
        "accounts.acknowledge_privacy",
        object_type="account",
        object_id=account_id,
        details={"version": version},
    )
