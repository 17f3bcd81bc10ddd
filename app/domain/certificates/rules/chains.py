"""What renews what: the credentials of one kind that a person held one after another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chain:
    """``renews``: of each credential that was not dropped, the one that it renews."""

    renews: Mapping[int, int | None]

    def earlier(self, credential_id: int) -> list[int]:
        """This one and those before it, the newest first."""
        found: list[int] = []
        step: int | None = credential_id
        while step is not None and step not in found:
            found.append(step)
            step = self.renews.get(step)
        return found

    def renewal_of(self, credential_id: int) -> int | None:
        """What renews this one."""
        return next((new for new, old in self.renews.items() if old == credential_id), None)

    def family(self, credential_id: int | None, renews_id: int | None) -> list[int]:
        """All of the chain that this one stands in, or would when it renewed ``renews_id``."""
        found = [] if credential_id is None else [credential_id]
        if renews_id is not None:
            found += self.earlier(renews_id)
        step = None if credential_id is None else self.renewal_of(credential_id)
        while step is not None and step not in found:
            found.append(step)
            step = self.renewal_of(step)
        return found
