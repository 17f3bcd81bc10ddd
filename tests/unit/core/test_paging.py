"""Lists that are handed out as a whole, or not at all."""

from __future__ import annotations

import pytest

from app.core.errors import DomainError
from app.core.paging import Page, refuse_part


def test_a_list_that_a_file_holds_is_handed_out() -> None:
    refuse_part(Page([1, 2], number=1, size=2, total=2))


def test_a_list_longer_than_a_file_is_refused_with_both_figures() -> None:
    with pytest.raises(DomainError) as refused:
        refuse_part(Page([1, 2], number=1, size=2, total=3))
    assert refused.value.code == "too_many_rows"
    assert "3" in str(refused.value.message)
    assert "2" in str(refused.value.message)
