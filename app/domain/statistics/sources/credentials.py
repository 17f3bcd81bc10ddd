"""Credentials that count on a day: verified, nationally recognised, issued, not expired, revoked or renewed."""

from __future__ import annotations

from sqlalchemy import case, func, or_, select

from app.domain.certificates.models import Credential, CredentialKind
from app.domain.certificates.queries.chains import is_superseded
from app.domain.certificates.rules import CountsAs, CredentialState
from app.domain.statistics.expressions import DAY, Selection
from app.domain.statistics.frame import Rules

# The highest counts: level 2 above level 3 above the others (DOMAIN.md §3).
HEIGHTS = {CountsAs.PSYCH_2: 3, CountsAs.PSYCH_3: 2, CountsAs.OTHER: 1}


def counted_credentials(rules: Rules) -> Selection:
    """Rows of id, person_id, day, height (3, 2, 1), kind_name, number; everybody's, wherever posted."""
    since = func.coalesce(Credential.issued_on, Credential.recorded_for)
    recognised = [kind for kinds in rules.kinds.values() for kind in kinds]
    height = case(
        *(
            (Credential.kind_id.in_(rules.kinds[column]), HEIGHTS[column])
            for column in (CountsAs.PSYCH_2, CountsAs.PSYCH_3)
        ),
        else_=HEIGHTS[CountsAs.OTHER],
    )
    return (
        select(
            Credential.id,
            Credential.person_id,
            since.label("day"),
            height.label("height"),
            CredentialKind.name.label("kind_name"),
            Credential.number,
        )
        .join(CredentialKind, CredentialKind.id == Credential.kind_id)
        .where(
            Credential.state == CredentialState.VERIFIED,
            Credential.kind_id.in_(recognised),
            since <= DAY,
            or_(Credential.expires_on.is_(None), Credential.expires_on >= DAY),
            or_(Credential.revoked_on.is_(None), Credential.revoked_on > DAY),
            ~is_superseded(DAY),
        )
    )
