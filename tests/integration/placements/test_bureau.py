"""What a bureau watches."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.core.db import atomic
from app.domain.placements.models import BaseSchoolCapacity, Placement
from app.domain.placements.operations.change_requests import ask_change
from app.domain.placements.operations.changing import withdraw_placement
from app.domain.placements.operations.leave import ask_leave
from app.domain.placements.queries.bureau import (
    BaseSchoolLoad,
    CohortStanding,
    list_base_school_loads,
    list_standing_cohorts,
)
from app.domain.placements.queries.bureau_waiting import (
    Waiting,
    WaitingPlacement,
    Wanted,
    count_waiting,
    list_waiting,
)
from app.domain.placements.queries.overdue import list_overdue
from app.domain.placements.queries.visibility import current_stay
from app.domain.placements.rules.words import (
    ChangeKind,
    CohortStatus,
    NominationStatus,
    Opinion,
    Phase,
)
from tests import factories, placement_factories
from tests.placement_appraisals import LAST_DAY, Cast, make_cast, on, placement_of, sign

BUREAU = Opinion.BUREAU


@pytest.fixture
def cast(session: Session) -> Cast:
    return make_cast(status=CohortStatus.CONFIRMED)


def test_counts_what_waits_for_the_bureau(cast: Cast) -> None:
    placement = placement_of(cast)
    open_cohort = placement_factories.make_cohort("第四期")
    for rank, columns in enumerate(
        ({}, {"released_at": None}, {"status": NominationStatus.APPROVED}), start=1
    ):
        placement_factories.make_nomination(
            open_cohort,
            factories.make_counselor(placement.unit, f"候选{rank}"),
            placement.nominating_unit,
            placement.unit,
            rank,
            **({"status": NominationStatus.SUBMITTED} | columns),
        )
    bureau = cast.actors[BUREAU]
    assert count_waiting(bureau, LAST_DAY) == Waiting(1, 0, 0, 0, 0)
    with on(LAST_DAY):
        for opinion in (Opinion.SELF, Opinion.MENTOR, Opinion.BASE_SCHOOL):
            sign(cast, opinion)
        assert count_waiting(bureau, LAST_DAY) == Waiting(1, 1, 0, 0, 0)
        sign(cast, BUREAU)
    assert count_waiting(bureau, LAST_DAY - timedelta(days=1)) == Waiting(1, 0, 0, 0, 0)
    assert count_waiting(bureau, LAST_DAY) == Waiting(1, 0, 1, 0, 0)
    stranger = factories.make_actor("bureau", factories.CHUXIONG)
    assert count_waiting(stranger, LAST_DAY) == Waiting(0, 0, 0, 0, 0)


def test_names_each_placement_in_which_something_waits(cast: Cast) -> None:
    placement = placement_of(cast)
    bureau, day = cast.actors[BUREAU], placement.starts_on + timedelta(days=30)
    with on(placement.starts_on + timedelta(days=9)):
        for opinion in (Opinion.SELF, Opinion.MENTOR, Opinion.BASE_SCHOOL):
            sign(cast, opinion, phase=Phase.MID_TERM)
        with atomic():
            ask_leave(placement.id, day, day, "看病", actor=cast.actors[Opinion.SELF])
            ask_change(
                placement.id,
                ChangeKind.EXTENSION,
                day,
                "缺课较多",
                actor=cast.actors[Opinion.BASE_SCHOOL],
            )
    about = (placement.id, "罗文", "第三期")
    assert list_waiting(bureau, day) == [
        WaitingPlacement(Wanted.OPINION, *about, LAST_DAY),
        WaitingPlacement(Wanted.CHANGE, *about, day, ChangeKind.EXTENSION),
        WaitingPlacement(Wanted.LEAVE, *about, day),
    ]
    assert count_waiting(bureau, day) == Waiting(0, 1, 0, 1, 1)
    stranger = factories.make_actor("bureau", factories.CHUXIONG)
    assert list_waiting(stranger, day) == []
    assert count_waiting(stranger, day) == Waiting(0, 0, 0, 0, 0)


def test_asks_nothing_more_of_a_placement_that_was_withdrawn(cast: Cast) -> None:
    placement = placement_of(cast)
    bureau, day = cast.actors[BUREAU], placement.starts_on + timedelta(days=9)
    with on(day), atomic():
        ask_leave(placement.id, day, day, "看病", actor=cast.actors[Opinion.SELF])
        withdraw_placement(placement.id, day, "调离", actor=bureau)
    assert list_waiting(bureau, day) == []
    assert count_waiting(bureau, day) == Waiting(0, 0, 0, 0, 0)


def test_tells_how_full_the_base_schools_are(cast: Cast) -> None:
    stay = current_stay(placement_of(cast))
    assert stay is not None
    base = stay.base_school
    factories.save(BaseSchoolCapacity(unit_id=base.id, seats=3, valid_from=date(2023, 1, 1)))
    bureau = cast.actors[BUREAU]
    assert list_base_school_loads(bureau, LAST_DAY) == [
        BaseSchoolLoad(base.id, base.code, base.name, 1, 3, 1, 2)
    ]
    before = list_base_school_loads(bureau, date(2022, 12, 31))
    assert [(one.trainees, one.capacity) for one in before] == [(0, 0)]
    assert (
        list_base_school_loads(factories.make_actor("bureau", factories.CHUXIONG), LAST_DAY) == []
    )


def test_tells_how_far_each_cohort_is(cast: Cast) -> None:
    cohort = placement_of(cast).cohort
    found = list_standing_cohorts(cast.actors[BUREAU])
    assert found == [
        CohortStanding(
            cohort.id,
            "第三期",
            CohortStatus.CONFIRMED,
            cohort.starts_on,
            cohort.ends_on,
            seats=2,
            nominees=0,
            placed=1,
            completed=0,
        )
    ]
    assert [found[0].elapsed(day) for day in (date(2023, 8, 1), cohort.starts_on, LAST_DAY)] == [
        0,
        0,
        99,
    ]
    assert found[0].elapsed(date(2024, 2, 1)) == 100


def test_names_whose_log_is_behind(cast: Cast) -> None:
    placement: Placement = placement_of(cast)
    bureau = cast.actors[BUREAU]
    with on(placement.starts_on):
        assert list_overdue(bureau, placement.starts_on) == []
    # Two weeks are over, and the days of grace of both.
    with on(date(2023, 9, 14)):
        behind = list_overdue(bureau, date(2023, 9, 14))
    assert [(one.name, one.entries) for one in behind] == [("罗文", 2)]
    assert list_overdue(factories.make_actor("bureau", factories.CHUXIONG), LAST_DAY) == []
