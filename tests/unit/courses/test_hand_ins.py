"""When work is taken and marked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.courses.rules.hand_ins import (
    why_not_hand_in,
    why_not_mark,
    why_not_these_marks,
)
from app.domain.courses.rules.words import HandInStatus


@pytest.mark.parametrize(
    ("newest", "code"),
    [
        (None, None),
        (HandInStatus.HANDED_IN, None),
        (HandInStatus.RETURNED, None),
        (HandInStatus.ACCEPTED, "accepted"),
    ],
)
def test_work_is_taken_until_it_is_accepted(newest: HandInStatus | None, code: str | None) -> None:
    assert why_not_hand_in(newest) == code


def test_only_what_waits_and_counts_is_marked() -> None:
    assert why_not_mark(HandInStatus.HANDED_IN, replaced=False) is None
    assert why_not_mark(HandInStatus.HANDED_IN, replaced=True) == "replaced"
    assert why_not_mark(HandInStatus.ACCEPTED, replaced=False) == "marked"
    assert why_not_mark(HandInStatus.RETURNED, replaced=False) == "marked"


@pytest.mark.parametrize(
    ("marks", "code"),
    [
        (None, None),
        ("0", None),
        ("100", None),
        ("87.25", None),
        ("100.01", "out_of_range"),
        ("-1", "out_of_range"),
        ("NaN", "out_of_range"),
        ("87.255", "too_exact"),
    ],
)
def test_marks_are_from_0_to_100_with_two_decimals(marks: str | None, code: str | None) -> None:
    assert why_not_these_marks(None if marks is None else Decimal(marks)) == code
