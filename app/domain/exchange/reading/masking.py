"""How a cell is shown in a message: what is personal keeps only what is needed to recognise it."""

from __future__ import annotations

from app.domain.people.rules.identity import mask_identity_number, mask_phone

LONGEST = 60


def shown(text: str, secret: str) -> str:
    """The text of a cell, shortened; identity numbers and phones masked."""
    if not text or not secret:
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    if secret == "id_number":
        return mask_identity_number(text) if len(text) > 10 else _mostly_hidden(text)
    return mask_phone(text) if len(text) > 7 else _mostly_hidden(text)


def _mostly_hidden(text: str) -> str:
    return f"{text[:2]}{'*' * max(len(text) - 2, 0)}"
