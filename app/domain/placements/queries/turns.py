"""Whose turn it is in the appraisals: opinions wanted and results to confirm, as statements for the home page."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select

from app.core import clock
from app.domain.accounts.rules import Actor, Role
from app.domain.placements.models import AppraisalOpinion, Cohort, LogEntry, Placement
from app.domain.placements.queries.guiding import guided_today
from app.domain.placements.rules.appraisal import ORDER
from app.domain.placements.rules.words import EntryStatus, Opinion, Phase, PlacementStatus
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

SIGNS_AS = {
    Role.MENTOR.value: Opinion.MENTOR,
    Role.SCHOOL.value: Opinion.BASE_SCHOOL,
    Role.BUREAU.value: Opinion.BUREAU,
}


def has_signed(opinion: Opinion, phase: Phase = Phase.FINAL) -> ColumnElement[bool]:
    """The condition that the opinion on a placement stands."""
    return (
        select(AppraisalOpinion.id)
        .where(
            AppraisalOpinion.placement_id == Placement.id,
            AppraisalOpinion.phase == phase,
            AppraisalOpinion.opinion == opinion,
            AppraisalOpinion.withdrawn_at.is_(None),
        )
        .correlate(Placement)
        .exists()
    )


def turn_of(opinion: Opinion, phase: Phase = Phase.FINAL) -> ColumnElement[bool]:
    """The condition that this opinion comes next: the one before it stands, this one does not."""
    before = ORDER[ORDER.index(opinion) - 1]
    return and_(has_signed(before, phase), ~has_signed(opinion, phase))


def opinions_wanted(actor: Actor) -> Select[int]:
    """How many opinions of either phase wait for the mentor, the base school or the bureau; others sign none."""
    opinion = SIGNS_AS.get(actor.role)
    if opinion is None:
        return select(literal(0))
    turn = or_(turn_of(opinion, Phase.MID_TERM), turn_of(opinion, Phase.FINAL))
    return select(func.count()).where(
        Placement.status == PlacementStatus.ACTIVE, turn, _concerns(actor)
    )


def results_to_confirm(actor: Actor) -> Select[int]:
    """How many results the bureau has to confirm."""
    return select(func.count()).where(
        Placement.status == PlacementStatus.ACTIVE,
        has_signed(Opinion.BUREAU),
        Placement.ends_on <= clock.today(),
        _concerns(actor),
    )


def entries_to_sign(actor: Actor) -> Select[int]:
    """How many log entries wait for the mentor's signature."""
    return (
        select(func.count())
        .select_from(LogEntry)
        .join(Placement, Placement.id == LogEntry.placement_id)
        .where(LogEntry.status == EntryStatus.HANDED_IN, guided_today(actor, clock.today()))
    )


def _concerns(actor: Actor) -> ColumnElement[bool]:
    if actor.role == Role.BUREAU:
        organised = select(Cohort.id).join(Unit, Unit.id == Cohort.unit_id)
        return Placement.cohort_id.in_(organised.where(in_subtree(actor.unit_path)))
    return guided_today(actor, clock.today())
