"""Guesses that miss are counted for each address, and end for a while; whoever guesses nothing is never stopped."""

from __future__ import annotations

import time

from limits import RateLimitItem, parse_many
from werkzeug.exceptions import TooManyRequests

from app.extensions import client_place, limiter


class Guesses:
    """One count of misses for each address, shared by all processes (core.limit_counts, else Redis)."""

    def __init__(self, name: str, limits: str) -> None:
        self._name = name
        self._limits: list[RateLimitItem] = parse_many(limits)

    def stop_if_spent(self) -> None:
        """Before something that can be guessed is looked up. Raises TooManyRequests while too many missed."""
        if limiter.enabled:
            place = client_place()
            for limit in self._limits:
                if not limiter.limiter.test(limit, self._name, place):
                    self._stop(limit, place)

    def miss(self) -> None:
        """Count a guess that found nothing. Raises TooManyRequests instead of telling so when it is one too many."""
        if limiter.enabled:
            place = client_place()
            for limit in self._limits:
                if not limiter.limiter.hit(limit, self._name, place):
                    self._stop(limit, place)

    def _stop(self, limit: RateLimitItem, place: str) -> None:
        ends = limiter.limiter.get_window_stats(limit, self._name, place).reset_time
        raise TooManyRequests(retry_after=max(1, int(ends - time.time()) + 1))


# Codes, names and files that prove a certificate: one count, whether pages or programs ask.
of_certificates = Guesses("verify", "30 per minute; 100 per hour")
