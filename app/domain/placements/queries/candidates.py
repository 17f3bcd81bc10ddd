"""Who may be nominated for a cohort: counselors of the actor's units, each with every reason against."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.paging import PAGE_SIZE, Page
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.people.queries.search import matching
from app.domain.people.queries.visibility import Status, has_status
from app.domain.people.sealed import masked_identity_number
from app.domain.placements.models import Cohort, CohortQuota, Nomination
from app.domain.placements.queries.nominees import Post, read_nominees, read_posts
from app.domain.placements.rules.nominating import STANDING, Call, why_cannot_be_nominated
from app.domain.placements.rules.words import SeatPolicy
from app.domain.units.models import Unit, UnitKind


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the unit: who, the masked number, the main posting in scope, and every reason against."""

    person_id: int
    name: str
    id_number: str
    post: Post | None
    reasons: tuple[str, ...]


def list_candidates(cohort: Cohort, actor: Actor, *, q: str = "", page: int = 1) -> Page[Candidate]:
    """Counselors of the actor's subtree by pinyin, each with why they cannot be nominated today."""
    today = clock.today()
    conditions = has_status(Status.CURRENT, actor.unit_path, today=today)
    searched = matching(q)
    if searched is not None:
        conditions.append(searched)
    total = db.session.scalar(select(func.count(Person.id)).where(*conditions)) or 0
    rows = db.session.execute(
        select(Person.id, Person.name, Person.id_number_sealed)
        .where(*conditions)
        .order_by(Person.sort_key, Person.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    ids = [row.id for row in rows]
    nominees = read_nominees(ids, cohort.id, today)
    posts = {
        person_id: next((post for post in found if actor.reaches(post.path)), None)
        for person_id, found in read_posts(ids, today).items()
    }
    units = _nominating_units({post.unit_id for post in posts.values() if post is not None})
    calls = _calls(cohort, {unit.id for unit in units.values()})
    candidates = []
    for row in rows:
        post = posts.get(row.id)
        unit = units.get(post.unit_id) if post is not None else None
        reasons: list[str]
        if unit is None:
            reasons = ["no_counselor" if post is None else "other_unit"]
        else:
            reasons = why_cannot_be_nominated(nominees[row.id], unit.path, calls[unit.id], today)
        candidates.append(
            Candidate(
                row.id,
                row.name,
                masked_identity_number(row.id_number_sealed),
                post,
                tuple(reasons),
            )
        )
    return Page(candidates, page, PAGE_SIZE, total)


def _nominating_units(unit_ids: set[int]) -> dict[int, Unit]:
    """Who nominates for a posting at each unit: its county, or the municipal school itself; none for a bureau's."""
    found = {}
    units = db.session.scalars(select(Unit).where(Unit.id.in_(unit_ids))).all()
    parents = {
        parent.id: parent
        for parent in db.session.scalars(
            select(Unit).where(Unit.id.in_({unit.parent_id for unit in units}))
        )
    }
    for unit in units:
        parent = parents.get(unit.parent_id or 0)
        if unit.is_school and parent is not None and parent.kind is not UnitKind.PREFECTURE:
            found[unit.id] = parent
        elif unit.kind not in (UnitKind.PREFECTURE, UnitKind.PROVINCE):
            found[unit.id] = unit
    return found


def _calls(cohort: Cohort, unit_ids: set[int]) -> dict[int, Call]:
    """``read_call`` for many units, in two queries."""
    nominated = dict(
        db.session.execute(
            select(Nomination.unit_id, func.count())
            .where(
                Nomination.cohort_id == cohort.id,
                Nomination.unit_id.in_(unit_ids),
                Nomination.status.in_(STANDING),
            )
            .group_by(Nomination.unit_id)
        ).all()
    )
    quotas: dict[int, int] = {}
    if cohort.seat_policy is SeatPolicy.QUOTAS:
        quotas = dict(
            db.session.execute(
                select(CohortQuota.unit_id, CohortQuota.seats).where(
                    CohortQuota.cohort_id == cohort.id
                )
            ).all()
        )
    by_quota = cohort.seat_policy is SeatPolicy.QUOTAS
    return {
        unit_id: Call(
            cohort.status,
            cohort.nominations_open_on,
            cohort.nominations_close_on,
            quotas.get(unit_id, 0) if by_quota else None,
            nominated.get(unit_id, 0),
        )
        for unit_id in unit_ids
    }
