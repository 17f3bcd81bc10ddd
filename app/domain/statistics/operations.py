"""Acts on the dated settings of counting: a new value from a day on; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit import operations as audit
from app.domain.statistics.models import CountingPolicy
from app.domain.statistics.policy_rules import PolicyName, why_not_value


def set_policy(
    name: PolicyName,
    value: Mapping[str, Any],
    *,
    actor: Actor,
    unit_id: int,
    valid_from: date,
    basis: str,
) -> CountingPolicy:
    """A new value for a unit's subtree from a day on; the unit's own earlier value ends the day before.

    What holds for everybody stays as it is and steps behind the unit's own. Raises InvalidInput for a value out of
    range or without a basis, DomainError ``later_policy_exists`` when the unit has a value from that day or later.
    """
    if why_not_value(name, value) is not None:
        raise InvalidInput(_("This value is out of range."), "value_out_of_range", "value")
    if not basis.strip():
        raise InvalidInput(_("Name the document or decision this rests on."), "no_basis", "basis")
    latest = db.session.scalars(
        select(CountingPolicy)
        .where(CountingPolicy.name == name.value, CountingPolicy.unit_id == unit_id)
        .order_by(CountingPolicy.valid_from.desc(), CountingPolicy.id.desc())
        .limit(1)
        .with_for_update()
    ).first()
    if latest is not None and latest.valid_from is not None and latest.valid_from >= valid_from:
        raise DomainError(
            _(
                "There is already a value from %(day)s on. Choose a later day.",
                day=latest.valid_from.isoformat(),
            ),
            "later_policy_exists",
            "valid_from",
        )
    if latest is not None and (latest.valid_until is None or latest.valid_until >= valid_from):
        latest.valid_until = valid_from - timedelta(days=1)
    policy = CountingPolicy(
        name=name.value,
        unit_id=unit_id,
        value=dict(value),
        basis=basis.strip(),
        valid_from=valid_from,
    )
    db.session.add(policy)
    db.session.flush()
    audit.record(
        actor,
        "policies.set",
        object_type="counting_policy",
        object_id=policy.id,
        details={"name": name.value, "value": dict(value), "valid_from": valid_from.isoformat()},
        reason=policy.basis,
    )
    return policy
