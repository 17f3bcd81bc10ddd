"""Certificates that a roster names: found again by kind and number, corrected and verified by whose roster it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.core.text import name_key
from app.domain.certificates.rules import DROPPED, CredentialState, normalise_number, number_fits
from app.domain.exchange.planning.context import Context
from app.domain.exchange.planning.holdings import (
    HeldCredential,
    Holdings,
    KindInfo,
    brought_by,
    find_kind,
)
from app.domain.exchange.planning.plan import Outcome
from app.domain.exchange.planning.registry import KnownPerson
from app.domain.exchange.reading import BroughtCredential, Row

CREDENTIALS = "credentials"
FIELD = "credential"


def plan_credentials(context: Context, row: Row, outcome: Outcome, person: KnownPerson) -> bool:
    """Record each certificate of the row. Returns whether one was left as somebody decided it by hand."""
    left = False
    for brought in brought_by(row):
        kind = find_kind(context, brought)
        if kind is None:
            _keep_as_note(row, outcome, person, brought)
            continue
        _check(context, row, outcome, person, brought, kind)
        left |= _record(context, row, outcome, person, brought, kind)
    return left


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
    existing = _held_already(context, row, person, brought, kind)
    if existing is None:
        held = context.extra["holdings"].held.get(person.id, [])
        if any(one.kind_id == kind.id for one in held):
            outcome.warn(row, FIELD, "credential_second", kind=kind.name)
        _add(context, outcome, person, brought, kind)
        return False
    if existing.state in DROPPED:
        return True
    _compare(context, row, outcome, person, brought, kind, existing)
    return False


def _compare(
    context: Context,
    row: Row,
    outcome: Outcome,
    person: KnownPerson,
    brought: BroughtCredential,
    kind: KindInfo,
    existing: HeldCredential,
) -> None:
    """Fill in what is not recorded, correct what a newer roster says otherwise, verify what agrees with it."""
    after = _filled_in(context, brought, kind, existing)
    corrected = _said_otherwise(brought, existing)
    if corrected and _stands(context, row, outcome, person, existing, kind, corrected):
        corrected = {}
    elif context.verifies and (corrected or existing.state is CredentialState.CLAIMED):
        after |= _verified(context)
    if after and not (corrected and existing.state is CredentialState.VERIFIED):
        outcome.told("credential", kind.name, f"{kind.name} {brought.number or ''}".strip())
    for name, value in corrected.items():
        old = getattr(existing, name)
        outcome.told(f"credential_{name}", f"{kind.name} {old}", f"{kind.name} {value}")
    after |= corrected
    if "number" in after:
        after["number_key"] = normalise_number(after["number"])
    if existing.id is not None:
        before = {name: getattr(existing, name) for name in after}
        outcome.alter(CREDENTIALS, existing.id, before, after)


def _filled_in(
    context: Context, brought: BroughtCredential, kind: KindInfo, existing: HeldCredential
) -> dict[str, Any]:
    """What the roster says where nothing is recorded yet."""
    after: dict[str, Any] = {}
    if brought.number and not existing.number_key:
        after["number"] = brought.number
    if brought.issued_on and existing.issued_on is None:
        after["issued_on"] = brought.issued_on
        if existing.expires_on is None and (ends := kind.expiry(brought.issued_on)):
            after["expires_on"] = ends
    if brought.issuer and not existing.issuer:
        after["issuer"] = brought.issuer
    dated = existing.issued_on or brought.issued_on
    if dated is None and context.speaks_of < existing.recorded_for:
        after["recorded_for"] = context.speaks_of
    return after


def _said_otherwise(brought: BroughtCredential, existing: HeldCredential) -> dict[str, Any]:
    """What the roster says of number, issuer and day where something else is recorded."""
    said: dict[str, Any] = {}
    key = normalise_number(brought.number)
    if key and existing.number_key and key != existing.number_key:
        said["number"] = brought.number
    if brought.issuer and existing.issuer and name_key(brought.issuer) != name_key(existing.issuer):
        said["issuer"] = brought.issuer
    day, known = brought.issued_on, existing.issued_on
    if day and known and day not in (known, known.replace(day=1), date(known.year, 1, 1)):
        said["issued_on"] = day
    return said


def _stands(
    context: Context,
    row: Row,
    outcome: Outcome,
    person: KnownPerson,
    existing: HeldCredential,
    kind: KindInfo,
    said: dict[str, Any],
) -> bool:
    """Whether what is recorded stands against the roster, and why: told at each cell that says otherwise."""
    if _is_newer(context, person, existing):
        code = "credential_stands"
    elif existing.state is CredentialState.VERIFIED and not context.verifies:
        code = "credential_verified_already"
    elif "issued_on" in said and existing.expires_on and said["issued_on"] > existing.expires_on:
        code = "credential_expired_by_then"
    else:
        return False
    for name in said:
        known = str(getattr(existing, name))
        outcome.warn(row, f"credential_{name}", code, kind=kind.name, known=known)
    return True


def _is_newer(context: Context, person: KnownPerson, existing: HeldCredential) -> bool:
    """Whether a certificate was recorded, decided on or confirmed for a later day than the workbook's."""
    last_said = existing.acted_on or existing.recorded_for
    return max(last_said, existing.recorded_for) > context.speaks_of or any(
        context.newer_for(posting.path) is not None for posting in person.postings
    )


def _held_already(
    context: Context,
    row: Row,
    person: KnownPerson,
    brought: BroughtCredential,
    kind: KindInfo,
) -> HeldCredential | None:
    """Of the same kind with the same number; or of which one side states no number; or issued on the same day."""
    held: list[HeldCredential] = context.extra["holdings"].held.get(person.id, [])
    same_kind = [one for one in held if one.kind_id == kind.id]
    key = normalise_number(brought.number)
    exact = [one for one in same_kind if key and one.number_key == key]
    if exact:
        return min(exact, key=lambda one: _how_far(one, brought))
    without = [one for one in same_kind if key is None or one.number_key is None]
    return without[0] if without else _issued_the_same_day(row, brought, same_kind)


def _how_far(held: HeldCredential, brought: BroughtCredential) -> tuple[bool, bool, int]:
    """Of a chain of renewals with one number the one of the same day is meant, else the newest."""
    issued_on = held.issued_on or date.min
    return held.state in DROPPED, held.issued_on != brought.issued_on, -issued_on.toordinal()


def _issued_the_same_day(
    row: Row, brought: BroughtCredential, same_kind: list[HeldCredential]
) -> HeldCredential | None:
    """The one certificate of the kind with this day of issue, whose number was written otherwise."""
    in_row = {normalise_number(one.number) for one in brought_by(row)}
    same_day = [
        one
        for one in same_kind
        if one.id is not None
        and one.issued_on is not None
        and one.issued_on == brought.issued_on
        and one.state not in DROPPED
        and one.number_key not in in_row
    ]
    return same_day[0] if len(same_day) == 1 else None


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
        expires_on=kind.expiry(brought.issued_on),
        recorded_for=context.speaks_of,
        **(_verified(context) if context.verifies else {"state": CredentialState.CLAIMED}),
    )
    outcome.told("credential", None, f"{kind.name} {brought.number or ''}".strip())
