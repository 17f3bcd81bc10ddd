"""Pages of question banks: open one, write questions of every kind, bring a workbook, and who may."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core.db import atomic, db
from app.domain.accounts.rules import Role
from app.domain.courses.models import Question, QuestionBank, QuestionRevision
from app.domain.courses.queries.banks import load_questions
from app.domain.courses.question_sheets.writing import SheetQuestion, write_questions
from app.domain.courses.rules.questions import QuestionText
from app.domain.courses.rules.words import QuestionKind
from tests import course_factories as courses
from tests import factories as make

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def bank_id(app: Flask) -> int:
    with app.app_context():
        return courses.make_bank().id


@pytest.fixture
def officer(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        account_id = make.make_account(Role.BUREAU, make.LINCANG).id
    return sign_in(account_id)


def stems(app: Flask, bank_id: int) -> dict[str, tuple[int, str]]:
    with app.app_context():
        return {q.code: (r.number, r.stem) for q, r in load_questions(bank_id)}


def test_a_bank_is_opened_renamed_and_retired(app: Flask, officer: FlaskClient) -> None:
    assert "还没有题库" in officer.get("/courses/banks/").text
    with app.app_context():
        unit = make.get_unit(make.LINCANG).id
    answer = officer.post("/courses/banks/new", data={"title": "全市题库", "unit": unit})
    assert answer.location == "/courses/banks/1"
    assert "还没有试题" in officer.get(answer.location).text
    edited = officer.post(
        "/courses/banks/1/edit", data={"title": "新名", "note": "说明", "row_version": "1"}
    )
    assert edited.status_code == 302
    stale = officer.post("/courses/banks/1/edit", data={"title": "旧名", "row_version": "1"})
    assert stale.status_code == 422
    assert officer.post("/courses/banks/1/retire", data={"reason": "并入"}).status_code == 302
    assert "新名" not in officer.get("/courses/banks/").text
    assert "新名" in officer.get("/courses/banks/?retired=1").text
    officer.post("/courses/banks/1/restore")
    assert "新名" in officer.get("/courses/banks/").text


def test_retiring_needs_a_reason(officer: FlaskClient, bank_id: int) -> None:
    answer = officer.post(f"/courses/banks/{bank_id}/retire", follow_redirects=True)
    assert "请填写原因" in answer.text


@pytest.mark.parametrize(
    ("kind", "fields", "right"),
    [
        ("single", {"option_0": "保密", "option_1": "说教", "answer": "1"}, [1]),
        (
            "multiple",
            {"option_0": "甲", "option_1": "乙", "option_2": "丙", "answer": ["0", "2"]},
            [0, 2],
        ),
        ("true_false", {"answer": "wrong"}, [False]),
        (
            "fill_in",
            {"stem": "____与____", "answer": "保密|保密性\r\n尊重"},
            [["保密", "保密性"], ["尊重"]],
        ),
        ("short_answer", {"answer": "先倾听\r\n再报告"}, ["先倾听\n再报告"]),
    ],
)
def test_a_question_of_each_kind_is_written_and_changed(
    app: Flask, officer: FlaskClient, bank_id: int, kind: str, fields: dict[str, Any], right: Any
) -> None:
    address = f"/courses/banks/{bank_id}/questions/new?kind={kind}"
    assert officer.get(address).status_code == 200
    data = {"stem": "怎样做？", "topic": "伦理", "explanation": "因为"} | fields
    assert officer.post(address, data=data).location == address
    with app.app_context():
        revision = db.session.scalars(select(QuestionRevision)).one()
        assert revision.answer == right
        assert (revision.question.kind, revision.question.topic) == (kind, "伦理")
        question_id = revision.question_id
    page = officer.get(f"/courses/banks/questions/{question_id}")
    assert "因为" in page.text
    changed = officer.post(
        f"/courses/banks/questions/{question_id}",
        data=data | {"explanation": "另有原因", "seen": "1", "code": "A1"},
    )
    assert changed.status_code == 302
    with app.app_context():
        assert db.session.scalars(select(QuestionRevision.number)).all() == [1, 2]
        assert db.session.get_one(Question, question_id).code == "A1"
    assert "第 2 版" in officer.get(f"/courses/banks/questions/{question_id}").text


@pytest.mark.parametrize(
    ("kind", "fields", "told"),
    [
        ("single", {"option_0": "甲", "option_1": "乙"}, "没有正确答案"),
        ("single", {"option_0": "甲", "answer": "0"}, "至少要有 2 个选项"),
        ("single", {"option_0": "甲", "option_1": "乙", "answer": "3"}, "不存在的选项"),
        ("multiple", {"option_0": "甲", "option_1": "甲", "answer": "0"}, "两个选项内容相同"),
        ("true_false", {}, "没有正确答案"),
        ("fill_in", {"stem": "没有空", "answer": "x"}, "题干中没有空"),
        ("fill_in", {"stem": "__和__", "answer": "x"}, "个数"),
        ("short_answer", {"answer": " "}, "没有正确答案"),
    ],
)
def test_a_question_without_a_right_answer_is_refused_beside_its_field(
    app: Flask, officer: FlaskClient, bank_id: int, kind: str, fields: dict[str, str], told: str
) -> None:
    address = f"/courses/banks/{bank_id}/questions/new?kind={kind}"
    answer = officer.post(address, data={"stem": "怎样做？"} | fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert stems(app, bank_id) == {}


def test_a_question_changed_meanwhile_is_not_overwritten(
    app: Flask, officer: FlaskClient, bank_id: int
) -> None:
    with app.app_context():
        bank = db.session.get_one(QuestionBank, bank_id)
        question_id = courses.make_question(bank, code="A1").question_id
    data = {"option_0": "甲", "option_1": "乙", "answer": "0", "seen": "1"}
    address = f"/courses/banks/questions/{question_id}"
    assert officer.post(address, data=data | {"stem": "先改"}).status_code == 302
    late = officer.post(address, data=data | {"stem": "后改"})
    assert late.status_code == 422
    assert "后改" in late.text
    assert stems(app, bank_id) == {"A1": (2, "先改")}


def test_a_question_is_retired_and_taken_up_again(
    app: Flask, officer: FlaskClient, bank_id: int
) -> None:
    with app.app_context():
        bank = db.session.get_one(QuestionBank, bank_id)
        question_id = courses.make_question(bank, code="A1").question_id
    officer.post(f"/courses/banks/questions/{question_id}/retire")
    assert "A1" not in officer.get(f"/courses/banks/{bank_id}").text
    assert "A1" in officer.get(f"/courses/banks/{bank_id}?retired=1").text
    officer.post(f"/courses/banks/questions/{question_id}/restore")
    assert "A1" in officer.get(f"/courses/banks/{bank_id}").text


def test_questions_are_filtered(app: Flask, officer: FlaskClient, bank_id: int) -> None:
    with app.app_context():
        bank = db.session.get_one(QuestionBank, bank_id)
        courses.make_question(bank, code="A1", topic="伦理", stem="甲题")
        courses.make_question(bank, code="B1", stem="乙题")
    address = f"/courses/banks/{bank_id}"
    for query, there, gone in (
        ("q=甲", "甲题", "乙题"),
        ("topic=伦理", "甲题", "乙题"),
        ("topic=-", "乙题", "甲题"),
        ("kind=single", "甲题", "没有符合"),
    ):
        text = officer.get(f"{address}?{query}").text
        assert there in text
        assert gone not in text
    assert "没有符合" in officer.get(f"{address}?kind=multiple").text
    assert officer.get(f"{address}?page=9").status_code == 404


def test_the_list_asks_the_database_as_often_for_many_questions(
    app: Flask,
    officer: FlaskClient,
    bank_id: int,
    count_queries: Callable[[Callable[[], Any]], int],
) -> None:
    def visit() -> TestResponse:
        return officer.get(f"/courses/banks/{bank_id}")

    with app.app_context():
        bank = db.session.get_one(QuestionBank, bank_id)
        courses.make_question(bank)
    visit()
    one = count_queries(visit)
    with app.app_context():
        bank = db.session.get_one(QuestionBank, bank_id)
        for _number in range(30):
            courses.make_question(bank)
    assert count_queries(visit) == one
    assert one <= 8


def test_a_county_reads_the_bank_above_and_changes_nothing(
    app: Flask, sign_in: SignIn, bank_id: int
) -> None:
    with app.app_context():
        bank = db.session.get_one(QuestionBank, bank_id)
        question_id = courses.make_question(bank, stem="上级的题").question_id
        county = make.make_account(Role.COUNTY, make.LINXIANG).id
    client = sign_in(county)
    assert "上级的题" in client.get(f"/courses/banks/{bank_id}").text
    page = client.get(f"/courses/banks/questions/{question_id}").text
    assert "上级的题" in page
    assert "<textarea" not in page
    data = {"stem": "改", "option_0": "甲", "option_1": "乙", "answer": "0", "seen": "1"}
    address = f"/courses/banks/questions/{question_id}"
    assert client.post(address, data=data).status_code == 404
    assert client.get(f"/courses/banks/{bank_id}/questions/new").status_code == 404
    assert client.post(f"/courses/banks/questions/{question_id}/retire").status_code == 404
    assert client.post(f"/courses/banks/{bank_id}/retire", data={"reason": "x"}).status_code == 404


# ---- workbooks ----------------------------------------------------------------------------------


def upload(client: FlaskClient, bank_id: int, data: bytes) -> TestResponse:
    return client.post(
        f"/courses/banks/{bank_id}/import",
        data={"file": (io.BytesIO(data), "试题.xlsx")},
        content_type="multipart/form-data",
    )


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', text)
    assert found is not None
    return found.group(1)


def book(*texts: QuestionText, code: str = "", number: int = 1) -> bytes:
    rows = [SheetQuestion(code, number, "伦理", text) for text in texts]
    return write_questions("试题", rows)


GOOD = QuestionText(QuestionKind.SINGLE, "首要原则？", ("保密", "说教"), (0,))
BAD = QuestionText(QuestionKind.SINGLE, "没有答案", ("甲", "乙"), ())


def confirm(client: FlaskClient, bank_id: int, page: TestResponse) -> TestResponse:
    data = {name: hidden(page.text, name) for name in ("packed", "mac")}
    return client.post(f"/courses/banks/{bank_id}/import/confirm", data=data, follow_redirects=True)


def test_a_workbook_is_looked_at_and_then_taken(
    app: Flask, officer: FlaskClient, bank_id: int
) -> None:
    assert officer.get(f"/courses/banks/{bank_id}/import").status_code == 200
    page = upload(officer, bank_id, book(GOOD))
    assert page.status_code == 200
    assert stems(app, bank_id) == {}
    assert "新增 1 道试题" in confirm(officer, bank_id, page).text
    assert stems(app, bank_id) == {"0001": (1, "首要原则？")}


def test_a_bad_row_keeps_the_whole_workbook_out(
    app: Flask, officer: FlaskClient, bank_id: int
) -> None:
    page = upload(officer, bank_id, book(GOOD, BAD))
    assert page.status_code == 422
    assert "没有正确答案" in page.text
    assert "packed" not in page.text
    assert stems(app, bank_id) == {}


def test_a_newer_revision_is_shown_and_left(app: Flask, officer: FlaskClient, bank_id: int) -> None:
    with app.app_context():
        bank = db.session.get_one(QuestionBank, bank_id)
        revision = courses.make_question(bank, code="A1", stem="更新的题干")
        with atomic():
            revision.number = 2
    page = upload(officer, bank_id, book(GOOD, code="A1"))
    assert "更新的题干" in page.text
    assert "首要原则？" in page.text
    assert "试题表没有任何改动" in page.text


def test_only_what_was_looked_at_is_taken(app: Flask, officer: FlaskClient, bank_id: int) -> None:
    page = upload(officer, bank_id, book(GOOD))
    data = {name: hidden(page.text, name) for name in ("packed", "mac")}
    with app.app_context():
        other = courses.make_bank(title="另一个").id
    for changed in (data | {"packed": "AAAA"}, data | {"mac": "0"}, {}):
        assert (
            officer.post(f"/courses/banks/{bank_id}/import/confirm", data=changed).status_code
            == 400
        )
    assert officer.post(f"/courses/banks/{other}/import/confirm", data=data).status_code == 400


@pytest.mark.parametrize("data", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_what_is_no_workbook_is_refused(officer: FlaskClient, bank_id: int, data: bytes) -> None:
    assert upload(officer, bank_id, data).status_code == 422


def test_what_goes_out_is_taken_back_as_unchanged(
    app: Flask, officer: FlaskClient, bank_id: int
) -> None:
    confirm(officer, bank_id, upload(officer, bank_id, book(GOOD)))
    out = officer.get(f"/courses/banks/{bank_id}/questions.xlsx")
    assert "filename*=UTF-8''" in out.headers["Content-Disposition"]
    assert "试题表没有任何改动" in upload(officer, bank_id, out.data).text
    template = officer.get("/courses/banks/template.xlsx")
    assert template.data.startswith(b"PK")
