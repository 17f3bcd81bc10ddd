"""The pages of grading: the book, the sheet, results, appeals, the guide."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from app.core.db import atomic, db
from app.domain.accounts.models import Account
from app.domain.people.models import Person
from app.domain.workshops.models import Appeal, Criterion, Mark, MarkChange, Result, Workshop
from app.domain.workshops.operations.appeals import make_appeal
from app.domain.workshops.operations.marking import save_mark
from app.domain.workshops.operations.results import publish_results
from app.domain.workshops.rules.words import RequestState, TrainerRole
from tests import factories as make
from tests.grading_factories import Class, assign, entry, make_class, mark

D = Decimal
SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def given(app: Flask) -> Class:
    with app.app_context():
        return make_class(2)


def url(given: Class, rest: str = "") -> str:
    return f"/workshops/{given.workshop_id}/{rest}"


def teacher(given: Class, person: int = 0) -> int:
    """An account for somebody of the class; call inside a context."""
    account_id: int = make.make_account("teacher", make.CHUXIONG).id
    with atomic():
        db.session.get_one(Person, given.people[person]).account_id = account_id
    return account_id


def publish_one(given: Class) -> int:
    """The first person's result, 82, published; their account. Call inside a context."""
    account_id = teacher(given)
    mark(given, 0, "85", "40")
    with atomic():
        publish_results(given.workshop_id, actor=given.trainer, leave_out=given.enrolments[1:])
    return account_id


def fields(given: Class, *cells: tuple[int, int, str, str]) -> dict[str, str]:
    """A form of cells: person, criterion, what is typed, what was seen."""
    sent = {}
    for person, criterion, text, seen in cells:
        key = f"{given.enrolments[person]}-{given.criteria[criterion]}"
        sent |= {f"m-{key}": text, f"s-{key}": seen}
    return sent


def marks(app: Flask) -> list[Decimal]:
    with app.app_context():
        return sorted(db.session.scalars(select(Mark.value)))


