"""Pages on which people bring certificates, and on which the county verifies them with the picture beside."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import files
from app.core.db import atomic, db
from app.core.spreadsheet import Column, write_table
from app.domain.certificates.models import Credential, CredentialFile, CredentialKind
from app.domain.certificates.operations.pictures import LARGEST
from app.domain.certificates.rules import CredentialState
from tests import factories as make
from tests.pictures import HEIC, PDF_WITH_SCRIPT, phone_photo
from tests.web.api.conftest import ProgramClient, make_token

SignIn = Callable[[int], FlaskClient]
Count = Callable[[Callable[[], Any]], int]
IDENTITY = make.id_number(77)
MINE = "/credentials/mine"


@pytest.fixture
def ids(app: Flask) -> dict[str, int]:
    with app.app_context():
        school = make.make_school(make.LUFENG, "禄丰第一小学")
        person = make.make_counselor(school, "李桃艳", number=IDENTITY)
        teacher = make.make_account("teacher", school).id
        with atomic():
            person.account_id = teacher
        kinds = {kind.code: kind.id for kind in db.session.scalars(select(CredentialKind))}
        return {
            "teacher": teacher,
            "stranger": make.make_account("teacher", school).id,
            "school": make.make_account("school", school).id,
            "county": make.make_account("county", make.LUFENG).id,
            "elsewhere": make.make_account("county", make.LINXIANG).id,
            "bureau": make.make_account("bureau", make.CHUXIONG).id,
            "person": person.id,
            "psych_2": kinds["psych_2"],
            "counseling_skill": kinds["counseling_skill"],
        }


def _upload(data: bytes, name: str = "IMG_0001.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def _form(ids: dict[str, int], *uploads: tuple[io.BytesIO, str], **more: str) -> dict[str, Any]:
    return {
        "kind_id": str(ids["psych_2"]),
        "number": "1511000000212345",
        "issued_on": "2015-06-01",
        "file": list(uploads),
    } | more


def _brought(app: Flask) -> list[Credential]:
    with app.app_context():
        return list(db.session.scalars(select(Credential).order_by(Credential.id)))


def _file_ids(app: Flask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(select(CredentialFile.id).order_by(CredentialFile.id)))


def _bring(
    client: FlaskClient, ids: dict[str, int], data: bytes | None = None, **more: str
) -> None:
    form = _form(ids, _upload(data or phone_photo()), **more)
    answer = client.post(f"{MINE}/new", data=form)
    assert answer.status_code == 302, answer.get_data(as_text=True)


def test_a_teacher_brings_a_photo_and_sees_how_it_stands(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["teacher"])
    assert "10 MB" in client.get(f"{MINE}/new").get_data(as_text=True)
    _bring(client, ids)
    (made,) = _brought(app)
    assert (made.person_id, made.state) == (ids["person"], CredentialState.CLAIMED)
    page = client.get(f"{MINE}/{made.id}").get_data(as_text=True)
    assert f"{MINE}/{made.id}/files/{_file_ids(app)[0]}" in page
    assert f'href="/people/{ids["person"]}"' not in page, "a teacher may not open the registry"
    assert "待核验" in client.get(MINE).get_data(as_text=True)
    assert f"{MINE}/{made.id}" in client.get("/people/me").get_data(as_text=True)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (HEIC, "HEIC"),
        (b"no picture", "既不是照片"),
        (b"%PDF-" + b"x" * LARGEST, "10 MB"),
        (b"\xff\xd8\xff broken", "打不开"),
    ],
)
def test_what_is_no_picture_is_refused_beside_its_field_and_nothing_is_kept(
    data: bytes, words: str, app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    form = _form(ids, _upload(phone_photo()), _upload(data, "IMG_0002.jpg"))
    answer = sign_in(ids["teacher"]).post(f"{MINE}/new", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert 'value="1511000000212345"' in page, "what was typed is kept"
    assert (_brought(app), _file_ids(app)) == ([], [])


def test_a_certificate_without_a_picture_is_refused(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    answer = sign_in(ids["teacher"]).post(f"{MINE}/new", data=_form(ids))
    assert answer.status_code == 422
    assert _brought(app) == []


def test_pictures_are_sandboxed_attachments_for_their_holder_and_officers(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    _bring(sign_in(ids["teacher"]), ids, PDF_WITH_SCRIPT)
    (made,), (file_id,) = _brought(app), _file_ids(app)
    own, officers = (
        f"{MINE}/{made.id}/files/{file_id}",
        f"/credentials/{made.id}/files/{file_id}",
    )
    for account, address in (("teacher", own), ("school", officers), ("county", officers)):
        answer = sign_in(ids[account]).get(address)
        assert answer.data == PDF_WITH_SCRIPT
        assert answer.mimetype == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        drawn = sign_in(ids[account]).get(f"{address}/pages/1")
        assert (drawn.mimetype, drawn.data[:4]) == ("image/png", b"\x89PNG")
        assert sign_in(ids[account]).get(f"{address}/pages/2").status_code == 404
    assert sign_in(ids["stranger"]).get(own).status_code == 404
    assert sign_in(ids["stranger"]).get(officers).status_code == 403
    assert sign_in(ids["elsewhere"]).get(officers).status_code == 404


def test_a_picture_whose_bytes_are_gone_is_not_found(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    _bring(sign_in(ids["teacher"]), ids)
    (made,), (file_id,) = _brought(app), _file_ids(app)
    with app.app_context():
        files.remove(db.session.get_one(CredentialFile, file_id).file_key)
    address = f"/credentials/{made.id}/files/{file_id}"
    assert sign_in(ids["county"]).get(address).status_code == 404


def test_what_was_sent_back_is_mended_and_what_was_rejected_is_not(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    teacher, county = sign_in(ids["teacher"]), sign_in(ids["county"])
    _bring(teacher, ids)
    (made,), (file_id,) = _brought(app), _file_ids(app)
    county.post(f"/credentials/{made.id}/send-back", data={"reason": "照片看不清"})
    assert "照片看不清" in teacher.get(f"{MINE}/{made.id}").get_data(as_text=True)
    assert teacher.get(f"{MINE}/{made.id}/mend").status_code == 200
    removed = teacher.post(f"{MINE}/{made.id}/files/{file_id}/remove")
    assert removed.headers["Location"] == f"{MINE}/{made.id}/mend"
    form = _form(ids, _upload(phone_photo("gray")), number="2")
    assert teacher.post(f"{MINE}/{made.id}/mend", data=form).status_code == 302
    assert [(one.state, one.number_key) for one in _brought(app)] == [
        (CredentialState.CLAIMED, "2")
    ]
    county.post(f"/credentials/{made.id}/reject", data={"reason": "官网查无此证"})
    page = teacher.get(f"{MINE}/{made.id}").get_data(as_text=True)
    assert "官网查无此证" in page
    assert f"{MINE}/{made.id}/mend" not in page
    assert teacher.get(f"{MINE}/{made.id}/mend").status_code == 302
    assert sign_in(ids["stranger"]).get(f"{MINE}/{made.id}").status_code == 404
    assert sign_in(ids["stranger"]).get(f"{MINE}/new").status_code == 404


def test_the_queue_shows_the_picture_beside_the_facts_and_fetches_the_next_one(
    app: Flask, ids: dict[str, int], sign_in: SignIn, count_queries: Count
) -> None:
    teacher, county = sign_in(ids["teacher"]), sign_in(ids["county"])
    _bring(teacher, ids)
    _bring(teacher, ids, phone_photo("gray"), number="2")
    first, second = _brought(app)
    one, two = _file_ids(app)
    page = county.get("/credentials/queue").get_data(as_text=True)
    assert f'src="/credentials/{first.id}/files/{one}"' in page
    assert f'<link rel="prefetch" as="image" href="/credentials/{second.id}/files/{two}">' in page
    assert 'href="http://zscx.osta.org.cn/"' in page
    assert count_queries(lambda: county.get("/credentials/queue")) <= 14
    seen = page.split('name="seen" value="')[1].split('"')[0]
    data = {"evidence": "官网核验", "queue": "1", "seen": "2020-01-01T00:00:00+00:00"}
    stale = county.post(f"/credentials/{first.id}/verify", data=data)
    assert "请重新查看" in county.get(stale.headers["Location"]).get_data(as_text=True)
    county.post(f"/credentials/{first.id}/verify", data=data | {"seen": seen})
    assert [one.state for one in _brought(app)] == [
        CredentialState.VERIFIED,
        CredentialState.CLAIMED,
    ]


def test_a_school_records_a_certificate_with_its_picture(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    address = f"/credentials/new?person_id={ids['person']}"
    form = _form(ids, _upload(phone_photo()))
    client = sign_in(ids["school"])
    answer = client.post(address, data=form)
    assert answer.status_code == 302
    assert f"/files/{_file_ids(app)[0]}" in client.get(answer.headers["Location"]).get_data(
        as_text=True
    )


def _workbook(*rows: tuple[str, ...]) -> tuple[io.BytesIO, str]:
    headers = ("姓名", "身份证号", "资格证书名称", "证书编号")
    data = write_table("核验名单", [Column(name, 20) for name in headers], rows, sheet_name="名单")
    return io.BytesIO(data), "省厅核验结果.xlsx"


def test_a_workbook_says_row_by_row_what_it_would_verify(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    _bring(sign_in(ids["teacher"]), ids)
    (made,) = _brought(app)
    with app.app_context():
        other = make.make_counselor(make.make_school(make.LUFENG), "王小红")
        make.make_credential(
            db.session.get_one(make.Person, ids["person"]), number="K1", state=made.state
        )
        make.make_credential(other, number="V1")
        make.make_credential(other, number="R1", state=CredentialState.REJECTED)
        outside = make.make_counselor(make.make_school(make.LINXIANG), "外人")
        make.make_credential(outside, number="X1", state=CredentialState.CLAIMED)
    county = sign_in(ids["county"])
    number, kind = "15110000 0021 2345", "二级心理咨询师"
    rows = [
        ("李桃艳", IDENTITY, kind, number),
        ("李桃艳", "", kind, number),
        ("王小红", "", kind, number),
        ("李桃艳", make.id_number(78), kind, number),
        ("李桃艳", IDENTITY, "心理治疗师", "K1"),
        ("王小红", "", "", "V1"),
        ("王小红", "", "", "R1"),
        ("外人", "", "", "X1"),
    ]
    assert county.get("/credentials/workbook").status_code == 200
    assert county.get("/credentials/workbook/template").data[:2] == b"PK"
    answer = county.post("/credentials/workbook", data={"file": _workbook(*rows)})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert page.count(f'name="id" value="{made.id}"') == 1
    assert page.count('name="id"') == 1
    for words in (
        "这份证书在名单中出现了两次",
        "登记在别人名下，姓名不符",
        "身份证号与登记的不一致",
        "登记的是另一类证书",
        "已核验",
        "已退回或不予认定",
        "本单位没有人登记过这个编号",
    ):
        assert words in page, words
    done = county.post(
        "/credentials/verify", data={"id": [made.id], "evidence": "省厅核验结果.xlsx"}
    )
    assert done.status_code == 302
    assert _brought(app)[0].evidence == "省厅核验结果.xlsx"


def test_what_is_no_workbook_is_refused(ids: dict[str, int], sign_in: SignIn) -> None:
    upload = (io.BytesIO(b"no workbook"), "a.xlsx")
    answer = sign_in(ids["county"]).post("/credentials/workbook", data={"file": upload})
    assert answer.status_code == 422
    assert sign_in(ids["school"]).get("/credentials/workbook").status_code == 403


def test_too_many_at_once_are_refused_and_none_is_left_out_silently(
    ids: dict[str, int], sign_in: SignIn
) -> None:
    data = {"id": list(range(1, 502)), "evidence": "原件"}
    assert sign_in(ids["county"]).post("/credentials/verify", data=data).status_code == 400


def test_home_and_list_name_what_expires_soon_the_nearest_first(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    with app.app_context():
        person = db.session.get_one(make.Person, ids["person"])
        make.make_credential(person, number="LATER", expires_on=date(2023, 11, 1))
        make.make_credential(person, number="SOONER", expires_on=date(2023, 9, 1))
        make.make_credential(person, number="NOT-YET", expires_on=date(2024, 9, 1))
    county = sign_in(ids["county"])
    assert "90天内到期" in county.get("/").get_data(as_text=True)
    page = county.get("/credentials/?life=expires_soon").get_data(as_text=True)
    assert page.index("SOONER") < page.index("LATER")
    assert "NOT-YET" not in page
    assert county.get("/credentials/export?life=expires_soon").data[:2] == b"PK"


def test_the_bureau_adds_a_kind_with_its_life_and_register(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["bureau"])
    data = {
        "name": "家庭教育指导师",
        "aliases": "家教指导师",
        "valid_from": "2023-01-01",
        "counts_as": "other",
        "life_years": "3",
        "register_address": "javascript:alert(1)",
        "basis": "文件",
    }
    assert client.get("/credentials/kinds/new").status_code == 200
    assert client.post("/credentials/kinds/new", data=data).status_code == 422
    data["register_address"] = "https://www.example.cn/"
    assert client.post("/credentials/kinds/new", data=data).status_code == 302
    with app.app_context():
        kind = db.session.scalars(
            select(CredentialKind).where(CredentialKind.name == "家庭教育指导师")
        ).one()
        kind_id = kind.id
        assert [(rule.life_years, rule.register_address) for rule in kind.rules] == [
            (3, "https://www.example.cn/")
        ]
    names = f"/credentials/kinds/{kind_id}/names"
    assert client.get(names).status_code == 200
    assert client.post(names, data={"name": "心理治疗师", "aliases": ""}).status_code == 422
    assert client.post(names, data={"name": "家教师", "aliases": ""}).status_code == 302
    assert "https://www.example.cn/" in client.get("/credentials/kinds").get_data(as_text=True)
    assert sign_in(ids["county"]).get("/credentials/kinds/new").status_code == 403


def test_the_bureau_takes_a_rule_of_today_back(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["bureau"])
    with app.app_context():
        wanted = select(CredentialKind).where(CredentialKind.code == "psych_2")
        kind_id = db.session.scalars(wanted).one().id
    rule = {"valid_from": "2023-08-17", "counts_as": "other", "basis": "文件"}
    client.post(f"/credentials/kinds/{kind_id}/rules/new", data=rule)
    page = client.get("/credentials/kinds").get_data(as_text=True)
    (address,) = re.findall(r'action="(/credentials/kinds/\d+/rules/take-back[^"]*)"', page)
    assert sign_in(ids["county"]).post(address, data={"reason": "录错"}).status_code == 403
    done = client.post(address, data={"reason": "录错"}, follow_redirects=True)
    assert "继续沿用之前的规则" in done.get_data(as_text=True)
    again = client.post(address, data={"reason": "录错"}, follow_redirects=True)
    assert "只能撤回该类证书最近的一条规则" in again.get_data(as_text=True)
    with app.app_context():
        rules = db.session.scalars(wanted).one().rules
        assert [(rule.valid_until, rule.counts_as.value) for rule in rules] == [(None, "psych_2")]


def test_a_renewal_names_what_it_renews(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    teacher = sign_in(ids["teacher"])
    _bring(teacher, ids)
    (old,) = _brought(app)
    assert f'<option value="{old.id}">' in teacher.get(f"{MINE}/new").get_data(as_text=True)
    _bring(teacher, ids, phone_photo("gray"), issued_on="2022-06-01", renews_id=str(old.id))
    new = _brought(app)[1]
    assert new.renews_id == old.id
    assert f"{MINE}/{old.id}" in teacher.get(f"{MINE}/{new.id}").get_data(as_text=True)
    page = sign_in(ids["county"]).get(f"/credentials/{new.id}").get_data(as_text=True)
    assert f'href="/credentials/{old.id}"' in page


def test_programs_read_ones_own_credentials(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    _bring(sign_in(ids["teacher"]), ids)
    (made,) = _brought(app)
    with app.app_context():
        make_token(ids["teacher"], "teacher-token-1")
        make_token(ids["stranger"], "stranger-token-1")
    app.test_client_class = ProgramClient
    client = app.test_client()
    client.token = "teacher-token-1"
    assert client.get("/api/v1/me/credentials").get_json() == {
        "items": [
            {
                "id": made.id,
                "kind": "心理咨询师（二级）",
                "number": "1511000000212345",
                "issuer": None,
                "issued_on": "2015-06-01",
                "expires_on": None,
                "revoked_on": None,
                "status": "claimed",
                "reason": None,
                "renews": None,
                "in_force": False,
            }
        ],
        "next_cursor": None,
    }
    client.token = "stranger-token-1"
    assert client.get("/api/v1/me/credentials").get_json() == {"items": [], "next_cursor": None}
