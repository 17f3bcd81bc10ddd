"""Reads of credential kinds and of the rules that hold of them on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.certificates.models import CredentialKind, CredentialKindRule


def list_kinds() -> Sequence[CredentialKind]:
    """Every kind with its dated rules, in the order they were set up."""
    return db.session.scalars(
        select(CredentialKind)
        .options(selectinload(CredentialKind.rules))
        .order_by(CredentialKind.id)
    ).all()


def get_kind(kind_id: int) -> CredentialKind:
    """A kind with its rules; NotFound without."""
    kind = db.session.scalar(
        select(CredentialKind)
        .where(CredentialKind.id == kind_id)
        .options(selectinload(CredentialKind.rules))
    )
    if kind is None:
        raise NotFound(_("There is no such kind of credential."))
    return kind


def read_rules(day: date) -> dict[int, CredentialKindRule]:
    """The rule in force on a day for each kind, by the kind's id."""
    table = CredentialKindRule
    rules = db.session.scalars(
        select(table)
        .where(
            or_(table.valid_from.is_(None), table.valid_from <= day),
            or_(table.valid_until.is_(None), table.valid_until >= day),
        )
        .order_by(table.valid_from.is_(None).desc(), table.valid_from, table.id)
    )
    return {rule.kind_id: rule for rule in rules}
