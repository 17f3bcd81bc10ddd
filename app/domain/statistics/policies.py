"""The dated settings of counting that hold on a day, and for which unit which one does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from app.core.db import db
from app.domain.statistics.expressions import all_places, place_parameters, valid_on
from app.domain.statistics.models import CountingPolicy
from app.domain.statistics.rules import Targets


@dataclass(frozen=True, slots=True)
class Setting:
    """One policy in force: for everybody, or for the subtree of one unit."""

    unit_id: int | None
    value: Mapping[str, Any]
    basis: str | None = None
    unit_name: str | None = None

    def covers(self, path: str) -> bool:
        return self.unit_id is None or f"/{self.unit_id}/" in path


@dataclass(frozen=True)
class Policies:
    """All policies in force on a day, for each name the most particular first."""

    by_name: Mapping[str, tuple[Setting, ...]]

    def value(self, name: str, path: str) -> Mapping[str, Any] | None:
        """The setting for a unit with this path; None when there is none."""
        return next((s.value for s in self.by_name.get(name, ()) if s.covers(path)), None)

    def settings(self, name: str, path: str) -> list[Setting]:
        """The settings that matter within a subtree: its own, and those of units inside."""
        inside = [
            s for s in self.by_name.get(name, ()) if s.unit_id is not None and not s.covers(path)
        ]
        own = next((s for s in self.by_name.get(name, ()) if s.covers(path)), None)
        return ([own] if own else []) + inside

    def choose(
        self,
        name: str,
        path: ColumnElement[str],
        build: Callable[[Mapping[str, Any]], ColumnElement[Any]],
        otherwise: ColumnElement[Any],
    ) -> ColumnElement[Any]:
        """The expression that the policy of each row's unit asks for."""
        settings = self.by_name.get(name, ())
        particular = [s for s in settings if s.unit_id is not None]
        general = next((build(s.value) for s in settings if s.unit_id is None), otherwise)
        if not particular:
            return general
        branches = [(path.like(f"%/{s.unit_id}/%"), build(s.value)) for s in particular]
        return case(*branches, else_=general)

    def targets(self, path: str) -> Targets:
        coverage = self.value("target_counselor_coverage", path) or {}
        leads = self.value("target_lead_teachers", path) or {}
        counselors = self.value("target_counselors", path) or {}
        return Targets(
            coverage=coverage.get("ratio"),
            coverage_by=coverage.get("by"),
            lead_teachers_per_county=leads.get("per_county"),
            counselors_per_school=counselors.get("per_school"),
        )


def read_policies(session: Session, day: date) -> Policies:
    """Every policy in force on the day."""
    where = all_places()
    statement = (
        select(
            CountingPolicy.name,
            CountingPolicy.unit_id,
            CountingPolicy.value,
            CountingPolicy.basis,
            CountingPolicy.valid_from,
            where.c.path,
            where.c.name.label("unit_name"),
        )
        .outerjoin(where, where.c.unit_id == CountingPolicy.unit_id)
        .where(valid_on(CountingPolicy, day))
        .order_by(CountingPolicy.id)
    )
    rows = sorted(
        session.execute(statement, place_parameters(day)).all(),
        key=lambda row: (len(row.path or ""), row.valid_from or date.min),
        reverse=True,
    )
    found: dict[str, list[Setting]] = {}
    for row in rows:
        settings = found.setdefault(row.name, [])
        if all(known.unit_id != row.unit_id for known in settings):
            settings.append(Setting(row.unit_id, row.value, row.basis, row.unit_name))
    return Policies({name: tuple(settings) for name, settings in found.items()})


def list_values(*, unit_ids: Sequence[int]) -> list[CountingPolicy]:
    """Every value, past and present, that holds for everybody or for one of the units; the newest first."""
    statement = (
        select(CountingPolicy)
        .where(or_(CountingPolicy.unit_id.is_(None), CountingPolicy.unit_id.in_(unit_ids)))
        .order_by(
            CountingPolicy.name,
            CountingPolicy.unit_id.is_(None),
            func.coalesce(CountingPolicy.valid_from, date.min).desc(),
            CountingPolicy.id.desc(),
        )
    )
    return list(db.session.scalars(statement))
