"""A grade sheet goes out, is filled in somewhere, and comes back, whatever was done to it."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import atomic
from app.core.errors import InvalidInput
from app.domain.exchange.reading.container import open_container
from app.domain.workshops.grade_sheets.reading import SheetPlan, plan_sheet
from app.domain.workshops.grade_sheets.writing import write_grade_sheet
from app.domain.workshops.models import Enrolment, Mark, Workshop
from app.domain.workshops.operations.guide import set_guide
from app.domain.workshops.operations.marking import save_mark, save_marks
from app.domain.workshops.operations.results import publish_results
from app.domain.workshops.rules.planning import GuideItem
from app.domain.workshops.rules.words import (
    AttendanceState,
    CriterionKind,
    EnrolmentStatus,
    TrainerRole,
)
from tests import factories as make
from tests.grading_factories import PRACTICE, THEORY, Class, assign, attend, entry, make_class, mark

D = Decimal
GUIDE = (
    (("考勤", CriterionKind.ATTENDANCE), 20, 10),
    (("理论", THEORY), 30, 100),
    (("实操", PRACTICE), 50, 50),
)
HEADER, FIRST = 3, 4  # rows as Excel counts them
NAME, ATTENDANCE, THEORY_COLUMN, PRACTICE_COLUMN = 2, 4, 5, 6
KEY = 10
Edit = Callable[[Any], None]


def write(session: Session, given: Class, marker: int = 1) -> bytes:
    session.expire_all()
    workshop = session.get_one(Workshop, given.workshop_id)
    return write_grade_sheet(workshop, given.book(marker))


def edited(data: bytes, edit: Edit) -> bytes:
    """The workbook after somebody has worked on it in another program."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book.active)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def plan(session: Session, given: Class, data: bytes, marker: int = 1) -> SheetPlan:
    session.expire_all()
    container = open_container(data)
    grids = [container.load(name).rows for name in container.names]
    return plan_sheet(grids, given.book(marker))


def put(cells: dict[tuple[int, int], Any]) -> Edit:
    def edit(sheet: Any) -> None:
        for (row, column), value in cells.items():
            sheet.cell(row, column).value = value

    return edit


def marked_class(session: Session, people: int = 3) -> Class:
    """Everybody attended; the first has theory 80 and practice 40."""
    given = make_class(people, GUIDE)
    attend(given, dict.fromkeys(range(people), AttendanceState.PRESENT))
    with atomic():
        save_marks(
            given.workshop_id,
            [entry(given, 0, 1, "80"), entry(given, 0, 2, "40")],
            actor=given.trainer,
        )
    return given


def test_the_sheet_has_the_usual_columns_and_values(session: Session) -> None:
    given = marked_class(session)
    sheet = openpyxl.load_workbook(io.BytesIO(write(session, given))).active
    assert [sheet.cell(HEADER, column).value for column in range(1, KEY)] == [
        "序号", "姓名", "单位", "考勤（满分10，占20%）", "理论（满分100，占30%）", "实操（满分50，占50%）", "总评", "等次", "备注",
    ]  # fmt: skip
    assert [sheet.cell(FIRST, column).value for column in (1, 2, 4, 5, 6)] == [
        1,
        "学员000",
        10,
        80,
        40,
    ]
    assert [sheet.cell(FIRST + 1, column).value for column in (4, 5, 6)] == [10, None, None]
    assert sheet.column_dimensions["J"].hidden
    assert sheet["A1"].value.endswith("成绩登记表")


def test_the_sheet_computes_total_and_grade_itself(session: Session) -> None:
    given = marked_class(session)
    values = openpyxl.load_workbook(io.BytesIO(write(session, given)), data_only=True).active
    assert (values.cell(FIRST, 7).value, values.cell(FIRST, 8).value) == (84, "合格")
    formulas = openpyxl.load_workbook(io.BytesIO(write(session, given))).active
    assert "E4/100*30" in formulas.cell(FIRST, 7).value


