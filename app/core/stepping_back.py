"""Threads for heavy work that nobody waits for: they use the cores that pages leave idle."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

_NICENESS = 10


@contextmanager
def background_threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """So many threads while the block runs; under Linux each steps back for processes that serve somebody.

    Worth it for work that lets Python go on meanwhile (typst, hashing, encryption). They have no application context.
    """
    with ThreadPoolExecutor(count, "background", _step_back) as threads:
        yield threads


def _step_back() -> None:
    if sys.platform == "linux":  # elsewhere it would be the whole process, and for ever
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
