"""Writers of the embedded database stand in line.

SQLite lets one write at a time, and whoever finds it busy sleeps, up to a tenth of a second, before asking again.
Here the threads of a process hand the turn on to each other at once, and only the first of them asks the other
processes, often. ``BEGIN IMMEDIATE`` stays what guards the data: who does not stand in line is merely slower.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from app.core.errors import DomainError
from app.core.i18n import gettext as _

_log = logging.getLogger(__name__)
PATIENCE = 15.0
# Seconds between two looks at the other processes: short at first, long behind a bulk write.
_NAPS = ((0.2, 0.0005), (2.0, 0.005), (PATIENCE, 0.05))


class Busy(DomainError):
    """Others were writing for longer than anybody wants to wait; nothing was changed."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            _(
                "Others are writing just now, for longer than usual. Nothing was changed; try again."
            ),
            "busy",
        )


class Line:
    """The line before one database file: a lock among threads, and behind it one among processes.

    The lock file beside the database is empty and stays; the kernel frees the lock of a process that dies.
    """

    def __init__(self, database: Path | None) -> None:
        self._file = None if database is None else database.with_name(f"{database.name}-queue")
        self._threads = Lock()
        self._descriptor: int | None = None
        os.register_at_fork(after_in_child=self._begin_anew)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn, at most PATIENCE seconds; raises Busy."""
        until = time.monotonic() + PATIENCE
        if not self._threads.acquire(timeout=PATIENCE):
            raise Busy
        try:
            descriptor = self._open()
            if descriptor is None:
                yield
                return
            _wait(descriptor, until)
            try:
                yield
            finally:
                fcntl.flock(descriptor, fcntl.LOCK_UN)
        finally:
            self._threads.release()

    def _open(self) -> int | None:
        """The lock among processes; None where there is none: in memory, or in a file that belongs to somebody else."""
        if self._descriptor is None and self._file is not None:
            try:
                self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError as error:
                _log.warning("writers of other processes are waited for without a line: %s", error)
                self._file = None
        return self._descriptor

    def _begin_anew(self) -> None:
        """A forked process stands in line for itself: what it inherits belongs to its parent."""
        self._threads = Lock()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _wait(descriptor: int, until: float) -> None:
    begun = time.monotonic()
    while not _is_taken(descriptor):
        now = time.monotonic()
        if now >= until:
            raise Busy
        time.sleep(next(nap for before, nap in _NAPS if now - begun <= before))


def _is_taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
