"""Write the grade book as a workbook; the last column, hidden, says whose row it is and what it went out with."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from app.core import clock
from app.core.spreadsheet import neutralise
from app.domain.workshops.grade_sheets.layout import (
    AFTER,
    BEFORE,
    criterion_header,
    seal_row,
    seal_sheet,
)
from app.domain.workshops.models import Criterion, Workshop
from app.domain.workshops.queries.gradebook import Book, BookRow
from app.domain.workshops.rules import grading as rules
from app.domain.workshops.rules.grade_sheet import RowKey, SheetKey
from app.domain.workshops.rules.words import CriterionKind, Grade

GRADE_WORDS = {Grade.EXCELLENT: "优秀", Grade.PASSED: "合格", Grade.FAILED: "不合格"}
HEADER_LINE = 2
NOTES = (
    "注：只填各评分项；总评、等次自动计算，备注不回读。可以排序、筛选、删行（被删的人成绩不变），不能加人。",
    "请勿改动表头和隐藏的最后一列；排序时请选中整张表。",
)
_WIDTHS = (6, 12, 26)


def sheet_key(book: Book) -> SheetKey:
    return SheetKey(book.workshop_id, book.marker, tuple(c.id for c in book.criteria))


def row_key(book: Book, row: BookRow) -> RowKey:
    """Version 0 with a value: what attendance came to without anybody's mark."""
    return RowKey(
        row.enrolment_id,
        tuple((row.own[c.id].version, shown_value(row, c)) for c in book.criteria),
    )


def shown_value(row: BookRow, criterion: Criterion) -> Decimal | None:
    """The own mark; where there is none and the criterion is attendance, what attendance comes to."""
    value = row.own[criterion.id].value
    if value is None and criterion.kind is CriterionKind.ATTENDANCE and row.attendance is not None:
        return rules.attendance_value(row.attendance, Decimal(criterion.maximum))
    return value


def write_grade_sheet(workshop: Workshop, book: Book) -> bytes:
    """成绩登记表 as .xlsx, one row per person, one column per criterion; 500 rows well under a second."""
    buffer = io.BytesIO()
    file = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = _Page(file, workshop, book)
    page.write()
    file.close()
    return buffer.getvalue()


