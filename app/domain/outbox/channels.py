"""What carries a notice outside: mail today; SMS or WeCom by registering another channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One notice on its way: to which address, in which language; ``secret`` is for this carrier only.

    ``key`` is the same for every attempt: a carrier that can tells the receiver, who may then drop a double.
    """

    key: str
    address: str
    kind: str
    parameters: dict[str, Any]
    language: str
    link: str | None
    secret: str | None


class CannotSend(Exception):
    """Not sent. ``for_good``: trying again is useless. ``reason`` names no address and no secret."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_good = for_good


class Channel(Protocol):
    """A way outside, known by the name that deliveries carry (at most 20 characters)."""

    name: str

    def send(self, outgoing: Outgoing) -> None:
        """Send it, or raise CannotSend. Slow work is welcome here: no transaction is open."""


_channels: dict[str, Channel] = {}


def register_channel(channel: Channel) -> None:
    """Make a channel known, in place of one of the same name."""
    _channels[channel.name] = channel


def find_channel(name: str) -> Channel | None:
    return _channels.get(name)
