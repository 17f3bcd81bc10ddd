"""Certificates that a roster names: found again by kind and number, verified by the bureau that lists them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.text import name_key, squeeze
from app.domain.certificates.models import Credential, CredentialKind, CredentialKindRule
from app.domain.certificates.rules import CredentialState, normalise_number, number_fits
from app.domain.exchange.planning.context import Context
from app.domain.exchange.planning.plan import Outcome, RowId
from app.domain.exchange.planning.registry import KnownPerson, chunks
from app.domain.exchange.reading import BroughtCredential, Row

CREDENTIALS = "credentials"
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
FIELD = "credential"


@dataclass(slots=True)
class KindInfo:
    """A kind with the rules that hold on the workbook's day."""

    id: int
    name: str
    pattern: str | None = None
    renewal_years: int | None = None


@dataclass(slots=True)
class HeldCredential:
    id: int | None
    kind_id: int
    number: str | None
    number_key: str | None
    issuer: str | None
    issued_on: date | None
    state: CredentialState
    recorded_for: date


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
        ).where(Credential.person_id.in_(chunk))
        for row in db.session.execute(statement.order_by(Credential.id)):
            held[row.person_id].append(HeldCredential(*row[1:]))
    named = {
        normalise_number(brought.number) or ""
        for row in rows
        for brought in brought_by(row)
        if brought.number
    }
    holders: dict[tuple[int, str], set[RowId]] = defaultdict(set)
    for numbers in chunks(sorted(named)):
        found = select(Credential.kind_id, Credential.number_key, Credential.person_id).where(
            Credential.number_key.in_(numbers), Credential.state != CredentialState.REJECTED
        )
        for kind_id, key, person_id in db.session.execute(found):
            holders[kind_id, key or ""].add(person_id)
    context.extra["holdings"] = Holdings(_load_kinds(context.speaks_of), held, holders)


def _load_kinds(day: date) -> dict[str, KindInfo]:
    kinds: dict[str, KindInfo] = {}
    by_id: dict[int, KindInfo] = {}
    for kind in db.session.execute(
        select(CredentialKind.id, CredentialKind.name, CredentialKind.aliases)
    ):
        info = by_id[kind.id] = KindInfo(kind.id, kind.name)
        for alias in [kind.name, *kind.aliases.splitlines()]:
            kinds.setdefault(_kind_key(alias), info)
    for rule in db.session.scalars(select(CredentialKindRule)):
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


def plan_credentials(context: Context, row: Row, outcome: Outcome, person: KnownPerson) -> bool:
    """Record each certificate of the row. Returns whether one was left as somebody decided it by hand."""
    left = False
    for brought in brought_by(row):
        kind = _find_kind(context, brought)
        if kind is None:
            _keep_as_note(row, outcome, person, brought)
            continue
        _check(context, row, outcome, person, brought, kind)
        left |= _record(context, row, outcome, person, brought, kind)
    return left


def _find_kind(context: Context, brought: BroughtCredential) -> KindInfo | None:
    kinds = context.extra["holdings"].kinds
    key = _kind_key(brought.name)
    level = LEVELS.get(squeeze(brought.level or "").casefold())
    for tried in ([key + level, level + key] if level else []) + [key]:
        if tried in kinds:
            return kinds[tried]  # type: ignore[no-any-return]
    return None


def _keep_as_note(
    row: Row, outcome: Outcome, person: KnownPerson, brought: BroughtCredential
) -> None:
    """A certificate of no kind we know counts nowhere; its text is kept with the person, and told."""
    outcome.warn(row, FIELD, "credential_kind_unknown", value=brought.name, name=brought.name)
    parts = [brought.name, brought.level, brought.number, brought.issuer]
    text = "资格证书：" + " ".join(part for part in parts if part)
    note = person.columns.get("note") or ""
    if text in note:
        return
    joined = f"{note}\n{text}".strip()
    if isinstance(person.id, int):
        outcome.alter("people", person.id, {"note": note or None}, {"note": joined})
    outcome.told("note", note, joined)
    person.columns["note"] = joined


