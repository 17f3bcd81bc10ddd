"""How long a teacher may show their certificates to somebody by a link."""

from __future__ import annotations

from datetime import datetime

DAYS = (7, 30, 90, 365)
MOST_SHARES = 20  # open ones of one person
LONGEST_PURPOSE = 120


def is_open(expires_at: datetime, withdrawn_at: datetime | None, now: datetime) -> bool:
    """Whether a link still shows something."""
    return withdrawn_at is None and now < expires_at
