"""Pictures as phones and scanners make them, for tests of what people bring."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from app.core import files
from app.domain.certificates.operations.pictures import (
    StoredPicture,
    check_picture,
    digest_of,
)

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
PDF_WITH_SCRIPT = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def phone_photo(colour: str = "white", size: tuple[int, int] = (60, 40)) -> bytes:
    """A JPEG with EXIF as a phone writes it: held upright, with a place and a maker."""
    picture = Image.new("RGB", size, colour)
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MAKER] = "Phone Maker"
    exif.get_ifd(GPS)[1] = "N"
    return _saved(picture, "JPEG", exif=exif)


def png(colour: str = "white") -> bytes:
    return _saved(Image.new("RGB", (30, 20), colour), "PNG")


def stored_picture(data: bytes | None = None, name: str = "证书.jpg") -> StoredPicture:
    """A picture that was checked and lies in core.files."""
    one = check_picture(data or phone_photo(), name)
    return StoredPicture(
        one.name,
        one.kind.content_type,
        len(one.data),
        digest_of(one.data),
        files.store(one.data),
    )


def _saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()
