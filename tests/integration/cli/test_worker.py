"""The background worker as a real process: finds work by itself, is woken, stops when told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.config import PROJECT_ROOT
from app.core import jobs, wakeups
from app.core.db import atomic, db
from app.core.jobs import Job, JobState
from app.domain.accounts.rules import system_actor
from app.domain.audit.models import AuditSeal
from app.domain.audit.operations import record
from app.domain.outbox.models import Delivery, DeliveryState, Notice
from app.domain.outbox.operations import notify
from tests.databases import TEST_FIELD_KEY, TEST_SECRET

PATIENCE = 60


@contextmanager
def running_worker(app: Flask, instance: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {
        **os.environ,
        "XINYU_INSTANCE": str(instance),
        "XINYU_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "XINYU_SECRET_KEY": TEST_SECRET,
        "XINYU_FIELD_KEY": TEST_FIELD_KEY,
        "XINYU_ENV": "single",
        "XINYU_MAIL_URL": "",
        "XINYU_REDIS_URL": "",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
        cwd=PROJECT_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert "running" in process.stdout.readline()
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_until(app: Flask, over: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    with app.app_context():
        while not over():
            assert time.monotonic() < deadline, "the worker did not do it in time"
            db.session.rollback()
            time.sleep(0.1)
        db.session.rollback()


@pytest.mark.slow
def test_works_by_itself_and_stops_when_told(app: Flask, tmp_path: Path) -> None:
    with app.app_context(), atomic():
        record(system_actor("test"), "audit.export")
        notice_id = notify(1, "password_changed", email="li@example.org")
        job = jobs.enqueue("nobody.does_this", {})
        db.session.flush()
        delivery_id = db.session.get_one(Notice, notice_id).deliveries[0].id
        job_id = job.id

    def done() -> bool:
        delivery = db.session.get_one(Delivery, delivery_id)
        job = db.session.get_one(Job, job_id)
        sealed = db.session.scalar(select(func.count()).select_from(AuditSeal))
        return (delivery.state, job.state, sealed) == (DeliveryState.SENT, JobState.FAILED, 1)

    with running_worker(app, tmp_path) as process:
        wait_until(app, done)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    [mail] = (tmp_path / "mail").glob("*.eml")
    assert "To: li@example.org" in mail.read_text()
    assert (tmp_path / "audit-heads.txt").exists()


@pytest.mark.slow
def test_hears_a_wake_up(tmp_path: Path) -> None:
    wakeups.configure(tmp_path)
    heard: list[str] = []
    try:
        wakeups.listen("test", lambda: heard.append("test"))
        wakeups.wake("test")
        queue = wakeups.queue()
        assert queue is not None
        task = queue.dequeue()
        assert task is not None
        queue.execute(task)
    finally:
        wakeups.configure(None)
        wakeups._listeners.pop("test", None)
    assert heard == ["test"]


def test_a_lost_wake_up_does_not_fail_the_act(tmp_path: Path) -> None:
    wakeups.configure(tmp_path / "missing" / "folder")
    try:
        wakeups.wake(wakeups.JOBS)
    finally:
        wakeups.configure(None)