class _Page:
    def __init__(self, file: Any, workshop: Workshop, book: Book) -> None:
        self.sheet = file.add_worksheet("成绩登记表")
        self.workshop, self.book = workshop, book
        self.key = sheet_key(book)
        self.first = len(BEFORE)
        self.total = self.first + len(book.criteria)
        self.last = self.total + len(AFTER)  # the hidden column
        self.title = file.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.head = file.add_format(
            {"bold": True, "border": 1, "bg_color": "#E8EEF7", "text_wrap": True}
            | {"align": "center", "valign": "vcenter"}
        )
        self.cell = file.add_format({"border": 1})
        self.mark = file.add_format({"border": 1, "num_format": "0.##", "bg_color": "#FFFDF0"})
        self.sum = file.add_format({"border": 1, "num_format": "0.00"})

    def write(self) -> None:
        self._heads()
        line = HEADER_LINE
        for number, row in enumerate(self.book.rows, start=1):
            line = HEADER_LINE + number
            self._row(line, number, row)
        self._bounds(line)
        self.sheet.autofilter(HEADER_LINE, 0, max(line, HEADER_LINE + 1), self.last)
        for place, note in enumerate(NOTES, start=line + 2):
            self.sheet.write_string(place, 0, note)
        self.sheet.freeze_panes(HEADER_LINE + 1, 2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(HEADER_LINE)

    def _heads(self) -> None:
        workshop, sheet = self.workshop, self.sheet
        cohort = f"（{workshop.cohort}）" if workshop.cohort else ""
        second = "（第二评阅人）" if self.book.marker == rules.SECOND else ""
        sheet.merge_range(
            0, 0, 0, self.last - 1, f"{workshop.title}{cohort}成绩登记表{second}", self.title
        )
        day = clock.today().isoformat()
        sheet.write_string(1, 0, f"填报单位：{workshop.organiser.name}　　导出日期：{day}")
        headers = [*BEFORE, *(criterion_header(c) for c in self.book.criteria), *AFTER]
        for column, header in enumerate(headers):
            sheet.write_string(HEADER_LINE, column, header, self.head)
        sheet.write_string(HEADER_LINE, self.last, seal_sheet(self.key))
        sheet.set_row(0, 28)
        sheet.set_row(HEADER_LINE, 48)
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.set_column(self.first, self.last - 1, 13)
        sheet.set_column(self.last, self.last, 10, None, {"hidden": True})

    def _row(self, line: int, number: int, row: BookRow) -> None:
        sheet = self.sheet
        sheet.write_number(line, 0, number, self.cell)
        sheet.write_string(line, 1, neutralise(row.name), self.cell)
        sheet.write_string(line, 2, neutralise(row.unit_name), self.cell)
        for column, criterion in enumerate(self.book.criteria, start=self.first):
            value = shown_value(row, criterion)
            if value is None:
                sheet.write_blank(line, column, None, self.mark)
            else:
                sheet.write_number(line, column, float(value), self.mark)
        self._sums(line, row)
        remark = "已公布" if row.published_at is not None else ""
        sheet.write_string(line, self.total + 2, remark, self.cell)
        sheet.write_string(line, self.last, seal_row(self.key, row_key(self.book, row)))

    def _sums(self, line: int, row: BookRow) -> None:
        """Published or marked by two: what it came to. Else formulas, so that they follow what is typed."""
        grade = GRADE_WORDS[row.grade] if row.grade is not None else ""
        if (
            row.published_at is not None
            or self.book.standard.second_marking
            or not self.key.criterion_ids
        ):
            if row.total is None:
                self.sheet.write_blank(line, self.total, None, self.sum)
            else:
                self.sheet.write_number(line, self.total, float(row.total), self.sum)
            self.sheet.write_string(line, self.total + 1, grade, self.cell)
            return
        value = "" if row.total is None else float(row.total)
        total, judged = self._formulas(line + 1, row)
        self.sheet.write_formula(line, self.total, total, self.sum, value)
        self.sheet.write_formula(line, self.total + 1, judged, self.cell, grade)

    def _formulas(self, excel_line: int, row: BookRow) -> tuple[str, str]:
        names = [xl_col_to_name(self.first + place) for place in range(len(self.book.criteria))]
        parts = _weighted_terms(names, self.book.criteria, excel_line)
        count = f"COUNT({names[0]}{excel_line}:{names[-1]}{excel_line})<{len(names)}"
        points = f"{parts}+({rules.plain(Decimal(row.moderation)) or 0})"
        total = f'=IF({count},"",ROUND(MIN(100,MAX(0,{points})),2))'
        cell = f"{xl_col_to_name(self.total)}{excel_line}"
        standard, words = self.book.standard, GRADE_WORDS
        judged = (
            f'=IF({cell}="","",IF({cell}>={standard.excellent_bound},"{words[Grade.EXCELLENT]}",'
            f'IF({cell}>={standard.pass_bound},"{words[Grade.PASSED]}","{words[Grade.FAILED]}")))'
        )
        return total, judged

    def _bounds(self, last_line: int) -> None:
        """Excel itself refuses what lies outside a criterion's range."""
        if last_line == HEADER_LINE:
            return
        for column, criterion in enumerate(self.book.criteria, start=self.first):
            maximum = rules.plain(Decimal(criterion.maximum))
            self.sheet.data_validation(
                HEADER_LINE + 1,
                column,
                last_line,
                column,
                {
                    "validate": "decimal",
                    "criteria": "between",
                    "minimum": 0,
                    "maximum": float(criterion.maximum),
                    "error_title": "超出范围",
                    "error_message": f"请填 0 到 {maximum} 之间的数字。",
                },
            )


def _weighted_terms(names: Sequence[str], criteria: Sequence[Criterion], line: int) -> str:
    return "+".join(
        f"{name}{line}/{rules.plain(Decimal(c.maximum))}*{rules.plain(Decimal(c.weight))}"
        for name, c in zip(names, criteria, strict=True)
    )
