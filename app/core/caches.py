"""What a process keeps between requests, each value for one state of the data and never longer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class StampedCache(Generic[Value]):
    """Keeps a value per key with the stamp of the data (core.versions) it was computed from.

    At most ``most`` values, and together no more than ``heaviest`` where they are weighed.
    """

    def __init__(
        self,
        most: int = 128,
        *,
        heaviest: int = 0,
        weigh: Callable[[Value], int] = lambda _value: 0,
    ) -> None:
        self._most = most
        self._heaviest = heaviest
        self._weigh = weigh
        self._weight = 0
        self._kept: OrderedDict[Hashable, tuple[str, Value]] = OrderedDict()
        self._lock = Lock()
        self._computing: dict[Hashable, tuple[Lock, int]] = {}

    def find(self, key: Hashable) -> tuple[str, Value] | None:
        """The stamp and the value last kept under a key; the caller compares the stamp."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: Hashable, stamp: str, value: Value) -> None:
        """Keep a value; the least recently used ones make room. One that is too heavy alone is not kept."""
        weight = self._weigh(value)
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self._weight -= self._weigh(before[1])
            if weight > self._heaviest:
                return
            self._kept[key] = (stamp, value)
            self._weight += weight
            while len(self._kept) > self._most or self._weight > self._heaviest:
                _key, (_stamp, gone) = self._kept.popitem(last=False)
                self._weight -= self._weigh(gone)

    @contextmanager
    def alone(self, key: Hashable) -> Iterator[None]:
        """Hold while the value of a key is computed: whoever comes meanwhile waits, and then should look again.

        Without it every thread computes what all of them miss, each slower for the others.
        """
        with self._lock:
            turn, users = self._computing.get(key, (None, 0))
            turn = turn or Lock()
            self._computing[key] = (turn, users + 1)
        try:
            with turn:
                yield
        finally:
            with self._lock:
                _turn, users = self._computing.pop(key)
                if users > 1:
                    self._computing[key] = (turn, users - 1)
