"""What people do with credentials of their own: bring one, mend it and bring it again, take a picture away."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Credential
from app.domain.certificates.operations.credentials import (
    CredentialFacts,
    audit_credential,
    bring_back,
    new_claim,
    plain_facts,
    submit,
    write_facts,
)
from app.domain.certificates.operations.pictures import (
    StoredPicture,
    add_pictures,
    count_pictures,
    take_away,
)
from app.domain.certificates.queries.credentials import list_rejected_before
from app.domain.certificates.rules import CredentialState, may_mend
from app.domain.people.models import Person
from app.domain.people.refusals import no_such_person


def bring_credential(
    facts: CredentialFacts, pictures: Sequence[StoredPicture], *, actor: Actor
) -> Credential:
    """Bring a certificate of one's own with its picture; it waits for verification.

    Raises NotFound (the account belongs to nobody), ``file_missing``, ``too_many_files``, ``rejected_before``, and
    what ``add_credential`` raises.
    """
    person = _lock_own_person(actor)
    credential = new_claim(person, facts, actor)
    _refuse_rejected(credential)
    add_pictures(credential, pictures, actor=actor)
    _require_picture(credential)
    audit_credential(actor, "bring", credential, after=plain_facts(credential))
    return credential


def bring_again(
    credential_id: int,
    facts: CredentialFacts,
    pictures: Sequence[StoredPicture],
    *,
    actor: Actor,
) -> Credential:
    """Mend one's own while nobody has decided on it, or after it was sent back: then it waits again.

    Raises NotFound, ``decided_already``, ``file_missing``, ``too_many_files``.
    """
    credential = _lock_own(credential_id, actor)
    before = plain_facts(credential)
    write_facts(credential, facts)
    _refuse_rejected(credential)
    bring_back(credential, actor)
    db.session.flush()
    add_pictures(credential, pictures, actor=actor)
    _require_picture(credential)
    after = plain_facts(credential)
    audit_credential(actor, "bring_again", credential, before=before, after=after)
    return credential


def remove_own_picture(credential_id: int, file_id: int, *, actor: Actor) -> None:
    """Take a picture of one's own credential away while nobody has decided on it.

    Raises ``decided_already``, and ``last_picture`` while it waits: whoever verifies needs one to look at.
    """
    credential = _lock_own(credential_id, actor)
    take_away(credential, file_id, actor=actor)
    if credential.state is CredentialState.CLAIMED and count_pictures(credential.id) == 0:
        raise DomainError(
            _("It is the only picture, and the certificate waits. Add the better one first."),
            "last_picture",
        )
    submit(credential, actor)
    db.session.flush()


def _lock_own_person(actor: Actor) -> Person:
    person = None
    if actor.account_id is not None:
        person = db.session.scalar(
            select(Person)
            .where(Person.account_id == actor.account_id, Person.merged_into_id.is_(None))
            .with_for_update()
        )
    if person is None:
        raise no_such_person()
    return person


def _lock_own(credential_id: int, actor: Actor) -> Credential:
    person = _lock_own_person(actor)
    credential = db.session.scalar(
        select(Credential)
        .where(Credential.id == credential_id, Credential.person_id == person.id)
        .with_for_update()
    )
    if credential is None:
        raise NotFound(_("There is no such certificate of yours."))
    if not may_mend(credential.state):
        raise DomainError(
            _("It has been decided on. Ask your county if something is wrong."), "decided_already"
        )
    return credential


def _refuse_rejected(credential: Credential) -> None:
    if list_rejected_before(credential):
        raise DomainError(
            _("This number was rejected. Ask your county if you think that is wrong."),
            "rejected_before",
            "number",
        )


def _require_picture(credential: Credential) -> None:
    if count_pictures(credential.id) == 0:
        raise InvalidInput(
            _("Take a photo of the certificate, or choose one."), "file_missing", "file"
        )
