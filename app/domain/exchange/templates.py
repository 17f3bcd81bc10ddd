"""Empty workbooks of each kind: the usual header, drop-downs, text cells for numbers, and a sheet that explains it."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from app.domain.exchange.reading.choosing import INSTRUCTIONS
from app.domain.exchange.reading.kinds import KINDS, Field, Kind
from app.domain.exchange.template_columns import EXPLAINED, TITLES, Explanation

PREPARED_ROWS = 2000
TEXT_CELL = "@"


def empty_template(kind: str) -> bytes:
    """An .xlsx to be filled in; ``read_sheet`` reads what people write into it. Raises KeyError for another kind."""
    described = KINDS[kind]
    columns = [(described.field(name), said) for name, said in EXPLAINED[kind].items()]
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    styles = _styles(book)
    _write_table(book.add_worksheet(TITLES[kind].sheet), described, columns, styles)
    _write_instructions(book.add_worksheet(INSTRUCTIONS), described, columns, styles)
    book.close()
    return buffer.getvalue()


def _styles(book: xlsxwriter.Workbook) -> dict[str, Any]:
    centred = {"align": "center", "valign": "vcenter"}
    header = {"bold": True, "border": 1, "text_wrap": True, **centred}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, **centred}),
        "required": book.add_format({**header, "bg_color": "#FCE4D6"}),
        "header": book.add_format({**header, "bg_color": "#E8EEF7"}),
        "text": book.add_format({"num_format": TEXT_CELL}),
        "number": book.add_format({"num_format": "General"}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
        "bold": book.add_format({"bold": True}),
    }


def _write_table(
    sheet: Any, kind: Kind, columns: list[tuple[Field, Explanation]], styles: dict[str, Any]
) -> None:
    titles = TITLES[kind.name]
    last = len(columns) - 1
    sheet.merge_range(0, 0, 0, last, titles.title, styles["title"])
    sheet.set_row(0, 30)
    sheet.merge_range(
        1,
        0,
        1,
        last,
        "填报单位：\u3000\u3000\u3000\u3000\u3000\u3000填报时间：\u3000\u3000年\u3000月\u3000日",
    )
    sheet.set_row(2, 36)
    for index, (column, said) in enumerate(columns):
        style = styles["required" if is_required(kind, column) else "header"]
        sheet.write_string(2, index, column.headers[0], style)
        sheet.set_column(index, index, said.width, styles["number" if said.is_number else "text"])
        if said.choices:
            _add_choices(sheet, index, column.headers[0], said)
    sheet.freeze_panes(3, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)


def _add_choices(sheet: Any, index: int, header: str, said: Explanation) -> None:
    rule = {
        "validate": "list",
        "source": list(said.choices),
        "error_title": header,
        "error_message": f"请选择：{'、'.join(said.choices)}",
        "error_type": "stop" if said.only_choices else "information",
    }
    sheet.data_validation(3, index, 2 + PREPARED_ROWS, index, rule)


def is_required(kind: Kind, column: Field) -> bool:
    """Whether each row must fill this column."""
    return column.filled or any(group == (column.name,) for group in kind.required)


def _write_instructions(
    sheet: Any, kind: Kind, columns: list[tuple[Field, Explanation]], styles: dict[str, Any]
) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 10)
    sheet.set_column(2, 2, 70)
    sheet.set_column(3, 3, 30)
    sheet.write_string(0, 0, f"{TITLES[kind.name].title} 填写说明", styles["bold"])
    for line, text in enumerate(TITLES[kind.name].notes, 1):
        sheet.write_string(line, 0, text)
    start = len(TITLES[kind.name].notes) + 2
    for index, text in enumerate(("栏目", "是否必填", "怎样填写", "示例")):
        sheet.write_string(start, index, text, styles["header"])
    for line, (column, said) in enumerate(columns, start + 1):
        needed = "必填" if is_required(kind, column) else "选填"
        for index, text in enumerate((column.headers[0], needed, said.text, said.example)):
            sheet.write_string(line, index, text, styles["wrapped"])
