"""Lists are cut by keys: each item once, in order, whatever comes and goes meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.paging import cut_slice, decode_cursor, encode_cursor, read_slice
from app.core.errors import InvalidInput
from app.domain.units.models import Unit
from tests import factories


def names(session: Session, limit: int) -> list[list[str]]:
    """The pages of all units by name."""
    pages: list[list[str]] = []
    cursor: str | None = None
    while True:
        part = read_slice(
            select(Unit.name), [Unit.name_key, Unit.id], {"limit": limit, "cursor": cursor}
        )
        pages.append([row.name for row in part.items])
        cursor = part.next_cursor
        if cursor is None:
            session.rollback()
            return pages


def test_gives_each_item_once_in_order(session: Session) -> None:
    whole = names(session, 200)
    assert len(whole) == 1
    for limit in (1, 3, 7):
        pages = names(session, limit)
        assert [name for page in pages for name in page] == whole[0]
        assert all(len(page) == limit for page in pages[:-1])


def test_goes_on_at_the_same_place_when_rows_are_added_before_it(session: Session) -> None:
    first = read_slice(select(Unit.code), [Unit.code, Unit.id], {"limit": 3, "cursor": None})
    following = {"limit": 1, "cursor": first.next_cursor}
    expected = read_slice(select(Unit.code), [Unit.code, Unit.id], following).items[0].code
    session.rollback()
    factories.make_school(code="1")
    assert read_slice(select(Unit.code), [Unit.code, Unit.id], following).items[0].code == expected
    session.rollback()


def test_ends_where_the_last_page_is_full(session: Session) -> None:
    total = len(names(session, 200)[0])
    part = read_slice(select(Unit.id), [Unit.id], {"limit": total, "cursor": None})
    assert part.next_cursor is None
    session.rollback()


def test_cuts_a_list_in_memory() -> None:
    first = cut_slice("abcde", {"limit": 2, "cursor": None})
    second = cut_slice("abcde", {"limit": 3, "cursor": first.next_cursor})
    assert (list(first.items), list(second.items)) == (["a", "b"], ["c", "d", "e"])
    assert second.next_cursor is None


@pytest.mark.parametrize(
    ("values", "types"),
    [
        ([3], [int]),
        (["李梅 · a", 7], [str, int]),
        ([date(2023, 8, 17)], [date]),
        ([datetime(2023, 8, 17, 2, 0, 0, 5, tzinfo=UTC), 1], [datetime, int]),
    ],
)
def test_reads_the_cursors_it_made(values: list[Any], types: list[type]) -> None:
    assert decode_cursor(encode_cursor(values), types) == values


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!",
        "李",
        encode_cursor([1, 2]),
        encode_cursor(["1"]),
        encode_cursor([True]),
        encode_cursor([None]),
        encode_cursor([-1]),
        encode_cursor([2**63]),
        "W" * 400,
    ],
)
def test_refuses_a_cursor_it_did_not_make(cursor: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        decode_cursor(cursor, [int])
    assert refusal.value.code == "invalid_cursor"


def test_refuses_a_cursor_with_text_no_database_keeps() -> None:
    with pytest.raises(InvalidInput):
        decode_cursor(encode_cursor(["a\0"]), [str])
