"""Certificates on paper: a design, its pictures and what each one says, as PDF or as a picture to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

from app.core.documents.frames import engraved_frame, lined_frame
from app.core.documents.glyphs import missing_glyphs
from app.core.documents.qr_codes import qr_rows
from app.core.documents.sheets import drawing_as_pdf, press
from app.domain.certificates.rules.designs import (
    Design,
    Frame,
    PaperFacts,
    filled,
    values_of,
)

_TEMPLATE = "certificate"
_FRAME = "frame.pdf"
_PNG = b"\x89PNG"
_QUIET = 2  # modules of white around the code; the paper around it is light already
_LONGEST_RUN = 16  # what is longer becomes several
_MARKS = str.maketrans("01", "-#")
PREVIEW_DPI = 96
# line, ground
_ENGRAVED = {
    Frame.ENGRAVED_RED: ("#b3282d", "#fffaf5"),
    Frame.ENGRAVED_GOLD: ("#a8792a", "#fffdf5"),
    Frame.ENGRAVED_BLUE: ("#2b5c8a", "#f8fbfe"),
    Frame.ENGRAVED_GREEN: ("#2e6b4f", "#f8fcf9"),
}
_LINE = "#7a1f22"


def render_certificates(
    design: Design, images: Mapping[int, bytes], papers: Sequence[PaperFacts]
) -> bytes:
    """All these certificates as one PDF, a page each, in one go.

    ``images``: the pictures of ``design.image_ids`` by id (operations.images.load_images). Not inside a transaction.
    """
    with press(_TEMPLATE, _files(design, images)) as printing:
        return printing.pdf(_facts(design, images, papers))


def render_each(
    design: Design, images: Mapping[int, bytes], papers: Iterable[PaperFacts]
) -> Iterator[bytes]:
    """Each of these certificates as a PDF of its own; what they share is read once."""
    with press(_TEMPLATE, _files(design, images)) as printing:
        for paper in papers:
            yield printing.pdf(_facts(design, images, [paper]))


def render_one(design: Design, images: Mapping[int, bytes], paper: PaperFacts) -> bytes:
    """One certificate as a PDF of its own."""
    return render_certificates(design, images, [paper])


def render_preview(design: Design, images: Mapping[int, bytes], paper: PaperFacts) -> bytes:
    """One certificate as PNG, for the screen."""
    with press(_TEMPLATE, _files(design, images)) as printing:
        return printing.picture(_facts(design, images, [paper]), PREVIEW_DPI)


def unprintable(design: Design, paper: PaperFacts) -> frozenset[str]:
    """The characters of this certificate that the font lacks; none when it can be printed."""
    return missing_glyphs(_words(design, paper))


def qr_svg(text: str) -> str:
    """A QR code as vector drawing, on white: each run of dark modules one line as thick as a module."""
    rows = qr_rows(text)
    side = len(rows) + 2 * _QUIET
    # Replacing is many times as fast as looking for each run.
    drawn = "/".join(rows).translate(_MARKS)
    for length in range(_LONGEST_RUN, 0, -1):
        drawn = drawn.replace("#" * length, f"h{length}").replace("-" * length, f"m{length} 0")
    lines = (f"M{_QUIET} {y}.5{line}" for y, line in enumerate(drawn.split("/"), _QUIET))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path stroke="#000" d="{"".join(lines)}"/></svg>'
    )


def _words(design: Design, paper: PaperFacts) -> list[str]:
    values = values_of(paper)
    return [filled(one.text, values) for one in design.texts]


def _facts(
    design: Design, images: Mapping[int, bytes], papers: Sequence[PaperFacts]
) -> dict[str, Any]:
    width, height = design.page
    seal = design.seal
    return {
        "title": papers[0].kind if papers else "",
        "width": width,
        "height": height,
        "frame": _FRAME if design.frame is not Frame.NONE else "",
        "background": _image_name(design.background_id, images),
        "seal": _image_name(seal.image_id if seal else None, images),
        "seal_at": asdict(seal) if seal else None,
        "qr_at": asdict(design.qr) if design.qr else None,
        "texts": [asdict(one) for one in design.texts],
        "papers": [
            {
                "texts": _words(design, paper),
                "qr": qr_svg(paper.address) if design.qr else "",
                "address": paper.address,
            }
            for paper in papers
        ],
    }


def _files(design: Design, images: Mapping[int, bytes]) -> dict[str, bytes]:
    files = {_image_name(key, images): images[key] for key in design.image_ids}
    if design.frame is not Frame.NONE:
        files[_FRAME] = _frame(design.frame, *design.page)
    return files


@cache
def _frame(frame: Frame, width: float, height: float) -> bytes:
    if frame is Frame.LINES:
        drawn = lined_frame(width, height, _LINE)
    else:
        drawn = engraved_frame(width, height, *_ENGRAVED[frame])
    return drawing_as_pdf(drawn, width, height)


def _image_name(key: int | None, images: Mapping[int, bytes]) -> str:
    """The file of a picture; typst goes by its ending."""
    if key is None:
        return ""
    return f"{key}.png" if images[key].startswith(_PNG) else f"{key}.jpg"
