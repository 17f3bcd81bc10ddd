"""`flask serve`: the web server and the background worker of one machine, supervised together."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

import click

ROOT = Path(__file__).resolve().parent.parent.parent
TICK = 0.2
START_SECONDS = 60
STOP_SECONDS = 15
LONGEST_PAUSE = 30.0
HEALTHY_SECONDS = 60


def die_with_parent() -> None:
    """Ask Linux to stop this process when the supervisor is killed; elsewhere do nothing."""
    set_parent_death_signal = 1
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


class Child:
    """A process that is started again when it ends, each time after a longer pause."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.pause = 1.0
        self.started_at = 0.0
        self.start_again_at: float | None = None
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self.started_at = time.monotonic()
        self.start_again_at = None
        return subprocess.Popen(
            self.command, cwd=ROOT, env=self.environment, preexec_fn=die_with_parent
        )

    def exit_code(self) -> int | None:
        return self.process.poll()

    def revive(self) -> None:
        """Start again if ended and the pause is over."""
        code = self.exit_code()
        if code is None:
            return
        now = time.monotonic()
        if self.start_again_at is None:
            if now - self.started_at > HEALTHY_SECONDS:
                self.pause = 1.0
            self.start_again_at = now + self.pause
            click.echo(
                f"The {self.name} ended (code {code}); it starts again in {self.pause:.0f} s.",
                err=True,
            )
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        elif now >= self.start_again_at:
            self.process = self._start()

    def terminate(self) -> None:
        if self.exit_code() is None:
            self.process.terminate()

    def wait_until(self, deadline: float) -> None:
        """Wait for the end; what outstays the deadline is killed."""
        try:
            self.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            click.echo(f"The {self.name} did not stop in time and was killed.", err=True)
            self.process.kill()
            self.process.wait()


def address_of(host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{port}"


def refuse_a_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"cannot listen on {address_of(host, port)}: {error.strerror}."
                " Choose another port: make run PORT=8001, or flask serve --port 8001"
            ) from error


def answers(host: str, port: int) -> bool:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    try:
        socket.create_connection((reachable, port), timeout=1).close()
    except OSError:
        return False
    return True


def supervise(web: Child, worker: Child, announce: Callable[[], bool]) -> int:
    """Keep both alive until a signal or the end of the web server; return the exit code."""
    stopped_by: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped_by.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    announced = False
    give_up_at = time.monotonic() + START_SECONDS
    while not stopped_by and web.exit_code() is None:
        worker.revive()
        if not announced:
            announced = announce() or time.monotonic() > give_up_at
        time.sleep(TICK)
    for child in (web, worker):
        child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in (web, worker):
        child.wait_until(deadline)
    return 0 if stopped_by else (web.exit_code() or 1)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the pages and run the background worker until Ctrl-C or SIGTERM.

    XINYU_WORKERS and XINYU_THREADS set the number of processes and of threads in each.
    """
    refuse_a_taken_port(host, port)
    address = f"http://{address_of(host, port)}"
    environment = {**os.environ}
    environment.setdefault("XINYU_BASE_URL", address)
    environment.pop("FLASK_RUN_FROM_CLI", None)
    bind = address_of(host, port)
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--bind", bind]
    flask_worker = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    web = Child("web server", gunicorn, environment)
    worker = Child("background worker", flask_worker, environment)

    def announce() -> bool:
        if not answers(host, port):
            return False
        click.echo(f"\nXinyu is at {address}   (Ctrl-C stops it)")
        return True

    code = supervise(web, worker, announce)
    click.echo("Stopped.")
    if code:
        raise SystemExit(code)
