"""What a file is, by its content."""

from __future__ import annotations

import io
import zipfile

import pytest

from app.core.file_types import clean_name, detect


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return buffer.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100


@pytest.mark.parametrize(
    ("data", "name", "content_type"),
    [
        (b"%PDF-1.7 ...", "通知.pdf", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "照片.JPEG", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "image/png"),
        (b"\0\0\0\x18ftypmp42", "视频.mp4", "video/mp4"),
        (archive("a.txt"), "作业.zip", "application/zip"),
        (OLE, "教案.wps", "application/msword"),
        ("签到，说明".encode(), "说明.txt", "text/plain"),
        ("姓名,单位".encode("gbk"), "名单.csv", "text/csv"),
    ],
)
def test_knows_the_usual_files(data: bytes, name: str, content_type: str) -> None:
    kind = detect(data, name)
    assert kind is not None
    assert kind.content_type == content_type


def test_text_is_told_beyond_its_first_piece() -> None:
    long = "名单，" * 400_000
    assert detect(long.encode(), "a.txt") is not None
    assert detect(long.encode("gb18030"), "a.txt") is not None
    assert detect(long.encode() + b"\xff", "a.txt") is None
    assert detect(long.encode() + b"\0", "a.txt") is None


def test_tells_office_files_apart_by_their_parts() -> None:
    assert detect(DOCX, "教案.docx") is not None
    assert detect(DOCX, "教案.xlsx") is None
    assert detect(DOCX, "教案.zip") is None


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MZ\x90\0", "setup.exe"),
        (b"MZ\x90\0", "作业.pdf"),
        (b"%PDF-1.7", "作业.jpg"),
        (b"PK\x03\x04broken", "作业.zip"),
        (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "教案.docx"),
        (b"<html><script>", "page.html"),
        (b"<svg onload=x>", "picture.svg"),
        (b"a\0b", "text.txt"),
        (b"%PDF-1.7", "无后缀"),
    ],
)
def test_takes_nothing_else(data: bytes, name: str) -> None:
    assert detect(data, name) is None


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\教案.docx", "教案.docx"),
        ("a\r\nb<c>.pdf", "a__b_c_.pdf"),
        ("...", "file"),
        ("", "file"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_a_name_holds_no_path(name: str, clean: str) -> None:
    assert clean_name(name) == clean
