"""Reads of the pictures of credentials, and where the same picture is used elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.certificates.models import Credential, CredentialFile
from app.domain.certificates.queries.credentials import Elsewhere
from app.domain.certificates.rules import DROPPED
from app.domain.people.models import Person
from app.domain.people.queries.visibility import is_visible


def list_pictures(credential_id: int) -> Sequence[CredentialFile]:
    """The pictures of a credential, in the order they were brought."""
    return db.session.scalars(
        select(CredentialFile)
        .where(CredentialFile.credential_id == credential_id, CredentialFile.removed_at.is_(None))
        .order_by(CredentialFile.id)
    ).all()


def _one(file_id: int, credential_id: int) -> Select[Any]:
    return (
        select(CredentialFile)
        .join(Credential, Credential.id == CredentialFile.credential_id)
        .join(Person, Person.id == Credential.person_id)
        .where(
            CredentialFile.id == file_id,
            Credential.id == credential_id,
            CredentialFile.removed_at.is_(None),
        )
    )


def get_picture(file_id: int, credential_id: int, *, scope: str) -> CredentialFile:
    """A picture of a credential of somebody in the scope; NotFound outside."""
    within = is_visible(scope, today=clock.today())
    return _found(db.session.scalar(_one(file_id, credential_id).where(within)))


def get_own_picture(file_id: int, credential_id: int, *, account_id: int | None) -> CredentialFile:
    """A picture of one's own credential; NotFound of others'."""
    own = (Person.account_id == account_id, Person.merged_into_id.is_(None))
    found = db.session.scalar(_one(file_id, credential_id).where(*own)) if account_id else None
    return _found(found)


def _found(file: CredentialFile | None) -> CredentialFile:
    if file is None:
        raise NotFound(_("There is no such picture of this certificate."))
    return file


def find_same_picture(credential: Credential, *, scope: str) -> Elsewhere:
    """Whose other credentials show the very same picture. Of people outside the scope only that there are some."""
    mine, theirs, other = CredentialFile, aliased(CredentialFile), aliased(Credential)
    statement: Any = (
        select(Person.id, Person.name, is_visible(scope, today=clock.today()).label("visible"))
        .join(other, other.person_id == Person.id)
        .join(theirs, theirs.credential_id == other.id)
        .join(mine, mine.digest == theirs.digest)
        .where(
            mine.credential_id == credential.id,
            mine.removed_at.is_(None),
            theirs.removed_at.is_(None),
            other.id != credential.id,
            other.id != (credential.renews_id or 0),
            other.state.not_in(DROPPED),
            Person.merged_into_id.is_(None),
        )
        .distinct()
        .order_by(Person.id)
    )
    rows = db.session.execute(statement).all()
    return Elsewhere(
        [row for row in rows if row.visible], outside=any(not row.visible for row in rows)
    )
