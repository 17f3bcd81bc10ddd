"""The six kinds of workbooks: their fields, the headers that mean them, what is required. Source: DOMAIN.md §3, §6.

What ``Row.values`` holds per field (absent without the column, None for an empty cell):
text fields str; days date; ``period`` Period; ``employment`` PostingRole; ``stage`` SchoolStage; ``level`` TrainingLevel;
``sex`` Sex; ``role`` StudioRole; ``lead_teacher`` bool; ``hours``, ``room_area``, ``progress``, ``score`` Decimal;
``rooms``, ``pupils`` int; ``id_number``, ``phone`` str, or None with ``masked_id_number``, ``masked_phone`` where a platform
hid digits. Derived: ``credentials`` (tuple of BroughtCredential) from the credential columns; ``passed`` (bool | None) and
``result`` (str | None) from 考核结果 or 是否合格; ``counseling_began_on`` from a number of years.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.exchange.reading.values.days import parse_any_day, parse_day, parse_period
from app.domain.exchange.reading.values.finding import Parser
from app.domain.exchange.reading.values.numbers import (
    parse_area,
    parse_hours,
    parse_percent,
    parse_pupils,
    parse_rooms,
    parse_score,
    parse_years,
)
from app.domain.exchange.reading.values.personal import parse_id_number, parse_name, parse_phone
from app.domain.exchange.reading.values.texts import keep_text, parse_code, text
from app.domain.exchange.reading.values.words import (
    parse_employment,
    parse_level,
    parse_result,
    parse_sex,
    parse_stage,
    parse_stage_hint,
    parse_studio_role,
    parse_yes_no,
)


@dataclass(frozen=True)
class Field:
    """``headers``: the usual one first. ``filled``: no row may leave it empty. ``secret``: how it is masked in messages."""

    name: str
    headers: tuple[str, ...]
    parse: Parser
    filled: bool = False
    secret: str = ""
    rarely_repeats: bool = False


@dataclass(frozen=True)
class Kind:
    """``required``: groups of fields of which the sheet must have at least one column each."""

    name: str
    fields: tuple[Field, ...]
    required: tuple[tuple[str, ...], ...]
    masked_allowed: bool = False
    repeatable: frozenset[str] = frozenset({"sequence", "note"})

    @property
    def telling_fields(self) -> frozenset[str]:
        return frozenset(name for group in self.required for name in group)

    def field(self, name: str) -> Field:
        return next(column for column in self.fields if column.name == name)


SEQUENCE = Field("sequence", ("序号", "序", "No", "编号"), keep_text())
NAME = Field(
    "name",
    ("姓名", "教师姓名", "名字", "学员姓名", "成员姓名"),
    parse_name,
    filled=True,
    rarely_repeats=True,
)
ID_NUMBER = Field(
    "id_number",
    ("身份证号", "身份证号码", "身份证", "证件号码", "证件号", "公民身份号码", "居民身份证号", "身份证件号", "身份证件号码",
     "居民身份证号码", "公民身份证号", "公民身份证号码"),
    parse_id_number,
    secret="id_number",
    rarely_repeats=True,
)  # fmt: skip
PHONE = Field(
    "phone",
    ("联系电话", "手机号", "手机号码", "电话", "手机", "联系方式", "移动电话", "电话号码", "联系手机", "本人手机", "手机电话"),
    parse_phone,
    secret="phone",
    rarely_repeats=True,
)  # fmt: skip
COUNTY = Field(
    "county",
    ("县（市）", "县（区）", "县（市、区）", "区县", "县", "所在县", "所属县", "所在县市", "所属县市", "所在县区", "所属县区",
     "所在县市区", "所属县市区", "县市名称", "县区名称", "县别", "选派县（区）", "市县", "区县名称", "县市区名称", "县名"),
    text(),
)  # fmt: skip
SCHOOL = Field(
    "school",
    ("学校名称", "学校", "所在单位", "单位", "工作单位", "所在学校", "单位名称", "任教学校", "学校全称", "单位全称",
     "工作单位全称", "工作学校", "学校/单位", "所属单位", "所属学校", "学校（单位）名称", "选派学校", "选派单位", "现工作单位"),
    text(),
    filled=True,
)  # fmt: skip
NOTE = Field("note", ("备注", "说明", "其他", "其它"), keep_text())
HOURS = Field(
    "hours", ("学时", "培训学时", "获得学时", "学时数", "课时", "总学时", "认定学时"), parse_hours
)
RESULT = Field(
    "result",
    ("考核结果", "是否合格", "考核等次", "结果", "等次", "考核情况", "是否通过", "考核结论", "培训结果", "结业情况", "是否结业",
     "考核", "合格情况", "鉴定结果", "考核鉴定等次", "考核等级", "学习结果"),
    parse_result,
)  # fmt: skip

SCHOOLS = Kind(
    "schools",
    (
        SEQUENCE,
        COUNTY,
        Field("name", SCHOOL.headers, text(), filled=True),
        Field("code", ("学校标识码", "标识码", "学校代码", "学校编码", "机构代码", "学校（机构）标识码", "单位代码"), parse_code),
        Field("stage", ("办学类型", "学段", "学校类型", "学校类别", "办学层次", "办学类别"), parse_stage, filled=True),
        Field("pupils", ("在校学生数", "学生数", "在校生数", "学生人数", "在校学生人数", "在校生人数", "在校人数"), parse_pupils),
        Field("rooms", ("心理辅导室（间）", "心理辅导室", "辅导室", "辅导室数", "心理辅导室数量", "心理辅导室间数", "心理咨询室",
                        "心理辅导室数", "心理健康辅导室", "心理辅导（咨询）室", "辅导室间数"), parse_rooms),
        Field("room_area", ("心理辅导室面积（㎡）", "心理辅导室面积", "辅导室面积", "面积", "心理辅导室总面积", "使用面积",
                            "建筑面积", "心理咨询室面积"), parse_area),
        Field("opened_on", ("建校时间", "成立时间", "开办时间", "建校日期", "开办日期", "启用时间"), parse_day),
        Field("closed_on", ("撤销时间", "停办时间", "撤并时间", "撤销日期", "停办日期", "撤并日期"), parse_any_day),
        NOTE,
    ),
    (("name",), ("stage",)),
)  # fmt: skip
COUNSELORS = Kind(
    "counselors",
    (
        SEQUENCE,
        COUNTY,
        SCHOOL,
        Field("stage", ("学段", "任教学段", "学校类别", "办学类型", "学校类型"), parse_stage_hint),
        NAME,
        Field("sex", ("性别",), parse_sex),
        Field("ethnicity", ("民族", "族别"), text(20)),
        Field("born_on", ("出生年月", "出生日期", "出生年月日", "出生时间"), parse_day),
        ID_NUMBER,
        Field("work_began_on", ("参加工作时间", "参加工作年月", "参加工作日期", "工作时间", "参工时间"), parse_day),
        Field("education", ("最高学历", "学历", "学历学位", "文化程度", "学历/学位"), text()),
        Field("graduated_from", ("毕业院校", "毕业学校", "毕业院校及专业"), text()),
        Field("major", ("所学专业", "专业", "毕业专业"), text()),
        Field("title", ("职称", "专业技术职务", "技术职称", "专业技术职称", "职务/职称", "现任职称", "职称等级"), text()),
        Field("employment", ("专/兼职", "专兼", "专职/兼职", "专兼职情况", "专职或兼职", "专（兼）职", "岗位性质"),
              parse_employment, filled=True),
        Field("subject", ("任教学科", "学科", "任教科目", "现任教学科", "所教学科", "担任学科"), text()),
        Field("counseling_began_on", ("从事心理健康教育工作时间", "从事心理健康教育时间", "从事心理健康工作时间", "从事心理教育工作时间",
              "从事心理健康教育起始时间", "从事心理健康教育工作起始时间", "开始从事心理健康教育工作时间", "从事心理健康教育开始时间",
              "从事心理健康教育工作年月"), parse_day),
        Field("counseling_years", ("从事心理健康教育年限", "从事心理健康教育工作年限", "从事心理健康工作年限"), parse_years),
        Field("credential", ("资格证书名称", "持有心理健康教育相关证书", "证书名称", "资格证书", "持证情况", "心理健康教育相关证书",
              "持有证书", "资格证", "职业资格证书", "相关证书", "持有资格证书", "心理健康教育资格证书", "心理咨询师资格证书", "持有证书名称",
              "心理健康教育证书", "证书"), keep_text()),
        Field("credential_level", ("证书等级", "资格证书等级", "资格等级", "证书级别", "资格证书级别"), keep_text()),
        Field("credential_number", ("证书编号", "资格证书编号", "证书号", "证书号码", "资格证书号", "资格证书号码"), keep_text(),
              rarely_repeats=True),
        Field("credential_issuer", ("发证机关", "发证单位", "发证机构", "颁发机构", "颁证单位", "颁发单位", "资格证书发证机关"),
              keep_text()),
        Field("credential_issued_on", ("发证时间", "发证日期", "颁发时间", "取证时间", "获证时间", "发证年月", "证书取得时间", "取得时间",
              "获得时间", "资格证书发证时间", "资格证书发证日期", "取得证书时间", "颁发日期"), keep_text()),
        Field("recruited_on", ("公开招聘时间", "招聘时间", "公招时间", "公开招聘日期", "公开招聘年月"), parse_day),
        Field("lead_teacher", ("是否带头人", "带头人", "是否为带头人", "是否学科带头人", "是否心理健康教育带头人"), parse_yes_no),
        PHONE,
        Field("email", ("邮箱", "电子邮箱", "电子邮件", "e-mail", "email"), text()),
        NOTE,
    ),
    (("name",), ("school",), ("employment",)),
)  # fmt: skip
PLACEMENTS = Kind(
    "placements",
    (
        SEQUENCE,
        Field("cohort", ("期次", "批次", "期数", "跟岗期次", "培训期次", "期别"), text(50), filled=True),
        NAME,
        ID_NUMBER,
        PHONE,
        Field("nominating_county", ("选派县（区）", "选派县", "选派县（市）", "选派县（市、区）", "选派区县", *COUNTY.headers), text()),
        Field("nominating_school", ("选派学校", "选派单位", "派出学校", "派出单位", *SCHOOL.headers), text(), filled=True),
        Field("base_school", ("规培基地", "跟岗学校", "基地学校", "跟岗基地", "规培学校", "跟岗单位", "接收学校", "接收单位",
                              "规培基地学校", "基地"), text(), filled=True),
        Field("period", ("跟岗时间", "培训时间", "规培时间", "起止时间", "跟岗起止时间", "跟岗日期", "时间"), parse_period, filled=True),
        HOURS,
        RESULT,
        NOTE,
    ),
    (("cohort",), ("name",), ("nominating_school",), ("base_school",), ("period",)),
)  # fmt: skip
TRAININGS = Kind(
    "trainings",
    (
        SEQUENCE,
        Field("title", ("培训项目", "培训名称", "项目名称", "培训项目名称", "培训班名称", "培训班", "培训内容", "参加培训名称",
                        "培训主题"), text(), filled=True),
        Field("level", ("培训级别", "级别", "培训层次", "项目级别", "培训等级", "层次"), parse_level, filled=True),
        Field("organiser", ("主办单位", "组织单位", "举办单位", "承办单位", "培训单位", "主办机构", "培训机构"), text()),
        Field("place", ("培训地点", "地点", "培训地址"), text()),
        Field("period", ("培训时间", "起止时间", "时间", "培训起止时间", "培训日期", "参训时间", "参加培训时间"), parse_period,
              filled=True),
        NAME,
        ID_NUMBER,
        PHONE,
        COUNTY,
        SCHOOL,
        HOURS,
        RESULT,
        NOTE,
    ),
    (("title",), ("level",), ("period",), ("name",), ("school",)),
    masked_allowed=True,
)  # fmt: skip
STUDIO = Kind(
    "studio",
    (
        SEQUENCE,
        NAME,
        ID_NUMBER,
        PHONE,
        COUNTY,
        SCHOOL,
        Field("role", ("工作室角色", "角色", "工作室职务", "身份", "工作室身份", "职务", "成员类别"), parse_studio_role, filled=True),
        Field("joined_on", ("加入时间", "加入日期", "入室时间", "聘任时间", "进入时间", "加入年月"), parse_day),
        NOTE,
    ),
    (("name",), ("school",), ("role",)),
)  # fmt: skip
ONLINE = Kind(
    "online",
    (
        SEQUENCE,
        NAME,
        ID_NUMBER,
        PHONE,
        COUNTY,
        SCHOOL,
        Field("title", ("项目名称", "培训项目", "课程名称", "培训名称", "培训项目名称", "学习项目", "课程", "项目"), text(), filled=True),
        Field("level", ("培训级别", "级别", "项目级别", "培训层次"), parse_level),
        Field("progress", ("学习进度", "进度", "完成进度", "完成率", "学习进度（%）"), parse_percent),
        HOURS,
        Field("score", ("考核成绩", "成绩", "分数", "得分", "考试成绩", "总成绩"), parse_score),
        RESULT,
        Field("completed_at", ("完成时间", "结业时间", "完成日期", "通过时间", "合格时间", "结业日期"), parse_day),
        NOTE,
    ),
    (("name",), ("school",), ("title",), ("result", "progress")),
    masked_allowed=True,
)  # fmt: skip
KINDS = {kind.name: kind for kind in (SCHOOLS, COUNSELORS, PLACEMENTS, TRAININGS, STUDIO, ONLINE)}
