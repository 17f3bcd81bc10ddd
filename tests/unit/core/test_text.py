"""The same name, however a workbook writes it."""

from __future__ import annotations

import pytest

from app.core.text import like_pattern, name_key, squeeze, tidy_name


@pytest.mark.parametrize(
    "written", ["李梅", "李　梅", "李 梅", " 李\u00a0梅 ", "李\u200b梅", "李\n梅"]
)
def test_takes_blanks_inside_a_chinese_name_away(written: str) -> None:
    assert tidy_name(written) == "李梅"
    assert name_key(written) == name_key("李梅")


@pytest.mark.parametrize("dot", "·•・．‧∙⋅")
def test_reads_every_middle_dot_as_one(dot: str) -> None:
    assert tidy_name(f"拉玛{dot}日伙") == "拉玛·日伙"


def test_keeps_rare_characters() -> None:
    assert tidy_name("马梅㛃") == "马梅㛃"
    assert tidy_name("李𬭎 𠅤") == "李𬭎𠅤"


def test_keeps_single_blanks_in_other_names() -> None:
    assert tidy_name("  John   Smith ") == "John Smith"


def test_takes_brackets_of_either_width_for_the_same() -> None:
    assert name_key("心理治疗师(初级)") == name_key("心理治疗师（初级）")


def test_escapes_what_like_would_read_as_a_pattern() -> None:
    assert like_pattern("50%_a\\") == "%50\\%\\_a\\\\%"


def test_reads_a_plain_chinese_name_as_it_would_with_a_blank_in_it() -> None:
    """What needs no tidying is given back at once; it must be what tidying would give."""
    for code in range(0x4E00, 0xA000):
        character = chr(code)
        assert squeeze(character) == squeeze(f"{character} "), character
        assert name_key(character) == name_key(f"{character} "), character
        assert tidy_name(character) == tidy_name(f"{character} "), character