def test_an_untouched_sheet_changes_nothing(session: Session) -> None:
    given = marked_class(session)
    found = plan(session, given, write(session, given))
    assert (found.entries, found.problems, found.clashes, found.left, found.absent) == (
        [],
        [],
        [],
        [],
        [],
    )
    assert (found.rows, found.sorted_anew) == (3, False)


def test_what_was_entered_comes_back_old_and_new(session: Session) -> None:
    given = marked_class(session)
    data = edited(
        write(session, given),
        put({(4, 5): 82.5, (5, 5): "90", (5, 6): "４５", (6, 4): 8, (4, 6): None}),
    )
    found = plan(session, given, data)
    assert [(c.name, c.criterion, c.old, c.new) for c in found.changes] == [
        ("学员000", "理论", D(80), D("82.50")),
        ("学员000", "实操", D(40), None),
        ("学员001", "理论", None, D(90)),
        ("学员001", "实操", None, D(45)),
        ("学员002", "考勤", None, D(8)),
    ]
    with atomic():
        marking = save_marks(given.workshop_id, found.entries, actor=given.trainer, strict=True)
    assert (marking.changed, marking.clashes) == (5, [])
    assert sorted(session.scalars(select(Mark.value))) == [D(8), D(45), D("82.50"), D(90)]


def test_rows_sorted_otherwise_are_found_by_their_key(session: Session) -> None:
    given = marked_class(session)

    def turn_round(sheet: Any) -> None:
        rows = [[cell.value for cell in sheet[row]] for row in (4, 5, 6)]
        for row, values in zip((4, 5, 6), reversed(rows), strict=True):
            for column, value in enumerate(values, start=1):
                sheet.cell(row, column).value = value
        sheet.cell(4, 5, 71)  # the last person now stands first

    found = plan(session, given, edited(write(session, given), turn_round))
    assert [(c.name, c.new) for c in found.changes] == [("学员002", D(71))]
    assert found.sorted_anew


def test_a_removed_row_leaves_the_person_as_they_are(session: Session) -> None:
    given = marked_class(session)
    data = edited(write(session, given), lambda sheet: sheet.delete_rows(5))
    found = plan(session, given, data)
    assert (found.absent, found.changes, found.problems) == (["学员001"], [], [])


def problems(found: SheetPlan) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.code) for problem in found.problems]


def test_an_added_row_is_refused(session: Session) -> None:
    given = marked_class(session)
    data = edited(write(session, given), put({(7, 2): "新来的", (7, 5): 90}))
    assert problems(plan(session, given, data)) == [(7, "姓名", "row_added")]


def test_a_row_copied_within_the_sheet_is_refused(session: Session) -> None:
    given = marked_class(session)

    def copy(sheet: Any) -> None:
        for column in range(1, KEY + 1):
            sheet.cell(7, column).value = sheet.cell(4, column).value

    assert problems(plan(session, given, edited(write(session, given), copy))) == [
        (7, "姓名", "row_twice")
    ]


def test_a_row_copied_from_another_sheet_is_refused(session: Session) -> None:
    given, other = marked_class(session), marked_class(session)
    foreign = openpyxl.load_workbook(io.BytesIO(write(session, other))).active

    def paste(sheet: Any) -> None:
        for column in range(1, KEY + 1):
            sheet.cell(5, column).value = foreign.cell(5, column).value

    assert problems(plan(session, given, edited(write(session, given), paste))) == [
        (5, "姓名", "row_foreign")
    ]


def test_names_sorted_without_their_hidden_key_are_refused(session: Session) -> None:
    given = marked_class(session)
    data = edited(write(session, given), put({(4, 2): "学员001", (5, 2): "学员000"}))
    assert problems(plan(session, given, data)) == [
        (4, "姓名", "name_moved"),
        (5, "姓名", "name_moved"),
    ]


