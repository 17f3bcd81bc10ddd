"""The application as users meet it: gunicorn with its own database, and wrk that loads it from this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

ROOT = Path(__file__).resolve().parent.parent.parent
PORT = int(os.environ.get("BENCH_PORT", "8977"))
WRK_SCRIPT = """
done = function(summary, latency, requests)
  io.write(string.format("RESULT %.1f %.2f %.2f %d\\n",
    summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""
_RESULT = re.compile(r"RESULT ([\d.]+) ([\d.]+) ([\d.]+) (\d+)")


@dataclass(frozen=True)
class Load:
    """What a load run measured: requests a second, milliseconds at the 50th and 95th percentile, failures."""

    rate: float
    median: float
    p95: float
    failures: int


def environment(database_url: str, instance: Path) -> dict[str, str]:
    """The settings of one measured server: a database and an instance folder of its own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("XINYU_")}
    return {
        **inherited,
        "XINYU_INSTANCE": str(instance),
        "XINYU_DATABASE_URL": database_url,
        "XINYU_BIND": f"127.0.0.1:{PORT}",
        "XINYU_WORKERS": "2",
    }


def flask(settings: dict[str, str], *arguments: str) -> str:
    """Run one command of the application; returns what it printed."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=settings, check=True, capture_output=True, text=True
    )
    return done.stdout


@contextmanager
def server(settings: dict[str, str], workers: int = 2) -> Iterator[str]:
    """Gunicorn on a port of its own while the block runs; gives its address."""
    address = f"http://127.0.0.1:{PORT}"
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"],
        cwd=ROOT,
        env={**settings, "XINYU_WORKERS": str(workers)},
    )
    try:
        _wait_for(address)
        _wait_until_warm(process.pid)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(address: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError("the server did not start")


def _wait_until_warm(pid: int) -> None:
    """Every worker loads the application by itself: wait until none of them works any more, a minute at most."""
    before = _cpu_ticks(pid)
    for _ in range(60):
        time.sleep(1)
        now = _cpu_ticks(pid)
        if now - before <= 5:
            return
        before = now


def _cpu_ticks(pid: int) -> int:
    """How long a process and its children have worked so far, in hundredths of a second."""
    pids = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        pids += [int(child) for child in children.read_text().split()]
    fields = [Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in pids]
    return sum(int(stat[11]) + int(stat[12]) for stat in fields)


def load(address: str, path: str, cookie: str, *, seconds: int, connections: int = 8) -> Load:
    """Ask for one page over and over, signed in, for some seconds."""
    script = ROOT / "instance" / "wrk.lua"
    script.parent.mkdir(exist_ok=True)
    script.write_text(WRK_SCRIPT)
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script)]
    command += ["-H", f"Cookie: xinyu={cookie}", f"{address}{path}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 30)
    found = _RESULT.search(done.stdout)
    if found is None:
        raise RuntimeError(f"wrk said: {done.stdout}")
    rate, median, p95, failures = found.groups()
    return Load(float(rate), float(median), float(p95), int(failures))


def fetch(address: str, path: str, cookie: str) -> tuple[int, float]:
    """One request: its status and how many milliseconds it took."""
    request = urllib.request.Request(f"{address}{path}", headers={"Cookie": f"xinyu={cookie}"})
    begun = time.perf_counter()
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.read()
        return answer.status, (time.perf_counter() - begun) * 1000
