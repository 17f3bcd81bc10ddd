"""What is planned, read for the forecast."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.domain.placements.models import CohortQuota
from app.domain.placements.queries.forecast import list_planned_cohorts
from app.domain.placements.rules.forecast import PlannedCohort
from app.domain.placements.rules.words import (
    CohortStatus,
    NominationStatus,
    PlacementStatus,
    SeatPolicy,
)
from tests import factories, placement_factories


def test_reads_seats_quotas_nominations_and_placements(session: Session) -> None:
    base = placement_factories.make_base_school()
    county = factories.get_unit(factories.LINXIANG)
    school = factories.make_school(factories.LINXIANG)
    running = placement_factories.make_cohort("第三期", status=CohortStatus.CONFIRMED)
    coming = placement_factories.make_cohort(
        "第四期",
        seat_policy=SeatPolicy.QUOTAS,
        starts_on=placement_factories.ENDS_ON,
        ends_on=placement_factories.ENDS_ON.replace(month=7),
    )
    placement_factories.make_cohort("第二期", status=CohortStatus.COMPLETED)
    seats = placement_factories.make_seats(running, base, 3)
    for name, status in (("甲", PlacementStatus.ACTIVE), ("乙", PlacementStatus.WITHDRAWN)):
        placement_factories.make_placement(
            running,
            factories.make_counselor(school, name),
            nominating=county,
            school=school,
            seats=seats,
            status=status,
        )
    placement_factories.make_seats(coming, base, 2)
    placement_factories.make_seats(coming, base, 1)
    factories.save(CohortQuota(cohort_id=coming.id, unit_id=county.id, seats=2))
    for rank, status in enumerate((NominationStatus.SUBMITTED, NominationStatus.REJECTED), 1):
        person = factories.make_counselor(school, f"候选{rank}")
        placement_factories.make_nomination(coming, person, county, school, rank, status=status)
    bureau = factories.make_actor("bureau", factories.LINCANG)

    assert list_planned_cohorts(bureau) == [
        PlannedCohort(
            running.id,
            "第三期",
            placement_factories.ENDS_ON,
            3,
            SeatPolicy.GAP_FIRST,
            placed={county.id: 1},
        ),
        PlannedCohort(
            coming.id,
            "第四期",
            coming.ends_on,
            3,
            SeatPolicy.QUOTAS,
            nominated={county.id: 1},
            quotas={county.id: 2},
        ),
    ]


def test_reads_nothing_of_another_prefecture(session: Session) -> None:
    placement_factories.make_cohort()
    assert list_planned_cohorts(factories.make_actor("bureau", factories.CHUXIONG)) == []
