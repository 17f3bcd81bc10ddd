"""Requests of one process that wait for the same thing are carried out together by the first of them.

Whoever comes joins the line; whoever's turn it is carries out everything that stands in it, in one transaction. So a
rush costs a lock, a commit and a round of statements for many, instead of one each.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from app.core.turns import Busy

Wish = TypeVar("Wish")
Result = TypeVar("Result")
MOST = 50

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Place(Generic[Wish, Result]):
    wish: Wish
    result: Result | None = None
    busy: bool = False
    settled: bool = False


@dataclass(eq=False)
class _Line(Generic[Wish, Result]):
    turn: Lock = field(default_factory=Lock)
    places: list[_Place[Wish, Result]] = field(default_factory=list)
    people: int = 0


class Combiner(Generic[Wish, Result]):
    """``carry_out`` does many wishes at once, in their order; None for one that has to be done by itself."""

    def __init__(self, carry_out: Callable[[Sequence[Wish]], Sequence[Result | None]]) -> None:
        self._carry_out = carry_out
        self._guard = Lock()
        self._lines: dict[Hashable, _Line[Wish, Result]] = {}

    def join(self, key: Hashable, wish: Wish) -> Result | None:
        """Have a wish carried out together with those of the same key; None: nothing was done, do it by yourself.

        Raises ``Busy`` for everybody of a round that waited too long to write: none of them waits again.
        """
        place = _Place[Wish, Result](wish)
        with self._guard:
            line = self._lines.setdefault(key, _Line[Wish, Result]())
            line.people += 1
            line.places.append(place)
        try:
            with line.turn:
                while not place.settled:  # more may stand before it than are taken at once
                    self._lead(line)
        finally:
            with self._guard:
                line.people -= 1
                if not line.people:
                    del self._lines[key]
        if place.busy:
            raise Busy
        return place.result

    def _lead(self, line: _Line[Wish, Result]) -> None:
        with self._guard:
            batch, line.places = line.places[:MOST], line.places[MOST:]
        try:
            results = self._carry_out([place.wish for place in batch])
            for place, result in zip(batch, results, strict=True):
                place.result = result
        except Busy:
            for place in batch:
                place.busy = True
        except Exception as error:  # each does it by itself then, and meets its own refusal
            # Without the message: it may quote rows.
            kind = type(error).__name__
            _log.warning("%s wishes are carried out one by one: %s", len(batch), kind)
        finally:
            for place in batch:
                place.settled = True
