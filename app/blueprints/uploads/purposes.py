"""What large files are uploaded for: an area says here who may bring how large a file, before any of it travels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.errors import NotFound
from app.core.file_types import suffix_of
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor


@dataclass(frozen=True, slots=True)
class Allowance:
    """The largest file in bytes, and the suffixes that are taken."""

    largest: int
    suffixes: tuple[str, ...]

    def takes(self, name: str) -> bool:
        return suffix_of(name) in self.suffixes


Gate = Callable[[int, Actor], Allowance]
_gates: dict[str, Gate] = {}


def accepts(kind: str) -> Callable[[Gate], Gate]:
    """Mark the function that is asked for uploads of purpose ``<kind>:<id>``; it raises NotFound or Forbidden."""

    def mark(gate: Gate) -> Gate:
        _gates[kind] = gate
        return gate

    return mark


def allowance(purpose: str, actor: Actor) -> Allowance:
    """What the actor may upload for a purpose."""
    kind, _colon, number = purpose.partition(":")
    gate = _gates.get(kind)
    if gate is None or not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise NotFound(_("There is nothing here to upload a file for."))
    return gate(int(number), actor)
