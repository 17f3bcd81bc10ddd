"""Who may sign which opinion when, and what marks come to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.placements.rules.appraisal import (
    Standing,
    WhyNotSigned,
    next_opinion,
    suggested_result,
    weighted_mark,
    why_cannot_sign,
    why_cannot_withdraw,
    why_not_marks,
    why_not_weights,
)
from app.domain.placements.rules.words import Opinion, Phase, PlacementResult, PlacementStatus

SELF, MENTOR, BASE_SCHOOL, BUREAU = Opinion
LAST_WEEK = date(2024, 1, 8)


def _standing(*signed: Opinion, status: PlacementStatus = PlacementStatus.ACTIVE) -> Standing:
    return Standing(status, date(2023, 9, 1), date(2024, 1, 12), frozenset(signed))


def _why(opinion: Opinion, standing: Standing, **more: Any) -> WhyNotSigned | None:
    part = "trainee" if opinion is SELF else opinion.value
    values: dict[str, Any] = {"parts": {part}, "today": LAST_WEEK} | more
    return why_cannot_sign(opinion, Phase.FINAL, standing, **values)


def test_lets_the_four_sign_in_their_order() -> None:
    signed: list[Opinion] = []
    for opinion in Opinion:
        assert next_opinion(signed) is opinion
        assert _why(opinion, _standing(*signed)) is None
        signed.append(opinion)
    assert next_opinion(signed) is None


def test_refuses_an_opinion_out_of_order() -> None:
    assert _why(BASE_SCHOOL, _standing(SELF)) is WhyNotSigned.OUT_OF_ORDER


def test_refuses_the_wrong_role() -> None:
    assert _why(MENTOR, _standing(SELF), parts={"trainee", "bureau"}) is WhyNotSigned.WRONG_ROLE


def test_refuses_an_opinion_signed_already() -> None:
    assert _why(SELF, _standing(SELF)) is WhyNotSigned.ALREADY_SIGNED


def test_refuses_a_final_opinion_more_than_two_weeks_before_the_end() -> None:
    assert _why(SELF, _standing(), today=date(2023, 12, 28)) is WhyNotSigned.TOO_EARLY
    assert _why(SELF, _standing(), today=date(2023, 12, 29)) is None


def test_refuses_an_opinion_before_the_placement_begins() -> None:
    assert _why(SELF, _standing(), today=date(2023, 8, 31)) is WhyNotSigned.NOT_BEGUN


def test_takes_a_mid_term_opinion_from_the_first_day_on() -> None:
    day = date(2023, 9, 1)
    assert why_cannot_sign(SELF, Phase.MID_TERM, _standing(), parts={"trainee"}, today=day) is None


@pytest.mark.parametrize("status", [PlacementStatus.COMPLETED, PlacementStatus.WITHDRAWN])
def test_refuses_an_opinion_on_what_is_over(status: PlacementStatus) -> None:
    assert _why(SELF, _standing(status=status)) is WhyNotSigned.OVER
    assert why_cannot_withdraw(SELF, _standing(SELF, status=status), parts={"trainee"}) is (
        WhyNotSigned.OVER
    )


def test_takes_an_opinion_back_only_before_the_next_one() -> None:
    assert why_cannot_withdraw(MENTOR, _standing(SELF, MENTOR), parts={"mentor"}) is None
    standing = _standing(SELF, MENTOR, BASE_SCHOOL)
    assert why_cannot_withdraw(MENTOR, standing, parts={"mentor"}) is WhyNotSigned.LATER_SIGNED
    assert why_cannot_withdraw(MENTOR, standing, parts={"bureau"}) is WhyNotSigned.WRONG_ROLE


def test_names_what_is_wrong_with_marks() -> None:
    good = {1: Decimal(90), 2: Decimal(0)}
    assert why_not_marks(good, [1, 2]) is None
    assert why_not_marks({1: Decimal(90)}, [1, 2]) == ("mark_missing", 2)
    assert why_not_marks(good | {3: Decimal(1)}, [1, 2]) == ("unknown_criterion", 3)
    assert why_not_marks(good | {2: Decimal("100.5")}, [1, 2]) == ("mark_out_of_range", 2)
    assert why_not_marks(good | {2: Decimal(-1)}, [1, 2]) == ("mark_out_of_range", 2)


def test_wants_weights_of_a_hundred_or_none() -> None:
    assert why_not_weights([60, 40]) is None
    assert why_not_weights([]) is None
    assert why_not_weights([60, 30]) == "weights_not_100"


def test_weighs_marks_to_one_decimal() -> None:
    weights = {1: 30, 2: 70}
    assert weighted_mark({1: Decimal(90), 2: Decimal("84.5")}, weights) == Decimal("86.2")
    assert weighted_mark({1: Decimal(90)}, weights) is None
    assert weighted_mark({}, {}) is None


@pytest.mark.parametrize(
    ("mark", "result"),
    [
        ("90", PlacementResult.EXCELLENT),
        ("89.9", PlacementResult.PASSED),
        ("60", PlacementResult.PASSED),
        ("59.9", PlacementResult.FAILED),
    ],
)
def test_suggests_a_result(mark: str, result: PlacementResult) -> None:
    assert suggested_result(Decimal(mark)) is result


def test_suggests_nothing_without_a_mark() -> None:
    assert suggested_result(None) is None
