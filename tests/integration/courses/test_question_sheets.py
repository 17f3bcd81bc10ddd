"""Questions as workbooks: out, back in, all or nothing, and what somebody changed meanwhile stays."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
import python_calamine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic
from app.core.errors import DomainError
from app.domain.accounts.rules import Actor, Role
from app.domain.courses.models import Question, QuestionBank
from app.domain.courses.operations import questions
from app.domain.courses.operations.question_import import (
    ImportPlan,
    import_questions,
    plan_import,
)
from app.domain.courses.operations.questions import QuestionDraft, text_of
from app.domain.courses.queries.banks import load_questions
from app.domain.courses.question_sheets.layout import HEADERS
from app.domain.courses.question_sheets.reading import Sheet, read_questions
from app.domain.courses.question_sheets.writing import SheetQuestion, write_questions
from app.domain.courses.rules.questions import QuestionText
from app.domain.courses.rules.words import QuestionKind
from tests import course_factories as courses
from tests import factories as make

SINGLE = QuestionText(QuestionKind.SINGLE, "首要原则？", ("保密", "说教"), (0,), "信任的前提")
MULTIPLE = QuestionText(QuestionKind.MULTIPLE, "哪些对？", ("甲", "乙", "丙"), (0, 2))
JUDGED = QuestionText(QuestionKind.TRUE_FALSE, "-1 小于 0", answer=(True,))
GAPS = QuestionText(QuestionKind.FILL_IN, "____ 与 __", answer=(("保密", "保密性"), ("a;b",)))
SHORT = QuestionText(QuestionKind.SHORT_ANSWER, "怎么做？\n请举例", answer=("先倾听\n再报告",))
ALL = (SINGLE, MULTIPLE, JUDGED, GAPS, SHORT)


def grids(data: bytes) -> list[list[list[Any]]]:
    book = python_calamine.load_workbook(io.BytesIO(data))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def sheet_of(*rows: dict[str, Any], headers: Sequence[str] = HEADERS) -> Sheet:
    """What a sheet with these rows (header → cell) says; the header stands in row 1."""
    return read_questions([[list(headers), *[[row.get(h, "") for h in headers] for row in rows]]])


def row(**cells: Any) -> dict[str, Any]:
    plain = {"题型": "单选题", "题干": "问", "选项A": "甲", "选项B": "乙", "正确答案": "A"}
    return {**plain, **cells}


@pytest.fixture
def actor(session: Session) -> Actor:
    return make.make_actor(Role.BUREAU, make.LINCANG)


@pytest.fixture
def bank(session: Session) -> QuestionBank:
    return courses.make_bank()


def take(bank: QuestionBank, sheet: Sheet, actor: Actor) -> ImportPlan:
    assert sheet.problems == []
    with atomic():
        return import_questions(bank.id, sheet.entries, actor=actor, now=clock.now())


def exported(bank: QuestionBank) -> bytes:
    rows = load_questions(bank.id)
    return write_questions(
        bank.title,
        [SheetQuestion(q.code, r.number, q.topic, text_of(q, r)) for q, r in rows],
    )


def test_what_goes_out_comes_back_the_same(
    session: Session, actor: Actor, bank: QuestionBank
) -> None:
    with atomic():
        for place, text in enumerate(ALL):
            draft = QuestionDraft(text, topic=f"主题{place}")
            questions.add_question(bank.id, draft, actor=actor, now=clock.now())
    data = exported(bank)
    sheet = read_questions(grids(data))
    assert [(entry.seen, entry.draft.text, entry.draft.code) for entry in sheet.entries] == [
        (1, text, f"000{place}") for place, text in enumerate(ALL, start=1)
    ]
    plan = take(bank, sheet, actor)
    assert (plan.unchanged, plan.new, plan.changes, plan.conflicts) == (5, [], [], [])
    other = courses.make_bank(title="另一个题库")
    assert len(take(other, sheet, actor).new) == 5
    again = [text_of(question, revision) for question, revision in load_questions(other.id)]
    assert again == list(ALL)


def test_an_empty_template_has_the_header_and_an_explanation(session: Session) -> None:
    filled, explained = grids(write_questions("试题导入模板"))
    assert filled[1] == list(HEADERS)
    assert [line[0] for line in explained][:3] == ["栏目", "编号", "版本"]
    with pytest.raises(DomainError) as refused:
        read_questions([filled, explained])
    assert refused.value.code == "no_rows"


def test_cells_are_read_as_people_write_them(session: Session) -> None:
    sheet = sheet_of(
        row(题型="单选", 正确答案="b"),
        row(题型="多选题", 题干="多", 选项C=3.0, 正确答案="Ａ、C"),
        row(题型="判断", 题干="判1", 正确答案="√", 选项A="不读"),
        row(题型="判断题", 题干="判2", 正确答案=False),
        row(题型="填空题", 题干="__和__", 正确答案="一|壹；二"),
        row(题型="填空题", 题干="只有__", 正确答案="a;b"),
        row(题型="问答题", 题干="说", 正确答案="要点"),
        {},
    )
    assert sheet.problems == []
    said = [(entry.row, entry.draft.text.answer) for entry in sheet.entries]
    assert said == [
        (2, (1,)),
        (3, (0, 2)),
        (4, (True,)),
        (5, (False,)),
        (6, (("一", "壹"), ("二",))),
        (7, (("a;b",),)),
        (8, ("要点",)),
    ]
    assert sheet.entries[1].draft.text.options == ("甲", "乙", "3")
    assert sheet.entries[2].draft.text.options == ()


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"正确答案": ""}, "正确答案", "no_right_answer"),
        ({"正确答案": "Z"}, "正确答案", "answer_unread"),
        ({"正确答案": "C"}, "正确答案", "no_such_option"),
        ({"正确答案": "AB"}, "正确答案", "several_right_answers"),
        ({"题型": "连线题"}, "题型", "kind_unknown"),
        ({"题型": ""}, "题型", "kind_unknown"),
        ({"题干": ""}, "题干", "no_stem"),
        ({"选项B": ""}, "选项A", "too_few_options"),
        ({"选项A": "", "选项C": "丙"}, "选项A", "empty_option"),
        ({"题型": "判断题", "正确答案": "也许"}, "正确答案", "answer_unread"),
        ({"题型": "填空题", "题干": "__", "正确答案": ""}, "正确答案", "no_right_answer"),
        ({"题型": "填空题", "题干": "没有空", "正确答案": "x"}, "题干", "no_blank"),
        ({"题型": "填空题", "题干": "__与__", "正确答案": "x"}, "正确答案", "blanks_differ"),
        ({"版本": "新"}, "版本", "version_unread"),
        ({"知识点": "长" * 81}, "知识点", "too_long"),
    ],
)
def test_a_wrong_row_is_told_by_row_and_column(
    session: Session, cells: dict[str, str], column: str, code: str
) -> None:
    sheet = sheet_of(row(题干="好的一行"), row(**cells))
    assert [(one.row, one.column, one.code) for one in sheet.problems] == [(3, column, code)]
    assert sheet.problems[0].message


def test_a_question_or_a_code_stands_in_a_sheet_once(session: Session) -> None:
    sheet = sheet_of(
        row(), row(), row(编号="X1", 题干="一"), row(编号="X1", 题干="二"), row(题干="三")
    )
    assert [(one.row, one.code) for one in sheet.problems] == [(3, "row_twice"), (5, "row_twice")]


@pytest.mark.parametrize(
    ("headers", "code"),
    [(["姓名", "单位"], "not_a_question_sheet"), (["题型", "题干"], "column_missing")],
)
def test_another_workbook_is_refused(session: Session, headers: list[str], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        sheet_of({"题型": "单选题"}, headers=headers)
    assert refused.value.code == code


def test_other_headers_and_another_order_are_understood(session: Session) -> None:
    sheet = sheet_of(
        {"*题目": "问", "类型": "单选", "A": "甲", "B": "乙", "答案": "B", "自己的栏": "x"},
        headers=["自己的栏", "答案", "*题目", "A", "B", "类型"],
    )
    assert sheet.entries[0].draft.text == QuestionText(
        QuestionKind.SINGLE, "问", ("甲", "乙"), (1,)
    )


def test_too_many_questions_at_once_are_refused(session: Session) -> None:
    with pytest.raises(DomainError) as refused:
        sheet_of(*[row(题干=f"第{number}题") for number in range(1001)])
    assert refused.value.code == "too_many_rows"


def test_changes_land_and_new_ones_are_added(
    session: Session, actor: Actor, bank: QuestionBank
) -> None:
    revision = courses.make_question(bank, code="A1", topic="伦理")
    changed = row(编号="A1", 版本="1", 题干="新的题干", 知识点="伦理")
    plan = take(bank, sheet_of(changed, row(编号="B7", 题干="有编号的新题"), row()), actor)
    assert (len(plan.changes), len(plan.new)) == (1, 2)
    stems = {q.code: (r.number, r.stem) for q, r in load_questions(bank.id)}
    assert stems == {"A1": (2, "新的题干"), "B7": (1, "有编号的新题"), "0002": (1, "问")}
    assert revision.question.topic == "伦理"


def test_what_somebody_changed_since_the_export_is_left_and_shown(
    session: Session, actor: Actor, bank: QuestionBank
) -> None:
    revision = courses.make_question(bank, code="A1")
    sheet = read_questions(grids(exported(bank)))
    newer = QuestionText(QuestionKind.SINGLE, "更新的题干", ("保密", "说教"), (0,))
    with atomic():
        questions.revise_question(
            revision.question_id, QuestionDraft(newer), seen=1, actor=actor, now=clock.now()
        )
    mine = sheet_of(row(编号="A1", 版本="1", 题干="我的题干"), row(题干="另一题"))
    plan = plan_import(bank.id, mine.entries)
    assert [(c.entry.row, c.now.stem, c.number) for c in plan.conflicts] == [(2, "更新的题干", 2)]
    assert len(take(bank, mine, actor).new) == 1
    assert plan_import(bank.id, sheet.entries).conflicts[0].now == newer
    stems = {q.code: r.stem for q, r in load_questions(bank.id)}
    assert stems == {"A1": "更新的题干", "0002": "另一题"}


def test_a_code_without_its_version_overwrites_nothing(
    session: Session, actor: Actor, bank: QuestionBank
) -> None:
    courses.make_question(bank, code="A1")
    plan = plan_import(bank.id, sheet_of(row(编号="A1")).entries)
    assert len(plan.conflicts) == 1


def test_nothing_lands_while_a_row_cannot(
    session: Session, actor: Actor, bank: QuestionBank
) -> None:
    gone = courses.make_question(bank, code="A1")
    courses.make_question(bank, QuestionKind.TRUE_FALSE, code="A2", options=(), answer=(True,))
    with atomic():
        questions.retire_question(gone.question_id, actor=actor, now=clock.now())
    sheet = sheet_of(row(题干="好的"), row(编号="A1"), row(编号="A2", 题干="改型", 版本="1"))
    plan = plan_import(bank.id, sheet.entries)
    assert [(p.row, p.code) for p in plan.problems] == [(3, "code_retired"), (4, "kind_fixed")]
    with pytest.raises(DomainError) as refused:
        take(bank, sheet, actor)
    assert refused.value.code == "rows_refused"
    assert session.scalar(select(func.count(Question.id))) == 2


def test_the_same_sheet_taken_twice_adds_nothing(
    session: Session, actor: Actor, bank: QuestionBank
) -> None:
    sheet = sheet_of(row(), row(题干="另一题"))
    assert len(take(bank, sheet, actor).new) == 2
    again = take(bank, sheet, actor)
    assert (again.unchanged, again.new) == (2, [])
