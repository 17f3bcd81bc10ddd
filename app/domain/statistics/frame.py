"""The question a figure answers: which subtree, on which day, since when, under which dated rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Subquery, select
from sqlalchemy.orm import Session

from app.domain.certificates.models import CredentialKindRule
from app.domain.certificates.rules import CountsAs
from app.domain.statistics.expressions import places, valid_on
from app.domain.statistics.policies import Policies, read_policies


@dataclass(frozen=True)
class Frame:
    """What every source is asked for. ``path``: the subtree, as it hung on the day; ``without``: parts left out."""

    as_of: date
    since: date
    path: str
    policies: Policies
    kinds: Mapping[CountsAs, tuple[int, ...]]
    without: tuple[str, ...] = ()

    def here(self) -> Subquery:
        """The units of the subtree: unit_id, name, stage, parent_id, path on the day."""
        return places(self.as_of, self.path, without=self.without)

    def anywhere(self) -> Subquery:
        return places(self.as_of)


def read_frame(
    session: Session, *, as_of: date, since: date, path: str, without: tuple[str, ...] = ()
) -> Frame:
    """The frame with the policies and the nationally recognised kinds in force on the day."""
    return Frame(
        as_of=as_of,
        since=since,
        path=path,
        policies=read_policies(session, as_of),
        kinds=_recognised_kinds(session, as_of),
        without=without,
    )


def _recognised_kinds(session: Session, day: date) -> dict[CountsAs, tuple[int, ...]]:
    rules = session.execute(
        select(
            CredentialKindRule.kind_id,
            CredentialKindRule.counts_as,
            CredentialKindRule.nationally_recognised,
        )
        .where(valid_on(CredentialKindRule, day))
        .order_by(CredentialKindRule.valid_from.is_(None).desc(), CredentialKindRule.valid_from)
    )
    latest = {kind_id: (counts_as, recognised) for kind_id, counts_as, recognised in rules}
    return {
        column: tuple(
            sorted(
                kind_id
                for kind_id, (counts_as, recognised) in latest.items()
                if recognised and counts_as is column
            )
        )
        for column in CountsAs
    }
