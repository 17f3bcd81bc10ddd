"""Who comes while somebody is being served is served together with the others who came, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from app.core.combining import MOST, Combiner, _Line, _Place
from app.core.turns import Busy


class Counter:
    """Doubles numbers, in batches it remembers; the first batch waits until it may go on."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.go_on = Event(), Event()
        self.combiner = Combiner[int, int](self._carry_out)

    def _carry_out(self, wishes: Sequence[int]) -> list[int | None]:
        self.batches.append(list(wishes))
        self.begun.set()
        self.go_on.wait(timeout=10)
        if 99 in wishes:
            raise Busy
        if 13 in wishes:
            raise ValueError("an unlucky number")
        return [None if wish < 0 else wish * 2 for wish in wishes]

    def waiting(self, key: str) -> int:
        return self.combiner._lines[key].people


def rush(counter: Counter, wishes: Sequence[int]) -> list[int | None]:
    """The first wish is being carried out while the others come, one after another."""
    with ThreadPoolExecutor(len(wishes)) as threads:
        answers: list[Future[int | None]] = [threads.submit(counter.combiner.join, "x", wishes[0])]
        counter.begun.wait(timeout=10)
        for place, wish in enumerate(wishes[1:], start=2):
            answers.append(threads.submit(counter.combiner.join, "x", wish))
            while counter.waiting("x") < place:
                pass
        counter.go_on.set()
        return [answer.result(timeout=10) for answer in answers]


def test_carries_out_together_what_came_meanwhile() -> None:
    counter = Counter()
    assert rush(counter, [1, 2, 3, 4]) == [2, 4, 6, 8]
    assert counter.batches == [[1], [2, 3, 4]]


def test_leaves_to_itself_only_what_cannot_be_done_with_others() -> None:
    assert rush(Counter(), [1, 2, -3, 4]) == [2, 4, None, 8]


def test_lets_nobody_of_a_round_that_waited_too_long_wait_again() -> None:
    counter = Counter()
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(counter.combiner.join, "x", 1)
        counter.begun.wait(timeout=10)
        others = []
        for place, wish in enumerate((99, 3), start=2):
            others.append(threads.submit(counter.combiner.join, "x", wish))
            while counter.waiting("x") < place:
                pass
        counter.go_on.set()
        assert first.result(timeout=10) == 2
        for other in others:
            with pytest.raises(Busy):
                other.result(timeout=10)
    assert counter.batches == [[1], [99, 3]]


def test_tells_that_a_batch_failed_but_not_what_was_in_it(caplog: pytest.LogCaptureFixture) -> None:
    rush(Counter(), [1, 2, 13, 4])
    assert "3 wishes are carried out one by one: ValueError" in caplog.text
    assert "unlucky" not in caplog.text


def test_who_leads_goes_on_until_their_own_wish_is_settled() -> None:
    """Turns are not given out in the order of the line: the last one may have to lead those before it first."""
    counter = Counter()
    counter.go_on.set()
    line = counter.combiner._lines.setdefault("x", _Line[int, int]())
    line.places += [_Place[int, int](wish) for wish in range(MOST)]
    assert counter.combiner.join("x", 500) == 1000
    assert [len(batch) for batch in counter.batches] == [MOST, 1]


def test_leaves_everybody_to_themselves_when_the_batch_fails() -> None:
    counter = Counter()
    assert rush(counter, [1, 2, 13, 4]) == [2, None, None, None]
    assert counter.combiner.join("x", 5) == 10


def test_takes_no_more_at_once_than_fit() -> None:
    counter = Counter()
    assert rush(counter, range(100, 105 + MOST)) == [2 * wish for wish in range(100, 105 + MOST)]
    assert [len(batch) for batch in counter.batches] == [1, MOST, 4]


def test_keeps_apart_what_has_another_key() -> None:
    counter = Counter()
    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(counter.combiner.join, "x", 1)
        counter.begun.wait(timeout=10)
        other = threads.submit(counter.combiner.join, "y", 2)
        while len(counter.batches) < 2:
            pass
        counter.go_on.set()
        assert (one.result(timeout=10), other.result(timeout=10)) == (2, 4)
    assert counter.batches == [[1], [2]]


def test_forgets_a_line_that_nobody_stands_in() -> None:
    counter = Counter()
    rush(counter, [1, 2])
    with pytest.raises(KeyError):
        counter.waiting("x")
