"""Certificates as the registry knows them before a roster is planned: kinds, who holds what, who else has a number."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.text import name_key, squeeze
from app.domain.audit.queries import latest_acts
from app.domain.certificates.models import Credential, CredentialKind, CredentialKindRule
from app.domain.certificates.rules import (
    DROPPED,
    CredentialState,
    expiry_of,
    normalise_number,
)
from app.domain.exchange.planning.context import Context
from app.domain.exchange.planning.plan import RowId
from app.domain.exchange.planning.registry import chunks
from app.domain.exchange.reading import BroughtCredential, Row

LEVELS = {
    "二级": "二级",
    "2级": "二级",
    "2": "二级",
    "ii": "二级",
    "二": "二级",
    "三级": "三级",
    "3级": "三级",
    "3": "三级",
    "iii": "三级",
    "三": "三级",
}


@dataclass(slots=True)
class KindInfo:
    """A kind with the rules that hold on the workbook's day; ``lives``: from, until, years a certificate lives."""

    id: int
    name: str
    pattern: str | None = None
    renewal_years: int | None = None
    lives: list[tuple[date, date, int | None]] = field(default_factory=list)

    def expiry(self, issued_on: date | None) -> date | None:
        """The last day of a certificate, by the rule in force on the day it was issued."""
        if issued_on is None:
            return None
        in_force = [years for start, end, years in self.lives if start <= issued_on <= end]
        return expiry_of(issued_on, in_force[-1] if in_force else None)


@dataclass(slots=True)
class HeldCredential:
    """A certificate on record; ``id`` None: planned in this import. ``acted_on``: the last day somebody changed it."""

    id: int | None
    kind_id: int
    number: str | None
    number_key: str | None
    issuer: str | None
    issued_on: date | None
    state: CredentialState
    recorded_for: date
    expires_on: date | None = None
    evidence: str | None = None
    decided_by: int | None = None
    decided_at: datetime | None = None
    acted_on: date | None = None


@dataclass(slots=True)
class Holdings:
    """Kinds by every name they go by, what each known person holds, and who else holds a number."""

    kinds: dict[str, KindInfo]
    held: dict[RowId, list[HeldCredential]]
    holders: dict[tuple[int, str], set[RowId]]


def load_credentials(context: Context, rows: list[Row]) -> None:
    """Kinds, what the known people hold, and who holds the numbers that the rows name."""
    held: dict[RowId, list[HeldCredential]] = defaultdict(list)
    for chunk in chunks(sorted(context.registry.by_id)):
        statement = select(
            Credential.person_id,
            Credential.id,
            Credential.kind_id,
            Credential.number,
            Credential.number_key,
            Credential.issuer,
            Credential.issued_on,
            Credential.state,
            Credential.recorded_for,
            Credential.expires_on,
            Credential.evidence,
            Credential.decided_by,
            Credential.decided_at,
        ).where(Credential.person_id.in_(chunk))
        for row in db.session.execute(statement.order_by(Credential.id)):
            held[row.person_id].append(HeldCredential(*row[1:]))
    _note_acts(held)
    named = {
        normalise_number(brought.number) or ""
        for row in rows
        for brought in brought_by(row)
        if brought.number
    }
    holders: dict[tuple[int, str], set[RowId]] = defaultdict(set)
    for numbers in chunks(sorted(named)):
        found = select(Credential.kind_id, Credential.number_key, Credential.person_id).where(
            Credential.number_key.in_(numbers), Credential.state.not_in(DROPPED)
        )
        for kind_id, key, person_id in db.session.execute(found):
            holders[kind_id, key or ""].add(person_id)
    context.extra["holdings"] = Holdings(_load_kinds(context.speaks_of), held, holders)


def _note_acts(held: dict[RowId, list[HeldCredential]]) -> None:
    """Which of them somebody decided on or changed by hand, and when."""
    known = {
        one.id: one for all_of_one in held.values() for one in all_of_one if one.id is not None
    }
    for chunk in chunks(sorted(known)):
        for credential_id, at in latest_acts("credential", chunk).items():
            known[credential_id].acted_on = clock.local(at).date()


def _load_kinds(day: date) -> dict[str, KindInfo]:
    kinds: dict[str, KindInfo] = {}
    by_id: dict[int, KindInfo] = {}
    for kind in db.session.execute(
        select(CredentialKind.id, CredentialKind.name, CredentialKind.aliases)
    ):
        info = by_id[kind.id] = KindInfo(kind.id, kind.name)
        for alias in [kind.name, *kind.aliases.splitlines()]:
            kinds.setdefault(_kind_key(alias), info)
    rules = db.session.scalars(select(CredentialKindRule))
    for rule in sorted(rules, key=lambda rule: rule.valid_from or date.min):
        period = (rule.valid_from or date.min, rule.valid_until or date.max)
        by_id[rule.kind_id].lives.append((*period, rule.life_years))
        begun = rule.valid_from is None or rule.valid_from <= day
        if begun and (rule.valid_until is None or rule.valid_until >= day):
            info = by_id[rule.kind_id]
            info.pattern = rule.number_pattern
            info.renewal_years = rule.renewal_years
    return kinds


def _kind_key(text: str) -> str:
    return re.sub(r"[（）\s]", "", name_key(text))


def brought_by(row: Row) -> list[BroughtCredential]:
    """The certificates a row names; most name one, none is an empty list."""
    return list(row.values.get("credentials") or ())


def find_kind(context: Context, brought: BroughtCredential) -> KindInfo | None:
    kinds = context.extra["holdings"].kinds
    key = _kind_key(brought.name)
    level = LEVELS.get(squeeze(brought.level or "").casefold())
    for tried in ([key + level, level + key] if level else []) + [key]:
        if tried in kinds:
            return kinds[tried]  # type: ignore[no-any-return]
    return None
