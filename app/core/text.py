"""Names as keys: what counts as the same name although workbooks write it differently. Source: DOMAIN.md §6."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

MIDDLE_DOTS = "·•・．‧∙⋅᛫･"
MIDDLE_DOT = "·"
_PUNCTUATION = {ord(dot): MIDDLE_DOT for dot in MIDDLE_DOTS}
_HAN = re.compile(r"[\u4e00-\u9fff]+")


def squeeze(text: str) -> str:
    """Without any blank inside, full-width letters and digits made plain, every middle dot one and the same."""
    if _HAN.fullmatch(text):  # nearly every name, and a roster has twenty thousand of them
        return text
    dotted = text.translate(_PUNCTUATION)
    plain = unicodedata.normalize("NFKC", dotted).translate(_PUNCTUATION)
    return "".join(
        character
        for character in plain
        if not character.isspace() and unicodedata.category(character) not in {"Cf", "Cc"}
    )


def name_key(text: str) -> str:
    """The key under which a person's or unit's name is looked up."""
    if _HAN.fullmatch(text):
        return text
    return squeeze(text).replace("(", "（").replace(")", "）").casefold()


def tidy_name(text: str) -> str:
    """A name as it is shown: Chinese names without inner blanks, others with single ones."""
    if _HAN.fullmatch(text):
        return text
    joined = " ".join(text.replace("\u3000", " ").translate(_PUNCTUATION).split())
    if any("\u4e00" <= c <= "\u9fff" or ord(c) > 0x20000 for c in joined):
        return squeeze(joined)
    return joined


def like_pattern(text: str, *, prefix: bool = False) -> str:
    r"""A LIKE pattern (escape ``\``) that finds the text anywhere, or at the start."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}%" if prefix else f"%{escaped}%"


def plain_number(value: Decimal | None) -> str:
    """A number as people write it: 80, 62.5; nothing for None."""
    return "" if value is None else f"{value.normalize():f}"
