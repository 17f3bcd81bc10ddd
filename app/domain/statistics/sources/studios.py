"""Studios (工作室) running on the day, their hosts and members; all count at the studio's unit.

A studio of the prefecture so counts in the row of the municipal schools with everybody in it, wherever its
members teach. Trainer teams are kept in the same tables and are no studios.
"""

from __future__ import annotations

from sqlalchemy import Integer, and_, exists, literal, or_, select
from sqlalchemy.orm import aliased

from app.domain.people.models import Studio, StudioMembership
from app.domain.people.rules import StudioKind, StudioRole
from app.domain.statistics.expressions import NOBODY, Selection, on_the_day
from app.domain.statistics.frame import Rules
from app.domain.statistics.sources.base import DayMeans, Detail, Source


def _studios(rules: Rules) -> Selection:
    here = rules.here
    return (
        select(
            Studio.id.label("row_id"),
            Studio.unit_id.label("unit_id"),
            NOBODY.label("person_id"),
            Studio.valid_from.label("day"),
            literal(1, Integer).label("one"),
            Studio.name.label("studio"),
        )
        .select_from(here)
        .join(Studio, Studio.unit_id == here.c.unit_id)
        .where(Studio.kind == StudioKind.STUDIO, on_the_day(Studio))
    )


def _studio_people(rules: Rules) -> Selection:
    """Each person once in each running studio; who hosts it is not its member."""
    studio = _studios(rules).subquery()
    mine, other = aliased(StudioMembership), aliased(StudioMembership)
    preferred = exists().where(
        other.studio_id == mine.studio_id,
        other.person_id == mine.person_id,
        on_the_day(other),
        or_(
            and_(other.role == StudioRole.HOST, mine.role == StudioRole.MEMBER),
            and_(other.role == mine.role, other.id < mine.id),
        ),
    )
    return (
        select(
            mine.id.label("row_id"),
            studio.c.unit_id.label("unit_id"),
            mine.person_id.label("person_id"),
            mine.valid_from.label("day"),
            literal(1, Integer).label("one"),
            studio.c.studio.label("studio"),
            mine.role.label("role"),
        )
        .select_from(studio)
        .join(mine, mine.studio_id == studio.c.row_id)
        .where(on_the_day(mine), ~preferred)
    )


STUDIOS = Source("studios", _studios, DayMeans.FOUNDED, (), label="studio")
STUDIO_PEOPLE = Source("studio_people", _studio_people, DayMeans.JOINED, (Detail.STUDIO,))
