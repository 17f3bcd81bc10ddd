"""`flask worker`: does background jobs, sends mail, seals the audit record. Safe to run several."""

from __future__ import annotations

import gc
import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import click
from flask import Flask, current_app
from huey.consumer import Consumer

from app.cli import load_everything
from app.core import clock, jobs, resumable, wakeups
from app.core.db import db
from app.core.idempotency import forget_old_keys
from app.domain.audit.heads import keep_head
from app.domain.audit.sealing import has_unsealed, read_head, seal_pending
from app.domain.certificates.operations.reminding import remind_of_expiry
from app.domain.courses.operations.grading_attempts import close_overdue_attempts
from app.domain.courses.operations.looking_after import look_after_courses
from app.domain.courses.operations.media import forget_unused_media
from app.domain.outbox.delivering import deliver_due
from app.domain.placements.operations.reminding import remind_of_placements
from app.domain.workshops.operations.looking_after import look_after_workshops

# The supervisor of `flask serve` waits 15 seconds before it kills.
STOP_SECONDS = 10
LONGEST_NAP = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Round:
    """Something looked after by itself every few seconds, whether somebody was woken or not."""

    name: str
    seconds: float
    act: Callable[[], object]


def seal() -> None:
    if has_unsealed():
        seal_pending()


def tidy() -> None:
    """Once an hour: seal what a late commit left behind, keep the head outside the database, drop what is left over."""
    seal_pending(thorough=True)
    keep_head(Path(current_app.instance_path), read_head(), clock.now())
    forget_old_keys()
    resumable.forget_abandoned(clock.now())
    forget_unused_media(clock.now())


ROUNDS = (
    Round("seal the audit record", 3, seal),
    Round("send mail", 5, deliver_due),
    Round("look for jobs", 5, jobs.run_pending),
    Round("close quizzes whose time is over", 15, close_overdue_attempts),
    Round("look after workshops", 60, look_after_workshops),
    Round("look after assigned courses", 300, look_after_courses),
    Round("remind of placements", 300, remind_of_placements),
    Round("remind of certificates that expire", 1800, remind_of_expiry),
    Round("tidy", 3600, tidy),
)


def go_round(app: Flask, task: Round, stop: Event) -> None:
    """Do it again and again until told to stop; an error is told (without its values) and the next round comes."""
    while not stop.is_set():
        started = time.monotonic()
        act_in_context(app, task.name, task.act)
        stop.wait(max(0.2, task.seconds - (time.monotonic() - started)))


def act_in_context(app: Flask, name: str, act: Callable[[], object]) -> None:
    with app.app_context():
        try:
            act()
        except Exception as error:
            places = "".join(traceback.format_tb(error.__traceback__)[-3:])
            _log.error("could not %s: %s\n%s", name, type(error).__name__, places)
        finally:
            db.session.rollback()


class StoppableConsumer(Consumer):
    """On SIGTERM running jobs are asked to return to the queue before the threads are waited for."""

    def stop(self, graceful: bool = False) -> None:
        jobs.stop_running()
        super().stop(graceful)


@click.command("worker")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 16))
def worker(threads: int) -> None:
    """Do background work until SIGTERM or Ctrl-C. A job that cannot finish in time goes back to the queue."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    queue = wakeups.queue()
    if queue is None:
        raise click.ClickException("wake-ups are switched off in this environment")
    gc.disable()  # what is loaded here stays for good, as in wsgi
    load_everything()
    gc.freeze()
    gc.enable()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    wakeups.listen(wakeups.JOBS, lambda: act_in_context(app, "do jobs", jobs.run_pending))
    wakeups.listen(wakeups.OUTBOX, lambda: act_in_context(app, "send mail", deliver_due))
    stop = Event()
    rounds = [
        Thread(target=go_round, args=(app, task, stop), name=task.name, daemon=True)
        for task in ROUNDS
    ]
    for thread in rounds:
        thread.start()
    consumer = StoppableConsumer(
        queue,
        workers=threads,
        periodic=False,
        max_delay=LONGEST_NAP,
        scheduler_interval=60,
        shutdown_timeout=STOP_SECONDS,
        graceful_signal="TERM",
    )
    click.echo("The background worker is running.")
    consumer.run()
    stop.set()
    jobs.stop_running()
    deadline = time.monotonic() + STOP_SECONDS
    for thread in rounds:
        thread.join(max(0.1, deadline - time.monotonic()))
    click.echo("The background worker has stopped.")
