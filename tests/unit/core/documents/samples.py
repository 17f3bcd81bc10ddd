"""Facts as the placement papers take them; the names are invented and some of them rare."""

from __future__ import annotations

from datetime import date
from typing import Any

PEOPLE = [
    {
        "name": "李　梅",
        "gender": "女",
        "unit": "双江拉祜族佤族布朗族傣族自治县教育体育局",
        "school": "双江自治县第一完全中学",
        "mentor": "王建国",
    },
    {
        "name": "䶮㛃",
        "gender": "男",
        "unit": "临翔区教育体育局",
        "school": "临翔区第二中学",
        "mentor": "𬭎𠅤",
    },
]

DISPATCH: dict[str, Any] = {
    "issuer": "临沧市教育体育局",
    "number": "临教体函〔2023〕第0001号",
    "addressee": "临沧市第一中学",
    "programme": "心理健康教育教师跟岗培训",
    "cohort": "第三期",
    "starts_on": date(2023, 3, 1),
    "ends_on": date(2023, 7, 8),
    "people": PEOPLE,
    "issued_on": date(2023, 2, 20),
    "contact": "赵老师",
    "phone": "0883-2120000",
}

ACCEPTANCE: dict[str, Any] = DISPATCH | {
    "issuer": "临沧市第一中学",
    "number": "",
    "addressee": "临沧市教育体育局",
    "answers": "贵局《关于选派教师跟岗的函》（临教体函〔2023〕第0001号）",
    "issued_on": date(2023, 2, 24),
    "contact": "",
    "phone": "",
}

APPRAISAL: dict[str, Any] = {
    "issuer": "临沧市教育体育局",
    "programme": "心理健康教育教师跟岗培训",
    "cohort": "第三期",
    "name": "䶮㛃",
    "gender": "女",
    "unit": "临翔区教育体育局",
    "school": "临翔区第二中学",
    "base_school": "临沧市第一中学",
    "starts_on": date(2023, 3, 1),
    "ends_on": date(2023, 7, 8),
    "mentor": "𬭎𠅤",
    "observations": 32,
    "lessons": 12,
    "group_sessions": 6,
    "case_sessions": 8,
    "attendance": "应到90天，实到88天，请假2天",
    "result": "优秀",
    "opinions": {
        "self": {"text": "认真学习。\n收获很大。", "signer": "䶮㛃", "day": date(2023, 7, 5)},
        "mentor": {"text": "踏实肯干。", "signer": "𬭎𠅤", "day": date(2023, 7, 6)},
        "base_school": {"text": "同意导师意见。", "signer": "李校长", "day": date(2023, 7, 7)},
        "bureau": {"text": "", "signer": "", "day": None},
    },
}

PAPERS = {
    "placement-dispatch": DISPATCH,
    "placement-acceptance": ACCEPTANCE,
    "placement-appraisal": APPRAISAL,
}


def words(value: Any) -> list[str]:
    """Every text and number among the facts, as it is printed."""
    if isinstance(value, dict):
        return [word for item in value.values() for word in words(item)]
    if isinstance(value, list):
        return [word for item in value for word in words(item)]
    if isinstance(value, date):
        return [f"{value.year}年{value.month}月{value.day}日"]
    return [] if value is None else [line for line in str(value).split("\n") if line]
