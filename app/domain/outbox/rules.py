"""When a delivery is tried again."""

from __future__ import annotations

from datetime import timedelta

MAX_ATTEMPTS = 6
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
SPREAD = 0.25


def pause_after(attempts: int, chance: float) -> timedelta:
    """How long to wait after the ``attempts``-th failure: 1, 4, 16, 64 … minutes, at most six hours.

    ``chance`` (0 to 1) spreads it by a quarter to either side, so that what failed together does not come
    back together.
    """
    pause = min(FIRST_PAUSE * int(4 ** (attempts - 1)), LONGEST_PAUSE)
    return pause * (1 + SPREAD * (2 * chance - 1))