def _check(
    context: Context,
    row: Row,
    outcome: Outcome,
    person: KnownPerson,
    brought: BroughtCredential,
    kind: KindInfo,
) -> None:
    """What looks wrong about a certificate; it warns and never rejects (DOMAIN.md §4)."""
    number = brought.number
    if not number_fits(normalise_number(number), kind.pattern):
        outcome.warn(row, "credential_number", "credential_number_misfits", kind=kind.name)
    if number:
        holders = context.extra["holdings"].holders[kind.id, normalise_number(number) or ""]
        if holders - {person.id}:
            outcome.warn(row, "credential_number", "credential_number_of_another", kind=kind.name)
    if kind.renewal_years and brought.issued_on:
        years = context.speaks_of.year - brought.issued_on.year
        if years > kind.renewal_years:
            outcome.warn(
                row, "credential_issued_on", "registration_overdue", years=str(kind.renewal_years)
            )


def _record(
    context: Context,
    row: Row,
    outcome: Outcome,
    person: KnownPerson,
    brought: BroughtCredential,
    kind: KindInfo,
) -> bool:
    existing = _held_already(context, person, brought, kind)
    if existing is None:
        held = context.extra["holdings"].held.get(person.id, [])
        if any(one.kind_id == kind.id for one in held):
            outcome.warn(row, FIELD, "credential_second", kind=kind.name)
        _add(context, outcome, person, brought, kind)
        return False
    if existing.state is CredentialState.REJECTED:
        return True
    after: dict[str, Any] = {}
    if brought.number and not existing.number_key:
        after |= {"number": brought.number, "number_key": normalise_number(brought.number)}
    if brought.issued_on and existing.issued_on is None:
        after["issued_on"] = brought.issued_on
    if brought.issuer and not existing.issuer:
        after["issuer"] = brought.issuer
    dated = existing.issued_on or brought.issued_on
    if dated is None and context.speaks_of < existing.recorded_for:
        after["recorded_for"] = context.speaks_of
    if existing.state is CredentialState.CLAIMED and context.verifies:
        after |= _verified(context)
    if after and existing.id is not None:
        before = {
            name: getattr(existing, name, None)
            for name in ("number", "number_key", "issuer", "issued_on", "state", "recorded_for")
        }
        outcome.alter(CREDENTIALS, existing.id, before, after)
        outcome.told("credential", kind.name, f"{kind.name} {brought.number or ''}".strip())
    return False


def _held_already(
    context: Context, person: KnownPerson, brought: BroughtCredential, kind: KindInfo
) -> HeldCredential | None:
    """Of the same kind with the same number, or of which one side states no number."""
    held: list[HeldCredential] = context.extra["holdings"].held.get(person.id, [])
    same_kind = [one for one in held if one.kind_id == kind.id]
    key = normalise_number(brought.number)
    exact = [one for one in same_kind if key and one.number_key == key]
    if exact:
        return min(exact, key=lambda one: one.state is CredentialState.REJECTED)
    without = [one for one in same_kind if key is None or one.number_key is None]
    return without[0] if without else None


def _verified(context: Context) -> dict[str, Any]:
    return {
        "state": CredentialState.VERIFIED,
        "evidence": context.evidence,
        "decided_by": context.extra.get("account_id"),
        "decided_at": context.now,
    }


def _add(
    context: Context,
    outcome: Outcome,
    person: KnownPerson,
    brought: BroughtCredential,
    kind: KindInfo,
) -> None:
    holdings: Holdings = context.extra["holdings"]
    key = normalise_number(brought.number)
    held = holdings.held[person.id]
    held.append(
        HeldCredential(
            None,
            kind.id,
            brought.number,
            key,
            brought.issuer,
            brought.issued_on,
            CredentialState.VERIFIED,
            context.speaks_of,
        )
    )
    if key:
        holdings.holders[kind.id, key].add(person.id)
    outcome.add(
        CREDENTIALS,
        person_id=person.id,
        kind_id=kind.id,
        number=brought.number,
        number_key=key,
        issuer=brought.issuer,
        issued_on=brought.issued_on,
        recorded_for=context.speaks_of,
        **(_verified(context) if context.verifies else {"state": CredentialState.CLAIMED}),
    )
    outcome.told("credential", None, f"{kind.name} {brought.number or ''}".strip())
