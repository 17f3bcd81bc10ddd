"""Kinds of credentials: a new one, its names, a new dated rule (the one before ends the day before)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, explain_constraint
from app.core.i18n import gettext as _
from app.core.lengths import fitting
from app.core.text import name_key
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.certificates.models import CredentialKind, CredentialKindRule
from app.domain.certificates.queries.kinds import get_kind, list_kinds
from app.domain.certificates.rules import CountsAs, is_address, is_pattern, is_quick
from app.domain.people.operations.dated import optional_text, required_reason

RANKS = {CountsAs.PSYCH_2: 30, CountsAs.PSYCH_3: 20, CountsAs.OTHER: 10}
UNRECOGNISED_RANK = 0
MOST_YEARS = 50
LONGEST_NAME = 80


explain_constraint(
    "uq_credential_kinds_name",
    lambda: DomainError(
        _("Another kind is called so already. Choose another name."), "name_taken", "name"
    ),
)


@dataclass(frozen=True)
class KindRuleFacts:
    """What holds of a kind from a day on."""

    valid_from: date
    counts_as: CountsAs
    nationally_recognised: bool
    issuer: str | None = None
    number_pattern: str | None = None
    renewal_years: int | None = None
    life_years: int | None = None
    register_address: str | None = None
    basis: str | None = None


def add_kind_rule(kind_id: int, facts: KindRuleFacts, *, actor: Actor) -> CredentialKindRule:
    """Let a new rule hold of a kind from a day; figures of days before keep the old one.

    Raises NotFound, ``before_last_rule``, ``bad_pattern``, ``slow_pattern``, ``bad_years``, ``bad_address``,
    ``basis_missing``.
    """
    db.session.execute(
        select(CredentialKindRule.id).where(CredentialKindRule.kind_id == kind_id).with_for_update()
    ).all()
    kind = get_kind(kind_id)
    _refuse(facts)
    last = max(kind.rules, key=lambda rule: rule.valid_from or date.min, default=None)
    if last is not None:
        if last.valid_from is not None and last.valid_from >= facts.valid_from:
            raise DomainError(
                _(
                    "A rule holds from %(day)s already. Choose a later day.",
                    day=last.valid_from.isoformat(),
                ),
                "before_last_rule",
                "valid_from",
            )
        if last.valid_until is None or last.valid_until >= facts.valid_from:
            last.valid_until = facts.valid_from - timedelta(days=1)
    rule = _written(kind, facts)
    record(
        actor,
        "credential_kinds.add_rule",
        object_type="credential_kind",
        object_id=kind.code,
        details=_plain(rule),
        reason=rule.basis,
    )
    return rule


def take_back_rule(kind_id: int, rule_id: int, *, reason: str, actor: Actor) -> None:
    """Undo the last rule of a kind, entered wrongly, before it held a whole day: no past figure rests on it.

    Raises ``not_last_rule``, ``rule_held``, ``reason_missing``.
    """
    reason = required_reason(reason)
    db.session.execute(
        select(CredentialKindRule.id).where(CredentialKindRule.kind_id == kind_id).with_for_update()
    ).all()
    rules = sorted(get_kind(kind_id).rules, key=lambda rule: rule.valid_from or date.min)
    if not rules or rules[-1].id != rule_id:
        raise DomainError(
            _("Only the last rule of a kind is taken back. Look at it again."), "not_last_rule"
        )
    wrong = rules[-1]
    if len(rules) == 1 or wrong.valid_from is None or wrong.valid_from < clock.today():
        raise DomainError(
            _("It held already, so figures rest on it. Let a new rule hold from a later day."),
            "rule_held",
        )
    before = rules[-2]
    if before.valid_until == wrong.valid_from - timedelta(days=1):
        before.valid_until = None
    details = _plain(wrong)
    db.session.delete(wrong)
    db.session.flush()
    record(
        actor,
        "credential_kinds.take_back_rule",
        object_type="credential_kind",
        object_id=before.kind.code,
        details=details,
        reason=reason,
    )


def add_kind(name: str, aliases: str, facts: KindRuleFacts, *, actor: Actor) -> CredentialKind:
    """A kind of credential that nobody knew yet, with its first rule. ``aliases``: one a line, as workbooks write it.

    Raises ``name_missing``, ``name_taken``, and what ``add_kind_rule`` raises.
    """
    _refuse(facts)
    kind = CredentialKind(code=f"own_{secrets.token_hex(6)}", name="", aliases="")
    _write_names(kind, name, aliases)
    db.session.add(kind)
    db.session.flush()
    rule = _written(kind, facts)
    record(
        actor,
        "credential_kinds.add",
        object_type="credential_kind",
        object_id=kind.code,
        details={"name": kind.name, "aliases": kind.aliases, **_plain(rule)},
        reason=rule.basis,
    )
    return kind


def rename_kind(kind_id: int, name: str, aliases: str, *, actor: Actor) -> CredentialKind:
    """Change what a kind is called, and how workbooks write it. Raises as ``add_kind``."""
    kind = get_kind(kind_id)
    before = {"name": kind.name, "aliases": kind.aliases}
    _write_names(kind, name, aliases)
    db.session.flush()
    record(
        actor,
        "credential_kinds.rename",
        object_type="credential_kind",
        object_id=kind.code,
        details={"before": before, "after": {"name": kind.name, "aliases": kind.aliases}},
    )
    return kind


def _write_names(kind: CredentialKind, name: str, aliases: str) -> None:
    wanted = fitting(name.strip(), LONGEST_NAME, "name")
    if not wanted:
        raise InvalidInput(_("Give the kind a name."), "name_missing", "name")
    lines = [" ".join(line.split()) for line in aliases.splitlines() if line.strip()]
    taken = {name_key(wanted), *map(name_key, lines)}
    with db.session.no_autoflush:
        others = [other for other in list_kinds() if other.id != kind.id]
    for other in others:
        known = {name_key(other.name), *map(name_key, other.aliases.splitlines())}
        if taken & known:
            raise DomainError(
                _("“%(name)s” is called so already. Choose another name.", name=other.name),
                "name_taken",
                "name",
            )
    kind.name, kind.aliases = wanted, "\n".join(dict.fromkeys(lines))


def _written(kind: CredentialKind, facts: KindRuleFacts) -> CredentialKindRule:
    rule = CredentialKindRule(
        kind_id=kind.id,
        issuer=optional_text(facts.issuer),
        number_pattern=facts.number_pattern or None,
        renewal_years=facts.renewal_years,
        life_years=facts.life_years,
        register_address=optional_text(facts.register_address),
        counts_as=facts.counts_as,
        rank=RANKS[facts.counts_as] if facts.nationally_recognised else UNRECOGNISED_RANK,
        nationally_recognised=facts.nationally_recognised,
        basis=(facts.basis or "").strip(),
        valid_from=facts.valid_from,
    )
    db.session.add(rule)
    db.session.flush()
    return rule


def _refuse(facts: KindRuleFacts) -> None:
    if facts.number_pattern and not is_pattern(facts.number_pattern):
        raise InvalidInput(
            _("This is no pattern. Example: \\d{16} for sixteen digits."),
            "bad_pattern",
            "number_pattern",
        )
    if facts.number_pattern and not is_quick(facts.number_pattern):
        raise InvalidInput(
            _("Repeat no group that itself repeats or chooses: write \\d+ instead of (\\d+)+."),
            "slow_pattern",
            "number_pattern",
        )
    for field in ("renewal_years", "life_years"):
        years = getattr(facts, field)
        if years is not None and not 1 <= years <= MOST_YEARS:
            raise InvalidInput(_("Give 1 to 50 years."), "bad_years", field)
    address = optional_text(facts.register_address)
    if address is not None and not is_address(address):
        raise InvalidInput(
            _("This is no address of a website. Example: https://www.jszg.edu.cn/"),
            "bad_address",
            "register_address",
        )
    if not (facts.basis or "").strip():
        raise InvalidInput(_("Name the document this rests on."), "basis_missing", "basis")


def _plain(rule: CredentialKindRule) -> dict[str, Any]:
    return {
        "from": rule.valid_from.isoformat() if rule.valid_from else None,
        "counts_as": rule.counts_as.value,
        "nationally_recognised": rule.nationally_recognised,
        "number_pattern": rule.number_pattern,
        "renewal_years": rule.renewal_years,
        "life_years": rule.life_years,
        "register_address": rule.register_address,
        "issuer": rule.issuer,
    }
