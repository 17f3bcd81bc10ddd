"""Several officers act at the same moment: real threads, each with a context and a session of its own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Event, Thread

from flask import Flask
from sqlalchemy import text

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError
from tests.conftest import TODAY


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """Do every act in one moment, each in a transaction of its own; says "done" or the code of the refusal, sorted."""
    start, outcomes = Barrier(len(acts)), list[str]()

    threads = [Thread(target=_outcome, args=(app, act, outcomes, start.wait)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def in_the_midst(
    app: Flask, first: Callable[[Callable[[], None]], object], second: Callable[[], object]
) -> list[str]:
    """``second`` begins while ``first`` is in its transaction: where ``first`` calls what it is given, it holds its
    locks until the other waits for one of them. Says of both, in the order in which they ended, "done", the code of the
    refusal or the name of the failure.

    On SQLite one writes after the other.
    """
    with app.app_context():
        parallel = db.engine.dialect.name == "postgresql"
    holding, outcomes = Event(), list[str]()

    def midway() -> None:
        holding.set()
        if parallel:
            _await_a_waiting_one()

    threads = [
        Thread(target=_outcome, args=(app, lambda: first(midway), outcomes)),
        Thread(target=_outcome, args=(app, second, outcomes, holding.wait)),
    ]
    for thread in threads:
        thread.start()
        if not parallel:
            thread.join()
    for thread in threads:
        thread.join()
    return outcomes


def _outcome(
    app: Flask,
    act: Callable[[], object],
    outcomes: list[str],
    ready: Callable[[], object] = lambda: None,
) -> None:
    """Once it is ready, do the act in a transaction of its own and note what became of it."""
    with app.app_context(), clock.frozen(TODAY):
        ready()
        try:
            with atomic():
                act()
        except DomainError as error:
            outcomes.append(error.code)
        except Exception as error:
            outcomes.append(type(error).__name__)
        else:
            outcomes.append("done")


def _await_a_waiting_one() -> None:
    """Until some transaction of this database waits for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
        for _look in range(2_000):
            if other.scalar(waiting):
                return
            Event().wait(0.005)
    raise TimeoutError("nobody waits for a lock")
