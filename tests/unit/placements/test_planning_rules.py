"""What makes the plan of a cohort sound, one refusal after the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.placements.rules import planning as rules
from app.domain.placements.rules.planning import Criterion, Level, Readiness, Term
from app.domain.placements.rules.words import CohortStatus, Phase, SeatPolicy

TERM = Term(
    starts_on=date(2023, 9, 1),
    ends_on=date(2024, 1, 12),
    nominations_open_on=date(2023, 6, 1),
    nominations_close_on=date(2023, 8, 1),
    mid_term_on=date(2023, 11, 1),
)
TODAY = date(2023, 5, 1)


def test_a_sound_term_has_no_complaint() -> None:
    assert rules.why_not_term(TERM) is None
    assert rules.why_not_term(Term(TERM.starts_on, TERM.starts_on)) is None


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"ends_on": date(2023, 8, 31)}, ("ends_before_start", "ends_on")),
        ({"ends_on": date(2024, 10, 5)}, ("too_long", "ends_on")),
        ({"nominations_close_on": None}, ("half_window", "nominations_close_on")),
        ({"nominations_open_on": None}, ("half_window", "nominations_open_on")),
        (
            {"nominations_close_on": date(2023, 5, 31)},
            ("closes_before_opens", "nominations_close_on"),
        ),
        (
            {"nominations_close_on": date(2023, 9, 2)},
            ("closes_after_start", "nominations_close_on"),
        ),
        ({"mid_term_on": date(2023, 9, 1)}, ("mid_term_outside", "mid_term_on")),
        ({"mid_term_on": date(2024, 1, 12)}, ("mid_term_outside", "mid_term_on")),
    ],
)
def test_refuses_days_that_cannot_be(
    changes: dict[str, date | None], refusal: tuple[str, str]
) -> None:
    assert rules.why_not_term(replace(TERM, **changes)) == refusal  # type: ignore[arg-type]


LEVELS = (Level("优秀", 90), Level("合格", 60), Level("不合格", 0))


@pytest.mark.parametrize(
    ("criteria", "refusal"),
    [
        ([], None),
        ([Criterion("师德", 40, LEVELS), Criterion("日志", 60)], None),
        ([Criterion("师德", 40), Criterion("日志", 59)], "not_hundred"),
        ([Criterion("师德", 101)], "bad_weight"),
        ([Criterion("师德", 0), Criterion("日志", 100)], "bad_weight"),
        ([Criterion("师德", 50), Criterion("师德 ", 50)], "title_twice"),
        ([Criterion(" ", 100)], "title_missing"),
        ([Criterion(str(number), 4) for number in range(25)], "too_many"),
        ([Criterion("师德", 100, (Level("合格", 60), Level("优秀", 90)))], "bad_levels"),
        ([Criterion("师德", 100, (Level("优秀", 90),))], "bad_levels"),
        ([Criterion("师德", 100, (Level("优秀", 101), Level("其他", 0)))], "bad_levels"),
        ([Criterion("师德", 100, (Level("", 90), Level("其他", 0)))], "bad_levels"),
    ],
)
def test_criteria_of_an_appraisal(criteria: list[Criterion], refusal: str | None) -> None:
    assert rules.why_not_criteria(criteria) == refusal


@pytest.mark.parametrize(
    ("points", "title"), [(100, "优秀"), (90, "优秀"), (89, "合格"), (60, "合格"), (59, "不合格")]
)
def test_points_reach_a_level(points: int, title: str) -> None:
    level = rules.level_of(points, LEVELS)
    assert level is not None
    assert level.title == title


def test_without_levels_points_reach_none() -> None:
    assert rules.level_of(90, ()) is None


READY = Readiness(
    term=TERM,
    seats=6,
    policy=SeatPolicy.GAP_FIRST,
    quota_seats=0,
    weights={Phase.MID_TERM: 100, Phase.FINAL: 100},
    has_plan=True,
    credit_hours=Decimal(90),
)


def test_a_whole_plan_can_be_published() -> None:
    assert rules.what_is_missing(READY, today=TODAY) == []
    assert rules.what_to_look_at(READY) == []


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (replace(READY, seats=0), "no_seats"),
        (replace(READY, term=Term(TERM.starts_on, TERM.ends_on)), "no_window"),
        (
            replace(READY, term=replace(TERM, nominations_open_on=date(2023, 4, 1),
                                        nominations_close_on=date(2023, 4, 30))),
            "window_over",
        ),
        (replace(READY, policy=SeatPolicy.QUOTAS), "no_quotas"),
        (replace(READY, weights={Phase.MID_TERM: 100}), "no_final_criteria"),
        (replace(READY, term=replace(TERM, mid_term_on=None)), "mid_term_day"),
    ],
)  # fmt: skip
def test_names_what_keeps_it_from_being_published(plan: Readiness, code: str) -> None:
    assert code in rules.what_is_missing(plan, today=TODAY)


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (replace(READY, has_plan=False), "no_plan"),
        (replace(READY, credit_hours=Decimal(0)), "no_credit_hours"),
        (replace(READY, policy=SeatPolicy.QUOTAS, quota_seats=7), "quotas_above_seats"),
        (replace(READY, policy=SeatPolicy.QUOTAS, quota_seats=5), "quotas_below_seats"),
    ],
)
def test_names_what_to_look_at(plan: Readiness, code: str) -> None:
    assert rules.what_to_look_at(plan) == [code]


def test_a_cohort_goes_its_way_and_back_only_from_completed() -> None:
    allowed = {
        (now, then) for now in CohortStatus for then in CohortStatus if rules.may_become(now, then)
    }
    assert allowed == {
        (CohortStatus.DRAFT, CohortStatus.OPEN),
        (CohortStatus.DRAFT, CohortStatus.CANCELLED),
        (CohortStatus.OPEN, CohortStatus.CONFIRMED),
        (CohortStatus.OPEN, CohortStatus.CANCELLED),
        (CohortStatus.CONFIRMED, CohortStatus.COMPLETED),
        (CohortStatus.CONFIRMED, CohortStatus.CANCELLED),
        (CohortStatus.COMPLETED, CohortStatus.CONFIRMED),
    }
