"""Texts that people write freely: no identity number and no phone is kept in them (DOMAIN.md §7)."""

from __future__ import annotations

from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.core.lengths import fitting
from app.domain.people.rules.personal_text import refused, why_looks_personal


def refuse_personal_numbers(text: str, field: str) -> None:
    """Refuse an identity number or a phone in a text. Raises ``personal_number``, which names it."""
    found = next(iter(refused(why_looks_personal(text))), None)
    if found is not None:
        raise InvalidInput(
            _(
                "The text contains “%(text)s”, which looks like an identity number or a phone. Take it out.",
                text=found.text,
            ),
            "personal_number",
            field,
        )


def fitting_text(text: str, longest: int, field: str) -> str:
    """The text without blanks around. Raises ``too_long`` and ``personal_number``."""
    plain = fitting(text, longest, field)
    refuse_personal_numbers(plain, field)
    return plain
