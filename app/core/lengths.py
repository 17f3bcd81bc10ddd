"""Texts that must fit: what is too long is refused and never cut, so that nothing of it is lost unseen."""

from __future__ import annotations

from app.core.errors import InvalidInput
from app.core.i18n import gettext as _


def fitting(text: str, longest: int, field: str) -> str:
    """The text without blanks around. Raises ``too_long`` with how long it may be and is."""
    text = text.strip()
    if len(text) > longest:
        raise InvalidInput(
            _(
                "The text has %(length)d characters; at most %(longest)d fit. Shorten it.",
                length=len(text),
                longest=longest,
            ),
            "too_long",
            field,
        )
    return text
