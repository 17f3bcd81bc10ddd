"""An officer brings a faulty workbook, mends it, imports it and reads the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, sign_in
from tests.factories import id_number

pytestmark = pytest.mark.browser
HEADER = ["序号", "姓名", "身份证号", "县（市）", "学校名称", "专/兼职", "从事心理健康教育工作时间"]
GOOD = [
    "1",
    "段雨荷",
    id_number(901, born="19880606"),
    "楚雄市",
    "楚雄市青屯小学",
    "专职",
    "2021.09",
]
BAD = [
    "2",
    "普天云",
    id_number(902, born="19900101")[:-1] + "?",
    "楚雄市",
    "楚雄市青屯小学",
    "全职",
    "2022.09",
]
MENDED = [
    "2",
    "普天云",
    id_number(902, born="19900101"),
    "楚雄市",
    "楚雄市青屯小学",
    "兼职",
    "2022.09",
]
LEDGER = "/counties/?unit=532301&as_of=2023-08-17&since=2020-01-01"


def write(path: Path, *rows: list[str]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["楚雄市心理健康教育教师花名册（增补）"])
    sheet.write_row(1, 0, ["填报单位：楚雄市教育体育局　填报时间：2023年8月16日"])
    sheet.write_row(2, 0, HEADER)
    for number, row in enumerate(rows):
        sheet.write_row(3 + number, 0, row)
    book.close()
    return path


def test_reads_the_ledger_after_mending_a_workbook(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    sign_in(page, "bureau-chuxiong")
    page.goto(LEDGER)
    counselors = page.locator('tfoot a[href*="/figures/counselors?"]')
    expect(counselors).to_have_text("414")

    page.goto("/imports/new")
    page.select_option("#kind", "counselors")
    page.set_input_files("input[type=file]", write(tmp_path / "faulty.xlsx", GOOD, BAD))
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("全职")
    with page.expect_download() as marked:
        page.click('a[href$="/marked"]')
    assert marked.value.suggested_filename.endswith(".xlsx")

    page.goto("/imports/new")
    page.select_option("#kind", "counselors")
    page.set_input_files("input[type=file]", write(tmp_path / "mended.xlsx", GOOD, MENDED))
    page.click("main form button[type=submit]")
    page.click('form[action$="/confirm"] button')
    page.wait_for_load_state()

    page.goto(LEDGER)
    expect(counselors).to_have_text("416")
    page.locator('tfoot a[href*="/figures/counselors_full_time?"]').click()
    expect(page.locator("main")).to_contain_text("段雨荷")
