"""Plain rules of credentials."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.domain.certificates.rules import (
    CredentialState,
    Doubt,
    doubts,
    is_pattern,
    is_quick,
    may_change,
    normalise_number,
    number_fits,
    renewal_due_on,
    why_not_dates,
    why_not_revoked,
    years_after,
)

TODAY = date(2023, 8, 17)
PSYCHOLOGIST_2 = r"\d{10}2\d{5}|\d{13}"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("１５１１ 0000-0021 2345", "15110000-00212345"),
        ("  zs１２ ", "ZS12"),
        ("a—b－c", "A-B-C"),
        ("", None),
        (" 　", None),
        (None, None),
    ],
)
def test_numbers_are_compared_in_plain_characters(text: str | None, number: str | None) -> None:
    assert normalise_number(text) == number


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("1511000000212345", True),  # level 2 at digit 11
        ("1511000000312345", False),  # level 3
        ("1511000000123", True),  # 13 digits, old ones of Shanghai
        ("151100000021234", False),
        ("１511000000212345", False),
        (None, True),
    ],
)
def test_a_psychologists_number_says_its_level(number: str | None, fits: bool) -> None:
    assert number_fits(number, PSYCHOLOGIST_2) is fits


def test_a_kind_without_a_pattern_takes_any_number() -> None:
    assert number_fits("任何", None)


def test_knows_a_broken_pattern() -> None:
    assert is_pattern(r"\d{16}")
    assert not is_pattern("(")


@pytest.mark.parametrize(
    ("pattern", "quick"),
    [
        (r"\d{10}2\d{5}|\d{13}", True),
        (r"[YS]\d{21}", True),
        (r"(云|滇)社工\d+号", True),
        (r"(\d{4}-){3}\d{4}", True),
        (r"(ab){3}\d+", True),
        (r"\(\d+\)+[(*+]+", True),
        (r"(\d+)+", False),
        (r"(\d{1,4}-?){2,}", False),
        (r"(a|aa)*", False),
        (r"((ab)+c)*", False),
        (r"(?:x*)+y", False),
    ],
)
def test_a_pattern_that_could_take_for_ever_is_told(pattern: str, quick: bool) -> None:
    assert is_quick(pattern) is quick


def test_29_february_becomes_the_28th() -> None:
    assert years_after(date(2020, 2, 29), 3) == date(2023, 2, 28)
    assert years_after(date(2020, 2, 29), -4) == date(2016, 2, 29)


def test_registration_is_due_after_the_last_one() -> None:
    assert renewal_due_on(3, date(2018, 5, 1), None) == date(2021, 5, 2)
    assert renewal_due_on(3, date(2018, 5, 1), date(2021, 4, 1)) == date(2024, 4, 2)
    assert renewal_due_on(None, date(2018, 5, 1), None) is None
    assert renewal_due_on(3, None, None) is None


def _doubts(**changes: Any) -> list[Doubt]:
    facts: dict[str, Any] = {
        "number_key": "1511000000212345",
        "pattern": PSYCHOLOGIST_2,
        "renewal_years": None,
        "issued_on": date(2015, 6, 1),
        "renewed_on": None,
        "expires_on": None,
        "born_on": date(1985, 3, 4),
        "today": TODAY,
    }
    return doubts(**facts | changes)


def test_has_no_doubts_about_a_plain_one() -> None:
    assert _doubts() == []


def test_doubts_a_missing_number_only_where_there_is_a_pattern() -> None:
    assert _doubts(number_key=None) == [Doubt.NUMBER_MISSING]
    assert _doubts(number_key=None, pattern=None) == []


def test_doubts_a_number_of_another_level() -> None:
    assert _doubts(number_key="1511000000312345") == [Doubt.NUMBER_MISFIT]


def test_doubts_an_issue_before_the_age_of_18() -> None:
    assert _doubts(born_on=date(1997, 6, 2)) == [Doubt.ISSUED_TOO_YOUNG]
    assert _doubts(born_on=date(1997, 6, 1)) == []
    assert _doubts(born_on=None) == []


def test_doubts_what_has_expired() -> None:
    assert _doubts(expires_on=date(2023, 8, 16)) == [Doubt.EXPIRED]
    assert _doubts(expires_on=TODAY) == []


def test_doubts_an_overdue_registration() -> None:
    assert _doubts(renewal_years=3) == [Doubt.RENEWAL_OVERDUE]
    assert _doubts(renewal_years=3, renewed_on=date(2020, 8, 17)) == []
    assert _doubts(renewal_years=3, renewed_on=date(2020, 8, 16)) == [Doubt.RENEWAL_OVERDUE]


def test_refuses_dates_that_cannot_be() -> None:
    issued = date(2015, 6, 1)
    assert why_not_dates(date(2023, 8, 18), None, None, today=TODAY) == ("future", "issued_on")
    assert why_not_dates(date(1949, 1, 1), None, None, today=TODAY) == ("too_early", "issued_on")
    assert why_not_dates(issued, date(2015, 5, 31), None, today=TODAY) == (
        "before_issue",
        "renewed_on",
    )
    assert why_not_dates(issued, None, date(2015, 5, 31), today=TODAY) == (
        "before_issue",
        "expires_on",
    )
    assert why_not_dates(issued, issued, date(2030, 1, 1), today=TODAY) is None
    assert why_not_dates(None, None, None, today=TODAY) is None


def test_refuses_a_revocation_of_the_future_or_before_issue() -> None:
    issued = date(2015, 6, 1)
    assert why_not_revoked(issued, date(2023, 8, 18), today=TODAY) == "future"
    assert why_not_revoked(issued, date(2015, 5, 31), today=TODAY) == "before_issue"
    assert why_not_revoked(issued, issued, today=TODAY) is None


def test_only_who_verifies_changes_a_verified_one() -> None:
    assert may_change(CredentialState.VERIFIED, verifier=True)
    assert not may_change(CredentialState.VERIFIED, verifier=False)
    assert may_change(CredentialState.CLAIMED, verifier=False)
    assert may_change(CredentialState.REJECTED, verifier=False)