def test_the_book_shows_people_criteria_and_what_is_missing(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    with app.app_context():
        mark(given, 0, "85", "40")
    page = sign_in(given.trainer_id).get(url(given, "grades")).get_data(as_text=True)
    assert "学员000" in page
    assert "学员001" in page
    assert "缺 2 项" in page
    assert re.search(r"<b>82\.00</b>", page)
    assert "合格" in page
    assert page.count('placeholder="未评"') == 4


def test_only_who_misses_a_mark_can_be_shown(app: Flask, given: Class, sign_in: SignIn) -> None:
    with app.app_context():
        mark(given, 0, "85", "40")
    client = sign_in(given.trainer_id)
    page = client.get(url(given, "grades?missing=1")).get_data(as_text=True)
    assert ("学员000" in page, "学员001" in page) == (False, True)
    page = client.get(url(given, "grades?q=000")).get_data(as_text=True)
    assert ("学员000" in page, "学员001" in page) == (True, False)


def test_the_page_saves_as_one_form_without_scripts(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    sent = fields(given, (0, 0, "85", "0:"), (0, 1, "", "0:"), (1, 1, "40", "0:"))
    answer = sign_in(given.trainer_id).post(url(given, "grades"), data=sent, follow_redirects=True)
    assert "已保存 2 项成绩" in answer.get_data(as_text=True)
    assert marks(app) == [D(40), D(85)]


def test_without_scripts_a_conflict_is_shown_and_a_second_save_settles_it(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    with app.app_context():
        mark(given, 0, "70")
    client = sign_in(given.trainer_id)
    answer = client.post(
        url(given, "grades"), data=fields(given, (0, 0, "85", "0:"), (1, 0, "90", "0:"))
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "填了 70，您填的是 85" in page
    assert 'value="85"' in page
    assert 'value="1:70"' in page
    assert marks(app) == [D(70), D(90)]
    client.post(url(given, "grades"), data=fields(given, (0, 0, "85", "1:70")))
    assert marks(app) == [D(85), D(90)]


def test_without_scripts_what_is_no_mark_stays_typed_beside_its_cell(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    answer = sign_in(given.trainer_id).post(
        url(given, "grades"), data=fields(given, (0, 0, "850", "0:"), (1, 0, "90", "0:"))
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="850"' in page
    assert "不在 0 到 100 之间" in page
    assert marks(app) == [D(90)]


def test_a_field_nobody_touched_never_clashes(app: Flask, given: Class, sign_in: SignIn) -> None:
    """The page showed 70, somebody made it 75, and this page is saved with another cell changed."""
    with app.app_context():
        mark(given, 0, "70")
        with atomic():
            save_mark(given.workshop_id, entry(given, 0, 0, "75", (1, "70")), actor=given.trainer)
    sent = fields(given, (0, 0, "70", "1:70"), (1, 0, "90", "0:"))
    assert sign_in(given.trainer_id).post(url(given, "grades"), data=sent).status_code == 302
    assert marks(app) == [D(75), D(90)]


def send(client: FlaskClient, given: Class, *cells: tuple[int, int, Any, Any]) -> Any:
    body = {
        "cells": [
            {
                "enrolment": str(given.enrolments[p]),
                "criterion": str(given.criteria[c]),
                "value": text,
                "seen": seen,
            }
            for p, c, text, seen in cells
        ]
    }
    return client.post(url(given, "grades/cells"), json=body)


def test_a_cell_is_saved_as_it_is_typed(app: Flask, given: Class, sign_in: SignIn) -> None:
    answer = send(sign_in(given.trainer_id), given, (0, 0, "85", "0:"), (0, 1, "40", "0:"))
    assert answer.status_code == 200
    assert [(c["state"], c["value"], c["seen"]) for c in answer.json["cells"]] == [
        ("saved", "85", "1:85"),
        ("saved", "40", "1:40"),
    ]
    [row] = answer.json["rows"]
    assert "82.00" in row["total"]
    assert row["done"] is True


def test_a_typed_cell_that_clashes_answers_with_both_values(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    with app.app_context():
        mark(given, 0, "70")
    [cell] = send(sign_in(given.trainer_id), given, (0, 0, "85", "0:")).json["cells"]
    assert (cell["state"], cell["theirs"], cell["yours"], cell["seen"]) == (
        "clash",
        "70",
        "85",
        "1:70",
    )
    assert marks(app) == [D(70)]


def test_a_typed_cell_that_is_no_mark_says_why(app: Flask, given: Class, sign_in: SignIn) -> None:
    [cell] = send(sign_in(given.trainer_id), given, (0, 1, "51", "0:")).json["cells"]
    assert (cell["state"], cell["message"]) == ("refused", "“51”不在 0 到 50 之间。")


@pytest.mark.parametrize(
    "body",
    [
        None, [], {}, {"cells": []}, {"cells": "x"}, {"cells": [1]},
        {"cells": [{"enrolment": "1", "criterion": "1", "value": "1"}]},
        {"cells": [{"enrolment": "x", "criterion": "1", "value": "1", "seen": "0:"}]},
        {"cells": [{"enrolment": "99999999999", "criterion": "1", "value": "1", "seen": "0:"}]},
        {"cells": [{"enrolment": "1", "criterion": "1", "value": 1, "seen": "0:"}]},
        {"cells": [{"enrolment": "1", "criterion": "1", "value": "1", "seen": "NaN"}]},
        {"cells": [{"enrolment": "1", "criterion": "1", "value": "1" * 41, "seen": "0:"}]},
    ],
)  # fmt: skip
def test_what_no_page_of_ours_sends_is_a_bad_request(
    app: Flask, given: Class, sign_in: SignIn, body: Any
) -> None:
    answer = sign_in(given.trainer_id).post(
        url(given, "grades/cells"), data=json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 400


def test_only_who_runs_the_workshop_opens_its_grades(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    with app.app_context():
        stranger = make.make_account("trainer", make.CHUXIONG).id
        elsewhere = make.make_account("bureau", make.LINCANG).id
        own = make.make_account("bureau", make.CHUXIONG).id
    for rest in (
        "grades",
        "grades/sheet.xlsx",
        "grades/import",
        "grades/publish",
        "appeals",
        "guide",
    ):
        assert sign_in(stranger).get(url(given, rest)).status_code == 404
        assert sign_in(elsewhere).get(url(given, rest)).status_code == 404
        assert sign_in(own).get(url(given, rest)).status_code == 200


def test_the_book_reads_as_many_rows_for_many_people_as_for_few(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        small, large = make_class(1), make_class(60)
        engine = db.engine
    counted: list[str] = []

    def count(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counted.append(statement)

    def asked(given: Class) -> int:
        client = sign_in(given.trainer_id)
        counted.clear()
        assert client.get(url(given, "grades")).status_code == 200
        return sum(1 for statement in counted if statement.startswith("SELECT"))

    event.listen(engine, "before_cursor_execute", count)
    try:
        assert asked(small) == asked(large) <= 12
    finally:
        event.remove(engine, "before_cursor_execute", count)


def sheet(client: FlaskClient, given: Class, cells: dict[tuple[int, int], Any]) -> bytes:
    answer = client.get(url(given, "grades/sheet.xlsx"))
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    for (row, column), value in cells.items():
        book.active.cell(row, column).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def bring(client: FlaskClient, given: Class, data: bytes) -> Any:
    return client.post(url(given, "grades/import"), data={"file": (io.BytesIO(data), "成绩.xlsx")})


def packed(page: str) -> str:
    found = re.search(r'name="cells" type="hidden" value="([^"]*)"', page)
    assert found is not None
    return found.group(1).replace("&#34;", '"').replace("&quot;", '"')


def test_a_sheet_is_previewed_and_then_taken(app: Flask, given: Class, sign_in: SignIn) -> None:
    client = sign_in(given.trainer_id)
    answer = bring(client, given, sheet(client, given, {(4, 4): 85, (5, 5): 40}))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert marks(app) == []
    assert "保存这些成绩" in page
    done = client.post(
        url(given, "grades/import/confirm"), data={"cells": packed(page)}, follow_redirects=True
    )
    assert "已保存 2 项成绩" in done.get_data(as_text=True)
    assert marks(app) == [D(40), D(85)]


def test_a_sheet_with_a_fault_names_row_column_and_value(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    client = sign_in(given.trainer_id)
    answer = bring(client, given, sheet(client, given, {(4, 4): 185, (5, 5): 40}))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.search(r'<td class="num">4</td><td>理论</td><td>185</td>', page)
    assert "保存这些成绩" not in page


def test_what_changed_since_the_preview_is_left_and_told(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    client = sign_in(given.trainer_id)
    page = bring(client, given, sheet(client, given, {(4, 4): 85, (5, 5): 40})).get_data(
        as_text=True
    )
    with app.app_context():
        mark(given, 0, "70")
    done = client.post(
        url(given, "grades/import/confirm"), data={"cells": packed(page)}, follow_redirects=True
    )
    text = done.get_data(as_text=True)
    assert "填了 70，您填的是 85" in text
    assert "学员000 · 理论" in text
    assert marks(app) == [D(40), D(70)]


def test_what_is_no_workbook_is_refused(app: Flask, given: Class, sign_in: SignIn) -> None:
    client = sign_in(given.trainer_id)
    for data in (b"", b"hello", b"PK\x03\x04broken"):
        assert bring(client, given, data).status_code == 422


@pytest.mark.parametrize("text", ["", "x", "{}", "[]", "[1]", '[["1","1","1"]]', '[[1,1,{},"0:"]]'])
def test_a_forged_confirmation_is_a_bad_request(
    app: Flask, given: Class, sign_in: SignIn, text: str
) -> None:
    client = sign_in(given.trainer_id)
    assert client.post(url(given, "grades/import/confirm"), data={"cells": text}).status_code == 400


def test_publishing_names_who_is_missing_first(app: Flask, given: Class, sign_in: SignIn) -> None:
    with app.app_context():
        mark(given, 0, "85", "40")
    client = sign_in(given.trainer_id)
    page = client.get(url(given, "grades/publish")).get_data(as_text=True)
    assert "暂不公布学员001" in page
    refused = client.post(url(given, "grades/publish"), data={})
    assert refused.status_code == 409
    assert "还有 1 人不能评定" in refused.get_data(as_text=True)
    done = client.post(
        url(given, "grades/publish"),
        data={"leave_out": str(given.enrolments[1])},
        follow_redirects=True,
    )
    assert "已公布 1 人的成绩" in done.get_data(as_text=True)


def test_a_published_mark_is_changed_with_a_reason(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    with app.app_context():
        publish_one(given)
    client = sign_in(given.trainer_id)
    address = url(given, f"grades/{given.enrolments[0]}/change")
    assert client.get(address).status_code == 200
    form = {"criterion": str(given.criteria[0]), "value": "95", "seen": ""}
    assert client.post(address, data=form).status_code == 422
    done = client.post(address, data={**form, "reason": "漏计一题"}, follow_redirects=True)
    page = done.get_data(as_text=True)
    assert "漏计一题" in page
    assert "86.00" in page
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(MarkChange)) == 1


def test_a_change_of_what_is_no_longer_shown_is_refused(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    with app.app_context():
        publish_one(given)
    form = {
        "criterion": str(given.criteria[0]),
        "value": "95",
        "reason": "漏计",
        "seen": f"{given.criteria[0]}=84",
    }
    answer = sign_in(given.trainer_id).post(
        url(given, f"grades/{given.enrolments[0]}/change"), data=form
    )
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.scalar(select(Result.total)) == D("82.00")


def test_comments_are_saved_on_the_persons_page(app: Flask, given: Class, sign_in: SignIn) -> None:
    with app.app_context():
        mark(given, 0, "85")
    client = sign_in(given.trainer_id)
    address = url(given, f"grades/{given.enrolments[0]}")
    assert f'name="comment-{given.criteria[0]}"' in client.get(address).get_data(as_text=True)
    done = client.post(
        f"{address}/comments",
        data={f"comment-{given.criteria[0]}": "条理清楚"},
        follow_redirects=True,
    )
    assert "条理清楚" in done.get_data(as_text=True)


def test_totals_are_moderated_with_a_reason(app: Flask, given: Class, sign_in: SignIn) -> None:
    with app.app_context():
        mark(given, 0, "85", "40")
    client = sign_in(given.trainer_id)
    assert client.get(url(given, "grades/moderate")).status_code == 200
    assert (
        client.post(
            url(given, "grades/moderate"), data={"points": "11", "reason": "难"}
        ).status_code
        == 422
    )
    client.post(
        url(given, f"grades/moderate?enrolment={given.enrolments[0]}"),
        data={"points": "3", "reason": "试题偏难"},
    )
    page = client.get(url(given, f"grades/{given.enrolments[0]}")).get_data(as_text=True)
    assert "85.00" in page
    assert "试题偏难" in page
    assert client.get(url(given, "grades/moderate?enrolment=x")).status_code == 400


def test_two_marks_that_differ_are_agreed_on(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        given = make_class(1, second_marking=True)
        second = assign(given.workshop_id, TrainerRole.SECOND_MARKER)
        second_id, actor = second.id, make.actor_of(second)
        mark(given, 0, "85", "40")
        mark(given, 0, "60", "40", actor=actor)
    client = sign_in(given.trainer_id)
    page = client.get(url(given, "grades")).get_data(as_text=True)
    assert "请商定成绩" in page
    page = client.get(url(given, "grades/agree")).get_data(as_text=True)
    assert '<td class="num">85</td>' in page
    assert '<td class="num">60</td>' in page
    client.post(url(given, "grades/agree"), data=fields(given, (0, 0, "75", "0:")))
    assert "75" in client.get(url(given, f"grades/{given.enrolments[0]}")).get_data(as_text=True)
    assert sign_in(second_id).get(url(given, "grades/agree")).status_code == 404


def test_also_marks_that_hardly_differ_can_be_agreed_on_anew(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        given = make_class(1, second_marking=True)
        second = make.actor_of(assign(given.workshop_id, TrainerRole.SECOND_MARKER))
        mark(given, 0, "85", "40")
        mark(given, 0, "85", "40", actor=second)
    client = sign_in(given.trainer_id)
    address = url(given, f"grades/agree?enrolment={given.enrolments[0]}")
    assert "enrolment=" in client.get(url(given, f"grades/{given.enrolments[0]}")).get_data(
        as_text=True
    )
    client.post(address, data=fields(given, (0, 0, "58", "0:")))
    assert 'value="1:58"' in client.get(address).get_data(as_text=True)
    client.post(address, data=fields(given, (0, 0, "", "1:58")))
    assert 'value="0:"' in client.get(address).get_data(as_text=True)
    assert client.get(url(given, "grades/agree?enrolment=x")).status_code == 400


def test_the_second_marker_never_gets_the_first_mark_in_a_page(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        given = make_class(1, second_marking=True)
        second_id = assign(given.workshop_id, TrainerRole.SECOND_MARKER).id
        mark(given, 0, "83.25", "41.75")
    client = sign_in(second_id)
    for rest in ("grades", f"grades/{given.enrolments[0]}"):
        page = client.get(url(given, rest)).get_data(as_text=True)
        assert ("83.25" in page, "41.75" in page) == (False, False)


def test_the_person_reads_the_result_and_appeals(app: Flask, given: Class, sign_in: SignIn) -> None:
    with app.app_context():
        account_id = publish_one(given)
        other = teacher(given, 1)
    client = sign_in(account_id)
    page = client.get(url(given, "result")).get_data(as_text=True)
    assert "82.00" in page
    assert "2023-08-24" in page
    assert client.post(url(given, "result"), data={"reason": " "}).status_code == 422
    done = client.post(
        url(given, "result"), data={"reason": "第三题我答对了"}, follow_redirects=True
    )
    assert "待答复" in done.get_data(as_text=True)
    assert client.post(url(given, "result"), data={"reason": "再来"}).status_code == 422
    waiting = sign_in(other).get(url(given, "result")).get_data(as_text=True)
    assert "您的成绩尚未公布" in waiting
    assert "第三题" not in waiting


def test_an_appeal_can_be_withdrawn(app: Flask, given: Class, sign_in: SignIn) -> None:
    with app.app_context():
        account_id = publish_one(given)
    client = sign_in(account_id)
    client.post(url(given, "result"), data={"reason": "第三题"})
    client.post(url(given, "result/withdraw-appeal"))
    with app.app_context():
        assert db.session.scalar(select(Appeal.state)) is RequestState.WITHDRAWN


def test_an_appeal_is_answered_by_changing_a_mark(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    with app.app_context():
        account_id = publish_one(given)
        actor = make.actor_of(db.session.get_one(Account, account_id))
        with atomic():
            appeal_id = make_appeal(given.workshop_id, reason="第三题我答对了", actor=actor).id
    client = sign_in(given.trainer_id)
    assert "1 条申诉待答复" in client.get(url(given, "grades")).get_data(as_text=True)
    assert "第三题" in client.get(url(given, "appeals")).get_data(as_text=True)
    address = url(given, f"appeals/{appeal_id}")
    assert client.get(address).status_code == 200
    first, second = given.criteria
    form = {
        f"mark-{first}": "95",
        f"was-{first}": "85",
        f"mark-{second}": "40",
        f"was-{second}": "40",
    }
    assert (
        client.post(address, data={**form, "decision": "grant", "answer": " "}).status_code == 422
    )
    client.post(address, data={**form, "decision": "grant", "answer": "复核后更正"})
    page = sign_in(account_id).get(url(given, "result")).get_data(as_text=True)
    assert "86.00" in page
    assert "复核后更正" in page


def guide_form(*lines: tuple[str, ...], **more: str) -> dict[str, Any]:
    names = ("id", "title", "kind", "weight", "maximum", "levels", "order")
    columns = list(zip(*lines, strict=True))
    return {**{name: list(values) for name, values in zip(names, columns, strict=True)}, **more}


def test_the_guide_is_edited_reordered_and_described(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    with app.app_context():
        planner = make.make_account("bureau", make.CHUXIONG).id
    client = sign_in(planner)
    assert client.get(url(given, "guide")).status_code == 200
    first, second = (str(one) for one in given.criteria)
    form = guide_form(
        (first, "理论", "theory", "30", "100", "85 优秀 讲得清\n60 合格 基本清楚", "2"),
        (second, "实操", "practice", "50", "50", "", "1"),
        ("", "作业", "assignment", "20", "10", "", "3"),
        ("", "", "theory", "", "100", "", "4"),
    )
    assert client.post(url(given, "guide"), data=form).status_code == 302
    with app.app_context():
        rows = db.session.scalars(select(Criterion).order_by(Criterion.position)).all()
        assert [(row.title, row.weight) for row in rows] == [
            ("实操", D(50)),
            ("理论", D(30)),
            ("作业", D(20)),
        ]
        assert rows[1].id == given.criteria[0]
        assert rows[1].levels == [
            {"from": "85", "title": "优秀", "description": "讲得清"},
            {"from": "60", "title": "合格", "description": "基本清楚"},
        ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("", "理论", "theory", "90", "100", "", "1"), "100"),
        (("", "理论", "theory", "abc", "100", "", "1"), "权重不是数字"),
        (("", "理论", "theory", "100", "满分", "", "1"), "满分不是数字"),
        (("", "理论", "theory", "100", "100", "优秀", "1"), "以起始分开头"),
        (("", "理论", "theory", "100", "100", "120 优秀", "1"), "应在 0 到该项满分之间"),
        (("", "理论", "theory", "100", "100", "60 中\n60 良", "1"), "起始分相同"),
    ],
)
def test_refuses_a_guide_and_keeps_what_was_typed(
    app: Flask, given: Class, sign_in: SignIn, line: tuple[str, ...], words: str
) -> None:
    with app.app_context():
        planner = make.make_account("bureau", make.CHUXIONG).id
    answer = sign_in(planner).post(url(given, "guide"), data=guide_form(line))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert 'value="理论"' in page
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Criterion)) == 2


def test_after_the_first_mark_a_guide_is_only_reworded(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    with app.app_context():
        planner = make.make_account("bureau", make.CHUXIONG).id
        mark(given, 0, "85")
    client = sign_in(planner)
    first, second = (str(one) for one in given.criteria)
    lines = [
        (first, "理论考试", "theory", "40", "100", "", "1"),
        (second, "实操", "practice", "60", "50", "", "2"),
    ]
    assert client.post(url(given, "guide"), data=guide_form(*lines)).status_code == 302
    scaled = [
        (first, "理论考试", "theory", "50", "100", "", "1"),
        (second, "实操", "practice", "50", "50", "", "2"),
    ]
    assert client.post(url(given, "guide"), data=guide_form(*scaled)).status_code == 422
    assert client.post(url(given, "guide"), data=guide_form(*lines, remove="2")).status_code == 422
    with app.app_context():
        assert list(db.session.scalars(select(Criterion.title).order_by(Criterion.position))) == [
            "理论考试",
            "实操",
        ]


def test_a_guide_changed_meanwhile_is_not_overwritten(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    with app.app_context():
        planner = make.make_account("bureau", make.CHUXIONG).id
        version = db.session.get_one(Workshop, given.workshop_id).row_version
    line = ("", "理论", "theory", "100", "100", "", "1")
    form = guide_form(line, row_version=str(version + 1))
    assert sign_in(planner).post(url(given, "guide"), data=form).status_code == 422


def test_more_lines_keep_what_was_typed(app: Flask, given: Class, sign_in: SignIn) -> None:
    with app.app_context():
        planner = make.make_account("bureau", make.CHUXIONG).id
    page = sign_in(planner).post(
        url(given, "guide"), data=guide_form(("", "新项", "theory", "7", "100", "", "1"), more="1")
    )
    assert page.status_code == 200
    assert 'value="新项"' in page.get_data(as_text=True)


def test_a_trainer_reads_the_guide_and_does_not_change_it(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    client = sign_in(given.trainer_id)
    assert "理论" in client.get(url(given, "guide")).get_data(as_text=True)
    line = ("", "理论", "theory", "100", "100", "", "1")
    assert client.post(url(given, "guide"), data=guide_form(line)).status_code == 404
