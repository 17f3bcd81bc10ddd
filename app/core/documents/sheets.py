"""Papers of one look with pictures in them, as PDF or as a picture: by typst, with the product's own font alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import typst

from app.core.documents.facts import template_path
from app.core.documents.pdf import FONTS

_MAIN = "main.typ"


class Press:
    """Prints a template with pictures, as often as one likes."""

    def __init__(self, folder: Path) -> None:
        self._compiler = typst.Compiler(
            input=folder / _MAIN, root=folder, font_paths=_own_font(), sys_inputs={}
        )

    def pdf(self, facts: Mapping[str, Any]) -> bytes:
        """As PDF, of as many pages as the facts make."""
        answer = self._compiler.compile(format="pdf", sys_inputs=_inputs(facts), pdf_tags=False)
        if not isinstance(answer, bytes):
            raise TypeError("typst made no single PDF")
        return answer

    def picture(self, facts: Mapping[str, Any], dots_per_inch: float) -> bytes:
        """The only page as PNG."""
        answer = self._compiler.compile(format="png", sys_inputs=_inputs(facts), ppi=dots_per_inch)
        if not isinstance(answer, bytes):
            raise TypeError("the paper has more than one page")
        return answer


@contextmanager
def press(template: str, pictures: Mapping[str, bytes]) -> Iterator[Press]:
    """A press for the template ``templates/documents/<template>.typ``; ``pictures``: the files it may read, by name.

    It prints with the product's own font alone, so that ``glyphs.missing_glyphs`` says the truth. Facts are data
    (JSON), never markup. The pictures lie in a folder that only this user opens, as long as it prints.
    """
    with TemporaryDirectory(prefix="xinyu-press-") as name:
        folder = Path(name)
        (folder / _MAIN).write_bytes(template_path(template, ".typ").read_bytes())
        for picture, content in pictures.items():
            (folder / picture).write_bytes(content)
        yield Press(folder)


def drawing_as_pdf(svg: bytes, width: float, height: float) -> bytes:
    """A drawing as a PDF page of so many millimetres: a paper that shows it on every page keeps it only once."""
    with press("drawing", {"drawing.svg": svg}) as printing:
        return printing.pdf({"width": width, "height": height})


def _inputs(facts: Mapping[str, Any]) -> dict[str, str]:
    return {"facts": orjson.dumps(facts).decode()}


@cache
def _own_font() -> typst.Fonts:
    """Read once a process."""
    return typst.Fonts(include_embedded_fonts=False, include_system_fonts=False, font_paths=[FONTS])
