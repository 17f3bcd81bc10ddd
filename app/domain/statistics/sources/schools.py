"""Schools that count (完小以上), with their rooms by the latest return and whether a counselor is posted there."""

from __future__ import annotations

from sqlalchemy import Integer, and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from app.domain.people.models import Posting
from app.domain.statistics.expressions import DAY, NOBODY, Selection, on_the_day, true_when, whole
from app.domain.statistics.frame import Rules
from app.domain.statistics.sources.base import DayMeans, Detail, Source
from app.domain.units.models import FacilityReturn, SchoolStage, Unit
from app.domain.units.rules import COUNTED_STAGES

AREA_SCALE = 100


def _schools(rules: Rules) -> Selection:
    here = rules.here
    later = aliased(FacilityReturn)
    superseded = exists().where(
        later.unit_id == FacilityReturn.unit_id,
        later.returned_on > FacilityReturn.returned_on,
        later.returned_on <= DAY,
    )
    posted = exists().where(Posting.unit_id == Unit.id, on_the_day(Posting))
    counted = here.c.stage.in_([SchoolStage(stage) for stage in sorted(COUNTED_STAGES)])
    return (
        select(
            Unit.id.label("row_id"),
            Unit.id.label("unit_id"),
            NOBODY.label("person_id"),
            FacilityReturn.returned_on.label("day"),
            literal(1, Integer).label("one"),
            here.c.stage.label("stage"),
            func.coalesce(FacilityReturn.rooms, 0).label("rooms"),
            func.coalesce(whole(FacilityReturn.room_area, AREA_SCALE), 0).label("room_area"),
            true_when(posted).label("has_counselor"),
        )
        .select_from(here)
        .join(Unit, Unit.id == here.c.unit_id)
        .outerjoin(
            FacilityReturn,
            and_(
                FacilityReturn.unit_id == Unit.id,
                FacilityReturn.returned_on <= DAY,
                ~superseded,
            ),
        )
        .where(
            counted,
            or_(Unit.opened_on.is_(None), Unit.opened_on <= DAY),
            or_(Unit.closed_on.is_(None), Unit.closed_on >= DAY),
        )
    )


SCHOOLS = Source(
    "schools",
    _schools,
    DayMeans.RETURNED,
    (Detail.STAGE, Detail.HAS_COUNSELOR, Detail.ROOMS, Detail.ROOM_AREA),
)
