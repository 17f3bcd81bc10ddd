"""What the columns of each template mean, in the words of those who fill them in (the workbooks are Chinese)."""

from __future__ import annotations

from typing import NamedTuple


class Explanation(NamedTuple):
    """One column of a template; ``only_choices``: nothing but the choices is accepted."""

    text: str
    example: str = ""
    width: int = 14
    choices: tuple[str, ...] = ()
    only_choices: bool = True
    is_number: bool = False


class Titles(NamedTuple):
    sheet: str
    title: str
    notes: tuple[str, ...]


STAGES = (
    "完小",
    "初中",
    "九年一贯",
    "完全中学",
    "高中",
    "职业学校",
    "特殊教育",
    "教学点",
    "幼儿园",
)
LEVELS = ("国家级", "省级", "州级", "县级", "校级", "国(境)外")
RESULTS = ("优秀", "合格", "不合格")
_DATE = "写年月日或年月，如 2019-07-01、2019.07、2019年7月；年份写四位。"
_GENERAL = (
    "橙色栏目必填；表头可以改名或调换顺序，系统按意思识别；不认识的栏目不读取。",
    "填报时间是表中情况对应的日期，请写清楚。空行、合计行和表末的“注：”不读取。",
)
SEQUENCE = Explanation("顺序号，可不填。", "1", 6, is_number=True)
NAME = Explanation("真实姓名，与身份证一致；一行只写一人。", "杨静", 12)
ID_NUMBER = Explanation(
    "18 位，末位为 X 的写 X。本列已设为文本格式，不要改成数字，否则末几位会丢失。",
    "530998198503040069",
    22,
)
PHONE = Explanation("11 位手机号码，或带区号的座机。", "13312343134", 14)
COUNTY = Explanation("县（市、区）全称或简称；市直、州直学校写“市直”“州直”。", "楚雄市", 14)
SCHOOL = Explanation("学校全称；在教育体育局任职的写局名。", "楚雄市鹿城小学", 26)
HOURS = Explanation("数字；1 学时为 45 分钟。", "40", 8, is_number=True)
RESULT = Explanation("只有通过的才计入培训人次和学时。", "合格", 10, RESULTS, only_choices=False)
NOTE = Explanation("其他要说明的情况。不要写学生的任何信息。", "", 20)

