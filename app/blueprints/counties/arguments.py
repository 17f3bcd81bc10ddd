"""What the address of a ledger page says: unit, part, day, period, compared day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _

from app.access.guards import current_actor
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.statistics.rules import default_since, read_day
from app.domain.statistics.scope import MalformedAddress, View, read_view
from app.domain.units.queries import find_unit_by_text
from app.domain.units.rules import is_code

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class Asked:
    """The ledger that is asked for. ``since_given`` is None while 1 January of the year is meant."""

    view: View
    as_of: date
    since_given: date | None
    compare: date | None

    @property
    def since(self) -> date:
        return self.since_given or default_since(self.as_of)

    def query(self, **changes: object) -> str:
        """The query string of this ledger, with changes; None leaves something out."""
        values: dict[str, object] = {
            "unit": self.view.code,
            "part": self.view.part,
            "as_of": self.as_of,
            "since": self.since_given,
            **changes,
        }
        return urlencode({name: str(value) for name, value in values.items() if value is not None})


def read_asked() -> Asked:
    """Raises MalformedAddress (400) or Forbidden (403)."""
    actor = current_actor()
    as_of = read_date("as_of") or clock.today()
    view = read_view(actor, _read_code(actor), request.args.get("part") or None)
    return Asked(view, as_of, read_date("since"), read_date("compare"))


def read_date(name: str) -> date | None:
    """A day of the query; None when left empty."""
    text = request.args.get(name, "").strip()
    if not text:
        return None
    day = read_day(text)
    if day is None:
        raise MalformedAddress(
            _("“%(text)s” is not a day. Write it as 2023-08-17.", text=text), "malformed_date"
        )
    return day


def read_choice(name: str, kind: type[Choice]) -> Choice | None:
    """A value of an enum in the query; None when left empty."""
    text = request.args.get(name, "")
    if not text:
        return None
    return _choose(kind, text)


def _choose(kind: Callable[[str], Choice], text: str) -> Choice:
    try:
        return kind(text)
    except ValueError as error:
        raise MalformedAddress(
            _("“%(text)s” is nothing this page knows.", text=text), "malformed_choice"
        ) from error


def read_page() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 100_000):
        raise MalformedAddress(_("“%(text)s” is no number of a page.", text=text), "malformed_page")
    return int(text)


def _read_code(actor: Actor) -> str | None:
    """A code as it is; "532301 楚雄市" as the picker writes it; a name within the own units."""
    text = request.args.get("unit", "").strip()
    if not text:
        return None
    head = text.split(maxsplit=1)[0]
    if is_code(head):
        return head
    unit = None if text.isascii() else find_unit_by_text(text[:120], scope=actor.unit_path)
    return unit.code if unit is not None else text[:40]
