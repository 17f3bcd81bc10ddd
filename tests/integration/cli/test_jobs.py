"""`jobs list`, `jobs retry`, `jobs run`."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import jobs
from app.core.db import atomic, db
from app.core.jobs import Job, JobState
from app.domain.audit.models import AuditEntry


@pytest.fixture
def job_id(app: Flask) -> int:
    """A job of a kind that nobody knows, so that running it fails."""
    with app.app_context(), atomic():
        return jobs.enqueue("nobody.does_this", {}, total=3).id


def test_runs_lists_and_queues_again(app: Flask, job_id: int) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["jobs", "run"]).output == "1 jobs done.\n"
    listed = runner.invoke(args=["jobs", "list", "--state", "failed"]).output
    assert f"{job_id}\tnobody.does_this\tfailed\t0/3\t2023-08-17 10:00\t" in listed
    assert listed.endswith("1 of 1 jobs.\n")
    assert runner.invoke(args=["jobs", "retry", str(job_id)]).exit_code == 0
    with app.app_context():
        assert db.session.get_one(Job, job_id).state is JobState.QUEUED
        assert db.session.scalar(select(AuditEntry.action)) == "jobs.retry"


def test_refuses_to_queue_a_job_that_has_not_failed(app: Flask, job_id: int) -> None:
    result = app.test_cli_runner().invoke(args=["jobs", "retry", str(job_id)])
    assert result.exit_code == 1
    assert f"there is no failed job {job_id}" in result.output
