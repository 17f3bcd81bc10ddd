"""How often a limited thing was done from one place, counted once for all processes of a machine.

In memory each worker would count by itself, and a limit would be as many times itself as there are workers. A small
file of SQLite in the instance folder, apart from the database, is exact; it may be deleted at any time.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from limits.storage import Storage

Value = TypeVar("Value")
SCHEME = "machine"
CLEAN_EVERY = 500  # counts, of one process
_LOG = logging.getLogger(__name__)
_TABLE = (
    "CREATE TABLE IF NOT EXISTS counts "
    "(name TEXT PRIMARY KEY, count INTEGER NOT NULL, ends REAL NOT NULL) WITHOUT ROWID"
)
_COUNT = (
    "INSERT INTO counts VALUES (:name, :amount, :ends) ON CONFLICT (name) DO UPDATE SET "
    "count = CASE WHEN ends <= :now THEN excluded.count ELSE count + excluded.count END, "
    "ends = CASE WHEN ends <= :now THEN excluded.ends ELSE ends END RETURNING count"
)


def address_of(path: Path) -> str:
    """How Flask-Limiter is told to count in this file."""
    return f"{SCHEME}://{path}"


class MachineStorage(Storage):
    """Counts in a file. What cannot be counted (a full disk) is let through and logged: a limit must break nothing."""

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: float | str | bool):
        super().__init__(uri, wrap_exceptions, **options)
        self._path = Path(uri.removeprefix(f"{SCHEME}://"))
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None
        self._counted = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count something; the window of a count begins with the first."""
        now = time.time()
        values = {"name": key, "amount": amount, "ends": now + expiry, "now": now}

        def count(counts: sqlite3.Connection) -> int:
            self._counted += 1
            if self._counted % CLEAN_EVERY == 0:
                counts.execute("DELETE FROM counts WHERE ends <= ?", (now,))
            found: int = counts.execute(_COUNT, values).fetchall()[0][0]
            return found

        return self._do(count, 0)

    def get(self, key: str) -> int:
        """How much was counted in the window that runs."""
        return self._find(key)[0]

    def get_expiry(self, key: str) -> float:
        """When that window ends; now, where none runs."""
        return self._find(key)[1]

    def check(self) -> bool:
        """Whether the file can be read."""
        return self._do(lambda counts: bool(counts.execute("SELECT 1").fetchall()), False)

    def reset(self) -> int | None:
        """Forget everything."""
        return self._do(lambda counts: counts.execute("DELETE FROM counts").rowcount, 0)

    def clear(self, key: str) -> None:
        """Forget one count."""
        self._do(
            lambda counts: counts.execute("DELETE FROM counts WHERE name = ?", (key,)).rowcount, 0
        )

    def _find(self, key: str) -> tuple[int, float]:
        now = time.time()
        select = "SELECT count, ends FROM counts WHERE name = ? AND ends > ?"
        none: list[tuple[int, float]] = []
        rows = self._do(lambda counts: counts.execute(select, (key, now)).fetchall(), none)
        return rows[0] if rows else (0, now)

    def _do(self, act: Callable[[sqlite3.Connection], Value], otherwise: Value) -> Value:
        with self._lock:
            try:
                try:
                    return act(self._connection())
                except sqlite3.DatabaseError as error:
                    if isinstance(error, sqlite3.OperationalError):
                        raise
                    self._begin_anew()  # a power cut left half a file
                    return act(self._connection())
            except sqlite3.Error:
                _LOG.exception("limits are not counted in %s", self._path)
                self._close()
                return otherwise

    def _connection(self) -> sqlite3.Connection:
        if self._open is None:
            self._open = sqlite3.connect(
                self._path, timeout=2, isolation_level=None, check_same_thread=False
            )
            # Nothing here must survive a power cut, so nothing waits for the disk.
            self._open.execute("PRAGMA synchronous=OFF")
            self._open.execute("PRAGMA journal_mode=WAL")
            self._open.execute(_TABLE)
        return self._open

    def _begin_anew(self) -> None:
        self._close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
