"""Backgrounds and seals: taken by what they are, made anew, refused when they would print badly."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from app.core.errors import InvalidInput
from app.domain.certificates.operations.images import LARGEST, check_image
from app.domain.certificates.rules.words import ImagePurpose
from tests.pictures import HEIC, PDF_WITH_SCRIPT, phone_photo

BACKGROUND, SEAL = ImagePurpose.BACKGROUND, ImagePurpose.SEAL


def _png(size: tuple[int, int], colour: tuple[int, int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", size, colour).save(out, "PNG")
    return out.getvalue()


def _opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_seal_keeps_what_is_transparent() -> None:
    made = check_image(_png((1600, 1600), (200, 0, 0, 90)), "公章.png", SEAL, "")
    assert (made.title, made.content_type, made.width, made.height) == (
        *("公章", "image/png"),
        *(1000, 1000),
    )
    assert _opened(made.data).getchannel("A").getextrema() == (90, 90)


def test_a_background_becomes_a_jpeg_on_white_of_a_size_to_print() -> None:
    made = check_image(_png((3508, 2480), (0, 0, 0, 0)), "底图.png", BACKGROUND, " 红框 ")
    assert (made.title, made.content_type, made.width, made.height) == (
        *("红框", "image/jpeg"),
        *(2480, 1753),
    )
    assert _opened(made.data).getpixel((9, 9)) == (255, 255, 255)


def test_a_photo_loses_where_it_was_taken_and_stands_upright() -> None:
    made = check_image(phone_photo(size=(1500, 1000)), "IMG_1.jpg", BACKGROUND, "照片")
    assert (made.width, made.height) == (1000, 1500)
    assert dict(_opened(made.data).getexif()) == {}


@pytest.mark.parametrize(
    ("data", "purpose", "code"),
    [
        (b"", SEAL, "empty_file"),
        (HEIC, SEAL, "file_type"),
        (PDF_WITH_SCRIPT, BACKGROUND, "file_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", SEAL, "file_type"),
        (b"\x89PNG\r\n\x1a\n broken", SEAL, "photo_broken"),
        (b"\xff\xd8\xff" + b"0" * LARGEST, BACKGROUND, "file_too_large"),
        (_png((199, 100), (1, 1, 1, 255)), SEAL, "image_small"),
        (_png((999, 700), (1, 1, 1, 255)), BACKGROUND, "image_small"),
    ],
)
def test_refuses_what_cannot_be_printed(data: bytes, purpose: ImagePurpose, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_image(data, "图.png", purpose, "")
    assert refused.value.code == code
