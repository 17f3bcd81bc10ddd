"""When a delivery is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.outbox.rules import pause_after


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 4), (3, 16), (4, 64), (5, 256), (6, 360), (9, 360)]
)
def test_waits_four_times_as_long_after_each_failure(attempts: int, minutes: int) -> None:
    assert pause_after(attempts, 0.5) == timedelta(minutes=minutes)


def test_spreads_the_pause_by_a_quarter_to_either_side() -> None:
    assert pause_after(2, 0.0) == timedelta(minutes=3)
    assert pause_after(2, 1.0) == timedelta(minutes=5)
