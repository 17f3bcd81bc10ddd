"""Certificate numbers: written one way, understood in many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.certificates.rules.numbers import (
    NumberParts,
    certificate_number,
    key_of,
    number_key,
    number_start,
    parse_number,
    sequence_of,
    why_not_prefix,
)


@pytest.mark.parametrize(
    ("copy", "number"),
    [
        (0, "临教培〔2023〕第0001号"),
        (1, "临教培〔2023〕第0001号（补）"),
        (2, "临教培〔2023〕第0001号（补2）"),
    ],
)
def test_writes_a_number_as_the_bureau_does(copy: int, number: str) -> None:
    assert certificate_number("临教培", 2023, 1, copy) == number


def test_a_long_sequence_keeps_its_digits() -> None:
    assert certificate_number("临教培", 2023, 12345) == "临教培〔2023〕第12345号"


@pytest.mark.parametrize(
    "typed",
    [
        "临教培〔2023〕第0001号",
        "临教培[2023]第0001号",
        "临教培(2023)第1号",
        "临教培（２０２３）第０００１号",
        " 临教培 【2023】 0001 ",
        "临教培〔2023〕0001号",
        "临教培［2023］第1号（补）",
        "临教培〔2023〕第0001号补2",
        "临教培\u200b〔2023〕第\u30000001号",
    ],
)
def test_every_way_of_writing_it_finds_the_same_number(typed: str) -> None:
    assert number_key(typed) == key_of("临教培", 2023, 1)


def test_says_which_reissue_is_named() -> None:
    assert parse_number("临教培〔2023〕第0001号（补2）") == NumberParts("临教培", 2023, 1, 2)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0001",
        "临教培2023第0001号",
        "临教培〔2023〕第0000号",
        "临教培〔23〕第1号",
        "临教培〔2023〕第1号副本",
    ],
)
def test_what_is_no_number_is_not_understood_as_one(typed: str) -> None:
    assert parse_number(typed) is None


@pytest.mark.parametrize(
    ("prefix", "why"),
    [
        ("临教培", None),
        ("CX-1·教", None),
        ("  ", "empty"),
        ("长" * 21, "too_long"),
        ("㍿" * 6, "too_long"),  # 株式会社 each, as it is compared
        ("临（教）", "brackets"),
        ("⑴临", "brackets"),
        ("临/教", "signs"),
        ("临教?", "signs"),
        ("临\u3000教\n培", "signs"),
    ],
)
def test_refuses_a_prefix_that_cannot_be(prefix: str, why: str | None) -> None:
    assert why_not_prefix(prefix) == why


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("临教培〔2023〕", "临教培(2023)"),
        ("临教培［２０２３］第００", "临教培(2023)"),
        ("临教培(2023)第012", "临教培(2023)12"),
        (" 临教培【20", "临教培(20"),
        ("临教培", None),
        ("第0001号", None),
        ("〔2023〕", None),
    ],
)
def test_the_beginning_of_a_number_is_understood(typed: str, start: str | None) -> None:
    assert number_start(typed) == start


@pytest.mark.parametrize(
    ("typed", "sequence"),
    [
        ("第0012号", 12),
        ("００１２", 12),
        ("12号", 12),
        ("0", None),
        ("十二", None),
        ("1" * 10, None),
    ],
)
def test_the_end_of_a_number_is_understood(typed: str, sequence: int | None) -> None:
    assert sequence_of(typed) == sequence


@given(
    st.sampled_from(["临教培", "CX", "楚心证", "L-2"]),
    st.integers(1990, 2100),
    st.integers(1, 10**7),
    st.integers(0, 20),
)
def test_what_is_written_is_read_back(prefix: str, year: int, sequence: int, copy: int) -> None:
    written = certificate_number(prefix, year, sequence, copy)
    assert parse_number(written) == NumberParts(prefix, year, sequence, copy)
    assert number_key(written) == key_of(prefix, year, sequence)
