"""Pages of a list: the same shape for HTML pages and the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.core.errors import DomainError
from app.core.i18n import gettext as _

Item = TypeVar("Item")
PAGE_SIZE = 25


@dataclass(frozen=True)
class Page(Generic[Item]):
    """``items`` of page ``number`` (from 1) out of ``total`` in pages of ``size``."""

    items: Sequence[Item]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.pages

    @property
    def first_row(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last_row(self) -> int:
        return min(self.number * self.size, self.total)


def refuse_part(page: Page[Item]) -> None:
    """Before all rows of a list are handed out: raises ``too_many_rows`` instead of leaving the last ones away."""
    if page.has_next:
        raise DomainError(
            _(
                "The list has %(total)s rows, a file takes %(most)s. "
                "Narrow the list by its filters, and take it in parts.",
                total=page.total,
                most=page.size,
            ),
            "too_many_rows",
        )
