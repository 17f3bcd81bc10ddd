"""Photos people bring: made anew, so that they say neither where nor when nor with what they were taken."""

from __future__ import annotations

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from app.core.errors import InvalidInput
from app.core.i18n import gettext as _

LONGEST_SIDE = 2000  # pixels: a page of writing stays legible
MOST_PIXELS = 100_000_000
QUALITY = 82
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}


def is_photo(content_type: str) -> bool:
    """Whether it is an image of a kind that is made anew."""
    return content_type in _FORMATS


def made_anew(
    data: bytes, content_type: str, *, longest: int = LONGEST_SIDE, as_type: str | None = None
) -> bytes:
    """The picture alone, turned upright and at most so many pixels long: no EXIF, no place, no thumbnail, no comment.

    ``as_type``: the kind it becomes; as JPEG what was transparent is white. Raises ``photo_broken``,
    ``photo_too_large``. Slow: never inside a transaction.
    """
    kind = _FORMATS[content_type]
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise InvalidInput(
                    _("This photo has too many pixels. Make it smaller first."),
                    "photo_too_large",
                    "file",
                )
            return _written(
                ImageOps.exif_transpose(opened), _FORMATS[as_type or content_type], longest
            )
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
    ) as error:
        raise InvalidInput(
            _("This photo cannot be opened; it is damaged or not a photo."), "photo_broken", "file"
        ) from error


def _written(picture: Image.Image, kind: str, longest: int) -> bytes:
    picture.thumbnail((longest, longest))
    if kind == "JPEG" and _png_mode(picture) == "RGBA":
        picture = Image.alpha_composite(
            Image.new("RGBA", picture.size, "white"), picture.convert("RGBA")
        )
    clean = picture.convert("RGB" if kind == "JPEG" else _png_mode(picture))
    clean.info = {}
    out = io.BytesIO()
    if kind == "JPEG":
        clean.save(out, kind, quality=QUALITY, optimize=True)
    else:
        clean.save(out, kind, optimize=True)
    return out.getvalue()


def measured(data: bytes) -> tuple[int, int]:
    """Width and height in pixels of a picture that was made anew."""
    with Image.open(io.BytesIO(data), formats=list(_FORMATS.values())) as opened:
        return opened.size


def _png_mode(picture: Image.Image) -> str:
    return "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