def test_a_changed_key_is_refused(session: Session) -> None:
    given = marked_class(session)

    def forge(sheet: Any) -> None:
        sheet.cell(4, KEY).value = sheet.cell(4, KEY).value.replace("1:80", "0:")

    assert problems(plan(session, given, edited(write(session, given), forge))) == [
        (4, "姓名", "row_foreign")
    ]


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (101, "out_of_range", "101"),
        (-1, "out_of_range", "-1"),
        ("优秀", "not_a_number", "优秀"),
        (85.123, "too_many_decimals", "85.123"),
        (True, "not_a_number", "True"),
    ],
)
def test_a_value_that_is_no_mark_is_named_with_row_and_column(
    session: Session, value: object, code: str, shown: str
) -> None:
    given = marked_class(session)
    data = edited(write(session, given), put({(5, 5): value, (6, 5): 90}))
    found = plan(session, given, data)
    [problem] = found.problems
    assert (problem.row, problem.column, problem.value, problem.code) == (5, "理论", shown, code)


def test_what_a_colleague_changed_meanwhile_is_shown_and_left(session: Session) -> None:
    given = marked_class(session)
    data = write(session, given)
    colleague = assign(given.workshop_id, TrainerRole.TRAINER, "王老师")
    with atomic():
        save_mark(
            given.workshop_id, entry(given, 0, 1, "70", (1, "80")), actor=make.actor_of(colleague)
        )
    found = plan(session, given, edited(data, put({(4, 5): 90, (4, 6): 45})))
    [clash] = found.clashes
    assert (clash.theirs, clash.yours, clash.by) == (D(70), D(90), "王老师")
    assert [(c.criterion, c.new) for c in found.changes] == [("实操", D(45))]


def test_a_cell_left_alone_never_clashes(session: Session) -> None:
    """A colleague changed it after the sheet went out, and nobody touched it in the sheet: theirs stands."""
    given = marked_class(session)
    data = write(session, given)
    with atomic():
        save_mark(given.workshop_id, entry(given, 0, 1, "70", (1, "80")), actor=given.trainer)
    found = plan(session, given, edited(data, put({(5, 5): 60})))
    assert (found.clashes, [c.name for c in found.changes]) == ([], ["学员001"])


def test_both_entered_the_same_and_nothing_is_left_to_do(session: Session) -> None:
    given = marked_class(session)
    data = write(session, given)
    with atomic():
        save_mark(given.workshop_id, entry(given, 0, 1, "90", (1, "80")), actor=given.trainer)
    found = plan(session, given, edited(data, put({(4, 5): 90})))
    assert (found.clashes, found.changes) == ([], [])


def test_a_change_between_preview_and_saving_is_left_too(session: Session) -> None:
    given = marked_class(session)
    found = plan(session, given, edited(write(session, given), put({(4, 5): 90, (5, 5): 60})))
    with atomic():
        save_mark(given.workshop_id, entry(given, 0, 1, "70", (1, "80")), actor=given.trainer)
    with atomic():
        marking = save_marks(given.workshop_id, found.entries, actor=given.trainer, strict=True)
    assert (marking.changed, [clash.theirs for clash in marking.clashes]) == (1, [D(70)])


def test_a_published_mark_is_left(session: Session) -> None:
    given = marked_class(session)
    with atomic():
        publish_results(given.workshop_id, actor=given.trainer, leave_out=given.enrolments[1:])
    found = plan(session, given, edited(write(session, given), put({(4, 5): 90, (5, 5): 60})))
    assert [one.code for one in found.left] == ["published"]
    assert [c.name for c in found.changes] == ["学员001"]


def test_who_left_meanwhile_is_left(session: Session) -> None:
    given = marked_class(session)
    data = edited(write(session, given), put({(6, 5): 90}))
    with atomic():
        gone = session.get_one(Enrolment, given.enrolments[2])
        gone.status, gone.pool_id = EnrolmentStatus.WITHDRAWN, None
    found = plan(session, given, data)
    assert ([one.code for one in found.left], found.problems) == (["not_in_workshop"], [])


def refusal(session: Session, given: Class, data: bytes, marker: int = 1) -> str:
    with pytest.raises(InvalidInput) as refused:
        plan(session, given, data, marker)
    return refused.value.code


