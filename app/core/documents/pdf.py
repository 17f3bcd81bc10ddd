"""PDF by typst, with a font of our own, so that every machine prints the same and no name misses a character."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import typst

from app.core.documents.facts import TEMPLATES, on_paper, template_path

FONTS = Path(__file__).resolve().parent / "fonts"


def render_pdf(template: str, facts: Mapping[str, Any]) -> bytes:
    """The template ``templates/documents/<template>.typ`` with these facts, as A4 PDF.

    Facts reach the template as data (JSON in ``sys.inputs``), never as markup: no name can change the paper.
    A fact that the template needs and does not get raises ``typst.TypstError``. Takes 10 to 50 ms; not inside
    a transaction.
    """
    compiler = typst.Compiler(
        input=template_path(template, ".typ"),
        root=TEMPLATES,
        font_paths=_fonts(),
        sys_inputs={"facts": orjson.dumps(on_paper(facts)).decode()},
    )
    answer = compiler.compile(format="pdf")
    if not isinstance(answer, bytes):
        raise TypeError(f"{template}: typst made no single PDF")
    return answer


@cache
def _fonts() -> typst.Fonts:
    """Read once a process. System fonts too: where 仿宋 is installed, the templates prefer it."""
    return typst.Fonts(include_embedded_fonts=False, font_paths=[FONTS])
