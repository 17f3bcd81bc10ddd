"""What a process keeps: bounded, stamped, and computed by one thread at a time."""

from __future__ import annotations

import threading
import time

from app.core.caches import StampedCache


def test_finds_the_last_value_with_its_stamp() -> None:
    cache = StampedCache[int]()
    assert cache.find("a") is None
    cache.keep("a", "one", 1)
    cache.keep("a", "two", 2)
    assert cache.find("a") == ("two", 2)


def test_the_least_recently_used_makes_room() -> None:
    cache = StampedCache[int](2)
    for key in "ab":
        cache.keep(key, "s", 1)
    cache.find("a")
    cache.keep("c", "s", 1)
    assert [cache.find(key) is not None for key in "abc"] == [True, False, True]


def test_heavy_values_make_more_room() -> None:
    cache = StampedCache[str](10, heaviest=6, weigh=len)
    for key in "abc":
        cache.keep(key, "s", "xx")
    cache.keep("a", "t", "xxxx")  # in the place of what it weighed before
    assert [cache.find(key) is not None for key in "abc"] == [True, False, True]
    cache.keep("d", "s", "x" * 7)
    assert cache.find("d") is None
    assert cache.find("a") == ("t", "xxxx")


def test_one_computes_while_the_others_wait() -> None:
    cache = StampedCache[int]()
    computed: list[int] = []

    def read() -> None:
        with cache.alone("key"):
            if cache.find("key") is None:
                time.sleep(0.02)
                computed.append(1)
                cache.keep("key", "s", 1)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert computed == [1]


def test_who_computes_another_key_does_not_wait() -> None:
    cache = StampedCache[int]()
    with cache.alone("one"):
        done = threading.Thread(target=lambda: cache.alone("two").__enter__())
        done.start()
        done.join(timeout=5)
        assert not done.is_alive()


def test_a_failed_computation_lets_the_next_one_try() -> None:
    cache = StampedCache[int]()
    for _ in range(2):
        try:
            with cache.alone("key"):
                raise ValueError
        except ValueError:
            pass
