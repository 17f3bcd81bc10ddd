"""Who sees which cohort and which placement, and as what: the scope of every page and answer of the area."""

from __future__ import annotations

import enum

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import SYSTEM_ROLE, Actor, Role
from app.domain.people.models import Person
from app.domain.placements.models import (
    Cohort,
    CohortSeats,
    Mentor,
    Nomination,
    Placement,
    Stay,
)
from app.domain.placements.rules.words import CohortStatus
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree


class Part(enum.StrEnum):
    """What somebody is in a placement, in the role they act in; the opinions are signed by these."""

    TRAINEE = "trainee"
    MENTOR = "mentor"
    BASE_SCHOOL = "base_school"
    NOMINATOR = "nominator"
    BUREAU = "bureau"


def _units_below(actor: Actor) -> ColumnElement[bool]:
    return in_subtree(actor.unit_path)


def _ids_below(actor: Actor) -> Select[int]:
    return select(Unit.id).where(_units_below(actor))


def guided_by(account_id: int | None) -> ColumnElement[bool]:
    """The condition that the account's person is mentor of a stay of the placement, now or before."""
    person = aliased(Person)
    return exists(
        select(Stay.id)
        .join(Mentor, Mentor.id == Stay.mentor_id)
        .join(person, person.id == Mentor.person_id)
        .where(Stay.placement_id == Placement.id, person.account_id == account_id)
        .correlate(Placement)
    )


def hosted_by(actor: Actor) -> ColumnElement[bool]:
    """The condition that a stay of the placement is, or was, at a base school in the actor's subtree."""
    return exists(
        select(Stay.id)
        .where(Stay.placement_id == Placement.id, Stay.base_school_id.in_(_ids_below(actor)))
        .correlate(Placement)
    )


def own_placement(account_id: int | None) -> ColumnElement[bool]:
    """The condition that the placement is the account's own."""
    return Placement.person_id.in_(select(Person.id).where(Person.account_id == account_id))


def placements_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor sees a placement.

    A trainee their own; a mentor those they guide or guided; a school, county or bureau those nominated by,
    coming from or staying at a unit of its subtree, and those of cohorts its subtree organises.
    """
    if actor.role == SYSTEM_ROLE:
        return true()
    if actor.role == Role.TEACHER:
        return own_placement(actor.account_id)
    if actor.role == Role.MENTOR:
        return guided_by(actor.account_id)
    if not actor.may("placements.read"):
        return false()
    below = _ids_below(actor)
    return or_(
        Placement.nominating_unit_id.in_(below),
        Placement.unit_id.in_(below),
        hosted_by(actor),
        Placement.cohort_id.in_(
            select(Cohort.id).join(Unit, Unit.id == Cohort.unit_id).where(_units_below(actor))
        ),
    )


def cohorts_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor sees a cohort.

    Who plans: every one organised in the subtree, drafts too. Schools and counties: published ones of a unit
    above them. Trainees and mentors: those they have a placement in.
    """
    if actor.role == SYSTEM_ROLE:
        return true()
    mine = Cohort.id.in_(select(Placement.cohort_id).where(placements_visible_to(actor)))
    if not actor.may("placements.read"):
        return mine
    organised = Cohort.unit_id.in_(_ids_below(actor))
    above = [int(part) for part in actor.unit_path.split("/") if part.isdecimal()]
    published = and_(Cohort.unit_id.in_(above), Cohort.status != CohortStatus.DRAFT)
    planned = (
        organised
        if actor.may("placements.plan")
        else and_(organised, Cohort.status != CohortStatus.DRAFT)
    )
    offers = Cohort.id.in_(
        select(CohortSeats.cohort_id).where(CohortSeats.base_school_id.in_(_ids_below(actor)))
    )
    return or_(planned, published, and_(offers, Cohort.status != CohortStatus.DRAFT), mine)


def get_cohort(cohort_id: int, *, actor: Actor) -> Cohort:
    """The cohort, if the actor sees it. Raises NotFound, whether or not it exists elsewhere."""
    found = db.session.scalar(
        select(Cohort).where(Cohort.id == cohort_id, cohorts_visible_to(actor))
    )
    if found is None:
        raise NotFound(_("There is no such cohort within your unit."))
    return found


def get_placement(placement_id: int, *, actor: Actor) -> Placement:
    """The placement, if the actor sees it. Raises NotFound, whether or not it exists elsewhere."""
    found = db.session.scalar(
        select(Placement).where(Placement.id == placement_id, placements_visible_to(actor))
    )
    if found is None:
        raise NotFound(_("There is no such placement within your unit."))
    return found


def get_nomination(nomination_id: int, *, actor: Actor) -> Nomination:
    """A nomination made by, or for somebody of, a unit of the actor's subtree. Raises NotFound."""
    below = _ids_below(actor)
    found = db.session.scalar(
        select(Nomination).where(
            Nomination.id == nomination_id,
            or_(Nomination.unit_id.in_(below), Nomination.school_id.in_(below)),
        )
    )
    if found is None or not actor.may("placements.read"):
        raise NotFound(_("There is no such nomination within your unit."))
    return found


def may_plan(cohort: Cohort, actor: Actor) -> bool:
    """Whether the cohort is the actor's to plan: a bureau that organises it or stands above who does."""
    return actor.may("placements.plan") and actor.reaches(cohort.unit.path)


def current_stay(placement: Placement) -> Stay | None:
    """Where the trainee is today, will be first, or was last."""
    today = clock.today()
    begun = [stay for stay in placement.stays if stay.valid_from <= today]
    return begun[-1] if begun else next(iter(placement.stays), None)


def parts_of(placement: Placement, actor: Actor) -> frozenset[Part]:
    """What the actor, in the role acted in, is in this placement now; empty: only somebody who may look.

    In one's own placement one is the trainee and nothing else, whatever other roles one holds.
    """
    if actor.account_id is None:
        return frozenset()
    if placement.person.account_id == actor.account_id:
        return frozenset({Part.TRAINEE} if actor.role == Role.TEACHER else ())
    stay = current_stay(placement)
    mentor = None if stay is None or stay.mentor is None else stay.mentor.person.account_id
    tests = {
        Part.MENTOR: actor.role == Role.MENTOR and mentor == actor.account_id,
        Part.BASE_SCHOOL: actor.role == Role.SCHOOL
        and stay is not None
        and actor.reaches(stay.base_school.path),
        Part.NOMINATOR: actor.may("placements.nominate")
        and actor.reaches(placement.nominating_unit.path),
        Part.BUREAU: actor.may("placements.decide") and actor.reaches(placement.cohort.unit.path),
    }
    return frozenset(part for part, holds in tests.items() if holds)
