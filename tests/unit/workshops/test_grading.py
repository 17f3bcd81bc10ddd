"""From marks to a grade, with plain values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.workshops.rules import grading as rules
from app.domain.workshops.rules.assignments import names_in_archive, why_not_hand_in
from app.domain.workshops.rules.grade_sheet import (
    RowKey,
    SheetKey,
    read_row_key,
    read_seen,
    read_sheet_key,
    write_row_key,
    write_sheet_key,
)
from app.domain.workshops.rules.words import CriterionKind, EnrolmentStatus, Grade

D = Decimal
THEORY = rules.Weighted(1, CriterionKind.THEORY, D(40), D(100))
PRACTICE = rules.Weighted(2, CriterionKind.PRACTICE, D(50), D(50))
ATTENDANCE = rules.Weighted(3, CriterionKind.ATTENDANCE, D(10), D(20))
GUIDE = (THEORY, PRACTICE, ATTENDANCE)
ONE = rules.Standard()
TWO = rules.Standard(second_marking=True, agree_within=D(10))


@pytest.mark.parametrize(
    ("text", "value"),
    [("85", "85"), (" 85.5 ", "85.5"), ("８５", "85"), ("85分", "85"), ("0", "0"), ("100", "100")],
)
def test_reads_points_as_people_type_them(text: str, value: str) -> None:
    assert rules.read_value(text, D(100)) == D(value)


@pytest.mark.parametrize("text", ["", "   ", "　"])
def test_nothing_typed_is_no_mark(text: str) -> None:
    assert rules.read_value(text, D(100)) is None


@pytest.mark.parametrize(
    "text", ["优", "8 5", "NaN", "Infinity", "1e2", "八十", "--", "²", "٣", "0x10", "85,5"]
)
def test_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(rules.NotAMark) as refused:
        rules.read_value(text, D(100))
    assert refused.value.code == "not_a_number"


@pytest.mark.parametrize("text", ["-1", "100.01", "1000", "-0.01"])
def test_refuses_points_outside_the_range(text: str) -> None:
    with pytest.raises(rules.NotAMark) as refused:
        rules.read_value(text, D(100))
    assert refused.value.code == "out_of_range"


def test_refuses_more_than_two_decimals() -> None:
    with pytest.raises(rules.NotAMark) as refused:
        rules.read_value("85.555", D(100))
    assert refused.value.code == "too_many_decimals"


def test_weighs_each_criterion_by_its_share_of_the_maximum() -> None:
    # 90/100 × 40 + 40/50 × 50 + 20/20 × 10 = 36 + 40 + 10
    assert rules.weighted_total({1: D(90), 2: D(40), 3: D(20)}, GUIDE) == D("86.00")


def test_rounds_a_total_half_up() -> None:
    third = rules.Weighted(1, CriterionKind.THEORY, D(100), D(800))
    assert rules.weighted_total({1: D("0.20")}, [third]) == D("0.03")  # 0.025


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("100", Grade.EXCELLENT),
        ("90", Grade.EXCELLENT),
        ("89.99", Grade.PASSED),
        ("60", Grade.PASSED),
        ("59.99", Grade.FAILED),
        ("0", Grade.FAILED),
    ],
)
def test_a_bound_belongs_to_the_better_grade(total: str, grade: Grade) -> None:
    assert rules.grade_of(D(total), ONE) is grade


def test_bounds_are_those_of_the_workshop() -> None:
    strict = rules.Standard(pass_bound=70, excellent_bound=95)
    assert rules.grade_of(D(69), strict) is Grade.FAILED
    assert rules.grade_of(D(94), strict) is Grade.PASSED


def test_a_total_waits_for_every_criterion() -> None:
    found = rules.assess({1: {1: D(90)}}, GUIDE, ONE)
    assert (found.missing, found.total, found.grade) == ((2, 3), None, None)


def test_nothing_comes_of_no_guide() -> None:
    assert rules.assess({}, [], ONE).total is None


def test_attendance_gives_its_criterion_unless_marked_by_hand() -> None:
    marks = {1: {1: D(90)}, 2: {1: D(40)}}
    computed = rules.assess(marks, GUIDE, ONE, attendance=D("75"))
    assert computed.values[3] == D("15.00")
    assert computed.total == D("83.50")
    by_hand = rules.assess({**marks, 3: {1: D(20)}}, GUIDE, ONE, attendance=D("75"))
    assert by_hand.total == D("86.00")


def test_two_markers_mean_their_mean_rounded_half_up() -> None:
    decided = rules.decide_value({1: D("80.01"), 2: D("85.00")}, THEORY, TWO)
    assert decided.value == D("82.51")  # 82.505


@pytest.mark.parametrize(
    ("second", "why"), [("75", None), ("74.99", "to_agree"), ("95.01", "to_agree")]
)
def test_two_markers_agree_when_they_differ_by_more_than_allowed(
    second: str, why: str | None
) -> None:
    decided = rules.decide_value({1: D(85), 2: D(second)}, THEORY, TWO)
    assert decided.why_not == why


def test_the_allowed_difference_is_of_a_hundred() -> None:
    # 5 of 50 points are 10 of 100; 5.01 are more.
    assert rules.decide_value({1: D(40), 2: D(45)}, PRACTICE, TWO).value == D("42.50")
    assert rules.decide_value({1: D(40), 2: D("45.01")}, PRACTICE, TWO).why_not == "to_agree"


def test_an_agreed_mark_counts_before_everything() -> None:
    assert rules.decide_value({0: D(70), 1: D(40), 2: D(90)}, THEORY, TWO).value == D(70)


def test_the_second_marker_is_waited_for() -> None:
    assert rules.decide_value({1: D(40)}, THEORY, TWO).why_not == "missing"
    assert rules.decide_value({1: D(40)}, THEORY, ONE).value == D(40)


def test_attendance_is_not_marked_twice() -> None:
    assert rules.decide_value({1: D(18)}, ATTENDANCE, TWO).value == D(18)
    assert rules.both_marked({1: {1: D(1), 2: D(1)}, 2: {1: D(1), 2: D(1)}}, GUIDE)
    assert not rules.both_marked({1: {1: D(1), 2: D(1)}, 2: {1: D(1)}}, GUIDE)


@pytest.mark.parametrize(("points", "total"), [("3", "88.00"), ("-5", "80.00")])
def test_moderation_moves_the_total(points: str, total: str) -> None:
    assert rules.moderated(D(85), D(points)) == D(total)


def test_moderation_stays_within_the_scale() -> None:
    assert rules.moderated(D(95), D(10)) == D(100)
    assert rules.moderated(D(5), D(-10)) == D(0)


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ("10", None),
        ("-10", None),
        ("10.01", "moderation_limit"),
        ("-11", "moderation_limit"),
        ("0", "no_points"),
    ],
)
def test_moderation_is_bounded(points: str, code: str | None) -> None:
    assert rules.why_not_moderation(D(points)) == code


LEVELS = [
    {"from": "0", "title": "待提高", "description": ""},
    {"from": "60", "title": "合格", "description": ""},
    {"from": "85", "title": "优秀", "description": ""},
]


@pytest.mark.parametrize(
    ("value", "title"), [("0", "待提高"), ("59.99", "待提高"), ("60", "合格"), ("100", "优秀")]
)
def test_a_value_reaches_the_highest_level_not_above_it(value: str, title: str) -> None:
    found = rules.level_of(D(value), LEVELS)
    assert found is not None
    assert found["title"] == title


def test_below_every_level_there_is_none() -> None:
    assert rules.level_of(D(50), LEVELS[1:]) is None


def test_refuses_a_level_without_a_name() -> None:
    assert rules.why_not_levels([{"from": "1", "title": " "}], D(100)) == "level_untitled"


def test_refuses_a_level_beyond_the_criterion() -> None:
    assert rules.why_not_levels([{"from": "101", "title": "优"}], D(100)) == "level_outside"


def test_refuses_two_levels_from_the_same_points() -> None:
    twice = [{"from": "60", "title": "中"}, {"from": "60.0", "title": "良"}]
    assert rules.why_not_levels(twice, D(100)) == "level_twice"


def test_keys_of_a_sheet_come_back_as_they_went_out() -> None:
    row = RowKey(12, ((3, D("85.5")), (0, None), (0, D("20"))))
    assert read_row_key(write_row_key(row)) == row
    sheet = SheetKey(4, 2, (7, 9))
    assert read_sheet_key(write_sheet_key(sheet)) == sheet


@pytest.mark.parametrize(
    "text", ["", "x", "1", ":5", "a:5", "-1:5", "1:x", "1:NaN", "1:Infinity", "9999999999:1"]
)
def test_a_broken_version_is_none(text: str) -> None:
    assert read_seen(text) is None


@pytest.mark.parametrize(
    "text", ["xinyu-grades|1|1", "other|1|1|2", "xinyu-grades|a|1|2", "xinyu-grades|1|1|2,b"]
)
def test_a_broken_key_of_a_sheet_is_none(text: str) -> None:
    assert read_sheet_key(text) is None


NOW = datetime(2023, 8, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "status", [EnrolmentStatus.WAITLISTED, EnrolmentStatus.WITHDRAWN, EnrolmentStatus.PENDING]
)
def test_only_a_confirmed_seat_hands_in(status: EnrolmentStatus) -> None:
    assert why_not_hand_in(status, None, True, NOW) == "not_enrolled"


def test_late_work_only_where_it_is_taken() -> None:
    confirmed = EnrolmentStatus.CONFIRMED
    due = NOW - timedelta(seconds=1)
    assert why_not_hand_in(confirmed, due, False, NOW) == "too_late"
    assert why_not_hand_in(confirmed, due, True, NOW) is None
    assert why_not_hand_in(confirmed, NOW, False, NOW) is None


def test_nothing_is_handed_in_after_the_result() -> None:
    assert (
        why_not_hand_in(EnrolmentStatus.CONFIRMED, None, True, NOW, published=True)
        == "result_published"
    )


def test_names_that_come_twice_in_an_archive_get_a_number() -> None:
    assert names_in_archive(["a.pdf", "A.pdf", "b", "b"]) == ["a.pdf", "A (2).pdf", "b", "b (2)"]


@pytest.mark.parametrize("points", ["NaN", "Infinity", "0.001"])
def test_moderation_needs_points_that_move_something(points: str) -> None:
    assert rules.why_not_moderation(Decimal(points)) is not None
