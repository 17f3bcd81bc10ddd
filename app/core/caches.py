"""What a process keeps between requests, each value for one state of the data and never longer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class StampedCache(Generic[Value]):
    """Keeps a value per key with the stamp of the data (core.versions) it was computed from."""

    def __init__(self, most: int = 128) -> None:
        self._most = most
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
        """Keep a value; the least recently used one makes room."""
        with self._lock:
            self._kept[key] = (stamp, value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

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
