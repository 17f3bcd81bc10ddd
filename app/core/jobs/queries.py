"""Look at jobs."""

from __future__ import annotations

from sqlalchemy import func, select

from app.core.db import db
from app.core.jobs.models import Job, JobState
from app.core.paging import PAGE_SIZE, Page


def list_jobs(state: JobState | None = None, *, page: int = 1, size: int = PAGE_SIZE) -> Page[Job]:
    """Jobs in one state or all, the newest first."""
    count, rows = select(func.count()).select_from(Job), select(Job)
    if state is not None:
        count, rows = count.where(Job.state == state), rows.where(Job.state == state)
    total = db.session.scalar(count) or 0
    ordered = rows.order_by(Job.id.desc()).limit(size).offset((page - 1) * size)
    return Page(db.session.scalars(ordered).all(), page, size, total)


def count_jobs() -> dict[JobState, int]:
    """How many jobs are in each state."""
    rows = db.session.execute(select(Job.state, func.count()).group_by(Job.state))
    return {row.state: int(row[1]) for row in rows}
