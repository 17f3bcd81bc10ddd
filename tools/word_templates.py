"""Make the Word templates under templates/documents, so that what is in them can be read here.

    python -m tools.word_templates

GB/T 9704: A4, 三号仿宋, 小标宋 titles, 28 characters a line. Word takes a font of its own where one is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

TARGET = Path(__file__).resolve().parent.parent / "templates" / "documents"
BODY, TITLE = "仿宋_GB2312", "方正小标宋简体"
RED = RGBColor(0xC8, 0x10, 0x2E)
CENTER, LEFT, RIGHT = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
)

PEOPLE = (
    ("序号", "{{ loop.index }}", 12),
    ("姓名", "{{ person.name }}", 24),
    ("性别", "{{ person.gender }}", 12),
    ("选派单位", "{{ person.unit }}", 42),
    ("所在学校", "{{ person.school }}", 44),
    ("指导教师", "{{ person.mentor }}", 22),
)
NAMED = "{{ people[0].name }}{% if people|length > 1 %}等{{ people|length }}名{% endif %}同志"
CONTACT = (
    "{%p if contact %}",
    "（联系人：{{ contact }}{% if phone %}，电话：{{ phone }}{% endif %}）",
    "{%p endif %}",
)


def dispatch() -> DocumentType:
    """派出函: the bureau sends nominees to a base school."""
    return _letter(
        ("{{ issuer }}关于选派教师参加", "{{ programme }}的函"),
        (
            "根据{{ programme }}（{{ cohort }}）工作安排，经本人申请、所在学校同意、选派单位推荐，我局审核并统筹安排，"
            f"现选派{NAMED}到你校跟岗学习（名单附后）。跟岗时间为{{{{ starts_on }}}}至{{{{ ends_on }}}}。",
            "请你校按照培养方案安排导师指导，提供必要的学习、工作和生活条件，做好考勤、跟岗日志审阅和日常管理；"
            "跟岗结束时组织考核，填写《跟岗培训考核鉴定表》报我局。跟岗期间，学员应遵守你校规章制度和心理健康教育工作的保密要求。",
            "请予接洽为盼，并函复我局。",
        ),
        "附：跟岗学员名单",
    )


def acceptance() -> DocumentType:
    """接收函: the base school accepts them."""
    return _letter(
        ("{{ issuer }}关于同意接收", "{{ programme }}学员的函"),
        (
            f"{{{{ answers }}}}收悉。经研究，我校同意接收{NAMED}到我校参加{{{{ programme }}}}（{{{{ cohort }}}}）。"
            "跟岗时间为{{ starts_on }}至{{ ends_on }}，学员名单及指导教师安排附后。",
            "我校将按照培养方案做好带教指导、考勤和日常管理，跟岗结束时组织考核鉴定，并将鉴定材料报送贵局。",
            "特此函复。",
        ),
        "附：接收学员及指导教师名单",
    )


def appraisal() -> DocumentType:
    """考核鉴定表: on one A4 with room for four opinions."""
    document = _paper(Mm(20), Mm(15), Mm(22), Mm(22))
    _add(document, "{{ programme }}考核鉴定表", CENTER, size=18, font=TITLE)
    _add(document, "（{{ issuer }}　{{ cohort }}）", CENTER, size=12, after=4)
    table = _table(document, (30, 53, 30, 53))
    for pair in (
        (("姓　　名", "{{ name }}"), ("性　　别", "{{ gender }}")),
        (("选派单位", "{{ unit }}"), ("所在学校", "{{ school }}")),
        (("跟岗学校", "{{ base_school }}"), ("指导教师", "{{ mentor }}")),
        (("跟岗时间", "{{ starts_on }}至{{ ends_on }}"),),
        (("听课节数", "{{ observations }}"), ("授课节数", "{{ lessons }}")),
        (("团体辅导次数", "{{ group_sessions }}"), ("个案辅导次数", "{{ case_sessions }}")),
        (("出勤情况", "{{ attendance }}"),),
    ):
        _facts_row(table, pair)
    for words, key, sign in (
        ("自我鉴定", "self", "签字："),
        ("导师意见", "mentor", "签字："),
        ("跟岗学校\n意　　见", "base_school", "签字（盖章）："),
        ("教育体育局\n意　　　见", "bureau", "签字（盖章）："),
    ):
        _opinion_row(table, words, key, sign)
    _facts_row(table, (("考核等次", "{{ result }}"),))
    return document


DOCUMENTS = {
    "placement-dispatch": dispatch,
    "placement-acceptance": acceptance,
    "placement-appraisal": appraisal,
}


def main(target: Path = TARGET) -> int:
    for name, make in DOCUMENTS.items():
        document = make()
        properties = document.core_properties
        properties.author = properties.comments = properties.title = ""
        properties.created = properties.modified = datetime(2023, 1, 1)  # noqa: DTZ001 - a fixed day
        document.save(str(target / f"{name}.docx"))
    print(f"word templates: {len(DOCUMENTS)} written")
    return 0


def _letter(title: Sequence[str], paragraphs: Sequence[str], list_title: str) -> DocumentType:
    document = _paper(Mm(25), Mm(35), Mm(28), Mm(26))
    head = _add(document, "{{ issuer }}", CENTER, size=30, font=TITLE, color=RED, spaced=False)
    _red_line(head)
    _add(document, "{{ number }}", RIGHT, after=18)
    for line in title:
        _add(document, line, CENTER, size=22, font=TITLE, spaced=False)
    _add(document, "{{ addressee }}：", LEFT, before=18)
    for text in paragraphs:
        _add(document, text, indent=True)
    _add(document, "{{ issuer }}", RIGHT, before=36, right=Pt(32))
    _add(document, "{{ issued_on }}", RIGHT, right=Pt(32), after=12)
    for text in CONTACT:
        _add(document, text, indent=True)
    _add(document, list_title, LEFT, before=18, after=4).paragraph_format.keep_with_next = True
    _people_table(document)
    return document


def _paper(top: Length, bottom: Length, left: Length, right: Length) -> DocumentType:
    document = Document()
    section = document.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = top, bottom
    section.left_margin, section.right_margin = left, right
    style = document.styles["Normal"]
    style.font.size = Pt(16)
    style.paragraph_format.space_after = Pt(0)
    _use_font(style.element.get_or_add_rPr(), BODY)
    return document


def _add(
    document: DocumentType,
    text: str,
    align: WD_ALIGN_PARAGRAPH | None = None,
    *,
    size: int = 16,
    font: str = BODY,
    color: RGBColor | None = None,
    indent: bool = False,
    spaced: bool = True,
    before: int = 0,
    after: int = 0,
    right: Length | None = None,
) -> Paragraph:
    paragraph = document.add_paragraph()
    _write(paragraph, text, size, font, color)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if align is None else align
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    shape.first_line_indent = Pt(2 * size) if indent else None
    shape.right_indent = right
    if spaced and size == 16:
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28)
    return paragraph


def _write(
    paragraph: Paragraph, text: str, size: float, font: str = BODY, color: RGBColor | None = None
) -> Run:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    if color is not None:
        run.font.color.rgb = color
    _use_font(run._element.get_or_add_rPr(), font)
    return run


def _use_font(properties: object, name: str) -> None:
    """For Latin and Chinese alike: Word keeps them apart."""
    fonts = properties.get_or_add_rFonts()  # type: ignore[attr-defined]
    for attribute in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(attribute), name)


def _red_line(paragraph: Paragraph) -> None:
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "thickThinSmallGap"), ("sz", "24"), ("space", "6")):
        line.set(qn(f"w:{name}"), value)
    line.set(qn("w:color"), str(RED))
    borders.append(line)
    # The schema wants them before these, and Word refuses a file that keeps another order.
    later = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    paragraph._element.get_or_add_pPr().insert_element_before(borders, *later)


def _table(document: DocumentType, widths: Sequence[int]) -> Table:
    table = document.add_table(rows=0, cols=len(widths))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def _people_table(document: DocumentType) -> None:
    """One row per person: docxtpl repeats what stands between its two ``tr`` rows."""
    table = _table(document, [width for _, _, width in PEOPLE])
    _fill(table, [head for head, _, _ in PEOPLE])
    _fill(table, ["{%tr for person in people %}"])
    _fill(table, [value for _, value, _ in PEOPLE])
    _fill(table, ["{%tr endfor %}"])
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)


def _fill(table: Table, texts: Sequence[str]) -> None:
    cells = table.add_row().cells
    for cell, (_, _, width) in zip(cells, PEOPLE, strict=True):
        cell.width = Mm(width)
    for cell, text in zip(cells, texts, strict=False):
        _cell(cell, text)


def _facts_row(table: Table, pairs: Sequence[tuple[str, str]]) -> None:
    row = table.add_row()
    row.height, row.height_rule = Mm(9), WD_ROW_HEIGHT_RULE.AT_LEAST
    cells = row.cells
    if len(pairs) == 1:
        cells[1].merge(cells[3])
    for place, (label, value) in enumerate(pairs):
        _cell(cells[2 * place], label)
        _cell(cells[2 * place + 1], value)


def _opinion_row(table: Table, words: str, key: str, sign: str) -> None:
    row = table.add_row()
    row.height, row.height_rule = Mm(38), WD_ROW_HEIGHT_RULE.AT_LEAST
    _cell(row.cells[0], words)
    cell = row.cells[1].merge(row.cells[3])
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.first_line_indent = Pt(24)
    _write(paragraph, f"{{{{ opinions.{key}.text }}}}", 12)
    signed = cell.add_paragraph()
    signed.alignment = RIGHT
    signed.paragraph_format.space_before = Pt(18)
    blank = "　　　年　　月　　日"
    _write(
        signed,
        f"{sign}{{{{ opinions.{key}.signer or '　　　　' }}}}　"
        f"{{{{ opinions.{key}.day or '{blank}' }}}}",
        12,
    )


def _cell(cell: _Cell, text: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = CENTER
    _write(paragraph, text, 12)
    properties = cell._element.get_or_add_tcPr()
    vertical = OxmlElement("w:vAlign")
    vertical.set(qn("w:val"), "center")
    properties.append(vertical)


if __name__ == "__main__":
    sys.exit(main())
