"""Borders of certificates stay within the border, on paper that is white around it."""

from __future__ import annotations

import pypdfium2
import pytest

from app.core.documents.frames import engraved_frame, lined_frame
from app.core.documents.sheets import drawing_as_pdf

DOTS = 4  # a millimetre


@pytest.mark.parametrize(("width", "height"), [(297, 210), (210, 297)])
@pytest.mark.parametrize("engraved", [True, False])
def test_nothing_is_drawn_outside_the_border_and_something_on_each_side(
    width: int, height: int, engraved: bool
) -> None:
    drawn = (
        engraved_frame(width, height, "#b3282d", "#fffaf5")
        if engraved
        else lined_frame(width, height, "#7a1f22")
    )
    document = pypdfium2.PdfDocument(drawing_as_pdf(drawn, width, height))
    dots = document[0].render(scale=DOTS * 25.4 / 72, grayscale=True).to_numpy().copy().squeeze()
    document.close()
    edge, border = 6 * DOTS - 1, 13 * DOTS
    for side in (dots, dots[::-1], dots.T, dots.T[::-1]):
        assert (side[:edge] == 255).all()
        assert (side[edge:border, border:-border] < 200).any(axis=0).all()
