"""Cells that hold one of a few words: 专/兼职, 学段, 级别, 性别, 考核结果, yes and no, roles in a studio."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.text import squeeze
from app.domain.exchange.reading.values.finding import (
    Cell,
    Parsed,
    Parser,
    Reading,
    doubtful,
    text_of,
    wrong,
)
from app.domain.exchange.reading.values.texts import tidy_text
from app.domain.people.rules import PostingRole, Sex, StudioRole, TrainingLevel
from app.domain.units.models import SchoolStage

EMPLOYMENT: dict[str, PostingRole] = {
    "专": PostingRole.FULL_TIME,
    "专职": PostingRole.FULL_TIME,
    "专任": PostingRole.FULL_TIME,
    "兼": PostingRole.PART_TIME,
    "兼职": PostingRole.PART_TIME,
    "兼任": PostingRole.PART_TIME,
}
STAGES: dict[str, SchoolStage] = {
    "完小": SchoolStage.PRIMARY,
    "小学": SchoolStage.PRIMARY,
    "完全小学": SchoolStage.PRIMARY,
    "中心小学": SchoolStage.PRIMARY,
    "中心校": SchoolStage.PRIMARY,
    "初中": SchoolStage.JUNIOR,
    "初级中学": SchoolStage.JUNIOR,
    "九年一贯": SchoolStage.NINE_YEAR,
    "九年一贯制": SchoolStage.NINE_YEAR,
    "九年一贯制学校": SchoolStage.NINE_YEAR,
    "九年制": SchoolStage.NINE_YEAR,
    "完全中学": SchoolStage.COMPLETE_SECONDARY,
    "完中": SchoolStage.COMPLETE_SECONDARY,
    "十二年一贯制": SchoolStage.COMPLETE_SECONDARY,
    "十二年一贯": SchoolStage.COMPLETE_SECONDARY,
    "高中": SchoolStage.SENIOR,
    "普通高中": SchoolStage.SENIOR,
    "普高": SchoolStage.SENIOR,
    "高级中学": SchoolStage.SENIOR,
    "职业学校": SchoolStage.VOCATIONAL,
    "职中": SchoolStage.VOCATIONAL,
    "职高": SchoolStage.VOCATIONAL,
    "中职": SchoolStage.VOCATIONAL,
    "中等职业学校": SchoolStage.VOCATIONAL,
    "中等职业": SchoolStage.VOCATIONAL,
    "职业高中": SchoolStage.VOCATIONAL,
    "职业高级中学": SchoolStage.VOCATIONAL,
    "职业中学": SchoolStage.VOCATIONAL,
    "职业院校": SchoolStage.VOCATIONAL,
    "技工学校": SchoolStage.VOCATIONAL,
    "中专": SchoolStage.VOCATIONAL,
    "特殊教育": SchoolStage.SPECIAL,
    "特殊教育学校": SchoolStage.SPECIAL,
    "特教": SchoolStage.SPECIAL,
    "特校": SchoolStage.SPECIAL,
    "教学点": SchoolStage.TEACHING_POINT,
    "小学教学点": SchoolStage.TEACHING_POINT,
    "幼儿园": SchoolStage.KINDERGARTEN,
    "学前": SchoolStage.KINDERGARTEN,
    "学前教育": SchoolStage.KINDERGARTEN,
}
LEVELS: dict[str, TrainingLevel] = {
    **dict.fromkeys(("国家级", "国家", "国培", "部级", "教育部"), TrainingLevel.NATIONAL),
    **dict.fromkeys(("省级", "省", "省培"), TrainingLevel.PROVINCIAL),
    **dict.fromkeys(
        ("州级", "市级", "地级", "州", "市", "州市级", "地市级", "市州级", "州级培训"),
        TrainingLevel.PREFECTURE,
    ),
    **dict.fromkeys(("县级", "区级", "县市级", "县区级", "县", "区县级"), TrainingLevel.COUNTY),
    **dict.fromkeys(("校级", "校本", "学校", "校"), TrainingLevel.SCHOOL),
    **dict.fromkeys(
        ("国境外", "境外", "国外", "国际", "国外境外", "国外级", "境外级"), TrainingLevel.ABROAD
    ),
}
SEXES: dict[str, Sex] = {
    "女": Sex.FEMALE,
    "女性": Sex.FEMALE,
    "f": Sex.FEMALE,
    "female": Sex.FEMALE,
    "男": Sex.MALE,
    "男性": Sex.MALE,
    "m": Sex.MALE,
    "male": Sex.MALE,
}
ROLES: dict[str, StudioRole] = {
    "主持人": StudioRole.HOST,
    "主持": StudioRole.HOST,
    "领衔人": StudioRole.HOST,
    "负责人": StudioRole.HOST,
    "成员": StudioRole.MEMBER,
    "骨干成员": StudioRole.MEMBER,
    "核心成员": StudioRole.MEMBER,
    "学员": StudioRole.MEMBER,
}
PASSED: dict[str, bool] = {
    **dict.fromkeys(
        (
            "优秀", "优", "优良", "良好", "良", "合格", "及格", "中", "中等", "通过", "已通过", "考核合格",
            "考核通过", "达标", "结业", "已结业", "准予结业", "完成", "已完成", "是", "√", "✓", "✔", "y",
            "yes", "pass", "passed", "true", "a", "b",
        ),
        True,
    ),
    **dict.fromkeys(
        (
            "不合格", "未合格", "不及格", "未通过", "不通过", "未达标", "不达标", "未结业", "未完成", "未参加",
            "缺考", "差", "否", "×", "✗", "✕", "x", "n", "no", "fail", "failed", "false", "在学", "学习中",
        ),
        False,
    ),
}  # fmt: skip
YES_NO: dict[str, bool] = {
    **dict.fromkeys(("是", "有", "√", "✓", "✔", "☑", "y", "yes", "true", "1", "带头人", "学科带头人"), True),
    **dict.fromkeys(("否", "无", "×", "✗", "✕", "x", "n", "no", "false", "0", "不是", "非", "没有"), False),
}  # fmt: skip
_BRACKETS = str.maketrans("", "", "()[]【】/、,，;；.。")


def word_key(cell: Cell) -> str:
    return squeeze(text_of(cell)).casefold().translate(_BRACKETS)


def one_of(words: Mapping[str, Any], code: str, allowed: str) -> Parser:
    """A parser for a column with a few words; anything else is an error that names the allowed ones."""

    def parse(cell: Cell, reading: Reading) -> Parsed:
        value = words.get(word_key(cell))
        return wrong(code, allowed=allowed) if value is None else Parsed(value)

    return parse


parse_employment = one_of(EMPLOYMENT, "employment_unknown", "专职、兼职")
parse_stage = one_of(
    STAGES,
    "stage_unknown",
    "完小、初中、九年一贯、完全中学、高中、职业学校、特殊教育、教学点、幼儿园",
)
parse_level = one_of(LEVELS, "level_unknown", "国家级、省级、州级、市级、县级、校级、国(境)外")
parse_sex = one_of(SEXES, "sex_unknown", "男、女")
parse_studio_role = one_of(ROLES, "studio_role_unknown", "主持人、成员")
parse_yes_no = one_of(YES_NO, "yes_no_unknown", "是、否")


def parse_stage_hint(cell: Cell, reading: Reading) -> Parsed:
    """The stage in a list of people: the registry knows the school's, so an odd word only warns."""
    value = STAGES.get(word_key(cell))
    if value is None:
        return doubtful(
            None, "stage_unknown", allowed="完小、初中、九年一贯、高中、职业学校、特殊教育"
        )
    return Parsed(value)


def parse_result(cell: Cell, reading: Reading) -> Parsed:
    """考核结果 as (passed, the word as written)."""
    passed = PASSED.get(word_key(cell))
    if passed is None:
        return wrong("result_unknown", allowed="优秀、良好、合格、不合格")
    return Parsed((passed, tidy_text(text_of(cell))))
