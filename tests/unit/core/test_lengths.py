"""What is too long is refused, not cut."""

from __future__ import annotations

import pytest

from app.core.errors import InvalidInput
from app.core.lengths import fitting


def test_keeps_what_fits_without_blanks_around() -> None:
    assert fitting(f"  {'好' * 10}\n", 10, "reason") == "好" * 10


def test_refuses_what_is_too_long() -> None:
    with pytest.raises(InvalidInput) as refused:
        fitting("好" * 11, 10, "reason")
    assert (refused.value.code, refused.value.field) == ("too_long", "reason")
