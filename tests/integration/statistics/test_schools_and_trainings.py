"""Schools and rooms, trainings and hours, on a day and in a period."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.core import clock
from app.domain.people.models import TrainingRecord
from app.domain.people.rules import TrainingKind, TrainingLevel
from app.domain.statistics.rows import Lacking
from app.domain.units.models import SchoolStage
from tests.factories import (
    CHUXIONG_CITY,
    LUFENG,
    make_counselor,
    make_posting,
    make_return,
    make_school,
    make_training,
)
from tests.integration.statistics.helpers import DAY, change, labels, ledger, row_of, rows, total

pytestmark = pytest.mark.usefixtures("session")
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


@pytest.mark.parametrize("stage", list(SchoolStage))
def test_only_complete_primary_schools_and_above_count(stage: SchoolStage) -> None:
    make_school(stage=stage)
    small = {SchoolStage.TEACHING_POINT, SchoolStage.KINDERGARTEN}
    assert total("schools") == (0 if stage in small else 1)


def test_a_school_counts_from_its_opening_until_its_closing_day() -> None:
    make_school(opened_on=DAY, closed_on=AFTER)
    days = [BEFORE, DAY, AFTER, AFTER + timedelta(days=1)]
    assert [total("schools", day) for day in days] == [0, 1, 1, 0]


def test_a_school_without_an_opening_day_always_was() -> None:
    make_school()
    assert total("schools", date(1950, 1, 1)) == 1


def test_coverage_is_the_share_of_schools_with_a_counselor() -> None:
    make_counselor(make_school())
    make_school()
    make_school()
    totals = ledger().totals
    assert totals["schools_with_counselor"] == 1
    assert totals["counselor_coverage"] == 0.3333


def test_the_latest_return_on_or_before_the_day_decides() -> None:
    school = make_school()
    make_return(school, date(2022, 9, 1), 1, "20.5")
    make_return(school, DAY, 3, "61.30")
    make_return(school, AFTER, 0)
    totals = ledger().totals
    assert (totals["rooms"], totals["room_area"]) == (3, Decimal("61.3"))
    assert total("rooms", BEFORE) == 1
    assert total("schools_with_room", AFTER) == 0
    assert total("rooms", date(2022, 8, 31)) == 0


def test_room_area_sums_exactly() -> None:
    for _ in range(3):
        make_return(make_school(), DAY, 1, "0.1")
    assert total("room_area") == Decimal("0.3")
    assert rows("room_area").count == Decimal("0.3")


def test_a_closed_school_takes_its_rooms_with_it() -> None:
    make_return(make_school(closed_on=BEFORE), date(2020, 1, 1), 2, "40")
    assert total("rooms") == 0


def record(**facts: Any) -> TrainingRecord:
    school = make_school()
    made = make_training(make_counselor(school), school, **facts)
    return made


def test_a_training_counts_by_the_day_it_ended() -> None:
    for day in (date(2022, 12, 31), date(2023, 1, 1), DAY, AFTER):
        record(ended_on=day)
    assert total("training_person_times") == 2


def test_a_failed_or_withdrawn_training_does_not_count() -> None:
    record(passed=False, ended_on=DAY)
    change(record(ended_on=DAY), withdrawn_at=clock.now())
    assert total("training_person_times") == 0
    assert total("credit_hours") == 0


def test_a_training_counts_for_the_unit_of_its_record_whatever_happens_later() -> None:
    school, later = make_school(CHUXIONG_CITY), make_school(LUFENG)
    person = make_counselor(school, valid_until=date(2023, 5, 1))
    make_training(person, school, ended_on=date(2023, 4, 1))
    make_posting(person, later, valid_from=date(2023, 5, 2))
    found = ledger()
    assert row_of(found, CHUXIONG_CITY)["training_person_times"] == 1
    assert row_of(found, LUFENG)["training_person_times"] == 0


def test_levels_are_counted_each_and_listed_each() -> None:
    for level in (TrainingLevel.NATIONAL, TrainingLevel.NATIONAL, TrainingLevel.ABROAD):
        record(level=level, ended_on=DAY)
    assert total("training_person_times_by_level") == {
        "national": 2,
        "provincial": 0,
        "prefecture": 0,
        "county": 0,
        "school": 0,
        "abroad": 1,
    }
    assert rows("training_person_times", level=TrainingLevel.NATIONAL).count == 2
    assert rows("training_person_times_by_level", level=TrainingLevel.ABROAD).count == 1


def test_a_person_trained_in_two_counties_is_one_head_in_the_whole() -> None:
    first, second = make_school(CHUXIONG_CITY), make_school(LUFENG)
    person = make_counselor(first)
    make_training(person, first, title="甲", ended_on=DAY)
    make_training(person, second, title="乙", ended_on=DAY)
    found = ledger()
    assert found.totals["training_headcount"] == 1
    assert row_of(found, CHUXIONG_CITY)["training_headcount"] == 1
    assert row_of(found, LUFENG)["training_headcount"] == 1
    listing = rows("training_headcount")
    assert (listing.count, listing.total) == (1, 1)


def train(hours: str, start: date | None, end: date, kind: TrainingKind) -> None:
    change(record(ended_on=end, kind=kind), hours=Decimal(hours), started_on=start)


@pytest.mark.parametrize(
    ("hours", "start", "kind", "credited"),
    [
        ("40", DAY - timedelta(days=4), TrainingKind.TRAINING, 40),
        ("41", DAY - timedelta(days=4), TrainingKind.TRAINING, 40),
        ("12.5", DAY, TrainingKind.TRAINING, 8),
        ("7.5", DAY, TrainingKind.TRAINING, Decimal("7.5")),
        ("50", DAY, TrainingKind.ONLINE, 50),
        ("20", DAY, TrainingKind.PLACEMENT, 8),
        ("40", None, TrainingKind.TRAINING, 40),
    ],
)
def test_face_to_face_gives_at_most_8_hours_a_day(
    hours: str, start: date | None, kind: TrainingKind, credited: Decimal
) -> None:
    train(hours, start, DAY, kind)
    assert total("credit_hours") == credited
    assert rows("credit_hours").count == credited


def test_the_year_is_met_at_90_hours_up_to_the_day() -> None:
    school = make_school()
    person = make_counselor(school)
    make_training(person, school, title="甲", ended_on=date(2023, 1, 1), hours=50)
    make_training(person, school, title="乙", ended_on=DAY, hours=40)
    assert total("hours_year_met") == 1
    assert total("hours_year_met", BEFORE) == 0
    assert total("hours_year_met", date(2024, 1, 1)) == 0
    assert rows("hours_year_met").count == 1


def test_89_hours_do_not_meet_the_year() -> None:
    school = make_school()
    make_training(make_counselor(school), school, ended_on=DAY, hours=89)
    assert total("hours_year_met") == 0


def test_the_cycle_is_met_at_360_hours_within_its_five_years() -> None:
    school = make_school()
    person = make_counselor(school)
    make_training(person, school, title="甲", ended_on=date(2021, 1, 1), hours=200)
    make_training(person, school, title="乙", ended_on=date(2022, 6, 1), hours=160)
    assert total("hours_cycle_met") == 1
    assert total("hours_cycle_met", date(2022, 5, 31)) == 0
    assert total("hours_cycle_met", date(2025, 12, 31)) == 1
    assert total("hours_cycle_met", date(2026, 1, 1)) == 0


def test_hours_before_the_cycle_do_not_count() -> None:
    school = make_school()
    person = make_counselor(school)
    make_training(person, school, title="甲", ended_on=date(2020, 12, 31), hours=300)
    make_training(person, school, title="乙", ended_on=DAY, hours=60)
    assert total("hours_cycle_met") == 0


def test_hours_count_wherever_they_were_earned() -> None:
    school = make_school(CHUXIONG_CITY)
    person = make_counselor(school)
    make_training(person, make_school(LUFENG), ended_on=DAY, hours=90)
    assert row_of(ledger(), CHUXIONG_CITY)["hours_year_met"] == 1


def test_somebody_without_a_posting_meets_no_hours() -> None:
    school = make_school()
    person = make_counselor(school, valid_until=BEFORE)
    make_training(person, school, ended_on=date(2023, 3, 1), hours=90)
    assert total("hours_year_met") == 0


def test_schools_that_lack_something_can_be_listed() -> None:
    covered, bare = make_school(name="有人小学"), make_school(name="无人小学")
    make_counselor(covered)
    make_return(bare, DAY, 1)
    assert labels(rows("schools", lacking=Lacking.COUNSELOR)) == ["无人小学"]
    assert labels(rows("schools", lacking=Lacking.ROOM)) == ["有人小学"]
