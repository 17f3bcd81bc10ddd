"""Identity numbers and phones: each refusal, each mask."""

from __future__ import annotations

from datetime import date

import pytest
from stdnum.cn import ric

from app.domain.people.rules import Sex
from app.domain.people.rules.identity import (
    birth_date_of,
    check_digit,
    is_masked,
    mask_identity_number,
    mask_phone,
    normalise_identity_number,
    normalise_phone,
    sex_of,
    visible_digits_match,
    why_not_identity_number,
    why_not_phone,
)


def with_check_digit(first_17: str) -> str:
    return first_17 + check_digit(first_17)


NUMBER = with_check_digit("53239819850304001")


def test_accepts_a_number_whose_county_was_never_assigned():
    assert why_not_identity_number(NUMBER) is None


def test_accepts_a_small_x_and_full_width_digits_and_blanks():
    number = next(
        with_check_digit(f"53239819850304{serial:03d}")
        for serial in range(100)
        if check_digit(f"53239819850304{serial:03d}") == "X"
    )
    assert why_not_identity_number(number.lower()) is None
    assert normalise_identity_number(f" {number[:6]} {number[6:].lower()}") == number
    assert why_not_identity_number("".join(chr(ord(c) + 0xFEE0) for c in number)) is None


@pytest.mark.parametrize("text", ["", "53239819850304001", NUMBER + "1", "532398850304001"])
def test_refuses_another_length(text):
    assert why_not_identity_number(text) == "length"


@pytest.mark.parametrize("text", ["5323981985030400A5", "X32398198503040015", "53239819850304०००1"])
def test_refuses_other_characters(text):
    assert why_not_identity_number(text) == "characters"


@pytest.mark.parametrize("province", ["00", "16", "30", "47", "99"])
def test_refuses_an_unknown_province(province):
    assert why_not_identity_number(with_check_digit(province + NUMBER[2:17])) == "province"


@pytest.mark.parametrize("day", ["19850230", "19851301", "18991231", "00000000", "20230229"])
def test_refuses_an_impossible_birth_date(day):
    assert why_not_identity_number(with_check_digit(f"532398{day}001")) == "date"


def test_refuses_a_birth_date_in_the_future_once_today_is_known():
    number = with_check_digit("53239820230818001")
    assert why_not_identity_number(number) is None
    assert why_not_identity_number(number, today=date(2023, 8, 17)) == "date"
    assert why_not_identity_number(number, today=date(2023, 8, 18)) is None


def test_refuses_a_mistyped_digit():
    wrong = NUMBER[:16] + str((int(NUMBER[16]) + 1) % 10) + NUMBER[17]
    assert why_not_identity_number(wrong) == "check_digit"


@pytest.mark.parametrize("serial", range(0, 1000, 37))
def test_agrees_with_the_published_check_digit(serial):
    first_17 = f"53010219991231{serial:03d}"
    assert check_digit(first_17) == ric.calc_check_digit(first_17 + "0")


def test_reads_birth_date_and_sex():
    assert birth_date_of(NUMBER) == date(1985, 3, 4)
    assert sex_of(NUMBER) is Sex.MALE
    assert sex_of(with_check_digit("53239819850304002")) is Sex.FEMALE


def test_masks_numbers():
    assert mask_identity_number("530998198503040070") == "530998********0070"
    assert mask_phone("13312343134") == "133****3134"
    assert mask_phone("08783123456") == "0878***3456"


def test_knows_a_masked_number():
    assert is_masked("530998********0070")
    assert is_masked("530998＊＊＊＊＊＊＊＊0070")
    assert not is_masked("530998198503040070")
    assert not is_masked("********")


@pytest.mark.parametrize(
    ("masked", "fits"),
    [
        ("530998********0070", True),
        ("530998****0070", True),
        ("530998********007x", False),
        ("530998********0071", False),
        ("531998********0070", False),
        ("5309981985******70", True),
        ("******************", False),
        ("", False),
        ("0070", False),
        ("530998198503040070", True),
        ("530998198503040071", False),
    ],
)
def test_compares_visible_digits(masked, fits):
    assert visible_digits_match(masked, "530998198503040070") is fits


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("138 7000 3134", "13870003134"),
        ("+86 138-7000-3134", "13870003134"),
        ("１３８７０００３１３４", "13870003134"),
        ("8613870003134", "13870003134"),
        ("0878-3123456", "08783123456"),
        ("(0883)2123456", "08832123456"),
    ],
)
def test_accepts_phones_however_they_are_written(text, plain):
    assert why_not_phone(text) is None
    assert normalise_phone(text) == plain


@pytest.mark.parametrize(
    "text", ["", "12870003134", "1387000313", "3123456", "abc", "138700031344"]
)
def test_refuses_what_is_no_phone(text):
    assert why_not_phone(text) == "phone"
