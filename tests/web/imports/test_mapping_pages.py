"""Make a mapping in the browser from a sample, look at the first rows, keep it, import with it, change it, retire it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.db import db
from app.domain.exchange.models import Import, PlatformMapping
from app.domain.people.models import TrainingRecord
from tests.factories import id_number, make_account, make_counselor, make_school
from tests.integration.exchange.test_mappings import export, line, make_mapping, masked

SignIn = Callable[[int], FlaskClient]
SAMPLE = re.compile(r'name="sample"[^>]*value="([^"]+)"')
SELECTED = r'<select[^>]*id="column_%s".*?</select>'
NUMBER = id_number(1)


@pytest.fixture
def bureau(app: Flask, sign_in: SignIn) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        school = make_school(name="楚雄市青山小学")
        make_counselor(school, "李春梅", number=NUMBER)
        account_id = make_account("bureau", "532300").id
    return sign_in(account_id)


def sample_data() -> bytes:
    rows = [
        line("李春梅", masked(NUMBER), "楚雄市青山小学"),
        line("王小二", "", "楚雄市青山小学", status="学习中", 结业日=""),
    ]
    return export(*rows)


def upload(client: FlaskClient, data: bytes, address: str = "/imports/mappings/new") -> Any:
    return client.post(address, data={"file": (io.BytesIO(data), "导出.xlsx")})


FILLED = {
    "header_row": "3",
    "name": "国家平台",
    "platform": "国家中小学智慧教育平台",
    "unit": "532300",
    "level": "national",
    "finished_words": "学完、已结业",
    "recognised": "counts",
    "column_name": "学员",
    "column_school": "学校（全称）",
    "column_id_number": "证件",
    "column_phone": "手机",
    "column_title": "课程",
    "column_verdict": "状态",
    "column_completed_at": "结业日",
    "column_hours": "认定课时",
}


def sent(page: str, action: str, **changed: str) -> dict[str, str]:
    found = SAMPLE.search(page)
    assert found is not None
    return {**FILLED, "sample": found.group(1), "action": action, **changed}


def test_from_a_sample_to_an_import_with_the_mapping(app: Flask, bureau: FlaskClient) -> None:
    page = upload(bureau, sample_data()).get_data(as_text=True)
    guessed = re.search(SELECTED % "id_number", page, re.S)
    assert guessed is not None
    assert "selected" not in guessed.group(0).replace('selected value=""', "")
    shown = bureau.post("/imports/mappings/columns", data=sent(page, "show"))
    text = shown.get_data(as_text=True)
    assert shown.status_code == 200
    assert "李春梅" in text
    assert NUMBER not in text
    assert masked(NUMBER) in text
    assert "学习中" in text
    kept = bureau.post("/imports/mappings/columns", data=sent(text, "save"))
    assert kept.status_code == 302
    assert "学员" in bureau.get(kept.headers["Location"]).get_data(as_text=True)
    with app.app_context():
        mapping = db.session.scalars(select(PlatformMapping)).one()
        assert mapping.finished_words == ["学完", "已结业"]
        mapping_id = str(mapping.id)
    assert "国家平台" in bureau.get(f"/imports/new?kind=online&mapping={mapping_id}").text
    brought = bureau.post(
        "/imports/new",
        data={
            "kind": "online",
            "unit": "532300",
            "mapping": mapping_id,
            "file": (io.BytesIO(sample_data()), "导出.xlsx"),
        },
    )
    address = brought.headers["Location"]
    preview = bureau.get(address).get_data(as_text=True)
    assert "国家平台" in preview
    assert "学校、IP" in preview
    bureau.post(f"{address}/confirm")
    with app.app_context():
        titles = db.session.scalars(select(TrainingRecord.title)).all()
        assert titles == ["班主任网络研修（2022年）"]
        assert db.session.scalars(select(Import.mapping_id)).one() == int(mapping_id)


def test_known_headers_are_chosen_already(bureau: FlaskClient) -> None:
    headers = (
        "姓名",
        "证件号码",
        "手机号",
        "单位",
        "课程",
        "状态",
        "结业时间",
        "学时",
        "其他",
        "IP",
    )
    page = upload(bureau, export(line("李甲", "", "青山"), headers=headers)).text
    for name, header in (("name", "姓名"), ("school", "单位"), ("completed_at", "结业时间")):
        found = re.search(SELECTED % name, page, re.S)
        assert found is not None
        assert re.search(f'selected value="{header}"', found.group(0))


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"name": ""}, "name"),
        ({"column_school": ""}, "column_school"),
        ({"column_phone": "学员"}, "column_phone"),
        ({"column_title": ""}, "title"),
        ({"column_verdict": ""}, "column_verdict"),
        ({"hours": "很多"}, "hours"),
    ],
)
def test_what_cannot_be_kept_is_told_at_its_field(
    app: Flask, bureau: FlaskClient, changed: dict[str, str], where: str
) -> None:
    page = upload(bureau, sample_data()).text
    refused = bureau.post("/imports/mappings/columns", data=sent(page, "save", **changed))
    assert refused.status_code == 422
    assert f'href="#{where}"' in refused.text
    with app.app_context():
        assert db.session.scalars(select(PlatformMapping)).all() == []


def test_a_file_that_is_no_workbook_is_refused_at_its_field(bureau: FlaskClient) -> None:
    answer = upload(bureau, b"%PDF-1.4 no workbook")
    assert answer.status_code == 422
    assert 'href="#file"' in answer.text


def test_a_sample_that_was_tampered_with_is_refused(bureau: FlaskClient) -> None:
    for sample in ("AAAA", "不是", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="):
        data = {**FILLED, "sample": sample, "action": "save"}
        answer = bureau.post("/imports/mappings/columns", data=data)
        assert answer.status_code == 422


def test_a_mapping_is_changed_with_a_new_sample_and_retired(
    app: Flask, bureau: FlaskClient
) -> None:
    with app.app_context():
        mapping_id = make_mapping().id
    address = f"/imports/mappings/{mapping_id}/edit"
    assert 'value="国家平台"' in bureau.get(address).text
    data: dict[str, Any] = {**FILLED, "action": "show"}
    shown = bureau.post(address, data={**data, "file": (io.BytesIO(sample_data()), "新.xlsx")})
    assert "李春梅" in shown.text
    kept = bureau.post(address, data=sent(shown.text, "save", name="新名称"))
    assert kept.status_code == 302
    assert bureau.get(f"/imports/mappings/{mapping_id}").status_code == 200
    assert bureau.post(address, data={**FILLED, "action": "save"}).status_code == 422
    newest = kept.headers["Location"]
    assert bureau.post(f"{newest}/retire", data={"reason": ""}).status_code == 422
    assert bureau.post(f"{newest}/retire", data={"reason": "平台停用"}).status_code == 302
    listed = bureau.get("/imports/mappings/").text
    assert "新名称" not in listed
    assert "新名称" in bureau.get("/imports/mappings/?retired=1").text
    offered = bureau.get("/imports/new?kind=online").text
    assert "新名称" not in offered


def test_a_mapping_outside_the_scope_does_not_exist(app: Flask, sign_in: SignIn) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        above, elsewhere = make_mapping().id, make_mapping("530900").id
        client = sign_in(make_account("county", "532301").id)
    assert client.get(f"/imports/mappings/{above}").status_code == 200
    assert client.get(f"/imports/mappings/{above}/edit").status_code == 404
    assert client.post(f"/imports/mappings/{above}/retire", data={"reason": "x"}).status_code == 404
    for address in ("", "/edit", "/retire"):
        assert client.get(f"/imports/mappings/{elsewhere}{address}").status_code == 404


def test_the_form_offers_no_mapping_of_elsewhere(app: Flask, bureau: FlaskClient) -> None:
    with app.app_context():
        elsewhere = make_mapping("530900", name="临沧的平台").id
    assert "临沧的平台" not in bureau.get("/imports/mappings/").text
    data = {
        "kind": "online",
        "unit": "532300",
        "mapping": str(elsewhere),
        "file": (io.BytesIO(sample_data()), "导出.xlsx"),
    }
    assert bureau.post("/imports/new", data=data).status_code == 422