TITLES = {
    "schools": Titles("学校情况", "中小学校及心理辅导室情况统计表", _GENERAL),
    "counselors": Titles(
        "花名册",
        "中小学心理健康教育教师花名册",
        (*_GENERAL, "有几个证书的，写在同一格里用顿号分开，证书编号、发证时间按同样的顺序写。"),
    ),
    "placements": Titles("跟岗名册", "中小学心理健康教师规范化培训（跟岗）学员名册", _GENERAL),
    "trainings": Titles(
        "培训登记",
        "心理健康教育教师参加培训情况登记表",
        (*_GENERAL, "同一人参加多次培训的分行填写。"),
    ),
    "studio": Titles(
        "工作室名册",
        "××州（市）第×届中小学心理健康教育工作室成员名册",
        (
            *_GENERAL,
            "第一行的标题就是工作室的名称，请改成自己的，例如“楚雄州第一届中小学心理健康教育工作室成员名册”。",
        ),
    ),
    "online": Titles(
        "学习情况",
        "学员学习情况",
        (*_GENERAL, "一般直接上传平台导出的表；证件号码、手机号可以是脱敏的。"),
    ),
}
EXPLAINED: dict[str, dict[str, Explanation]] = {
    "schools": {
        "sequence": SEQUENCE,
        "county": COUNTY,
        "name": SCHOOL,
        "code": Explanation("教育部统一的学校（机构）标识码。", "5323010001", 16),
        "stage": Explanation(
            "从下拉框中选择；教学点、幼儿园不计入“完小以上”。", "完小", 12, STAGES
        ),
        "pupils": Explanation("整数。", "414", 10, is_number=True),
        "rooms": Explanation("心理辅导（咨询）室间数，没有写 0。", "1", 10, is_number=True),
        "room_area": Explanation("平方米，可带小数，只写数字。", "23.5", 12, is_number=True),
        "opened_on": Explanation(f"新建学校填写。{_DATE}", "2021-09-01", 14),
        "closed_on": Explanation(f"已停办、撤并的填写。{_DATE}", "2023-07-31", 14),
        "note": NOTE,
    },
    "counselors": {
        "sequence": SEQUENCE,
        "county": COUNTY,
        "school": SCHOOL,
        "stage": Explanation("任教学校的学段。", "完小", 12, STAGES, only_choices=False),
        "name": NAME,
        "sex": Explanation("男或女。", "女", 6, ("男", "女")),
        "ethnicity": Explanation("民族全称。", "彝族", 10),
        "born_on": Explanation(_DATE, "1985-03", 12),
        "id_number": ID_NUMBER,
        "work_began_on": Explanation(_DATE, "2007-09", 14),
        "education": Explanation("最高学历。", "本科", 10),
        "graduated_from": Explanation("毕业院校全称。", "云南师范大学", 18),
        "major": Explanation("所学专业。", "心理学", 14),
        "title": Explanation("教师职称。", "一级教师", 12),
        "employment": Explanation(
            "专职指专门从事心理健康教育工作的在编教师，其他为兼职。", "兼职", 10, ("专职", "兼职")
        ),
        "subject": Explanation("现任教学科。", "语文", 10),
        "counseling_began_on": Explanation(
            f"从这一天起计入心理健康教育教师。{_DATE}", "2018-03", 16
        ),
        "credential": Explanation(
            "证书全称带等级；没有的空着。几个证书用顿号分开。", "心理咨询师（三级）", 24
        ),
        "credential_level": Explanation("名称里已有等级的可不填。", "三级", 10),
        "credential_number": Explanation(
            "与证书一致；几个编号按证书的顺序用顿号分开。", "1753220213270004", 24
        ),
        "credential_issuer": Explanation("证书上盖章的机关。", "人力资源和社会保障部", 18),
        "credential_issued_on": Explanation(
            f"几个日期按证书的顺序用顿号分开。{_DATE}", "2017-08", 14
        ),
        "recruited_on": Explanation(f"公开招聘进来的填写。{_DATE}", "2021-09-01", 14),
        "lead_teacher": Explanation("是否为带头人。", "否", 10, ("是", "否")),
        "phone": PHONE,
        "email": Explanation("常用邮箱。", "name@example.org", 20),
        "note": NOTE,
    },
    "placements": {
        "sequence": SEQUENCE,
        "cohort": Explanation("同一期的写法要一致。", "第一期", 10),
        "name": NAME,
        "id_number": ID_NUMBER,
        "nominating_county": COUNTY,
        "nominating_school": Explanation("选派时所在学校的全称。", "凤庆县大坪小学", 26),
        "base_school": Explanation("接收跟岗的规培基地学校全称。", "临沧市第一中学", 22),
        "period": Explanation("起止日期，中间用短横线。", "2022.03.01-2022.07.08", 26),
        "hours": HOURS,
        "result": RESULT,
        "note": NOTE,
    },
    "trainings": {
        "sequence": SEQUENCE,
        "title": Explanation(
            "培训项目全称，同一培训的写法要一致。",
            "云南省中小学心理健康教育教师培训班（第二期）",
            34,
        ),
        "level": Explanation("由哪一级举办。", "省级", 10, LEVELS),
        "organiser": Explanation("主办单位全称。", "云南省教育厅", 18),
        "place": Explanation("城市名即可。", "昆明", 10),
        "period": Explanation("起止日期，中间用短横线；一天的写一天。", "2022.06.13-06.17", 24),
        "name": NAME,
        "id_number": ID_NUMBER,
        "county": COUNTY,
        "school": Explanation("参训时所在学校的全称，人次计入该校所在的县。", "楚雄市鹿城小学", 26),
        "hours": HOURS,
        "result": RESULT,
        "note": NOTE,
    },
    "studio": {
        "sequence": SEQUENCE,
        "name": NAME,
        "id_number": ID_NUMBER,
        "phone": PHONE,
        "county": COUNTY,
        "school": SCHOOL,
        "role": Explanation("主持人不计入成员。", "成员", 12, ("主持人", "成员")),
        "joined_on": Explanation(_DATE, "2022-03", 12),
        "note": NOTE,
    },
    "online": {
        "name": NAME,
        "id_number": Explanation("可以是脱敏的，如 530998********0070。", "530998********0070", 22),
        "phone": Explanation("可以是脱敏的，如 133****3134。", "133****3134", 14),
        "school": SCHOOL,
        "title": Explanation("项目全称。", "全国中小学心理健康教师网络培训（2022年）", 34),
        "level": Explanation("不填的按国家级。", "国家级", 10, LEVELS),
        "progress": Explanation("百分数。", "100%", 10),
        "hours": HOURS,
        "score": Explanation("数字。", "85", 8, is_number=True),
        "verdict": Explanation("只有合格的才计入。", "合格", 10, ("合格", "不合格", "未完成")),
        "completed_at": Explanation(f"合格的必须填写。{_DATE}", "2022-12-13", 18),
        "note": NOTE,
    },
}
