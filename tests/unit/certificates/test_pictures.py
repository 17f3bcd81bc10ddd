"""What files of certificates are by their content, and what is taken out of photos."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from app.core.errors import InvalidInput
from app.domain.certificates.operations.pictures import LARGEST, check_picture
from tests.pictures import GPS, HEIC, MAKER, PDF_WITH_SCRIPT, phone_photo, png


def test_a_photo_loses_place_and_maker_and_keeps_its_orientation() -> None:
    before = Image.open(io.BytesIO(phone_photo())).getexif()
    assert (before[MAKER], dict(before.get_ifd(GPS))) == ("Phone Maker", {1: "N"})
    checked = check_picture(phone_photo(), "IMG_0001.JPG")
    after = Image.open(io.BytesIO(checked.data))
    assert dict(after.getexif()) == {}
    assert after.size == (40, 60), "turned upright"


@pytest.mark.parametrize(
    ("data", "name", "kept_as", "content_type"),
    [
        (phone_photo(), "证书.JPEG", "证书.JPEG", "image/jpeg"),
        (phone_photo(), "证书.png", "证书.jpg", "image/jpeg"),
        (phone_photo(), "mmexport1690000000", "mmexport1690000000.jpg", "image/jpeg"),
        (png(), "a.jpg", "a.png", "image/png"),
        (PDF_WITH_SCRIPT, "扫描件", "扫描件.pdf", "application/pdf"),
    ],
)
def test_a_file_is_what_its_content_says(
    data: bytes, name: str, kept_as: str, content_type: str
) -> None:
    checked = check_picture(data, name)
    assert (checked.name, checked.kind.content_type) == (kept_as, content_type)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.jpg", "empty_file"),
        (HEIC, "IMG_0001.HEIC", "heic"),
        (HEIC, "IMG_0001.jpg", "heic"),
        (b"<html><script>alert(1)</script>", "a.jpg", "file_type"),
        (b"\xff\xd8\xff" + b"no photo" * 20, "a.jpg", "photo_broken"),
        (b"%PDF-" + b"x" * LARGEST, "a.pdf", "file_too_large"),
    ],
)
def test_refuses_what_is_no_picture(data: bytes, name: str, code: str) -> None:
    with pytest.raises(InvalidInput) as error:
        check_picture(data, name)
    assert (error.value.code, error.value.field) == (code, "file")


def test_exactly_ten_megabytes_are_taken() -> None:
    data = b"%PDF-" + b"x" * (LARGEST - 5)
    assert len(check_picture(data, "a.pdf").data) == LARGEST
