"""Several officers act at the same moment: real threads, each with a context and a session of its own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

from flask import Flask

from app.core import clock
from app.core.db import atomic
from app.core.errors import DomainError
from tests.conftest import TODAY


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """Do every act in one moment, each in a transaction of its own; says "done" or the code of the refusal, sorted."""
    start, outcomes = Barrier(len(acts)), list[str]()

    def run(act: Callable[[], object]) -> None:
        with app.app_context(), clock.frozen(TODAY):
            start.wait()
            try:
                with atomic():
                    act()
            except DomainError as error:
                outcomes.append(error.code)
            else:
                outcomes.append("done")

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)
