"""Cohorts: planned, published, edited, cancelled, copied; each refusal, and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, Forbidden, NotFound, StaleVersion
from app.domain.accounts.rules import Actor, Role
from app.domain.outbox.models import Notice
from app.domain.people.models import Commitment
from app.domain.placements.models import (
    AppraisalCriterion,
    AppraisalOpinion,
    BaseSchoolCapacity,
    Cohort,
    CohortQuota,
    CohortSeats,
    Nomination,
    Placement,
    PlacementChange,
)
from app.domain.placements.operations.copying import copy_cohort, next_title
from app.domain.placements.operations.criteria import CriterionFacts, LevelFacts, set_criteria
from app.domain.placements.operations.offering import SeatLine, set_quotas, set_seats
from app.domain.placements.operations.placing import Choice, place_all
from app.domain.placements.operations.planning import CohortFacts, create_cohort, edit_cohort
from app.domain.placements.operations.standing import cancel_cohort, publish_cohort
from app.domain.placements.queries.seats import list_criteria, list_quotas, list_seats
from app.domain.placements.rules.words import (
    CohortStatus,
    LogRhythm,
    NominationStatus,
    Opinion,
    Phase,
    PlacementStatus,
    SeatPolicy,
)
from app.domain.units.models import Unit
from tests import factories, placement_factories

FENGQING, YUN = "530921", "530922"
FACTS = CohortFacts(
    title="第三期",
    starts_on=date(2023, 9, 1),
    ends_on=date(2024, 1, 12),
    nominations_open_on=date(2023, 8, 1),
    nominations_close_on=date(2023, 8, 25),
    mid_term_on=date(2023, 11, 10),
    required_hours=Decimal(360),
    credit_hours=Decimal(90),
    required_observations=30,
    required_lessons=8,
    required_group_sessions=4,
    required_case_sessions=6,
    required_attendance=90,
    log_rhythm=LogRhythm.WEEK,
    log_grace_days=3,
    plan="## 目标\n\n1. 观摩",
)


@pytest.fixture
def bureau(session: Session) -> Actor:
    return factories.make_actor(Role.BUREAU, factories.LINCANG)


@pytest.fixture
def school(session: Session) -> Unit:
    school = placement_factories.make_base_school()
    factories.save(BaseSchoolCapacity(unit_id=school.id, seats=4, valid_from=date(2020, 1, 1)))
    return school


def drafted(actor: Actor, **changes: Any) -> Cohort:
    unit = factories.get_unit(factories.LINCANG)
    with atomic():
        return create_cohort(unit.id, replace(FACTS, **changes), actor=actor)


def test_a_draft_begins_with_the_usual_criteria(bureau: Actor) -> None:
    cohort = drafted(bureau)
    assert (cohort.status, cohort.event_key) == (CohortStatus.DRAFT, "placement:第三期")
    weights = db.session.execute(
        select(AppraisalCriterion.phase, func.sum(AppraisalCriterion.weight)).group_by(
            AppraisalCriterion.phase
        )
    )
    assert dict(weights.all()) == {Phase.MID_TERM: 100, Phase.FINAL: 100}
    first = list_criteria(cohort.id)[0]
    assert first.phase is Phase.MID_TERM
    assert [level["from"] for level in first.levels] == [90, 75, 60, 0]


def test_a_county_plans_nothing(session: Session) -> None:
    county = factories.make_actor(Role.COUNTY, FENGQING)
    with pytest.raises(Forbidden), atomic():
        create_cohort(county.unit_id, FACTS, actor=county)


def test_the_bureau_plans_for_its_prefecture_alone(bureau: Actor) -> None:
    for code, expected in (
        (factories.CHUXIONG, "unit_out_of_scope"),
        (FENGQING, "not_a_prefecture"),
    ):
        with pytest.raises(DomainError) as caught, atomic():
            create_cohort(factories.get_unit(code).id, FACTS, actor=bureau)
        assert caught.value.code == expected


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": "三"}, "bad_title"),
        ({"title": "期" * 41}, "bad_title"),
        ({"ends_on": date(2023, 8, 1)}, "ends_before_start"),
        ({"required_attendance": 101}, "out_of_range"),
        ({"required_hours": Decimal(-1)}, "out_of_range"),
        ({"required_lessons": 1000}, "out_of_range"),
        ({"plan": "字" * 40_001}, "plan_too_long"),
    ],
)
def test_refuses_facts_that_cannot_be(bureau: Actor, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(DomainError) as caught:
        drafted(bureau, **changes)
    assert caught.value.code == code
    assert db.session.scalar(select(func.count()).select_from(Cohort)) == 0


def test_two_cohorts_of_one_name_are_refused(bureau: Actor) -> None:
    drafted(bureau)
    with pytest.raises(DomainError) as caught:
        drafted(bureau, title=" 第三期 ")
    assert caught.value.code == "cohort_exists"


def test_edits_what_it_says(bureau: Actor) -> None:
    cohort = drafted(bureau)
    with atomic():
        edit_cohort(
            cohort.id,
            replace(FACTS, title="2023年秋季第三期", required_lessons=10),
            expected_version=cohort.row_version,
            actor=bureau,
        )
    edited = db.session.get_one(Cohort, cohort.id)
    assert (edited.title, edited.event_key, edited.required_lessons) == (
        "2023年秋季第三期",
        "placement:2023年秋季第三期",
        10,
    )
    with pytest.raises(StaleVersion), atomic():
        edit_cohort(cohort.id, FACTS, expected_version=1, actor=bureau)


def test_the_term_does_not_move_to_where_the_school_cannot_take_them(
    bureau: Actor, school: Unit
) -> None:
    cohort = drafted(bureau)
    offer(cohort, school, 4, bureau)
    other = drafted(
        bureau,
        title="第四期",
        starts_on=date(2024, 3, 1),
        ends_on=date(2024, 7, 1),
        mid_term_on=None,
    )
    offer(other, school, 4, bureau)
    with pytest.raises(DomainError) as caught, atomic():
        edit_cohort(
            cohort.id,
            replace(FACTS, starts_on=date(2024, 6, 1), ends_on=date(2024, 12, 1),
                    mid_term_on=None),
            actor=bureau,
        )  # fmt: skip
    assert caught.value.code == "over_school_capacity"


def offer(cohort: Cohort, school: Unit, seats: int, actor: Actor) -> None:
    with atomic():
        set_seats(cohort.id, [SeatLine(school.id, seats)], actor=actor)


def test_publishing_names_everything_that_is_missing(bureau: Actor) -> None:
    cohort = drafted(bureau, nominations_open_on=None, nominations_close_on=None)
    with pytest.raises(DomainError) as caught, atomic():
        publish_cohort(cohort.id, actor=bureau)
    assert caught.value.code == "not_ready"
    assert caught.value.details["missing"] == ["no_seats", "no_window"]


def test_publishing_tells_who_nominates(bureau: Actor, school: Unit) -> None:
    county = factories.make_account(Role.COUNTY, FENGQING)
    municipal = factories.make_account(Role.SCHOOL, school)
    factories.make_account(Role.SCHOOL, factories.make_school(FENGQING))
    factories.make_account(Role.COUNTY, factories.CHUXIONG_CITY)
    cohort = drafted(bureau)
    offer(cohort, school, 4, bureau)
    with atomic():
        assert publish_cohort(cohort.id, actor=bureau) == 2
    told = db.session.scalars(select(Notice.account_id).order_by(Notice.account_id)).all()
    assert told == sorted([county.id, municipal.id])
    with pytest.raises(DomainError) as caught, atomic():
        publish_cohort(cohort.id, actor=bureau)
    assert caught.value.code == "not_draft"


def test_with_quotas_only_units_that_have_one_are_told(bureau: Actor, school: Unit) -> None:
    county = factories.make_account(Role.COUNTY, FENGQING)
    factories.make_account(Role.COUNTY, YUN)
    cohort = drafted(bureau, seat_policy=SeatPolicy.QUOTAS)
    offer(cohort, school, 4, bureau)
    with atomic():
        set_quotas(cohort.id, {factories.get_unit(FENGQING).id: 2}, actor=bureau)
    with atomic():
        publish_cohort(cohort.id, actor=bureau)
    assert db.session.scalars(select(Notice.account_id)).all() == [county.id]


def test_quotas_go_to_counties_and_municipal_schools(bureau: Actor, school: Unit) -> None:
    cohort = drafted(bureau, seat_policy=SeatPolicy.QUOTAS)
    ids = {factories.get_unit(FENGQING).id: 2, school.id: 1}
    with atomic():
        set_quotas(cohort.id, ids, actor=bureau)
    assert {row.unit_id: row.seats for row in list_quotas(cohort.id)} == ids
    for unit in (factories.make_school(FENGQING), factories.get_unit(factories.CHUXIONG_CITY)):
        with pytest.raises(DomainError) as caught, atomic():
            set_quotas(cohort.id, {unit.id: 1}, actor=bureau)
        assert caught.value.code == "not_nominating"


def test_a_quota_is_not_lowered_below_those_nominated(bureau: Actor, school: Unit) -> None:
    county = factories.get_unit(FENGQING)
    cohort = placement_factories.make_cohort(seat_policy=SeatPolicy.QUOTAS)
    factories.save(CohortQuota(cohort_id=cohort.id, unit_id=county.id, seats=2))
    origin = factories.make_school(FENGQING)
    placement_factories.make_nomination(cohort, factories.make_counselor(origin), county, origin)
    with pytest.raises(DomainError) as caught, atomic():
        set_quotas(cohort.id, {county.id: 0}, actor=bureau)
    assert caught.value.code == "below_nominated"
    with atomic():
        set_quotas(cohort.id, {county.id: 1}, actor=bureau)


LEVELS = (LevelFacts(85, "优秀", "全面达到"), LevelFacts(60, "合格"), LevelFacts(0, "不合格"))


def test_criteria_are_stated_anew(bureau: Actor) -> None:
    cohort = drafted(bureau)
    with atomic():
        set_criteria(
            cohort.id,
            Phase.FINAL,
            [CriterionFacts(" 授课 ", 60, LEVELS), CriterionFacts("日志", 40)],
            actor=bureau,
        )
    final = [item for item in list_criteria(cohort.id) if item.phase is Phase.FINAL]
    assert [(item.title, item.weight) for item in final] == [("授课", 60), ("日志", 40)]
    assert final[0].levels[0] == {"title": "优秀", "from": 85, "description": "全面达到"}
    assert len(list_criteria(cohort.id)) == 5


def test_weights_are_a_hundred(bureau: Actor) -> None:
    cohort = drafted(bureau)
    with pytest.raises(DomainError) as caught, atomic():
        set_criteria(cohort.id, Phase.FINAL, [CriterionFacts("授课", 99)], actor=bureau)
    assert caught.value.code == "not_hundred"


def placed(cohort: Cohort, school: Unit, actor: Actor) -> Placement:
    """One nominee of a county, placed by the matching."""
    seats = placement_factories.make_seats(cohort, school, 2)
    origin = factories.make_school(FENGQING)
    nomination = placement_factories.make_nomination(
        cohort,
        factories.make_counselor(origin),
        factories.get_unit(FENGQING),
        origin,
    )
    mentor = placement_factories.make_mentor(school)
    with atomic():
        [made] = place_all(cohort.id, [Choice(nomination.id, seats.id, mentor.id)], actor=actor)
    return made


def test_criteria_stand_once_an_opinion_is_signed(bureau: Actor, school: Unit) -> None:
    cohort = placement_factories.make_cohort()
    placement = placed(cohort, school, bureau)
    factories.save(
        AppraisalOpinion(
            placement_id=placement.id,
            phase=Phase.FINAL,
            opinion=Opinion.SELF,
            text="总结",
            signed_by_name="李老师",
            signed_at=clock.now(),
        )
    )
    with pytest.raises(DomainError) as caught, atomic():
        set_criteria(cohort.id, Phase.FINAL, [CriterionFacts("授课", 100)], actor=bureau)
    assert caught.value.code == "opinions_signed"
    with atomic():
        set_criteria(cohort.id, Phase.MID_TERM, [], actor=bureau)


def test_once_people_are_placed_name_days_and_policy_stand(bureau: Actor, school: Unit) -> None:
    cohort = placement_factories.make_cohort(
        nominations_open_on=FACTS.nominations_open_on,
        nominations_close_on=FACTS.nominations_close_on,
    )
    placed(cohort, school, bureau)
    with pytest.raises(DomainError) as caught, atomic():
        edit_cohort(cohort.id, replace(FACTS, ends_on=date(2024, 2, 1)), actor=bureau)
    assert (caught.value.code, caught.value.field) == ("settled", "ends_on")
    with atomic():
        edit_cohort(cohort.id, replace(FACTS, required_lessons=12), actor=bureau)


def test_cancelling_ends_everything_and_tells_everybody_why(bureau: Actor, school: Unit) -> None:
    county = factories.make_account(Role.COUNTY, FENGQING)
    host = factories.make_account(Role.SCHOOL, school)
    cohort = placement_factories.make_cohort()
    placement = placed(cohort, school, bureau)
    db.session.execute(Notice.__table__.delete())  # type: ignore[attr-defined]
    db.session.commit()
    with pytest.raises(DomainError) as caught, atomic():
        cancel_cohort(cohort.id, reason=" ", actor=bureau)
    assert caught.value.code == "reason_missing"
    with atomic():
        assert cancel_cohort(cohort.id, reason="校舍维修", actor=bureau) == 2
    ended = db.session.get_one(Placement, placement.id)
    assert ended.status is PlacementStatus.WITHDRAWN
    assert db.session.scalars(select(Nomination.status)).all() == [NominationStatus.WITHDRAWN]
    assert db.session.scalar(select(func.count()).select_from(Commitment)) == 0
    assert db.session.scalars(select(CohortSeats.taken)).all() == [0]
    assert db.session.scalars(select(PlacementChange.reason)).all() == ["校舍维修"]
    told = set(db.session.scalars(select(Notice.account_id)))
    assert told == {county.id, host.id}
    with pytest.raises(DomainError) as again, atomic():
        cancel_cohort(cohort.id, reason="又", actor=bureau)
    assert again.value.code == "cohort_over"


def test_a_cancelled_draft_tells_nobody(bureau: Actor) -> None:
    factories.make_account(Role.COUNTY, FENGQING)
    cohort = drafted(bureau)
    with atomic():
        assert cancel_cohort(cohort.id, reason="写错", actor=bureau) == 0


def test_another_prefecture_does_not_find_it(bureau: Actor) -> None:
    other = factories.make_actor(Role.BUREAU, factories.CHUXIONG)
    cohort = drafted(bureau)
    with pytest.raises(NotFound), atomic():
        cancel_cohort(cohort.id, reason="撤", actor=other)


def test_the_next_cohort_has_seats_quotas_and_criteria_with_its_days_moved(
    bureau: Actor, school: Unit
) -> None:
    source = drafted(bureau)
    offer(source, school, 4, bureau)
    with atomic():
        set_quotas(source.id, {factories.get_unit(FENGQING).id: 2}, actor=bureau)
        set_criteria(source.id, Phase.FINAL, [CriterionFacts("授课", 100, LEVELS)], actor=bureau)
    assert next_title(source) == "第四期"
    with atomic():
        copy, left_out = copy_cohort(
            source.id, title="第四期", starts_on=date(2024, 3, 1), actor=bureau
        )
    assert left_out == []
    assert (copy.starts_on, copy.ends_on) == (date(2024, 3, 1), date(2024, 7, 12))
    assert copy.nominations_close_on == date(2024, 2, 23)
    assert (copy.status, copy.required_lessons, copy.plan) == (CohortStatus.DRAFT, 8, FACTS.plan)
    assert [row.seats for row in list_seats(copy.id)] == [4]
    assert [row.seats for row in list_quotas(copy.id)] == [2]
    titles = [item.title for item in list_criteria(copy.id) if item.phase is Phase.FINAL]
    assert titles == ["授课"]


def test_seats_that_the_school_cannot_take_then_are_left_out_and_named(
    bureau: Actor, school: Unit
) -> None:
    source = drafted(bureau)
    offer(source, school, 4, bureau)
    with atomic():
        copy, left_out = copy_cohort(
            source.id, title="第四期", starts_on=date(2023, 10, 1), actor=bureau
        )
    assert left_out == [school.name]
    assert list_seats(copy.id) == []
