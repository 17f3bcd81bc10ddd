"""Take waiting jobs and do them."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, or_, select, update

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.core.i18n import speaking
from app.core.jobs.asking import (
    JobInterrupted,
    JobLost,
    change_running,
    handler_for,
    is_stopping,
    write_aside,
)
from app.core.jobs.models import Job, JobState
from app.core.turns import Busy

MAX_ATTEMPTS = 3
STALE_AFTER = timedelta(seconds=90)
RETRY_PAUSE = timedelta(seconds=10)
HEARTBEAT_SECONDS = 10.0

_log = logging.getLogger(__name__)


@contextmanager
def _heartbeat(engine: Engine, job_id: int, attempt: int) -> Iterator[None]:
    over = Event()

    def beat() -> None:
        mine = and_(Job.id == job_id, Job.attempts == attempt)
        while not over.wait(HEARTBEAT_SECONDS):
            write_aside(engine, mine, heartbeat_at=clock.now())

    thread = Thread(target=beat, name=f"heartbeat-{job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _waiting(now: datetime) -> ColumnElement[bool]:
    """Queued and not resting after a failure, or running under a worker that fell silent."""
    rested = or_(Job.heartbeat_at.is_(None), Job.heartbeat_at <= now - RETRY_PAUSE)
    silent = and_(Job.state == JobState.RUNNING, Job.heartbeat_at <= now - STALE_AFTER)
    return or_(and_(Job.state == JobState.QUEUED, rested), silent)


def _take(job_id: int) -> bool:
    """Make the job ours, unless it is taken, over, or has brought down too many workers."""
    now = clock.now()
    with atomic() as session:
        worn_out = session.execute(
            update(Job)
            .where(Job.id == job_id, _waiting(now), Job.attempts >= MAX_ATTEMPTS)
            .values(state=JobState.FAILED, error=_too_often(job_id), finished_at=now)
        )
        if worn_out.rowcount:  # type: ignore[attr-defined]
            return False
        taken = session.execute(
            update(Job)
            .where(Job.id == job_id, _waiting(now))
            .values(
                state=JobState.RUNNING,
                attempts=Job.attempts + 1,
                started_at=now,
                heartbeat_at=now,
                done=0,
            )
        )
        return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def _too_often(job_id: int) -> str:
    spoken = db.session.scalar(select(Job.language).where(Job.id == job_id)) or "zh_CN"
    with speaking(spoken):
        message: str = _(
            "The work was broken off %(number)s times and is not tried again by itself."
            " Ask an administrator to look at it.",
            number=MAX_ATTEMPTS,
        )
    return message


def run_job(job_id: int) -> bool:
    """Take one job and do it; False when there was nothing to take. Needs an application context.

    Done, failed with the message of a DomainError, or queued again after an unexpected error and when others were
    writing for too long (at most MAX_ATTEMPTS times, then failed).
    """
    if not _take(job_id):
        return False
    job = db.session.get_one(Job, job_id, populate_existing=True)
    kind, attempt = job.kind, job.attempts
    with speaking(job.language):
        ending = _do(job, kind)
        if ending is not None:
            with atomic():
                change_running(job_id, attempt, **_values_of(ending, attempt))
    return True


Ending = tuple[JobState, str | None]


def _do(job: Job, kind: str) -> Ending | None:
    """Run the handler; how it ended, None when there is nothing left to write."""
    job_id, attempt = job.id, job.attempts
    handler = handler_for(kind)
    if handler is None:
        return JobState.FAILED, _("This version of the system does not know work of this kind.")
    try:
        with _heartbeat(db.engine, job_id, attempt):
            handler(job)
    except JobInterrupted:
        return JobState.QUEUED, None
    except JobLost:
        _log.warning("job %s (%s) was taken over by another worker", job_id, kind)
        return None
    except Busy as passing:
        return _once_more(attempt), str(passing.message)
    except DomainError as refusal:
        return JobState.FAILED, str(refusal.message)
    except Exception as error:
        # Without the message: it may quote rows. The places in the code say enough.
        places = "".join(traceback.format_tb(error.__traceback__))
        _log.error("job %s (%s) broke: %s\n%s", job_id, kind, type(error).__name__, places)
        return _once_more(attempt), _(
            "An unexpected error stopped the work (%(name)s).", name=type(error).__name__
        )
    finally:
        db.session.rollback()
    return JobState.DONE, None


def _once_more(attempt: int) -> JobState:
    return JobState.FAILED if attempt >= MAX_ATTEMPTS else JobState.QUEUED


def _values_of(ending: Ending, attempt: int) -> dict[str, Any]:
    state, error = ending
    now = clock.now()
    values: dict[str, Any] = {"state": state, "error": error}
    if state is not JobState.QUEUED:
        return {**values, "finished_at": now}
    if error is None:
        return {**values, "attempts": attempt - 1, "heartbeat_at": None}
    return {**values, "heartbeat_at": now}


def run_pending(limit: int = 10) -> int:
    """Do waiting jobs, the oldest first, until ``limit`` have run or none waits; how many ran."""
    ran = 0
    while ran < limit and not is_stopping():
        waiting = db.session.scalars(
            select(Job.id).where(_waiting(clock.now())).order_by(Job.id).limit(limit - ran)
        ).all()
        db.session.rollback()
        started = sum(run_job(job_id) for job_id in waiting)
        if not started:
            break
        ran += started
    return ran
