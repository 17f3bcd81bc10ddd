"""The supervisor of web server and worker, with small processes in their place."""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator

import click
import pytest

from app.cli import serve
from app.cli.serve import Child, refuse_a_taken_port, supervise

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
ENVIRONMENT = dict(os.environ)


@pytest.fixture
def handlers() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def ends_with(code: int) -> list[str]:
    return [sys.executable, "-c", f"raise SystemExit({code})"]


@pytest.mark.usefixtures("handlers")
def test_a_signal_stops_both_and_is_no_failure() -> None:
    web, worker = Child("web", SLEEP, ENVIRONMENT), Child("worker", SLEEP, ENVIRONMENT)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
    assert supervise(web, worker, lambda: True) == 0
    assert web.exit_code() == worker.exit_code() == -signal.SIGTERM


@pytest.mark.usefixtures("handlers")
def test_the_end_of_the_web_server_ends_the_worker_and_is_a_failure() -> None:
    web, worker = Child("web", ends_with(3), ENVIRONMENT), Child("worker", SLEEP, ENVIRONMENT)
    assert supervise(web, worker, lambda: True) == 3
    assert worker.exit_code() == -signal.SIGTERM


def test_a_worker_that_died_starts_again_after_a_pause(
    capsys: pytest.CaptureFixture[str],
) -> None:
    worker = Child("worker", ends_with(1), ENVIRONMENT)
    first = worker.process
    first.wait()
    worker.revive()
    assert worker.process is first
    assert "ended (code 1)" in capsys.readouterr().err
    worker.start_again_at = time.monotonic()
    worker.revive()
    assert worker.process is not first
    assert worker.pause == 2.0
    worker.process.wait()


def test_refuses_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(click.ClickException, match=f"cannot listen on 127.0.0.1:{port}"):
            refuse_a_taken_port("127.0.0.1", port)


def test_an_ipv6_address_is_bracketed() -> None:
    assert serve.address_of("::1", 8000) == "[::1]:8000"
    assert serve.address_of("127.0.0.1", 8000) == "127.0.0.1:8000"
