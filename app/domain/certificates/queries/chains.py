"""Reads of what renews what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Date, func, literal, or_, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.domain.certificates.models import Credential
from app.domain.certificates.rules import DROPPED, CredentialState
from app.domain.certificates.rules.chains import Chain


def chain_of(person_id: int, kind_id: int) -> Chain:
    """What renews what among the credentials of a kind that a person holds or claims."""
    rows = db.session.execute(
        select(Credential.id, Credential.renews_id).where(
            Credential.person_id == person_id,
            Credential.kind_id == kind_id,
            Credential.state.not_in(DROPPED),
        )
    )
    return Chain({row.id: row.renews_id for row in rows})


def list_chain(credential: Credential) -> Sequence[Credential]:
    """The other credentials of its chain, the oldest first."""
    chain = chain_of(credential.person_id, credential.kind_id)
    others = set(chain.family(credential.id, credential.renews_id)) - {credential.id}
    if not others:
        return ()
    return db.session.scalars(
        select(Credential)
        .where(Credential.id.in_(others))
        .order_by(Credential.issued_on, Credential.id)
    ).all()


def list_renewable(person_id: int, *, but_id: int | None = None) -> Sequence[Credential]:
    """What a new credential of this person may renew: held or claimed, and renewed by no other than ``but_id``."""
    renewal = aliased(Credential)
    renewed = select(renewal.renews_id).where(
        renewal.person_id == person_id,
        renewal.renews_id.is_not(None),
        renewal.state.not_in(DROPPED),
        renewal.id != (but_id or 0),
    )
    return db.session.scalars(
        select(Credential)
        .where(
            Credential.person_id == person_id,
            Credential.state.not_in(DROPPED),
            Credential.revoked_on.is_(None),
            Credential.id.not_in(renewed),
            Credential.id != (but_id or 0),
        )
        .order_by(Credential.kind_id, Credential.issued_on, Credential.id)
    ).all()


def is_renewed(*states: CredentialState) -> ColumnElement[bool]:
    """Whether a renewal in one of these states names the credential."""
    renewal = aliased(Credential)
    return Credential.id.in_(
        select(renewal.renews_id).where(
            renewal.renews_id.is_not(None), renewal.state.in_(states), renewal.revoked_on.is_(None)
        )
    )


def is_superseded(day: ColumnElement[date] | date) -> ColumnElement[bool]:
    """Whether a verified renewal stands in the credential's place on a day, so that a chain counts once.

    The renewal of a renewal too: also where the one between them was revoked or not accepted.
    """
    on = literal(day, Date) if isinstance(day, date) else day
    renewal, between = aliased(Credential), aliased(Credential)
    since = func.coalesce(renewal.issued_on, renewal.recorded_for)
    superseded = (
        select(renewal.renews_id.label("id"))
        .where(
            renewal.renews_id.is_not(None),
            renewal.state == CredentialState.VERIFIED,
            since <= on,
            or_(renewal.revoked_on.is_(None), renewal.revoked_on > on),
        )
        .cte(recursive=True)
    )
    earlier = select(between.renews_id).where(
        between.id == superseded.c.id, between.renews_id.is_not(None)
    )
    return Credential.id.in_(select(superseded.union(earlier).c.id))
