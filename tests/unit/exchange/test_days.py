"""Days and ranges of days as people write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.exchange.reading import Period
from app.domain.exchange.reading.values.dates import Day, DayTrouble, Precision, read_day, written
from app.domain.exchange.reading.values.periods import read_period, seems_reversed
from tests.unit.exchange.books import problem, value

BEGAN = "从事心理健康教育工作时间"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2019.07", date(2019, 7, 1)),
        ("2019.7", date(2019, 7, 1)),
        ("2019年7月", date(2019, 7, 1)),
        ("2019年07月01日", date(2019, 7, 1)),
        ("2019年7月1号", date(2019, 7, 1)),
        ("2019-07-01", date(2019, 7, 1)),
        ("2019/7/1", date(2019, 7, 1)),
        ("2019／７／１", date(2019, 7, 1)),
        ("2019．07．15", date(2019, 7, 15)),
        ("201907", date(2019, 7, 1)),
        ("20190715", date(2019, 7, 15)),
        ("2019 年 7 月", date(2019, 7, 1)),
        (" 2019.07.01 ", date(2019, 7, 1)),
        ("2019.07.01 12:00", date(2019, 7, 1)),
        ("2019-07-01 00:00:00", date(2019, 7, 1)),
        ("2019-07-01T08:30:00", date(2019, 7, 1)),
        ("2019年", date(2019, 1, 1)),
        ("2019", date(2019, 1, 1)),
        ("43647", date(2019, 7, 1)),
        (43647.0, date(2019, 7, 1)),
        (43647.5, date(2019, 7, 1)),
        (201907.0, date(2019, 7, 1)),
        (20190715.0, date(2019, 7, 15)),
        (2019.07, date(2019, 7, 1)),
        (2019.0, date(2019, 1, 1)),
        (2019.12, date(2019, 12, 1)),
        (date(2019, 7, 1), date(2019, 7, 1)),
        ("2020.02.29", date(2020, 2, 29)),
    ],
)
def test_reads_a_day(cell: Any, day: date) -> None:
    assert value(BEGAN, "counseling_began_on", cell) == day


@pytest.mark.parametrize(
    ("cell", "code", "suggestion"),
    [
        ("2019.13", "date_impossible", "2019-01-03"),
        ("2019.31", "date_impossible", "2019-03-01"),
        ("2019.20", "date_impossible", "2019-02"),
        ("2019.02.30", "date_impossible", "2019-02-28"),
        ("2019.06.31", "date_impossible", "2019-06-30"),
        ("2019.25.07", "date_impossible", "2019-07-25"),
        ("20190231", "date_impossible", "2019-02-28"),
        ("0219.07.01", "date_impossible", "2019-07-01"),
        ("1019.07", "date_impossible", "2019-07"),
        ("2032.07", "date_future", "2023-07"),
        ("2109年7月", "date_future", "2019-07"),
        ("2023-12-01", "date_future", "2022-12-01"),
        (date(2091, 7, 1), "date_future", "2019-07-01"),
        ("19.07", "date_two_digit_year", "2019-07"),
        ("98.9.1", "date_two_digit_year", "1998-09-01"),
        ("1.7.2019", "date_unreadable", "2019-07-01"),
        ("去年", "date_unreadable", ""),
        ("2019.07至今", "date_unreadable", ""),
        ("=TODAY()", "date_unreadable", ""),
        ("12345678901", "date_unreadable", ""),
        (2019.1, "date_ambiguous_month", "2019-01 / 2019-10"),
        (-5.0, "date_unreadable", ""),
        (True, "date_unreadable", ""),
    ],
)
def test_refuses_a_day_and_says_what_is_meant(cell: Any, code: str, suggestion: str) -> None:
    found = problem(BEGAN, cell)
    assert (found.row, found.column, found.severity) == (2, BEGAN, "error")
    assert (found.code, found.params.get("suggestion", "")) == (code, suggestion)


@pytest.mark.parametrize(
    ("text", "starts_on", "ends_on"),
    [
        ("2021.10.11-10.20", date(2021, 10, 11), date(2021, 10, 20)),
        ("2022.03.01-2022.07.08", date(2022, 3, 1), date(2022, 7, 8)),
        ("2022年3月1日至7月8日", date(2022, 3, 1), date(2022, 7, 8)),
        ("2022年3月1日—2022年7月8日", date(2022, 3, 1), date(2022, 7, 8)),
        ("2022年3月1日-8日", date(2022, 3, 1), date(2022, 3, 8)),
        ("2021.10.11～20", date(2021, 10, 11), date(2021, 10, 20)),
        ("2021.10.11~10.20", date(2021, 10, 11), date(2021, 10, 20)),
        ("2021.12.28-2022.01.05", date(2021, 12, 28), date(2022, 1, 5)),
        ("2021.12.28-01.05", date(2021, 12, 28), date(2022, 1, 5)),
        ("2021-10-11至2021-10-20", date(2021, 10, 11), date(2021, 10, 20)),
        ("2021-10-11-2021-10-20", date(2021, 10, 11), date(2021, 10, 20)),
        ("2021-10-11-10-20", date(2021, 10, 11), date(2021, 10, 20)),
        ("2021-10-11 - 2021-10-20", date(2021, 10, 11), date(2021, 10, 20)),
        ("2021/10/11-2021/10/20", date(2021, 10, 11), date(2021, 10, 20)),
        ("20211011-20211020", date(2021, 10, 11), date(2021, 10, 20)),
        ("２０２１．１０．１１－１０．２０", date(2021, 10, 11), date(2021, 10, 20)),
        ("2021.10.11-10.20（共10天）", date(2021, 10, 11), date(2021, 10, 20)),
        ("2021年10月", date(2021, 10, 1), date(2021, 10, 31)),
        ("2021.09-2022.01", date(2021, 9, 1), date(2022, 1, 31)),
        ("2022年3月至7月", date(2022, 3, 1), date(2022, 7, 31)),
        ("2021.10.11", date(2021, 10, 11), date(2021, 10, 11)),
        ("2021-10-11", date(2021, 10, 11), date(2021, 10, 11)),
        ("2021年10月11日、12日、13日", date(2021, 10, 11), date(2021, 10, 13)),
    ],
)
def test_reads_a_range_of_days(text: str, starts_on: date, ends_on: date) -> None:
    assert read_period(text) == Period(starts_on, ends_on)
    assert not seems_reversed(text)


@pytest.mark.parametrize(
    ("text", "ends_on"),
    [
        ("2024.03.05-03.01", date(2025, 3, 1)),
        ("2024-03-05至03-01", date(2025, 3, 1)),
        ("2024年6月10日至6月3日", date(2025, 6, 3)),
        ("2021.09.01-07.10", date(2022, 7, 10)),
    ],
)
def test_doubts_a_range_that_takes_most_of_a_year_because_its_end_lies_before_its_start(
    text: str, ends_on: date
) -> None:
    period = read_period(text)
    assert isinstance(period, Period)
    assert period.ends_on == ends_on
    assert seems_reversed(text)


def test_doubts_no_range_whose_years_are_written() -> None:
    assert not seems_reversed("2021.09.01-2022.07.10")
    assert not seems_reversed("20210901-20220710")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2021.10.20-2021.10.11", "period_reversed"),
        ("2021.10.11-10.32", "date_impossible"),
        ("2021.13.11-10.20", "date_impossible"),
        ("暑假", "date_unreadable"),
        ("2021.10.11-暑假", "date_unreadable"),
        ("21.10.11-10.20", "date_two_digit_year"),
    ],
)
def test_refuses_a_range(text: str, code: str) -> None:
    trouble = read_period(text)
    assert isinstance(trouble, DayTrouble)
    assert trouble.code == code


cells = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789.-/年月日至~ １２", max_size=24),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.timedeltas(),
)


@given(cells)
def test_never_fails_on_any_cell(cell: Any) -> None:
    assert isinstance(read_day(cell), (Day, DayTrouble))
    period = read_period(cell)
    assert isinstance(period, DayTrouble) or period.starts_on <= period.ends_on


@given(
    st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31)),
    st.sampled_from(
        [
            "%Y-%m-%d",
            "%Y.%m.%d",
            "%Y/%m/%d",
            "%Y%m%d",
            "%Y年%m月%d日",
            "%Y. %m. %d",
            "%Y-%m-%d %H:%M",
        ]
    ),
)
def test_reads_back_every_day_in_every_form(day: date, form: str) -> None:
    assert read_day(datetime.combine(day, datetime.min.time()).strftime(form)) == Day(
        day, Precision.DAY
    )


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31)))
def test_reads_back_every_excel_serial(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert read_day(float(serial)) == read_day(str(serial)) == Day(day, Precision.DAY)


@given(
    st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31)),
    st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31)),
)
def test_reads_back_every_range(one: date, other: date) -> None:
    first, last = sorted((one, other))
    for between in ("-", "至", "~", "—"):
        assert read_period(f"{first:%Y.%m.%d}{between}{last:%Y.%m.%d}") == Period(first, last)


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31)))
def test_writes_a_day_as_exactly_as_it_was_read(day: date) -> None:
    assert written(Day(day, Precision.MONTH)) == f"{day:%Y-%m}"
