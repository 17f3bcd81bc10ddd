"""Placements ready for their appraisal, and somebody for each of the four opinions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.placements.models import AppraisalCriterion, AppraisalOpinion, Placement
from app.domain.placements.operations.appraising import OpinionFacts, sign_opinion
from app.domain.placements.rules.words import Opinion, Phase, PlacementResult
from app.domain.units.models import Unit
from tests import factories, placement_factories

LAST_DAY = placement_factories.ENDS_ON


@contextmanager
def on(day: date) -> Iterator[None]:
    """Ten in the morning of a day in Shanghai."""
    with clock.frozen(datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)):
        yield


@dataclass(frozen=True)
class Cast:
    """Who signs the four opinions of a placement, and a second officer of the bureau."""

    placement_id: int
    actors: dict[Opinion, Actor]
    second_officer: Actor
    criteria: dict[str, int]


def make_cast(**cohort_columns: object) -> Cast:
    """A placement of somebody of Linxiang at a base school of Lincang, two criteria in the final appraisal."""
    base = placement_factories.make_base_school()
    school = factories.make_school(factories.LINXIANG)
    cohort = placement_factories.make_cohort(**cohort_columns)
    criteria = [
        AppraisalCriterion(
            cohort_id=cohort.id, phase=Phase.FINAL, position=position, title=title, weight=weight
        )
        for position, (title, weight) in enumerate([("师德与态度", 40), ("课堂教学", 60)], start=1)
    ]
    factories.save(*criteria)
    trainee = factories.make_counselor(school, "罗文")
    mentor = factories.make_counselor(base, "王导师")
    placement = placement_factories.make_placement(
        cohort,
        trainee,
        nominating=factories.get_unit(factories.LINXIANG),
        school=school,
        seats=placement_factories.make_seats(cohort, base),
        mentor=placement_factories.make_mentor(base, mentor),
    )
    actors = {
        Opinion.SELF: actor_for(trainee, "teacher", school),
        Opinion.MENTOR: actor_for(mentor, "mentor", base),
        Opinion.BASE_SCHOOL: factories.make_actor("school", base),
        Opinion.BUREAU: factories.make_actor("bureau", factories.LINCANG),
    }
    return Cast(
        placement.id,
        actors,
        factories.make_actor("bureau", factories.LINCANG),
        {one.title: one.id for one in criteria},
    )


def actor_for(person: Person, role: str, unit: Unit) -> Actor:
    account = factories.make_account(role, unit)
    with atomic():
        db.session.get_one(Person, person.id).account_id = account.id
    return factories.actor_of(account)


def placement_of(cast: Cast) -> Placement:
    return db.session.get_one(Placement, cast.placement_id)


def sign(
    cast: Cast,
    opinion: Opinion,
    *,
    result: PlacementResult = PlacementResult.PASSED,
    phase: Phase = Phase.FINAL,
    text: str = "认真负责，圆满完成跟岗任务。",
    exception_reason: str | None = None,
    mark: str = "88",
    actor: Actor | None = None,
) -> AppraisalOpinion:
    """Sign one opinion as the one whose turn it is."""
    marks = {number: Decimal(mark) for number in cast.criteria.values()}
    facts = OpinionFacts(text, marks if phase is Phase.FINAL else {}, result, exception_reason)
    with atomic():
        return sign_opinion(
            cast.placement_id, phase, opinion, facts, actor=actor or cast.actors[opinion]
        )


def sign_all(cast: Cast, **more: object) -> None:
    for opinion in Opinion:
        sign(cast, opinion, **more)  # type: ignore[arg-type]
