"""A page of a PDF that somebody brought as a picture, so that nobody need open the PDF itself in a browser."""

from __future__ import annotations

import os

import typst

RESOLUTION = 110  # dots an inch: writing and seals stay legible
_OPEN_FILES = "/proc/self/fd"
_PAGE = b"""#set page(width: 595pt, height: 842pt, margin: 0pt)
#image(sys.inputs.file, format: "pdf", page: int(sys.inputs.page), width: 595pt, height: 842pt, fit: "contain")
"""


def page_as_picture(pdf: bytes, page: int = 1) -> bytes | None:
    """The page as PNG, fitted into A4; None without such a page, or when the PDF is damaged or locked.

    Nothing in the PDF is run, and it touches no disk: typst reads it from a file in memory (only Linux has
    them; elsewhere there is no picture). Takes 50 to 300 ms; not inside a transaction.
    """
    if not hasattr(os, "memfd_create"):
        return None
    with os.fdopen(os.memfd_create("page"), "w+b") as held:
        held.write(pdf)
        held.flush()
        try:
            compiler = typst.Compiler(
                input=_PAGE,
                root=_OPEN_FILES,
                sys_inputs={"page": str(page), "file": f"/{held.fileno()}"},
            )
            picture = compiler.compile(format="png", ppi=RESOLUTION)
        except (typst.TypstError, RuntimeError, ValueError):
            return None
    return picture if isinstance(picture, bytes) else None
