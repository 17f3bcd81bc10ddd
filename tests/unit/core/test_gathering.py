"""Who wishes while others are being served is served together with whoever else came, in whichever process."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import pytest

from app.core import gathering
from app.core.gathering import MOST, Gatherer

ROOT = Path(__file__).resolve().parent.parent.parent.parent
# Leads, says so once it has been asked, and answers in another voice than the tests; b"wait" is never answered.
LEADER = """
import sys, time
from pathlib import Path
from app.core.gathering import Gatherer
def carry_out(wishes):
    if b"wait" in wishes:
        print("waiting", flush=True)
        time.sleep(60)
    return [b"elsewhere " + wish for wish in wishes]
print(Gatherer(Path(sys.argv[1]), carry_out).ask(b"own").decode(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def address() -> Iterator[Path]:
    """A short one: the path of a socket may have a hundred characters."""
    with TemporaryDirectory(prefix="xinyu-") as folder:
        yield Path(folder) / "wishes"


class Server:
    """Answers in capitals, in batches it remembers; each waits until it may go on."""

    def __init__(self, address: Path) -> None:
        self.batches: list[list[bytes]] = []
        self.begun, self.go_on = Event(), Event()
        self.gatherer = Gatherer(address, self._carry_out)

    def _carry_out(self, wishes: Sequence[bytes]) -> list[bytes]:
        self.batches.append(list(wishes))
        self.begun.set()
        self.go_on.wait(timeout=10)
        if b"unlucky" in wishes:
            raise ValueError("what the wish was")
        return [wish.upper() for wish in wishes]


def rush(server: Server, wishes: Sequence[bytes]) -> list[bytes | None]:
    """The first wish is being carried out while the others come."""
    with ThreadPoolExecutor(len(wishes)) as threads:
        answers: list[Future[bytes | None]] = [threads.submit(server.gatherer.ask, wishes[0])]
        server.begun.wait(timeout=10)
        answers += [threads.submit(server.gatherer.ask, wish) for wish in wishes[1:]]
        time.sleep(0.3)
        server.go_on.set()
        return [answer.result(timeout=10) for answer in answers]


def test_carries_out_together_what_came_meanwhile(address: Path) -> None:
    server = Server(address)
    assert rush(server, [b"a", b"b", b"c", b"d"]) == [b"A", b"B", b"C", b"D"]
    assert [sorted(batch) for batch in server.batches] == [[b"a"], [b"b", b"c", b"d"]]


def test_takes_no_more_at_once_than_fit(address: Path) -> None:
    server = Server(address)
    wishes = [f"w{number}".encode() for number in range(MOST + 5)]
    assert rush(server, wishes) == [wish.upper() for wish in wishes]
    assert [len(batch) for batch in server.batches] == [1, MOST, 4]


def test_a_thread_is_served_again_and_again(address: Path) -> None:
    server = Server(address)
    server.go_on.set()
    assert [server.gatherer.ask(wish) for wish in (b"a", b"b")] == [b"A", b"B"]


def test_gives_no_answer_when_a_batch_fails_and_says_so_without_what_was_in_it(
    address: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = Server(address)
    assert rush(server, [b"a", b"unlucky", b"c"]) == [b"A", None, None]
    assert "2 wishes were not carried out: ValueError" in caplog.text
    assert "what the wish was" not in caplog.text
    assert server.gatherer.ask(b"d") == b"D"


def test_only_its_own_account_may_reach_it(address: Path) -> None:
    server = Server(address)
    server.go_on.set()
    server.gatherer.ask(b"a")
    assert address.stat().st_mode & 0o777 == 0o600


def test_gives_no_answer_where_no_socket_can_be_opened_and_complains_once(
    address: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for place in (address.parent / "no-folder" / "x", address.with_name("x" * 150)):
        gatherer = Gatherer(place, lambda wishes: wishes)
        caplog.clear()
        assert [gatherer.ask(b"a"), gatherer.ask(b"a")] == [None, None]
        assert len(caplog.records) == 1


def start(address: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", LEADER, str(address)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "elsewhere own\n"
    return process


@pytest.fixture
def leader(address: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that leads already."""
    process = start(address)
    yield process
    process.kill()
    process.communicate()


def server_of(address: Path) -> Server:
    server = Server(address)
    server.go_on.set()
    return server


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_asks_the_process_that_leads(leader: subprocess.Popen[str], address: Path) -> None:
    server = server_of(address)
    assert server.gatherer.ask(b"a") == b"elsewhere a"
    assert server.batches == []


def test_leads_when_who_led_has_died(leader: subprocess.Popen[str], address: Path) -> None:
    server = server_of(address)
    assert server.gatherer.ask(b"a") == b"elsewhere a"
    leader.send_signal(signal.SIGKILL)
    leader.wait(timeout=10)
    assert server.gatherer.ask(b"b") == b"B"


def test_gives_no_answer_when_who_leads_dies_over_it(
    leader: subprocess.Popen[str], address: Path
) -> None:
    server = server_of(address)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(server.gatherer.ask, b"wait")
        assert leader.stdout is not None
        assert leader.stdout.readline() == "waiting\n"
        leader.send_signal(signal.SIGKILL)
        assert asked.result(timeout=10) is None
    assert server.gatherer.ask(b"b") == b"B"


def test_does_not_carry_out_a_wish_that_nobody_waits_for_any_more(
    address: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(address)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(server.gatherer.ask, b"a")
        server.begun.wait(timeout=10)
        monkeypatch.setattr(gathering, "PATIENCE", 0.1)
        assert threads.submit(server.gatherer.ask, b"too late").result(timeout=10) is None
        server.go_on.set()
        assert first.result(timeout=10) == b"A"
        assert threads.submit(server.gatherer.ask, b"c").result(timeout=10) == b"C"
    assert server.batches == [[b"a"], [b"c"]]


def test_a_forked_process_asks_for_itself(address: Path) -> None:
    server = server_of(address)
    assert server.gatherer.ask(b"a") == b"A"
    child = os.fork()
    if child == 0:  # its parent leads, and answers it on a connection of its own
        os._exit(0 if server.gatherer.ask(b"b") == b"B" else 1)
    assert os.waitpid(child, 0)[1] == 0
    until(lambda: server.batches == [[b"a"], [b"b"]])
    assert server.gatherer.ask(b"c") == b"C"
