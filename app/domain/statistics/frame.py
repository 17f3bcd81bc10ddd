"""The question a figure answers: which subtree, on which day, since when, under which dated rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, Subquery, bindparam, select, text
from sqlalchemy.orm import Session

from app.domain.certificates.models import CredentialKindRule
from app.domain.certificates.rules import CountsAs
from app.domain.statistics.expressions import all_places, place_parameters, places, valid_on
from app.domain.statistics.policies import Policies, read_policies
from app.domain.statistics.rules import cycle_start, default_since

YEAR_START = bindparam("year_start", type_=Date)
HOURS_FROM = bindparam("hours_from", type_=Date)


@dataclass(frozen=True)
class Rules:
    """The dated rules in force: what the statements of the sources depend on apart from bound values."""

    policies: Policies
    kinds: Mapping[CountsAs, tuple[int, ...]]
    without: int = 0

    @property
    def here(self) -> Subquery:
        """The units of the subtree: unit_id, name, stage, parent_id, path on the day. Once in a statement."""
        return places(without=self.without)

    def anywhere(self) -> FromClause:
        """All units in the same columns; as often as a statement likes."""
        return all_places().alias()

    @cached_property
    def key(self) -> str:
        """Equal for rules that make the same statements."""
        return repr((self.policies, sorted(self.kinds.items()), self.without))

    def cycles(self) -> list[tuple[Mapping[str, Any], ColumnElement[date]]]:
        """The cycles of hours in force, each with the bound first day of the one around the day."""
        settings = self.policies.by_name.get("hours_cycle", ())
        return [
            (setting.value, bindparam(f"cycle_{index}", type_=Date))
            for index, setting in enumerate(settings)
        ]


@dataclass(frozen=True)
class Frame:
    """What every source is asked for. ``path``: the subtree, as it hung on the day; ``without``: parts left out."""

    as_of: date
    since: date
    path: str
    without: tuple[str, ...]
    rules: Rules

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The values bound in the statements of the sources."""
        year_start = default_since(self.as_of)
        cycles = {
            f"cycle_{index}": cycle_start(self.as_of, int(value["first_year"]), int(value["years"]))
            for index, (value, _start) in enumerate(self.rules.cycles())
        }
        return {
            **place_parameters(self.as_of, self.path, self.without),
            **cycles,
            "since": self.since,
            "year_start": year_start,
            "hours_from": min([year_start, *cycles.values()]),
        }


def read_frame(
    session: Session, *, as_of: date, since: date, path: str, without: tuple[str, ...] = ()
) -> Frame:
    """The frame with the policies and the nationally recognised kinds in force on the day."""
    if session.get_bind().dialect.name == "postgresql":
        # A plan made for any day joins person by person (370 ms instead of 15): let it see the day.
        session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    rules = Rules(read_policies(session, as_of), _recognised_kinds(session, as_of), len(without))
    return Frame(as_of, since, path, without, rules)


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
