"""Reads of credential kinds and of the rules that hold of them on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.certificates.models import CredentialKind, CredentialKindRule
from app.domain.certificates.rules import expiry_of


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


def find_expiry(kind_id: int, issued_on: date | None) -> date | None:
    """The last day of a credential of a kind, by the rule in force on the day it was issued."""
    if issued_on is None:
        return None
    rule = rules_on([get_kind(kind_id)], issued_on).get(kind_id)
    return expiry_of(issued_on, rule.life_years if rule else None)


def rules_on(kinds: Iterable[CredentialKind], day: date) -> dict[int, CredentialKindRule]:
    """The rule in force on a day for each kind, by the kind's id; the one that began last where two overlap."""
    return {
        rule.kind_id: rule
        for kind in kinds
        for rule in sorted(kind.rules, key=lambda rule: rule.valid_from or date.min)
        if (rule.valid_from is None or rule.valid_from <= day)
        and (rule.valid_until is None or rule.valid_until >= day)
    }
