"""What stands in a Word document, read back from it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import jinja2
import pytest
from docx import Document
from docx.shared import Mm

from app.core.documents.facts import TEMPLATES
from app.core.documents.word import render_docx
from tests.unit.core.documents.samples import ACCEPTANCE, APPRAISAL, DISPATCH, PAPERS, words
from tools import word_templates


def text_of(template: str, facts: dict[str, Any]) -> str:
    document = Document(io.BytesIO(render_docx(template, facts)))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + [cell.text for cell in cells])


@pytest.mark.parametrize("template", PAPERS)
def test_holds_every_fact(template: str) -> None:
    text = text_of(template, PAPERS[template])
    for word in words(PAPERS[template]):
        assert word in text
    assert "{" not in text


@pytest.mark.parametrize("template", PAPERS)
def test_is_a4(template: str) -> None:
    section = Document(io.BytesIO(render_docx(template, PAPERS[template]))).sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (210, 297)


@pytest.mark.parametrize("name", ["<w:p>&amp;", "{{ programme }}", "{% for x in y %}", "A & B"])
def test_writes_markup_in_a_name_as_it_is(name: str) -> None:
    assert name in text_of("placement-appraisal", APPRAISAL | {"name": name})


def test_drops_what_word_cannot_hold() -> None:
    assert "李梅" in text_of("placement-appraisal", APPRAISAL | {"name": "李\x00\x0b\x07梅"})


def test_has_a_row_for_everybody() -> None:
    document = Document(io.BytesIO(render_docx("placement-dispatch", DISPATCH)))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows == [
        ["序号", "姓名", "性别", "选派单位", "所在学校", "指导教师"],
        ["1", *DISPATCH["people"][0].values()],
        ["2", *DISPATCH["people"][1].values()],
    ]


def test_leaves_out_the_contact_that_is_not_known() -> None:
    assert "联系人" not in text_of("placement-acceptance", ACCEPTANCE)


def test_leaves_room_for_a_signature_that_is_missing() -> None:
    assert "签字（盖章）：　　　　　　　　年　　月　　日" in text_of(
        "placement-appraisal", APPRAISAL
    )


def test_refuses_to_write_with_a_fact_missing() -> None:
    facts = {key: value for key, value in DISPATCH.items() if key != "addressee"}
    with pytest.raises(jinja2.UndefinedError, match="addressee"):
        render_docx("placement-dispatch", facts)


def test_knows_only_its_templates() -> None:
    with pytest.raises(ValueError, match="no document template"):
        render_docx("none-such", {})


def test_templates_are_what_the_tool_makes(tmp_path: Path) -> None:
    word_templates.main(tmp_path)
    for name in word_templates.DOCUMENTS:
        with (
            zipfile.ZipFile(tmp_path / f"{name}.docx") as made,
            zipfile.ZipFile(TEMPLATES / f"{name}.docx") as kept,
        ):
            assert made.read("word/document.xml") == kept.read("word/document.xml")
