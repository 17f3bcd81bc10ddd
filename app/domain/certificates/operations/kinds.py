"""A new dated rule for a kind of credential; the one before ends the day before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.certificates.models import CredentialKindRule
from app.domain.certificates.queries.kinds import get_kind
from app.domain.certificates.rules import CountsAs, is_pattern

RANKS = {CountsAs.PSYCH_2: 30, CountsAs.PSYCH_3: 20, CountsAs.OTHER: 10}
UNRECOGNISED_RANK = 0
MOST_YEARS = 50


@dataclass(frozen=True)
class KindRuleFacts:
    """What holds of a kind from a day on."""

    valid_from: date
    counts_as: CountsAs
    nationally_recognised: bool
    issuer: str | None = None
    number_pattern: str | None = None
    renewal_years: int | None = None
    basis: str | None = None


def add_kind_rule(kind_id: int, facts: KindRuleFacts, *, actor: Actor) -> CredentialKindRule:
    """Let a new rule hold of a kind from a day; figures of days before keep the old one.

    Raises NotFound, ``before_last_rule``, ``bad_pattern``, ``bad_years``, ``basis_missing``.
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
    rule = CredentialKindRule(
        kind_id=kind.id,
        issuer=facts.issuer or None,
        number_pattern=facts.number_pattern or None,
        renewal_years=facts.renewal_years,
        counts_as=facts.counts_as,
        rank=RANKS[facts.counts_as] if facts.nationally_recognised else UNRECOGNISED_RANK,
        nationally_recognised=facts.nationally_recognised,
        basis=(facts.basis or "").strip(),
        valid_from=facts.valid_from,
    )
    db.session.add(rule)
    db.session.flush()
    record(
        actor,
        "credential_kinds.add_rule",
        object_type="credential_kind",
        object_id=kind.code,
        details=_plain(rule),
        reason=rule.basis,
    )
    return rule


def _refuse(facts: KindRuleFacts) -> None:
    if facts.number_pattern and not is_pattern(facts.number_pattern):
        raise InvalidInput(
            _("This is no pattern. Example: \\d{16} for sixteen digits."),
            "bad_pattern",
            "number_pattern",
        )
    if facts.renewal_years is not None and not 1 <= facts.renewal_years <= MOST_YEARS:
        raise InvalidInput(_("Give 1 to 50 years."), "bad_years", "renewal_years")
    if not (facts.basis or "").strip():
        raise InvalidInput(_("Name the document this rests on."), "basis_missing", "basis")


def _plain(rule: CredentialKindRule) -> dict[str, Any]:
    return {
        "from": rule.valid_from.isoformat() if rule.valid_from else None,
        "counts_as": rule.counts_as.value,
        "nationally_recognised": rule.nationally_recognised,
        "number_pattern": rule.number_pattern,
        "renewal_years": rule.renewal_years,
        "issuer": rule.issuer,
    }
