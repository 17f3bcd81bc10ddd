"""Rosters to import for measuring, and the cookie of who is signed in."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import xlsxwriter
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select

from app import create_app
from app.access.session import session_id
from app.config import read_settings
from app.core import clock
from app.core.db import db
from app.domain.accounts.models import Account
from tests.factories import id_number

SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "梅兰竹菊春秋云霞龙凤海山江河文武慧敏静丽娟英华玉萍红艳军勇强"
ROSTER_HEADER = [
    "序号",
    "姓名",
    "性别",
    "民族",
    "身份证号",
    "联系电话",
    "县（市）",
    "学校名称",
    "学段",
]
ROSTER_HEADER += ["任教学科", "专/兼职", "职称", "持有心理健康教育相关证书", "证书编号", "发证时间"]
ROSTER_HEADER += ["参加工作时间", "从事心理健康教育工作时间", "备注"]


def invented_name(dice: random.Random) -> str:
    return dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2))))


def invented_number(index: int) -> str:
    """The identity number of the index-th invented person; no two are the same."""
    day = date(1965, 1, 1).toordinal() + index // 900
    return id_number(index % 900, born=date.fromordinal(day).strftime("%Y%m%d"), area="532398")


def session_cookie(settings: dict[str, str], username: str) -> str:
    """The cookie of a signed-in account, as the server would set it."""
    app = create_app(read_settings(settings))
    with app.app_context():
        account = db.session.execute(
            select(Account).where(Account.username == username)
        ).scalar_one()
        values = {"_user_id": session_id(account.id, account.session_epoch), "_fresh": True}
        values |= {"seen": int(clock.now().timestamp()), "csrf_token": "0" * 40}
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return str(serializer.dumps(values))


def write_roster(path: Path, schools: list[tuple[str, str]], count: int) -> None:
    """A roster of Chuxiong with so many rows, as a bureau would send it; schools are (county, name)."""
    dice = random.Random(2)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["楚雄州中小学心理健康教育教师花名册"])
    sheet.write_row(1, 0, ["填报单位（盖章）：楚雄州教育体育局　　填报时间：2023年8月10日"])
    sheet.write_row(2, 0, ROSTER_HEADER)
    for index in range(count):
        county, school = dice.choice(schools)
        certified = index % 12 == 0
        number = invented_number(index)
        sex = "男" if int(number[16]) % 2 else "女"
        row = [index + 1, invented_name(dice), sex, "汉族", number]
        row += [
            f"139{index:08d}",
            county,
            school,
            "",
            "语文",
            dice.choice(("专", "兼", "兼职")),
            "一级教师",
        ]
        row += (
            ["心理咨询师（三级）", f"{index:010d}300001", "2016.05"] if certified else ["", "", ""]
        )
        row += ["2009.09", "2018.09", ""]
        sheet.write_row(3 + index, 0, row)
    book.close()
