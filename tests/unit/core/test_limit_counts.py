"""Counts of limits: one for all processes of a machine, exact under load, and never in the way."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from app.core.limit_counts import CLEAN_EVERY, MachineStorage, address_of


@pytest.fixture
def workers(tmp_path: Path) -> list[MachineStorage]:
    """Two storages of one file, as two workers have them."""
    return [MachineStorage(address_of(tmp_path / "limits.db")) for _ in range(2)]


def test_two_workers_count_together(workers: list[MachineStorage]) -> None:
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda turn: workers[turn % 2].incr("a", 60), range(200)))
    assert sorted(counts) == list(range(1, 201))
    assert [worker.get("a") for worker in workers] == [200, 200]


def test_a_window_begins_with_its_first_count_and_ends(workers: list[MachineStorage]) -> None:
    one, other = workers
    assert one.incr("a", 60) == 1
    ends = one.get_expiry("a")
    assert other.incr("a", 999) == 2
    assert other.get_expiry("a") == ends
    assert 55 < ends - time.time() < 61
    one.incr("over", 0)
    assert one.get("over") == 0
    assert one.incr("over", 60) == 1


def test_forgets_one_count_or_all(workers: list[MachineStorage]) -> None:
    one, other = workers
    for key in ("a", "b"):
        one.incr(key, 60)
    one.clear("a")
    assert (other.get("a"), other.get("b")) == (0, 1)
    assert other.reset() == 1
    assert one.get("b") == 0


def test_what_is_over_is_thrown_away(workers: list[MachineStorage]) -> None:
    for turn in range(CLEAN_EVERY + 1):
        workers[0].incr(f"place {turn}", 0)
    assert workers[0].reset() == 2  # the row being counted and the one after it


def test_a_broken_file_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "limits.db"
    path.write_bytes(b"half a page of something else" * 200)
    assert MachineStorage(address_of(path)).incr("a", 60) == 1


def test_what_cannot_be_counted_is_let_through(tmp_path: Path) -> None:
    nowhere = MachineStorage(address_of(tmp_path / "no" / "such" / "folder.db"))
    assert (nowhere.incr("a", 60), nowhere.get("a"), nowhere.check()) == (0, 0, False)


def test_is_found_by_its_address(tmp_path: Path) -> None:
    storage = storage_from_string(address_of(tmp_path / "limits.db"))
    assert isinstance(storage, MachineStorage)
    assert storage.check()
    limits = FixedWindowRateLimiter(storage)
    assert [limits.hit(parse("2 per minute"), "me") for _ in range(3)] == [True, True, False]
