"""How names sound: surnames as surnames, initials, order."""

from __future__ import annotations

import random

import pytest
from pypinyin.constants import PHRASES_DICT

from app.domain.people.naming import (
    COMPOUND_SURNAMES,
    SURNAMES,
    initials,
    name_columns,
    read_in_phrases,
    sort_key,
    syllables,
)

EVERY_HAN = [chr(code) for code in range(0x4E00, 0xA000)]
POLYPHONIC = "乐重长行朝传单曾解仇朴查盖盛召折种覃区尹华任宁卜都藏和朵茜颉行奇车柏晟娜祭曲处大参石"


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


def as_the_dictionary_reads(name: str) -> tuple[str, ...]:
    """The reading without the quick way: surname, then the rest cut into phrases."""
    compound = COMPOUND_SURNAMES.get(name[:2])
    if compound is not None and len(name) > 2:
        return (*compound, *read_in_phrases(name[2:]))
    if name[0] in SURNAMES:
        return (SURNAMES[name[0]], *read_in_phrases(name[1:]))
    return tuple(read_in_phrases(name))


def test_reads_every_character_as_the_dictionary_does() -> None:
    names = ["".join(EVERY_HAN[start : start + 3]) for start in range(0, len(EVERY_HAN), 3)]
    assert [name for name in names if syllables(name) != as_the_dictionary_reads(name)] == []


def test_reads_characters_of_several_readings_as_the_dictionary_does() -> None:
    surnames = [*SURNAMES, *COMPOUND_SURNAMES, *POLYPHONIC, "李"]
    names = [surname + given for surname in surnames for given in POLYPHONIC]
    assert [name for name in names if syllables(name) != as_the_dictionary_reads(name)] == []


def test_reads_names_with_a_phrase_in_them_as_the_dictionary_does() -> None:
    dice = random.Random(7)
    phrases = dice.sample([phrase for phrase in PHRASES_DICT if len(phrase) <= 4], 1500)
    names = [dice.choice(("李", "乐", "长", "杨")) + phrase for phrase in phrases]
    names += [phrase + dice.choice("乐长行英") for phrase in phrases]
    assert [name for name in names if syllables(name) != as_the_dictionary_reads(name)] == []
    assert sort_key("张长江") == "zhang chang jiang"
    assert sort_key("李音乐") == "li yin yue"
