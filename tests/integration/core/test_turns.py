"""Writers stand in line before the embedded database: in turn, across threads and processes, and never for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from flask import Flask

from app.core import turns
from app.core.db import atomic, db
from app.core.turns import Busy, Line

# Takes the turn, says so, and keeps it until its input ends.
HOLDER = """
import sys
from pathlib import Path
from app.core.turns import Line
with Line(Path(sys.argv[1])).turn():
    print("mine", flush=True)
    sys.stdin.read()
"""
COUNTER = """
import sys
from pathlib import Path
from app.core.turns import Line
line, counter = Line(Path(sys.argv[1])), Path(sys.argv[2])
for _ in range(200):
    with line.turn():
        counter.write_text(str(int(counter.read_text()) + 1))
"""
ROOT = Path(__file__).resolve().parent.parent.parent.parent


def start(program: str, *arguments: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


@contextmanager
def held_elsewhere(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process has the turn while the block runs, unless it is ended before."""
    process = start(HOLDER, database)
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "mine\n"
    try:
        yield process
    finally:
        process.stdin.close()
        process.wait(timeout=20)
        process.stdout.close()


@contextmanager
def held_by_a_thread(turn: Callable[[], None]) -> Iterator[None]:
    thread = Thread(target=turn)
    thread.start()
    yield
    thread.join()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.2)


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")
    processes = [start(COUNTER, tmp_path / "x.db", counter) for _ in range(3)]
    for process in processes:
        process.communicate(timeout=60)
    assert counter.read_text() == "600"


def test_one_thread_writes_at_a_time(tmp_path: Path) -> None:
    line, inside, most = Line(tmp_path / "x.db"), [0], [0]

    def write() -> None:
        for _ in range(200):
            with line.turn():
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0)
                inside[0] -= 1

    threads = [Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_the_turn_of_a_process_that_dies_is_free(tmp_path: Path) -> None:
    with held_elsewhere(tmp_path / "x.db") as process:
        process.send_signal(signal.SIGKILL)
        with Line(tmp_path / "x.db").turn():
            pass


@pytest.mark.usefixtures("impatient")
def test_refuses_after_a_while_when_another_process_keeps_writing(tmp_path: Path) -> None:
    line = Line(tmp_path / "x.db")
    with held_elsewhere(tmp_path / "x.db"):
        for _ in range(2):  # the refusal gives the place among the threads back
            with pytest.raises(Busy), line.turn():
                pass
    with line.turn():
        pass


@pytest.mark.usefixtures("impatient")
def test_refuses_after_a_while_when_another_thread_keeps_writing(tmp_path: Path) -> None:
    line, taken, leave = Line(tmp_path / "x.db"), Event(), Event()

    def hold() -> None:
        with line.turn():
            taken.set()
            leave.wait()

    with held_by_a_thread(hold):
        taken.wait()
        with pytest.raises(Busy), line.turn():
            pass
        leave.set()


def test_writes_without_a_line_where_its_file_cannot_be_opened(tmp_path: Path) -> None:
    """It may belong to somebody else, or the disk know no such locks: BEGIN IMMEDIATE guards the data all the same."""
    (tmp_path / "x.db-queue").mkdir()
    line = Line(tmp_path / "x.db")
    for _ in range(2):
        with line.turn():
            pass


def test_a_forked_process_stands_in_line_for_itself(tmp_path: Path) -> None:
    line = Line(tmp_path / "x.db")
    with line.turn():
        child = os.fork()
        if child == 0:  # would go on at once if it shared its parent's turn
            with line.turn():
                os._exit(0)
        time.sleep(0.1)
        assert os.waitpid(child, os.WNOHANG) == (0, 0)
    assert os.waitpid(child, 0) == (child, 0)


def test_a_turn_is_given_back_when_the_act_fails(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(RuntimeError), atomic():
            raise RuntimeError("the act fails")
        with atomic(), atomic() as joined:
            assert joined is db.session()


@pytest.mark.usefixtures("impatient")
def test_an_act_is_refused_while_a_thread_keeps_writing(app: Flask) -> None:
    taken, leave = Event(), Event()

    def hold() -> None:
        with app.app_context(), atomic():
            taken.set()
            leave.wait()

    with held_by_a_thread(hold), app.app_context():
        taken.wait()
        if db.engine.dialect.name == "sqlite":
            with pytest.raises(Busy), atomic():
                pass
        else:
            with atomic():
                pass
        leave.set()


def test_an_act_is_refused_while_somebody_outside_the_line_writes(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            return
        outside = db.engine.raw_connection()
        outside.execute("BEGIN IMMEDIATE")  # type: ignore[attr-defined]
        db.session.connection().exec_driver_sql("PRAGMA busy_timeout=100")
        with pytest.raises(Busy), atomic():
            pass
        outside.rollback()
        outside.close()
        db.engine.dispose()
        with atomic():
            pass
