"""Ask for work, and say how far it is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event
from typing import Any

from sqlalchemy import ColumnElement, Engine, text, update
from sqlalchemy.exc import OperationalError

from app.core import clock, wakeups
from app.core.db import db, in_atomic
from app.core.i18n import language
from app.core.jobs.models import Job, JobState

_log = logging.getLogger(__name__)


class JobInterrupted(Exception):
    """The worker is stopping: the job goes back to the queue and loses no attempt."""


class JobLost(Exception):
    """Another worker has taken the job over (this one was silent for too long); nothing of ours may land."""


JobHandler = Callable[[Job], None]
_handlers: dict[str, JobHandler] = {}
_stopping = Event()


def handles(kind: str) -> Callable[[JobHandler], JobHandler]:
    """Register the function that does jobs of one kind.

    It is called outside any transaction and opens its own with ``atomic()``. To fail with a message for people
    it raises DomainError. A job may run again after a crash: call ``conclude(job)`` inside the transaction that
    applies the result, then it lands exactly once.
    """

    def register(function: JobHandler) -> JobHandler:
        _handlers[kind] = function
        return function

    return register


def enqueue(
    kind: str, arguments: dict[str, Any], *, created_by: int | None = None, total: int = 0
) -> Job:
    """Ask for work, in the caller's transaction; the worker is woken when that lands.

    ``arguments`` hold ids and options that JSON can carry, never personal values. The job remembers the
    reader's language for its messages.
    """
    job = Job(
        kind=kind,
        arguments=arguments,
        created_by=created_by,
        total=total,
        language=language(),
        created_at=clock.now(),
    )
    db.session.add(job)
    db.session.flush()
    wakeups.wake_after_commit(wakeups.JOBS)
    return job


def get_job(job_id: int) -> Job | None:
    return db.session.get(Job, job_id, populate_existing=True)


def retry(job_id: int) -> bool:
    """Queue a failed job once more, in the caller's transaction; False unless it has failed."""
    changed = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.FAILED)
        .values(
            state=JobState.QUEUED,
            attempts=0,
            error=None,
            heartbeat_at=None,
            finished_at=None,
            done=0,
        )
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    wakeups.wake_after_commit(wakeups.JOBS)
    return True


def stop_running() -> None:
    """The worker is stopping: the next ``report`` of each running job sends it back to the queue."""
    _stopping.set()


def resume_running() -> None:
    """Take ``stop_running`` back (tests)."""
    _stopping.clear()


def report(job_id: int, done: int, total: int) -> None:
    """Say how far the work is, at once visible to others; the caller's transaction stays as it is.

    Costs a short transaction on a connection of its own: call it every second or so, not for every row. It is
    left out when the database is busy (on SQLite always inside ``atomic()``, which holds the only write lock).
    Raises JobInterrupted, also inside ``atomic()``, when the worker is stopping.
    """
    if _stopping.is_set():
        raise JobInterrupted
    engine = db.engine
    if in_atomic() and engine.dialect.name == "sqlite":
        return
    write_aside(engine, Job.id == job_id, done=done, total=total, heartbeat_at=clock.now())


def conclude(job: Job) -> None:
    """Mark the job done inside the transaction that applies its result, so that both land or neither.

    Raises JobLost if another worker has taken it over. Nothing may be reported afterwards.
    """
    if not change_running(
        job.id, job.attempts, state=JobState.DONE, error=None, finished_at=clock.now()
    ):
        raise JobLost


def write_aside(engine: Engine, condition: ColumnElement[bool], **values: Any) -> None:
    statement = update(Job).where(condition, Job.state == JobState.RUNNING).values(**values)
    try:
        with engine.connect() as plain:
            connection = plain.execution_options(xinyu_write=True)
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.execute(text("SET LOCAL lock_timeout = '1s'"))
                connection.execute(statement)
    except OperationalError:
        _log.info("progress of a job was not written: the database is busy")


def change_running(job_id: int, attempt: int, **values: Any) -> bool:
    """Change a running job while the attempt is still the current one."""
    changed = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.attempts == attempt, Job.state == JobState.RUNNING)
        .values(**values)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def is_stopping() -> bool:
    return _stopping.is_set()


def handler_for(kind: str) -> JobHandler | None:
    return _handlers.get(kind)
