"""Jobs are taken once, survive their workers, and say how they ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.core import clock, jobs, wakeups
from app.core.db import atomic, db
from app.core.errors import DomainError
from app.core.jobs import Job, JobState, asking
from app.core.turns import Busy
from app.domain.units.models import Unit
from tests import factories


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[jobs.JobHandler], None]]:
    """Set what jobs of kind ``test`` do."""
    monkeypatch.setattr(asking, "_handlers", {})
    yield lambda function: asking._handlers.update(test=function)
    jobs.resume_running()


def enqueue(**arguments: Any) -> int:
    with atomic():
        return jobs.enqueue("test", arguments, created_by=7, total=3).id


def read(job_id: int) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True)


def _enqueue_and_fail() -> None:
    with atomic():
        jobs.enqueue("test", {})
        raise RuntimeError


def test_does_a_job_with_its_arguments(session: Session, handler: Any) -> None:
    seen: list[dict[str, Any]] = []
    handler(lambda job: seen.append(job.arguments))
    job_id = enqueue(batch=5)
    assert jobs.run_pending() == 1
    job = read(job_id)
    assert (job.state, job.attempts, job.created_by, seen) == (JobState.DONE, 1, 7, [{"batch": 5}])


def test_leaves_nothing_of_a_job_whose_act_failed(session: Session, handler: Any) -> None:
    handler(lambda job: None)
    with pytest.raises(RuntimeError):
        _enqueue_and_fail()
    assert jobs.run_pending() == 0


def test_fails_with_the_message_of_a_refusal(session: Session, handler: Any) -> None:
    def refuse(job: Job) -> None:
        raise DomainError("the workbook is empty", "empty")

    handler(refuse)
    job_id = enqueue()
    jobs.run_pending()
    job = read(job_id)
    assert (job.state, job.error) == (JobState.FAILED, "the workbook is empty")


def test_rolls_back_what_a_failed_job_had_written(session: Session, handler: Any) -> None:
    def break_halfway(job: Job) -> None:
        with atomic():
            factories.get_unit(factories.LUFENG).name = "改过"
            raise DomainError("no", "no")

    handler(break_halfway)
    enqueue()
    jobs.run_pending()
    assert factories.get_unit(factories.LUFENG).name == "禄丰市"
    session.rollback()


def test_tries_again_after_an_unexpected_error_and_then_gives_up(
    session: Session, handler: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(job: Job) -> None:
        personal = "李老师 530998198503040070"
        raise ValueError(personal)

    handler(explode)
    job_id = enqueue()
    start = clock.now()
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        with clock.frozen(start + attempt * jobs.RETRY_PAUSE):
            assert jobs.run_pending() == 1
        job = read(job_id)
        assert job.attempts == attempt
    assert job.state is JobState.FAILED
    assert "ValueError" in (job.error or "")
    assert "李老师" not in caplog.text
    assert "李老师" not in (job.error or "")


def test_tries_again_when_others_were_writing(session: Session, handler: Any) -> None:
    """Being busy passes; nothing about the work itself was refused."""
    tries = iter([Busy, None])

    def wait(job: Job) -> None:
        if refusal := next(tries):
            raise refusal

    handler(wait)
    job_id = enqueue()
    assert jobs.run_pending() == 1
    assert read(job_id).state is JobState.QUEUED
    with clock.frozen(clock.now() + jobs.RETRY_PAUSE):
        assert jobs.run_pending() == 1
    assert read(job_id).state is JobState.DONE


def test_rests_after_an_unexpected_error(session: Session, handler: Any) -> None:
    handler(lambda job: 1 / 0)
    enqueue()
    assert jobs.run_pending() == 1
    assert jobs.run_pending() == 0


def test_fails_a_kind_nobody_knows(session: Session, handler: Any) -> None:
    job_id = enqueue()
    jobs.run_pending()
    assert read(job_id).state is JobState.FAILED


def test_takes_over_from_a_worker_that_fell_silent(session: Session, handler: Any) -> None:
    handler(lambda job: None)
    job_id = enqueue()
    with atomic():
        db.session.execute(
            update(Job).values(
                state=JobState.RUNNING,
                attempts=1,
                heartbeat_at=clock.now() - jobs.STALE_AFTER - timedelta(seconds=1),
            )
        )
    assert jobs.run_pending() == 1
    job = read(job_id)
    assert (job.state, job.attempts) == (JobState.DONE, 2)


def test_leaves_a_job_whose_worker_lives(session: Session, handler: Any) -> None:
    handler(lambda job: None)
    enqueue()
    with atomic():
        db.session.execute(update(Job).values(state=JobState.RUNNING, heartbeat_at=clock.now()))
    assert jobs.run_pending() == 0


def test_gives_up_a_job_that_brought_down_its_workers(session: Session, handler: Any) -> None:
    handler(lambda job: None)
    job_id = enqueue()
    with atomic():
        db.session.execute(
            update(Job).values(
                state=JobState.RUNNING,
                attempts=jobs.MAX_ATTEMPTS,
                heartbeat_at=clock.now() - jobs.STALE_AFTER,
            )
        )
    assert jobs.run_pending() == 0
    job = read(job_id)
    assert job.state is JobState.FAILED
    assert "3" in (job.error or "")


def test_lands_nothing_of_a_job_that_was_taken_over(session: Session, handler: Any) -> None:
    def slow(job: Job) -> None:
        with atomic():
            db.session.execute(update(Job).values(attempts=Job.attempts + 1))
        with atomic():
            db.session.get_one(Unit, factories.get_unit(factories.LUFENG).id).name = "改过"
            stale = Job(id=job.id, attempts=1)
            jobs.conclude(stale)

    handler(slow)
    job_id = enqueue()
    jobs.run_pending()
    assert factories.get_unit(factories.LUFENG).name == "禄丰市"
    assert read(job_id).state is JobState.RUNNING


def test_concludes_in_the_transaction_of_the_result(session: Session, handler: Any) -> None:
    states: list[JobState] = []

    def work(job: Job) -> None:
        with atomic():
            jobs.conclude(job)
        states.append(read(job.id).state)

    handler(work)
    job_id = enqueue()
    jobs.run_pending()
    assert states == [JobState.DONE]
    assert read(job_id).finished_at == clock.now()


def test_shows_progress_while_the_work_goes_on(session: Session, handler: Any) -> None:
    seen: list[tuple[int, int]] = []

    def work(job: Job) -> None:
        job_id = job.id
        jobs.report(job_id, 2, 3)
        again = read(job_id)
        seen.append((again.done, again.total))

    handler(work)
    enqueue()
    jobs.run_pending()
    assert seen == [(2, 3)]


def test_reports_inside_a_transaction_without_disturbing_it(session: Session, handler: Any) -> None:
    def work(job: Job) -> None:
        job_id = job.id
        with atomic():
            factories.get_unit(factories.LUFENG).name = "改过"
            db.session.flush()
            jobs.report(job_id, 1, 3)
            db.session.get_one(Job, job_id)

    handler(work)
    job_id = enqueue()
    jobs.run_pending()
    assert read(job_id).state is JobState.DONE
    assert factories.get_unit(factories.LUFENG).name == "改过"
    session.rollback()


def test_returns_a_job_when_the_worker_stops(session: Session, handler: Any) -> None:
    def work(job: Job) -> None:
        jobs.stop_running()
        with atomic():
            factories.get_unit(factories.LUFENG).name = "改过"
            jobs.report(job.id, 1, 3)

    handler(work)
    job_id = enqueue()
    jobs.run_pending()
    job = read(job_id)
    assert (job.state, job.attempts, job.error) == (JobState.QUEUED, 0, None)
    assert factories.get_unit(factories.LUFENG).name == "禄丰市"
    session.rollback()


def test_queues_only_a_failed_job_again(session: Session, handler: Any) -> None:
    job_id = enqueue()
    with atomic():
        assert not jobs.retry(job_id)
    jobs.run_pending()
    with atomic():
        assert jobs.retry(job_id)
    job = read(job_id)
    assert (job.state, job.attempts, job.error) == (JobState.QUEUED, 0, None)


def test_two_workers_never_run_one_job_twice(app: Flask, handler: Any) -> None:
    ran: list[int] = []
    handler(lambda job: ran.append(job.id))
    with app.app_context():
        wanted = sorted(enqueue(number=number) for number in range(12))
    start = Barrier(2)

    def worker() -> None:
        with app.app_context():
            start.wait()
            jobs.run_pending(limit=12)

    threads = [Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == wanted


def test_wakes_the_worker_only_when_the_act_landed(
    session: Session, handler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(wakeups, "wake", woken.append)
    with pytest.raises(RuntimeError):
        _enqueue_and_fail()
    assert woken == []
    with atomic():
        jobs.enqueue("test", {})
        assert woken == []
    assert woken == ["jobs"]
