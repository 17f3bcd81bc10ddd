"""What makes two records one training, and what of a record cannot be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.domain.people.rules.trainings import (
    online_event_key,
    placement_event_key,
    training_event_key,
    why_not_hours,
    why_not_period,
)

DAY = date(2022, 6, 17)
TODAY = date(2023, 8, 17)


def test_a_training_is_the_same_however_its_title_is_written() -> None:
    assert training_event_key("国培 计划(2022)", DAY) == training_event_key("国培计划（2022）", DAY)


def test_another_last_day_is_another_training() -> None:
    assert training_event_key("国培", DAY) != training_event_key("国培", date(2022, 6, 18))


def test_a_very_long_title_fits_its_column_and_stays_distinct() -> None:
    first, second = (training_event_key("长" * 199 + end, DAY) for end in "甲乙")
    assert len(first) <= 200
    assert first != second


def test_an_online_training_is_the_same_on_any_day_of_its_year() -> None:
    assert online_event_key("网络研修", date(2022, 3, 1)) == online_event_key(
        "网络研修", date(2022, 12, 28)
    )
    assert online_event_key("网络研修", date(2022, 3, 1)) != online_event_key(
        "网络研修", date(2023, 3, 1)
    )


def test_the_year_in_the_title_of_an_online_training_is_its_year() -> None:
    assert online_event_key("网络研修（2022年）", date(2022, 12, 28)) == online_event_key(
        "网络研修（2022年）", date(2023, 1, 5)
    )


def test_a_placement_is_known_by_its_cohort() -> None:
    assert placement_event_key("第 一 期") == placement_event_key("第一期")
    assert placement_event_key("第一期") != placement_event_key("第二期")


@pytest.mark.parametrize(
    ("started_on", "ended_on", "why"),
    [
        (date(2022, 6, 18), DAY, "ends_before_start"),
        (None, date(2023, 8, 18), "not_ended"),
        (date(1949, 12, 31), DAY, "too_early"),
        (date(2019, 6, 1), DAY, "too_long"),
        (date(2022, 6, 17), DAY, None),
        (None, TODAY, None),
    ],
)
def test_periods(started_on: date | None, ended_on: date, why: str | None) -> None:
    assert why_not_period(started_on, ended_on, today=TODAY) == why


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        ("-1", "negative"),
        ("2000.5", "too_many"),
        ("1.2", "not_half"),
        ("0", None),
        ("40.5", None),
        ("2000", None),
    ],
)
def test_hours(hours: str, why: str | None) -> None:
    assert why_not_hours(Decimal(hours)) == why


def test_hours_may_be_unknown() -> None:
    assert why_not_hours(None) is None
