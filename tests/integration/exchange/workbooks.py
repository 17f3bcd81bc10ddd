"""Workbooks for tests of imports, in the shapes that bureaus keep them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import xlsxwriter

from app.core.db import atomic, db
from app.domain.accounts.rules import Actor, system_actor
from app.domain.exchange.models import Import, ImportKind
from app.domain.exchange.operations import Submission, land_at_once, preview
from app.domain.exchange.planning import Outcome, Plan
from app.domain.units.models import Unit
from tests.factories import get_unit, id_number

ROSTER = (
    "序号", "姓名", "身份证号", "联系电话", "县（市）", "学校名称", "任教学科", "专/兼职", "职称",
    "持有心理健康教育相关证书", "证书编号", "发证时间", "从事心理健康教育工作时间", "备注",
)  # fmt: skip
SCHOOLS = (
    "序号",
    "县（市）",
    "学校名称",
    "学校标识码",
    "办学类型",
    "在校学生数",
    "心理辅导室（间）",
    "心理辅导室面积（㎡）",
)
TRAININGS = (
    "序号",
    "培训项目",
    "培训级别",
    "培训时间",
    "姓名",
    "身份证号",
    "县（市）",
    "学校名称",
    "学时",
    "考核结果",
)
ONLINE = (
    "姓名",
    "证件号码",
    "手机号",
    "所在单位",
    "项目名称",
    "学习进度",
    "获得学时",
    "是否合格",
    "完成时间",
)
PLACEMENTS = (
    "序号",
    "期次",
    "姓名",
    "身份证号",
    "选派县（区）",
    "选派学校",
    "规培基地",
    "跟岗时间",
    "考核结果",
)
STUDIO = ("序号", "姓名", "身份证号", "县（市）", "学校名称", "工作室角色", "加入时间")


def workbook(
    headers: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    title: str = "心理健康教育教师花名册",
    filled: str = "2023年8月10日",
) -> bytes:
    """An .xlsx with a title row, a 填报单位 row, the header and the rows."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    sheet.write(0, 0, title)
    sheet.write(
        1, 0, f"填报单位：教育体育局　　填报时间：{filled}" if filled else "填报单位：教育体育局"
    )
    for line, row in enumerate([headers, *rows], start=2):
        for column, value in enumerate(row):
            sheet.write(line, column, value)
    book.close()
    return buffer.getvalue()


def teacher(number: int, school: str, **changed: Any) -> list[Any]:
    """A row of a roster about an invented person; ``changed`` by header."""
    row = {
        "序号": number,
        "姓名": changed.pop("姓名", "李" + "甲乙丙丁戊己庚辛壬癸"[number % 10]),
        "身份证号": id_number(number),
        "学校名称": school,
        "县（市）": "楚雄市",
        "专/兼职": "兼职",
        "从事心理健康教育工作时间": "2018-03-01",
        **changed,
    }
    return [row.get(header, "") for header in ROSTER]


def submission(
    kind: str,
    data: bytes,
    *,
    unit: str = "532300",
    day: date | None = None,
    complete: bool = False,
    mapping_id: int | None = None,
) -> Submission:
    return Submission(
        ImportKind(kind), get_unit(unit).id, f"{kind}.xlsx", data, day, complete, mapping_id
    )


@contextmanager
def as_system() -> Iterator[Actor]:
    with atomic():
        yield system_actor()


def plan_of(brought: Submission) -> Plan:
    return preview(brought, _unit_of(brought), actor=system_actor())


def _unit_of(brought: Submission) -> Unit:
    return db.session.get_one(Unit, brought.unit_id)


def bring(kind: str, data: bytes, **options: Any) -> tuple[Import | None, Plan]:
    """Plan and land at once, as the command line does."""
    brought = submission(kind, data, **options)
    return land_at_once(brought, plan_of(brought), as_system)


def codes(plan: Plan) -> list[str]:
    return [problem.code for problem in plan.problems()]


def of_row(plan: Plan, number: int) -> Outcome:
    return next(outcome for outcome in plan.outcomes if outcome.number == number)
