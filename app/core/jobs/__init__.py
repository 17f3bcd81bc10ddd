"""Background work as stored rows: the row is the truth, a wake-up only makes somebody look sooner.

A job is taken by a guarded UPDATE, so two workers never run one at the same time; the number of the attempt is the
fence: whoever lost a job to another worker can no longer report or finish it.
"""

from app.core.jobs.asking import (
    JobHandler,
    JobInterrupted,
    JobLost,
    conclude,
    enqueue,
    get_job,
    handles,
    report,
    resume_running,
    retry,
    stop_running,
)
from app.core.jobs.models import Job, JobState
from app.core.jobs.running import MAX_ATTEMPTS, RETRY_PAUSE, STALE_AFTER, run_job, run_pending

__all__ = [
    "MAX_ATTEMPTS",
    "RETRY_PAUSE",
    "STALE_AFTER",
    "Job",
    "JobHandler",
    "JobInterrupted",
    "JobLost",
    "JobState",
    "conclude",
    "enqueue",
    "get_job",
    "handles",
    "report",
    "resume_running",
    "retry",
    "run_job",
    "run_pending",
    "stop_running",
]
