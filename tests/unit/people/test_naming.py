"""How names sound: surnames as surnames, initials, order."""

from __future__ import annotations

import pytest

from app.domain.people.naming import initials, name_columns, sort_key


@pytest.mark.parametrize(
    ("name", "syllables"),
    [
        ("李桃艳", "li tao yan"),
        ("曾小贤", "zeng xiao xian"),
        ("单田芳", "shan tian fang"),
        ("区永祺", "ou yong qi"),
        ("解小东", "xie xiao dong"),
        ("仇英", "qiu ying"),
        ("朴树", "piao shu"),
        ("查良镛", "zha liang yong"),
        ("盖叫天", "ge jiao tian"),
        ("尉迟恭", "yu chi gong"),
        ("黄单", "huang dan"),
        ("吕布", "lv bu"),
        ("刀美兰", "dao mei lan"),
        ("阿依·木果", "a yi mu guo"),
        ("Müller John", "muller john"),
    ],
)
def test_reads_names(name, syllables):
    assert sort_key(name) == syllables


def test_finds_initials():
    assert initials("李桃艳") == "lty"
    assert initials("阿依•木果") == "aymg"


def test_the_same_name_written_otherwise_is_the_same():
    assert name_columns("李　梅") == name_columns("李 梅") == name_columns("李梅")
    assert name_columns("阿依·木果") == name_columns("阿依・木果") == name_columns("阿依．木果")


def test_sorts_by_syllable_not_by_letter():
    names = ["梁一", "李梅", "黎安"]
    assert sorted(names, key=sort_key) == ["黎安", "李梅", "梁一"]
