"""The credentials of one person, and one's own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.certificates.models import Credential
from app.domain.certificates.queries.credentials import Life, lives
from app.domain.certificates.rules import CredentialState
from app.domain.people.models import Person


def list_credentials_of_person(person_id: int) -> Sequence[Credential]:
    """All credentials of a person with their kinds, also rejected and revoked ones, the newest first."""
    return db.session.scalars(
        select(Credential)
        .options(joinedload(Credential.kind))
        .where(Credential.person_id == person_id)
        .order_by(Credential.issued_on.desc(), Credential.id.desc())
    ).all()


def get_own_credential(credential_id: int, *, account_id: int | None) -> Credential:
    """A credential of the person an account belongs to; NotFound of others'."""
    credential = (
        db.session.scalar(
            select(Credential)
            .join(Person, Person.id == Credential.person_id)
            .where(
                Credential.id == credential_id,
                Person.account_id == account_id,
                Person.merged_into_id.is_(None),
            )
            .options(joinedload(Credential.kind), contains_eager(Credential.person))
        )
        if account_id is not None
        else None
    )
    if credential is None:
        raise NotFound(_("There is no such certificate of yours."))
    return credential


def own_sent_back(account_id: int | None) -> Select[int]:
    """The count of credentials of the account's person that were sent back."""
    return _own(account_id, Credential.state == CredentialState.SENT_BACK)


def own_expiring(account_id: int | None) -> Select[int]:
    """The count of credentials of the account's person that end within 90 days and were not renewed."""
    return _own(account_id, lives(Life.EXPIRES_SOON, {}, clock.today()))


def _own(account_id: int | None, condition: ColumnElement[bool]) -> Select[int]:
    return (
        select(func.count())
        .select_from(Credential)
        .join(Person, Person.id == Credential.person_id)
        .where(Person.account_id == account_id, Person.merged_into_id.is_(None), condition)
    )
