"""Prepare, issue, print, revoke and reissue certificates in pages."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import files, jobs
from app.core.db import atomic, db
from app.domain.audit.models import AuditEntry
from app.domain.certificates.facts import open_sealed
from app.domain.certificates.models import Certificate, CertificateBatch
from app.domain.certificates.operations import previewing
from app.domain.certificates.rules.designs import PaperFacts
from app.domain.certificates.rules.words import BatchState, CertificateKind, CertificateState
from app.domain.people.sealed import identity_columns
from tests import certificate_factories as certs
from tests import factories as make
from tests.conftest import TODAY

SignIn = Callable[[int], FlaskClient]
Count = Callable[[Callable[[], object]], int]
REGISTER = [
    *("序号", "证书编号", "姓名", "身份证号", "单位"),
    *("培训项目", "培训时间", "学时", "发证日期", "领取人签字"),
]


@pytest.fixture
def bureau(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        certs.make_template()
        return sign_in(make.make_account("bureau", make.CHUXIONG, "发证员").id)


@pytest.fixture
def key(app: Flask) -> str:
    """A training that two passed and one did not."""
    with app.app_context():
        school = make.make_school(make.LUFENG, "和平小学")
        for name, passed in (("李桃艳", True), ("王小明", True), ("张三", False)):
            number = make.id_number(len(name) + ord(name[0]) % 100)
            person = make.make_counselor(school, name, number=number)
            record = make.make_training(person, school, passed=passed)
        return record.event_key


def prepare(client: FlaskClient, app: Flask, key: str, **changed: object) -> int:
    """A batch prepared for a training, as the form does it; its id."""
    with app.app_context():
        template = certs.make_template().id
    form = {
        "template": template,
        "title": "心理健康教育培训",
        "prefix": "楚教培",
        "issued_on": "2023-08-01",
    }
    answer = client.post(
        f"/certificates/batches/new?source=training&key={key}", data={**form, **changed}
    )
    assert answer.status_code == 302, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def issue(client: FlaskClient, app: Flask, key: str) -> int:
    """An issued batch with its papers made; its id."""
    batch_id = prepare(client, app, key)
    assert client.post(f"/certificates/batches/{batch_id}/issue").status_code == 302
    with app.app_context():
        assert jobs.run_pending() == 1
    return batch_id


def certificates(app: Flask) -> list[Certificate]:
    with app.app_context():
        return list(db.session.scalars(select(Certificate).order_by(Certificate.id)))


def test_from_a_finished_training_to_papers(bureau: FlaskClient, app: Flask, key: str) -> None:
    start = bureau.get("/certificates/issue").text
    assert "心理健康教育培训" in start
    form = bureau.get(f"/certificates/batches/new?source=training&key={key}").text
    assert "心理健康教育培训" in form
    batch_id = prepare(bureau, app, key)
    draft = bureau.get(f"/certificates/batches/{batch_id}").text
    assert "李桃艳" in draft
    assert "张三" not in draft
    others = bureau.get(f"/certificates/batches/{batch_id}?show=others").text
    assert "张三" in others
    assert "未通过" in others or "has not passed" in others
    picture = bureau.get(f"/certificates/batches/{batch_id}/preview.png")
    assert picture.data.startswith(b"\x89PNG")
    assert certificates(app) == []
    bureau.post(f"/certificates/batches/{batch_id}/issue")
    running = bureau.get(f"/certificates/batches/{batch_id}").text
    assert f"/certificates/batches/{batch_id}/progress" in running
    assert "0 / 2" in bureau.get(f"/certificates/batches/{batch_id}/progress").text
    with app.app_context():
        assert jobs.run_pending() == 1
    done = bureau.get(f"/certificates/batches/{batch_id}/progress", headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == f"/certificates/batches/{batch_id}"
    shown = bureau.get(f"/certificates/batches/{batch_id}").text
    assert "楚教培〔2023〕第0001号" in shown
    assert "楚教培〔2023〕第0002号" in shown


def test_downloads_of_a_batch_hold_every_valid_paper_and_are_recorded(
    bureau: FlaskClient, app: Flask, key: str
) -> None:
    batch_id = issue(bureau, app, key)
    packed = bureau.get(f"/certificates/batches/{batch_id}/papers.zip")
    with zipfile.ZipFile(io.BytesIO(packed.data)) as opened:
        assert sorted(opened.namelist()) == [
            f"{one.number} {one.holder}.pdf" for one in certificates(app)
        ]
        assert all(opened.read(name).startswith(b"%PDF") for name in opened.namelist())
    printed = bureau.get(f"/certificates/batches/{batch_id}/print.pdf")
    assert printed.data.startswith(b"%PDF")
    assert "filename*=UTF-8''" in printed.headers["Content-Disposition"]
    register = bureau.get(f"/certificates/batches/{batch_id}/register.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(register.data)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[2] == REGISTER
    assert [row[1] for row in rows[3:5]] == ["楚教培〔2023〕第0001号", "楚教培〔2023〕第0002号"]
    assert [len(str(row[3])) for row in rows[3:5]] == [18, 18]
    assert [row[4] for row in rows[3:5]] == ["和平小学", "和平小学"]
    with app.app_context():
        taken = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "certificates.download")
        ).all()
        assert [entry.details["as"] for entry in taken] == ["zip", "print", "register"]


def test_nothing_of_a_draft_can_be_downloaded(bureau: FlaskClient, app: Flask, key: str) -> None:
    batch_id = prepare(bureau, app, key)
    for name in ("papers.zip", "print.pdf", "register.xlsx"):
        assert bureau.get(f"/certificates/batches/{batch_id}/{name}").status_code == 409


def test_people_are_taken_out_and_put_in_again(bureau: FlaskClient, app: Flask, key: str) -> None:
    batch_id = prepare(bureau, app, key)
    with app.app_context():
        wanted = db.session.scalars(
            select(make.Person.id).where(make.Person.name.in_(["李桃艳", "张三"]))
        ).all()
        chosen, failed = wanted
    bureau.post(f"/certificates/batches/{batch_id}/leave-out", data={"id": chosen})
    assert "李桃艳" not in bureau.get(f"/certificates/batches/{batch_id}").text
    bureau.post(f"/certificates/batches/{batch_id}/choose", data={"id": chosen})
    assert "李桃艳" in bureau.get(f"/certificates/batches/{batch_id}").text
    bureau.post(f"/certificates/batches/{batch_id}/choose", data={"id": failed})
    refused = bureau.get(f"/certificates/batches/{batch_id}").text
    assert "张三：" in refused


def test_by_hand_people_are_searched_and_put_in(bureau: FlaskClient, app: Flask) -> None:
    with app.app_context():
        person_id = make.make_counselor(make.make_school(make.LUFENG), "李桃艳").id
        template = certs.make_template(kind=CertificateKind.OTHER).id
    facts = {"template": template, "title": "优秀组织者", "prefix": "楚", "issued_on": "2023-08-01"}
    answer = bureau.post("/certificates/batches/new?source=hand", data=facts)
    address = answer.location
    assert bureau.get(f"{address}/people?q=李桃艳&go=search").status_code == 200
    confirm = bureau.get(f"{address}/people?person_id={person_id}&go=on").text
    assert f'name="id" value="{person_id}"' in confirm
    bureau.post(f"{address}/choose", data={"id": person_id})
    bureau.post(f"{address}/issue")
    assert [(one.holder, one.title) for one in certificates(app)] == [("李桃艳", "优秀组织者")]


def test_a_form_that_cannot_be_says_why_beside_its_field(
    bureau: FlaskClient, app: Flask, key: str
) -> None:
    with app.app_context():
        template = certs.make_template().id
    facts = {"template": template, "title": "培训", "prefix": "临〔教〕", "issued_on": "2023-08-01"}
    address = f"/certificates/batches/new?source=training&key={key}"
    answer = bureau.post(address, data=facts)
    assert answer.status_code == 422
    assert "prefix-error" in answer.text
    answer = bureau.post(address, data={**facts, "prefix": "楚", "issued_on": "2023-08-18"})
    assert answer.status_code == 422
    assert "issued_on-error" in answer.text


def test_a_draft_is_changed_and_discarded(bureau: FlaskClient, app: Flask, key: str) -> None:
    batch_id = prepare(bureau, app, key)
    page = bureau.get(f"/certificates/batches/{batch_id}/change")
    assert "楚教培" in page.text
    with app.app_context():
        batch = certs.batch_of(batch_id)
        facts = {
            "template": batch.version.template_id,
            "title": "改后的名称",
            "prefix": "楚教培",
            "issued_on": "2023-08-02",
            "row_version": batch.row_version,
        }
    address = f"/certificates/batches/{batch_id}/change"
    assert bureau.post(address, data=facts).status_code == 302
    assert "改后的名称" in bureau.get(f"/certificates/batches/{batch_id}").text
    assert bureau.post(address, data=facts).status_code == 422
    bureau.post(f"/certificates/batches/{batch_id}/discard")
    with app.app_context():
        assert certs.batch_of(batch_id).state is BatchState.DISCARDED


def test_revoke_and_reissue_show_in_the_record(bureau: FlaskClient, app: Flask, key: str) -> None:
    issue(bureau, app, key)
    first, second = certificates(app)
    assert bureau.get(f"/certificates/{first.id}/revoke").status_code == 200
    answer = bureau.post(
        f"/certificates/{first.id}/revoke", data={"on": "2023-08-10", "reason": "冒名"}
    )
    assert answer.status_code == 302
    assert "冒名" in bureau.get(f"/certificates/{first.id}").text
    again = bureau.post(
        f"/certificates/{first.id}/revoke", data={"on": "2023-08-10", "reason": "又"}
    )
    assert again.status_code == 422
    form = bureau.get(f"/certificates/{second.id}/reissue").text
    assert second.holder in form
    facts = {
        "on": "2023-08-10",
        "reason": "姓名写错",
        "name": "王晓明",
        "unit": "和平小学",
        "title": second.title,
        "ended_on": "2022-06-17",
        "hours": "40",
        "issuer": "楚雄州教育体育局",
    }
    answer = bureau.post(f"/certificates/{second.id}/reissue", data=facts)
    assert answer.status_code == 302
    with app.app_context():
        assert jobs.run_pending() == 1
    shown = bureau.get(answer.location).text
    assert f"{second.number}（补）" in shown
    assert "王晓明" in shown
    listed = bureau.get("/certificates/?q=楚教培[2023]2").text
    assert f"{second.number}（补）" in listed
    paper = bureau.get(f"{answer.location}/paper")
    assert paper.data.startswith(b"%PDF")


def test_papers_that_could_not_be_made_are_made_again(
    bureau: FlaskClient, app: Flask, key: str
) -> None:
    batch_id = issue(bureau, app, key)
    with app.app_context(), atomic():
        batch = db.session.get_one(CertificateBatch, batch_id)
        batch.state, batch.error = BatchState.FAILED, "磁盘已满"
    page = bureau.get(f"/certificates/batches/{batch_id}").text
    assert "磁盘已满" in page
    bureau.post(f"/certificates/batches/{batch_id}/make-again")
    with app.app_context():
        assert jobs.run_pending() == 1
        assert certs.batch_of(batch_id).state is BatchState.ISSUED


def test_a_holder_downloads_their_own_paper_alone(
    bureau: FlaskClient, app: Flask, key: str, sign_in: SignIn
) -> None:
    issue(bureau, app, key)
    first, second = certificates(app)
    with app.app_context():
        account_id = make.make_account("teacher", make.LUFENG).id
        with atomic():
            person = db.session.get_one(make.Person, first.person_id)
            person.account_id = account_id
    teacher = sign_in(account_id)
    assert teacher.get(f"/certificates/{first.id}/paper").data.startswith(b"%PDF")
    assert teacher.get(f"/certificates/{second.id}/paper").status_code == 404
    assert teacher.get(f"/certificates/{first.id}").status_code == 403
    assert _taken(app) == []


def _taken(app: Flask) -> list[tuple[object, ...]]:
    with app.app_context():
        entries = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "certificates.download")
        ).all()
        return [(one.object_type, one.object_id, one.subject_id) for one in entries]


def test_that_an_officer_takes_a_paper_along_is_recorded_and_a_lost_one_is_said_so(
    bureau: FlaskClient, app: Flask, key: str
) -> None:
    issue(bureau, app, key)
    first, second = certificates(app)
    assert bureau.get(f"/certificates/{first.id}/paper").data.startswith(b"%PDF")
    assert _taken(app) == [("certificate", str(first.id), first.person_id)]
    with app.app_context():
        files.remove(second.file_key or "")
    lost = bureau.get(f"/certificates/{second.id}/paper")
    assert (lost.status_code, "文件已不存在" in lost.text) == (404, True)
    assert bureau.get(f"/certificates/batches/{second.batch_id}/papers.zip").status_code == 404


def test_a_preview_masks_the_identity_number(
    bureau: FlaskClient, app: Flask, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[PaperFacts] = []

    def draw(_design: object, _images: object, paper: PaperFacts) -> bytes:
        drawn.append(paper)
        return b"\x89PNG"

    monkeypatch.setattr(previewing, "render_preview", draw)
    batch_id = prepare(bureau, app, key)
    assert bureau.get(f"/certificates/batches/{batch_id}/preview.png").status_code == 200
    assert drawn[0].id_number.startswith("532398********")


def test_an_identity_number_that_was_wrong_is_corrected_on_the_paper(
    bureau: FlaskClient, app: Flask, key: str
) -> None:
    issue(bureau, app, key)
    first = certificates(app)[0]
    address = f"/certificates/{first.id}/reissue"
    assert "registry_number" not in bureau.get(address).text
    right = make.id_number(77)
    with app.app_context(), atomic():
        holder = db.session.get_one(make.Person, first.person_id)
        holder.id_number_sealed = identity_columns(right)["id_number_sealed"]
    form = bureau.get(address).text
    assert "registry_number" in form
    assert right not in form
    facts = {"on": "2023-08-10", "reason": "身份证号错误", "name": first.holder, "title": "培训"}
    facts |= {"issuer": "楚雄州教育体育局", "registry_number": "y"}
    answer = bureau.post(address, data=facts)
    assert answer.status_code == 302
    with app.app_context():
        new = db.session.get_one(Certificate, int(answer.location.rsplit("/", 1)[1]))
        assert open_sealed(new)["id_number"] == right


def test_a_school_sees_those_of_its_people_and_ends_none(
    bureau: FlaskClient, app: Flask, key: str, sign_in: SignIn
) -> None:
    issue(bureau, app, key)
    first = certificates(app)[0]
    with app.app_context():
        here = db.session.get_one(make.Unit, first.person_unit_id)
        school = make.make_account("school", here).id
        other = make.make_account("school", make.make_school(make.LUFENG)).id
    inside, outside = sign_in(school), sign_in(other)
    assert first.number in inside.get("/certificates/").text
    assert inside.get(f"/certificates/{first.id}").status_code == 200
    assert inside.get(f"/certificates/{first.id}/revoke").status_code == 403
    assert first.number not in outside.get("/certificates/").text
    assert outside.get(f"/certificates/{first.id}").status_code == 404
    assert outside.get(f"/certificates/{first.id}/paper").status_code == 404


def test_lists_and_the_export_cost_the_same_for_one_and_thirty(
    bureau: FlaskClient, app: Flask, key: str, count_queries: Count
) -> None:
    issue(bureau, app, key)
    pages = ("/certificates/", "/certificates/batches", "/certificates/issue")
    for page in pages:
        bureau.get(page)
    before = [count_queries(lambda page=page: bureau.get(page)) for page in pages]
    with app.app_context():
        actor = make.make_actor("bureau", make.CHUXIONG)
        names = [f"李{chr(0x4E00 + one)}" for one in range(28)]
        _people, other = certs.make_trained(names=names, title="另一班")
        certs.issue(certs.draft(actor, certs.make_template(), other), actor)
    after = [count_queries(lambda page=page: bureau.get(page)) for page in pages]
    assert after == before
    assert max(after) <= 8
    sheet = openpyxl.load_workbook(io.BytesIO(bureau.get("/certificates/export").data)).active
    assert sheet is not None
    assert sheet.max_row == 32


def test_the_list_is_narrowed_by_kind_state_and_year(
    bureau: FlaskClient, app: Flask, key: str
) -> None:
    issue(bureau, app, key)
    first = certificates(app)[0]
    assert certificates(app)[0].state is CertificateState.VALID
    assert first.issued_on == date(2023, 8, 1)
    for asked, found in (
        ("kind=completion", True),
        ("kind=hours", False),
        ("standing=valid", True),
        ("standing=revoked", False),
        ("year=2023", True),
        ("year=2022", False),
        (f"unit={make.LUFENG}", True),
    ):
        assert (first.number in bureau.get(f"/certificates/?{asked}").text) is found, asked
    assert bureau.get("/certificates/?year=x").status_code == 400
    assert TODAY.year == 2023
