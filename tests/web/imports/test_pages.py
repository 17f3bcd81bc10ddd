"""Upload, preview, confirm, result, undo and the queue in the browser."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from app.core.db import db
from app.domain.audit.models import AuditEntry
from app.domain.exchange.models import Import, ImportRow, ImportState, RowState
from app.domain.people.models import Person
from tests.factories import id_number, make_account, make_counselor, make_school
from tests.integration.exchange.workbooks import ONLINE, ROSTER, bring, teacher, workbook

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def bureau(app: Flask, sign_in: SignIn) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        make_school(name="楚雄市青山小学")
        account_id = make_account("bureau", "532300").id
    return sign_in(account_id)


def upload(client: FlaskClient, data: bytes, **values: str) -> tuple[int, str]:
    form = {"kind": "counselors", "unit": "532300", **values}
    answer = client.post("/imports/new", data={**form, "file": (io.BytesIO(data), "花名册.xlsx")})
    return answer.status_code, answer.headers.get("Location", answer.get_data(as_text=True))


def count_people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_preview_then_confirm_then_result(app: Flask, bureau: FlaskClient) -> None:
    status, address = upload(bureau, workbook(ROSTER, [teacher(1, "楚雄市青山小学", 姓名="李甲")]))
    assert status == 302
    preview = bureau.get(address).get_data(as_text=True)
    assert "李甲" in preview
    assert count_people(app) == 0
    bureau.post(f"{address}/confirm")
    assert count_people(app) == 1
    assert "已导入" in bureau.get(address).get_data(as_text=True)


def test_a_rejected_workbook_comes_back_marked(app: Flask, bureau: FlaskClient) -> None:
    _status, address = upload(bureau, workbook(ROSTER, [teacher(1, "楚雄市青川小学")]))
    page = bureau.get(address).get_data(as_text=True)
    assert "楚雄市青山小学" in page  # the nearest name
    marked = bureau.get(f"{address}/marked")
    assert marked.data[:2] == b"PK"
    assert "filename*=UTF-8''" in marked.headers["Content-Disposition"]
    bureau.post(f"{address}/confirm")
    assert count_people(app) == 0


def test_what_is_no_workbook_is_refused_at_its_field(app: Flask, bureau: FlaskClient) -> None:
    status, page = upload(bureau, b"no workbook at all")
    assert status == 422
    assert "xy-error" in page
    with app.app_context():
        assert db.session.scalars(select(Import)).all() == []


def test_identity_numbers_are_masked_in_the_preview(bureau: FlaskClient) -> None:
    _status, address = upload(bureau, workbook(ROSTER, [teacher(1, "楚雄市青川小学")]))
    assert id_number(1) not in bureau.get(address).get_data(as_text=True)


def test_a_unit_outside_the_scope_is_forbidden_known_or_not(bureau: FlaskClient) -> None:
    data = workbook(ROSTER, [])
    assert upload(bureau, data, unit="530900")[0] == 403
    assert upload(bureau, data, unit="999999")[0] == 403


def test_taking_the_original_file_is_recorded(app: Flask, bureau: FlaskClient) -> None:
    data = workbook(ROSTER, [teacher(1, "楚雄市青山小学")])
    _status, address = upload(bureau, data)
    assert bureau.get(f"{address}/file").data == data
    with app.app_context():
        actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["imports.upload", "imports.download"]


def test_discarding_changes_nothing(app: Flask, bureau: FlaskClient) -> None:
    _status, address = upload(bureau, workbook(ROSTER, [teacher(1, "楚雄市青山小学")]))
    bureau.post(f"{address}/discard")
    bureau.post(f"{address}/confirm")
    assert count_people(app) == 0


def test_undo_asks_for_a_reason_and_takes_it_back(app: Flask, bureau: FlaskClient) -> None:
    _status, address = upload(bureau, workbook(ROSTER, [teacher(1, "楚雄市青山小学")]))
    bureau.post(f"{address}/confirm")
    assert bureau.get(f"{address}/undo").status_code == 200
    assert bureau.post(f"{address}/undo", data={"reason": ""}).status_code == 422
    assert bureau.post(f"{address}/undo", data={"reason": "传错了"}).status_code == 302
    assert count_people(app) == 0
    assert "传错了" in bureau.get(address).get_data(as_text=True)


def test_an_import_that_is_built_upon_names_what_stands_in_the_way(
    app: Flask, bureau: FlaskClient
) -> None:
    _status, address = upload(bureau, workbook(ROSTER, [teacher(1, "楚雄市青山小学", 姓名="李甲")]))
    bureau.post(f"{address}/confirm")
    later = workbook(ROSTER, [teacher(1, "楚雄市青山小学", 姓名="李甲", 职称="高级教师")])
    _status, second = upload(bureau, later)
    bureau.post(f"{second}/confirm")
    assert "李甲" in bureau.get(f"{address}/undo").get_data(as_text=True)
    assert bureau.post(f"{address}/undo", data={"reason": "传错了"}).status_code == 422


def waiting(app: Flask) -> int:
    with app.app_context():
        school = make_school(name="楚雄市绿水小学")
        for serial in (1, 2):
            make_counselor(school, "李春梅", number=id_number(serial))
        row = [
            "李春梅",
            "*" * 18,
            "",
            school.name,
            "网络培训（2022年）",
            "100%",
            50,
            "合格",
            "2022-12-13",
        ]
        bring("online", workbook(ONLINE, [row]))
        return db.session.scalars(select(ImportRow.id)).one()


def test_an_officer_picks_the_person_of_a_waiting_row(app: Flask, bureau: FlaskClient) -> None:
    row_id = waiting(app)
    assert "李春梅" in bureau.get("/imports/queue/").get_data(as_text=True)
    page = bureau.get(f"/imports/queue/{row_id}").get_data(as_text=True)
    assert page.count("是李春梅") == 2
    with app.app_context():
        person_id = db.session.scalars(select(Person.id).order_by(Person.id)).first()
    assert (
        bureau.post(f"/imports/queue/{row_id}/resolve", data={"person": str(person_id)}).status_code
        == 302
    )
    with app.app_context():
        assert db.session.get_one(ImportRow, row_id).state is RowState.RESOLVED
    assert bureau.get("/imports/queue/").status_code == 200


def test_a_waiting_row_is_left_out_with_a_reason_only(app: Flask, bureau: FlaskClient) -> None:
    row_id = waiting(app)
    assert bureau.post(f"/imports/queue/{row_id}/dismiss", data={"reason": ""}).status_code == 422
    assert (
        bureau.post(f"/imports/queue/{row_id}/dismiss", data={"reason": "不是本州人员"}).status_code
        == 302
    )
    with app.app_context():
        assert db.session.get_one(ImportRow, row_id).state is RowState.DISMISSED


def test_nothing_picked_is_a_bad_request(app: Flask, bureau: FlaskClient) -> None:
    row_id = waiting(app)
    assert bureau.post(f"/imports/queue/{row_id}/resolve").status_code == 400


@pytest.mark.parametrize("page", ["", "/file", "/marked", "/undo", "/progress"])
def test_an_import_outside_the_scope_is_not_there(app: Flask, sign_in: SignIn, page: str) -> None:
    with app.app_context():
        school = make_school(name="楚雄市青山小学")
        batch, _plan = bring("counselors", workbook(ROSTER, [teacher(1, school.name)]))
        assert batch is not None
        import_id, account_id = batch.id, make_account("bureau", "530900").id
    client = sign_in(account_id)
    assert client.get(f"/imports/{import_id}{page}").status_code == 404
    assert client.get(f"/imports/999{page}").status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [("teacher", 403), ("school", 403), ("auditor", 403), ("admin", 200), ("county", 200)],
)
def test_who_may_open_the_imports(app: Flask, sign_in: SignIn, role: str, status: int) -> None:
    with app.app_context():
        account_id = make_account(role, "532301").id
    assert sign_in(account_id).get("/imports/").status_code == status


def test_the_history_takes_as_many_queries_for_one_import_as_for_many(
    app: Flask, bureau: FlaskClient
) -> None:
    def queries() -> int:
        seen: list[str] = []
        with app.app_context():
            engine = db.engine
        note = lambda *arguments: seen.append(arguments[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", note)
        assert bureau.get("/imports/").status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    upload(bureau, workbook(ROSTER, [teacher(1, "楚雄市青山小学")]))
    one = queries()
    for _again in range(29):
        upload(bureau, workbook(ROSTER, [teacher(1, "楚雄市青山小学")]))
    assert queries() == one <= 8


def test_the_progress_of_a_large_import_is_shown(app: Flask, bureau: FlaskClient) -> None:
    _status, address = upload(bureau, workbook(ROSTER, [teacher(1, "楚雄市青山小学")]))
    with app.app_context():
        batch = db.session.scalars(select(Import)).one()
        batch.state = ImportState.CHECKING
        db.session.commit()
    assert "<progress" in bureau.get(address).get_data(as_text=True)
    assert bureau.get(f"{address}/progress").status_code == 200
