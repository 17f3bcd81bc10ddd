"""What a process keeps between requests, each value for one version of the data and never longer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakSet

Value = TypeVar("Value")
_caches: WeakSet[VersionedCache[object]] = WeakSet()


class VersionedCache(Generic[Value]):
    """Keeps a value per key, together with the version of the data (core.versions) it was computed from."""

    def __init__(self, most: int = 128) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[int, Value]] = OrderedDict()
        self._lock = Lock()
        _caches.add(self)  # type: ignore[arg-type]

    def find(self, key: Hashable) -> tuple[int, Value] | None:
        """The version and the value last kept under a key; the caller compares the version."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: Hashable, version: int, value: Value) -> None:
        """Keep a value; the least recently used one makes room."""
        with self._lock:
            self._kept[key] = (version, value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


def clear_all() -> None:
    """Forget everything: another database has taken the place of this one (a restore, a test)."""
    for cache in list(_caches):
        cache.clear()
