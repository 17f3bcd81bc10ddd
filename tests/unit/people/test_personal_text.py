import pytest

from app.domain.people.rules.personal_text import (
    Finding,
    PersonalKind,
    refused,
    why_looks_personal,
)

PUPIL = PersonalKind.PUPIL


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("今天和学生张某某谈话四十分钟", "张某某"),
        ("小明同学主动举手", "小明"),
        ("七年级（3）班李四上课睡觉", "李四上"),
        ("高一2班的王小红", "王小红"),
        ("李xx情绪低落", "李xx"),
        ("王×来访", "王×"),
        ("个案：小丽，六年级", "小丽"),
        ("来访者（赵明）", "赵明"),
        ("一个女生，名叫杨柳", "杨柳"),
        ("张伟同学", "张伟"),
    ],
)
def test_points_at_what_may_be_a_pupils_name(text, name):
    assert why_looks_personal(text) == [Finding(PUPIL, name)]


@pytest.mark.parametrize(
    "text",
    [
        "听王老师一节课，学生高兴地参与小组讨论",
        "七年级（3）班的王老师上了一节公开课",
        "全班同学分成四个小组同学互评",
        "学生普遍反映程度适中，任务明确",
        "小明（化名）在第二次会谈中愿意开口",
        "许多同学认为小时候更快乐",
        "高年级同学带领，周三下午在二班马上开展",
        "学生36人，男生20人，女生16人",
        "导师李红梅主任作点评",
        "2023年9月1日至2024年1月12日，第12周，听课3节，共40学时",
    ],
)
def test_lets_ordinary_sentences_pass(text):
    assert why_looks_personal(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("身份证530998201103120014。", "530998201103120014"),
        ("53099820110312001X", "53099820110312001X"),
        ("号码 530998 20110312 0014 见表", "530998 20110312 0014"),
        ("５３０９９８２０１１０３１２００１４", "530998201103120014"),
        ("旧号530998110312001", "530998110312001"),
    ],
)
def test_finds_identity_numbers(text, number):
    found = why_looks_personal(text)
    assert found == [Finding(PersonalKind.IDENTITY_NUMBER, number)]
    assert refused(found) == found


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("家长电话13900001234", "13900001234"),
        ("139 0000 1234", "139 0000 1234"),
        ("+86-139-0000-1234", "+86-139-0000-1234"),
    ],
)
def test_finds_phones(text, number):
    found = why_looks_personal(text)
    assert found == [Finding(PersonalKind.PHONE, number)]
    assert refused(found) == found


@pytest.mark.parametrize("text", ["编号202309010001", "共12345678901234567890步", "3.1415926535"])
def test_other_numbers_are_neither(text):
    assert refused(why_looks_personal(text)) == []


def test_names_are_pointed_at_and_not_refused_each_once():
    found = why_looks_personal("学生李某某", "李某某又来了，小明同学也在")
    assert found == [Finding(PUPIL, "李某某"), Finding(PUPIL, "小明")]
    assert refused(found) == []
