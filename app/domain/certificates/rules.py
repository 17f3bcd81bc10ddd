"""Plain values of credentials: what a kind counts as, and when a credential counts. Source: DOMAIN.md §4."""

from __future__ import annotations

import enum


class CountsAs(enum.StrEnum):
    """The column of the ledger a kind belongs to; psych_2 ranks above psych_3 above other."""

    PSYCH_2 = "psych_2"
    PSYCH_3 = "psych_3"
    OTHER = "other"


class CredentialState(enum.StrEnum):
    CLAIMED = "claimed"
    VERIFIED = "verified"
    REJECTED = "rejected"
