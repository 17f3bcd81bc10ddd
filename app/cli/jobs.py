"""`flask jobs`: background work from the command line."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.cli import load_everything
from app.core import clock, jobs
from app.core.db import atomic
from app.core.jobs import JobState
from app.core.jobs.queries import list_jobs
from app.domain.accounts.rules import system_actor
from app.domain.audit.operations import record

group = AppGroup("jobs", help="Look at background work and start it again.")


@group.command("list")
@click.option("--state", type=click.Choice([state.value for state in JobState]), help="Only these.")
def list_command(state: str | None) -> None:
    """Print the newest jobs, one a line: number, kind, state, progress, when it was asked for, message."""
    page = list_jobs(JobState(state) if state else None, size=50)
    for job in page.items:
        asked = clock.local(job.created_at).strftime("%Y-%m-%d %H:%M")
        parts = [job.id, job.kind, job.state.value, f"{job.done}/{job.total}", asked]
        click.echo("\t".join(str(part) for part in [*parts, job.error or ""]))
    click.echo(f"{len(page.items)} of {page.total} jobs.")


@group.command("retry")
@click.argument("job_id", type=int)
def retry_command(job_id: int) -> None:
    """Queue a failed job once more."""
    with atomic():
        if not jobs.retry(job_id):
            raise click.ClickException(f"there is no failed job {job_id}")
        record(system_actor("cli"), "jobs.retry", object_type="job", object_id=job_id)
    click.echo(f"Job {job_id} is queued again.")


@group.command("run")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1))
def run_command(limit: int) -> None:
    """Do waiting jobs here and now, without a worker."""
    load_everything()
    click.echo(f"{jobs.run_pending(limit)} jobs done.")
