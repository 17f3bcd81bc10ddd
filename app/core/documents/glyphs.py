"""Which characters the product's own font can print: no paper shows an empty box."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

from fontTools.ttLib import TTFont

from app.core.documents.pdf import FONTS

FONT = FONTS / "LXGWWenKai-Regular.ttf"
# Blanks, line ends and what only steers the writing need no glyph.
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_PRIVATE = "Co"


def missing_glyphs(texts: Iterable[str]) -> frozenset[str]:
    """The characters of these texts that would not be printed as they are meant.

    Characters of private use (made-up ones of an input method) always: what a font shows for them is chance.
    """
    used = {character for text in texts for character in text}
    return frozenset(one for one in used if not _is_printed(one))


def _is_printed(character: str) -> bool:
    category = unicodedata.category(character)
    return category in _UNSEEN or (category != _PRIVATE and ord(character) in _printable())


@cache
def _printable() -> frozenset[int]:
    """The characters of the font, beyond the basic plane too. Read once a process, in 0.1 s."""
    with TTFont(FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())