def test_the_sheet_of_another_workshop_is_refused(session: Session) -> None:
    given, other = marked_class(session), marked_class(session)
    assert refusal(session, given, write(session, other)) == "other_workshop"


def test_the_sheet_of_the_other_marker_is_refused(session: Session) -> None:
    given = make_class(1, second_marking=True)
    assert refusal(session, given, write(session, given, marker=2)) == "other_marker"


def test_a_sheet_from_before_the_guide_changed_is_refused(session: Session) -> None:
    given = make_class(1)
    data = write(session, given)
    items = [
        GuideItem("理论", D(50), D(100)),
        GuideItem("实操", D(30), D(50)),
        GuideItem("论文", D(20), D(10)),
    ]
    planner = make.make_actor("bureau", make.CHUXIONG)
    with atomic():
        set_guide(given.workshop_id, items, actor=planner)
    assert refusal(session, given, data) == "guide_changed"


def test_a_sheet_without_its_hidden_column_is_refused(session: Session) -> None:
    given = marked_class(session)
    data = edited(write(session, given), lambda sheet: sheet.delete_cols(KEY))
    assert refusal(session, given, data) == "not_our_sheet"


def test_a_sheet_with_a_forged_key_is_refused(session: Session) -> None:
    given, other = marked_class(session), marked_class(session)

    def forge(sheet: Any) -> None:
        text = sheet.cell(HEADER, KEY).value
        sheet.cell(HEADER, KEY).value = text.replace(
            f"|{other.workshop_id}|", f"|{given.workshop_id}|"
        )

    assert refusal(session, given, edited(write(session, other), forge)) == "not_our_sheet"


def test_a_sheet_without_a_criterion_is_refused(session: Session) -> None:
    given = marked_class(session)
    data = edited(write(session, given), lambda sheet: sheet.delete_cols(THEORY_COLUMN))
    assert refusal(session, given, data) == "column_missing"


def test_a_column_more_and_columns_in_another_order_do_no_harm(session: Session) -> None:
    given = marked_class(session)

    def move(sheet: Any) -> None:
        for row in range(HEADER, FIRST + 3):
            theory, practice = sheet.cell(row, 5).value, sheet.cell(row, 6).value
            sheet.cell(row, 5).value, sheet.cell(row, 6).value = practice, theory
        sheet.cell(4, 6, 91)
        sheet.insert_cols(4)
        sheet.cell(HEADER, 4, "手机")

    found = plan(session, given, edited(write(session, given), move))
    assert [(c.criterion, c.new) for c in found.changes] == [("理论", D(91))]


def test_an_empty_class_has_a_sheet(session: Session) -> None:
    given = make_class(0)
    assert plan(session, given, write(session, given)).rows == 0


def test_two_markers_each_have_a_sheet_of_their_own_marks(session: Session) -> None:
    given = make_class(1, second_marking=True)
    second = make.actor_of(assign(given.workshop_id, TrainerRole.SECOND_MARKER))
    mark(given, 0, "80", "40")
    sheet = openpyxl.load_workbook(io.BytesIO(write(session, given, 2))).active
    assert [sheet.cell(FIRST, column).value for column in (4, 5, 6)] == [None, None, None]
    found = plan(session, given, edited(write(session, given, 2), put({(4, 4): 84})), 2)
    with atomic():
        save_marks(given.workshop_id, found.entries, actor=second, strict=True)
    assert {(m.marker, m.value) for m in session.scalars(select(Mark))} == {
        (1, D(80)),
        (1, D(40)),
        (2, D(84)),
    }


def test_a_name_that_looks_like_a_formula_stays_text(session: Session) -> None:
    given = make_class(1)
    with atomic():
        session.get_one(Enrolment, given.enrolments[0]).person.name = "=1+1"
    sheet = openpyxl.load_workbook(io.BytesIO(write(session, given))).active
    assert sheet.cell(FIRST, NAME).data_type == "s"
