"""Waking the worker after a commit. A wake-up may be lost: rows are the truth, and the worker also looks by itself.

A web process puts the name of a topic (``jobs``, ``outbox``) into huey's queue; the worker's consumer takes it out
and calls who listens to it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.core.db import db

if TYPE_CHECKING:
    from huey import Huey

JOBS = "jobs"
OUTBOX = "outbox"
_PENDING = "wake_after_commit"

_log = logging.getLogger(__name__)
_listeners: dict[str, Callable[[], None]] = {}
_make_queue: Callable[[], Huey] | None = None
_queue: Huey | None = None
_send: Callable[[str], object] | None = None
_lock = Lock()


def configure(instance: Path | None, redis_url: str | None = None) -> None:
    """Where wake-ups go: Redis if there is an address, else a file under ``instance``; None switches them off."""
    global _make_queue, _queue
    _queue = None
    _make_queue = None if instance is None else partial(_make, instance / "queue.db", redis_url)


def _make(file: Path, redis_url: str | None) -> Huey:
    # It brings the drivers of Redis and PostgreSQL, 30 MB, which a command that wakes nobody should not load.
    from huey import RedisHuey, SqliteHuey

    if redis_url:
        return RedisHuey("xinyu", url=redis_url, results=False)
    return SqliteHuey("xinyu", filename=str(file), results=False)


def queue() -> Huey | None:
    """The queue of this process, made on first use (a connection must not be inherited by a fork)."""
    global _queue, _send
    if _queue is None and _make_queue is not None:
        with _lock:
            if _queue is None:
                made = _make_queue()
                _send = made.task(name="wake")(_hear)
                _queue = made
    return _queue


def listen(topic: str, function: Callable[[], None]) -> None:
    """Say what the worker does when it is woken for a topic."""
    _listeners[topic] = function


def _hear(topic: str) -> None:
    listener = _listeners.get(topic)
    if listener is not None:
        listener()


def wake(topic: str) -> None:
    """Wake the worker now. Never fails: what is not heard is found by the worker's own round."""
    try:
        if queue() is not None and _send is not None:
            _send(topic)
    except Exception as error:  # whatever the queue's storage raises, the act has already landed
        _log.warning("could not wake the worker for %s: %s", topic, type(error).__name__)


def wake_after_commit(topic: str) -> None:
    """Wake the worker once the running transaction has landed; not at all if it does not."""
    db.session().info.setdefault(_PENDING, set()).add(topic)


def install_wake_events(session_class: type[Session]) -> None:
    """Send the wake-ups of a session when it commits, drop them when it rolls back."""

    @event.listens_for(session_class, "after_commit")
    def _after_commit(session: Session) -> None:
        for topic in sorted(session.info.pop(_PENDING, ())):
            wake(topic)

    @event.listens_for(session_class, "after_rollback")
    def _after_rollback(session: Session) -> None:
        session.info.pop(_PENDING, None)
