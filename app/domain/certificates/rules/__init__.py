"""Plain values of the area; those of credentials by name, others in the modules of this package."""

from app.domain.certificates.rules.credentials import (
    DROPPED,
    EXPIRES_SOON_DAYS,
    CountsAs,
    CredentialState,
    Doubt,
    doubts,
    is_pattern,
    may_change,
    normalise_number,
    number_fits,
    renewal_due_on,
    why_not_dates,
    why_not_revoked,
    years_after,
)

__all__ = [
    "DROPPED",
    "EXPIRES_SOON_DAYS",
    "CountsAs",
    "CredentialState",
    "Doubt",
    "doubts",
    "is_pattern",
    "may_change",
    "normalise_number",
    "number_fits",
    "renewal_due_on",
    "why_not_dates",
    "why_not_revoked",
    "years_after",
]
