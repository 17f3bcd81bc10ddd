"""Facts as a paper shows them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.core import clock
from app.core.documents.facts import on_paper


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (date(2023, 3, 1), "2023年3月1日"),
        (Decimal("120.0"), "120"),
        (Decimal("100"), "100"),
        (Decimal("7.50"), "7.5"),
        (1.5, "1.5"),
        (32, 32),
        ("一\n二", "一\n二"),
        ("a\x07b\ud800", "ab"),
        ({"days": (date(2023, 3, 1),)}, {"days": ["2023年3月1日"]}),
    ],
)
def test_shows_plain_values(value: Any, shown: Any) -> None:
    assert on_paper(value) == shown


@pytest.mark.parametrize("value", [clock.now(), object()])
def test_refuses_what_has_no_one_way_to_be_shown(value: Any) -> None:
    with pytest.raises(TypeError):
        on_paper(value)
