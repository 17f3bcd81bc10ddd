"""Remind holders of verified credentials that expire: 90, 30 and 7 days before, each of it once.

Each credential in a transaction of its own, read again under its lock; safe to run twice at once.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from app.core import clock
from app.core.db import atomic, db
from app.domain.certificates.models import Credential, CredentialReminder
from app.domain.certificates.queries.chains import is_renewed
from app.domain.certificates.rules import EXPIRES_SOON_DAYS, CredentialState, reminder_due
from app.domain.certificates.telling import tell_owner
from app.domain.people.models import Person

REMIND_FROM = time(8, 0)  # when nobody is woken by it


def remind_of_expiry() -> int:
    """Send what is due today and was not sent yet; how many reminders."""
    now, today = clock.now(), clock.today()
    if clock.local(now).time() < REMIND_FROM:
        return 0
    statement: Any = (
        select(Credential.id, Credential.expires_on)
        .join(Person, Person.id == Credential.person_id)
        .where(*_expires(today))
        .order_by(Credential.id)
    )
    found = db.session.execute(statement).all()
    given = _given([row.id for row in found], today)
    due = [
        row.id
        for row in found
        if (row.id, row.expires_on, reminder_due(row.expires_on, today)) not in given
    ]
    return sum(_remind(credential_id, today) for credential_id in due)


def _expires(today: date) -> list[ColumnElement[bool]]:
    """What still counts, ends soon, and whose renewal nobody has brought yet."""
    return [
        Credential.state == CredentialState.VERIFIED,
        Credential.revoked_on.is_(None),
        Credential.expires_on.between(today, today + timedelta(days=EXPIRES_SOON_DAYS)),
        ~is_renewed(CredentialState.CLAIMED, CredentialState.VERIFIED),
        Person.merged_into_id.is_(None),
    ]


def _given(ids: list[int], today: date) -> set[tuple[int, date, int]]:
    rows = db.session.execute(
        select(
            CredentialReminder.credential_id, CredentialReminder.expires_on, CredentialReminder.days
        ).where(CredentialReminder.expires_on >= today)
    )
    wanted = set(ids)
    return {
        (row.credential_id, row.expires_on, row.days) for row in rows if row.credential_id in wanted
    }


def _remind(credential_id: int, today: date) -> bool:
    with atomic():
        credential = db.session.scalar(
            select(Credential)
            .join(Person, Person.id == Credential.person_id)
            .where(Credential.id == credential_id, *_expires(today))
            .with_for_update(of=Credential)
            .execution_options(populate_existing=True)
        )
        if credential is None or credential.expires_on is None:
            return False
        days = reminder_due(credential.expires_on, today)
        if days is None or (credential.id, credential.expires_on, days) in _given(
            [credential.id], today
        ):
            return False
        db.session.add(
            CredentialReminder(
                credential_id=credential.id,
                expires_on=credential.expires_on,
                days=days,
                given_at=clock.now(),
            )
        )
        tell_owner(credential, "credentials.expires", day=credential.expires_on.isoformat())
    return True
