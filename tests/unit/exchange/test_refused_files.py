"""Files from which no row can be read: each refusal from a real file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from app.domain.exchange.reading import WorkbookRefused, container, old_format, packed, read_sheet
from tests.unit.exchange.books import DAY, ROSTER, id_number, with_part, xlsx

LINE = (1, "李梅", id_number(2), "楚雄市", "楚雄市鹿城小学", "兼职")
SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(data: bytes, kind: str = "counselors") -> WorkbookRefused:
    with pytest.raises(WorkbookRefused) as caught:
        read_sheet(kind, data, "book.xlsx", today=DAY)
    return caught.value


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        b"<html><table><tr><td>1</td></tr></table></html>",
        b'{"a": 1}',
        b"hello",
        b"dear all, this is a letter; no table",
        b"\x81\xff\xfe\x01",
    ],
    ids=["picture", "pdf", "html", "json", "word", "letter", "bytes"],
)
def test_refuses_what_is_no_workbook(data: bytes) -> None:
    assert refusal(data).code == "not_a_workbook"


def test_refuses_another_kind_of_zip() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(buffer.getvalue()).code == "not_a_workbook"


def test_refuses_a_workbook_with_a_password() -> None:
    assert (
        refusal(OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")).code
        == "encrypted_workbook"
    )


def test_refuses_a_zip_with_a_password() -> None:
    data = bytearray(xlsx(ROSTER, LINE))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := data.find(signature, start)) >= 0:
            data[start + offset] |= 1
            start += 4
    assert refusal(bytes(data)).code == "encrypted_workbook"


def test_refuses_a_truncated_workbook() -> None:
    assert refusal(xlsx(ROSTER, LINE)[:-500]).code == "damaged_workbook"


def test_refuses_a_workbook_with_a_broken_part() -> None:
    data = with_part(xlsx(ROSTER, LINE), SHEET, lambda part: b"<worksheet><sheetData><row")
    assert refusal(data).code in ("damaged_workbook", "empty_sheet")


def test_refuses_a_workbook_whose_bytes_were_changed() -> None:
    data = bytearray(xlsx(ROSTER, LINE))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    for index in range(start + 60, start + 120):
        data[index] ^= 0x5A
    assert refusal(bytes(data)).code == "damaged_workbook"


def test_refuses_an_old_workbook_that_is_damaged() -> None:
    assert refusal(OLE + b"\0" * 2000).code == "damaged_workbook"


def test_refuses_a_file_over_20_mb() -> None:
    assert refusal(b"a" * (container.MAX_BYTES + 1)).code == "too_large"


def test_refuses_a_zip_bomb() -> None:
    bomb = b"<worksheet><sheetData>" + b" " * (30 * 1024 * 1024) + b"</sheetData></worksheet>"
    data = with_part(xlsx(ROSTER, LINE), SHEET, lambda part: bomb)
    assert len(data) < 100_000
    assert refusal(data).code == "unpacked_too_large"


def test_refuses_parts_that_together_unpack_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MAX_UNPACKED", 2000)
    assert refusal(xlsx(ROSTER, LINE)).code == "unpacked_too_large"


def test_refuses_cells_at_the_far_end_of_the_sheet() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ROSTER)
        page.write_row(1, 0, LINE)
        page.write(150_000, 16_383, "x")
    assert refusal(buffer.getvalue()).code == "too_many_columns"


def test_refuses_more_than_200_000_rows() -> None:
    text = ",".join(ROSTER) + "\n" + "1,李梅,,楚雄市,楚雄市鹿城小学,兼职\n" * 200_001
    assert refusal(text.encode()).code == "too_many_rows"


def test_refuses_a_cell_below_200_000_rows_before_parsing() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ROSTER)
        page.write(1_048_575, 0, "x")
    assert refusal(buffer.getvalue()).code == "too_many_rows"


def test_reads_a_sheet_whose_styles_reach_to_the_last_row() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ROSTER)
        page.write_row(1, 0, LINE)
        page.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    assert len(read_sheet("counselors", buffer.getvalue(), "book.xlsx", today=DAY).rows) == 1


def test_refuses_an_empty_sheet() -> None:
    assert refusal(xlsx()).code == "empty_sheet"
    assert refusal(b"").code == "empty_sheet"
    assert refusal(b"\n , ,\n").code == "empty_sheet"


def test_refuses_a_header_without_rows() -> None:
    assert (
        refusal(xlsx(("花名册",), ROSTER, ("", ""), ("合计", "0人"), ("注：略",))).code
        == "empty_sheet"
    )


def test_refuses_a_sheet_without_header_and_says_what_is_needed() -> None:
    found = refusal(xlsx(("李梅", "楚雄市鹿城小学"), ("李艳", "楚雄市鹿城小学")))
    assert found.code == "no_header_row"
    assert "姓名、学校名称、专/兼职" in str(found)


def test_refuses_a_missing_column_and_names_it_and_what_was_found() -> None:
    found = refusal(
        xlsx(
            ("花名册",), ("序号", "姓名", "学校名称", "爱好"), (1, "李梅", "楚雄市鹿城小学", "唱歌")
        )
    )
    assert found.code == "required_column_missing"
    assert "专/兼职" in str(found)
    assert "序号、姓名、学校名称、爱好" in str(found)
    assert "2" in str(found)


def old_with_record(ordinal: int, kind: bytes) -> bytes:
    """An .xls in which one of the first records became another."""
    data = bytearray((Path(__file__).parent / "roster.xls").read_bytes())
    place = data.index(b"\x09\x08\x10\x00")
    for _ in range(ordinal):
        place += 4 + int.from_bytes(data[place + 2 : place + 4], "little")
    data[place : place + 2] = kind
    return bytes(data)


def test_refuses_an_old_workbook_with_a_password() -> None:
    assert refusal(old_with_record(1, b"\x2f\x00")).code == "encrypted_workbook"


def test_refuses_an_old_workbook_on_which_the_parser_panics() -> None:
    assert refusal(old_with_record(5, b"\x85\x00")).code == "damaged_workbook"


def test_refuses_an_old_workbook_whose_cells_span_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_format, "MAX_CELLS", 27)  # the sheet has 4 rows of 7 columns
    data = (Path(__file__).parent / "roster.xls").read_bytes()
    assert refusal(data).code == "too_many_columns"
    monkeypatch.setattr(old_format, "MAX_CELLS", 28)
    assert len(read_sheet("counselors", data, "roster.xls", today=DAY).rows) == 2


def test_refuses_csv_with_one_very_long_row() -> None:
    text = "," * 1000 + "\n" + "a,b\n" * 10_000
    assert refusal(text.encode()).code == "too_many_columns"
