"""What comes of a placement: a record, a lead teacher, the figures of the county; and taking it back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.core.db import atomic
from app.core.errors import DomainError, NotFound
from app.domain.people.operations.designations import end_designation
from app.domain.placements.operations.settling import confirm_outcome, revoke_outcome
from app.domain.placements.rules.words import (
    CohortStatus,
    Opinion,
    PlacementResult,
    PlacementStatus,
)
from app.domain.statistics.ledger import read_ledger
from tests import factories
from tests.placement_appraisals import (
    LAST_DAY,
    Cast,
    make_cast,
    on,
    placement_of,
    sign_all,
)

BUREAU = Opinion.BUREAU


@pytest.fixture
def cast(session: Session) -> Cast:
    return make_cast(credit_hours=Decimal(160), status=CohortStatus.CONFIRMED)


def _figures(day: date) -> tuple[object, ...]:
    totals = read_ledger(
        factories.get_unit(factories.LINCANG).id, as_of=day, since=date(2023, 9, 1)
    ).totals
    return (
        totals["lead_teachers"],
        totals["counties_covered"],
        totals["training_person_times"],
        totals["credit_hours"],
    )


def _confirm(cast: Cast) -> None:
    with atomic():
        confirm_outcome(cast.placement_id, actor=cast.actors[BUREAU])


def test_makes_a_lead_teacher_of_who_passed_from_the_last_day_on(cast: Cast) -> None:
    with on(LAST_DAY):
        sign_all(cast)
        assert _figures(LAST_DAY) == (0, 0, 0, 0)
        _confirm(cast)
        assert _figures(LAST_DAY - timedelta(days=1)) == (0, 0, 0, 0)
        assert _figures(LAST_DAY) == (1, 1, 1, 160)
    placement = placement_of(cast)
    assert (placement.status, placement.result) == (
        PlacementStatus.COMPLETED,
        PlacementResult.PASSED,
    )
    assert placement.stays[-1].valid_until == LAST_DAY
    assert placement.cohort.status is CohortStatus.COMPLETED
    record, designation = placement.training_record, placement.designation
    assert record is not None
    assert designation is not None
    assert (record.title, record.result, record.hours) == (
        "规范化培训（跟岗）第三期",
        "合格",
        Decimal(160),
    )
    assert (record.unit_id, record.nominating_unit_id) == (
        placement.unit_id,
        placement.nominating_unit_id,
    )
    assert (designation.valid_from, designation.training_record_id) == (LAST_DAY, record.id)


def test_records_a_failure_and_designates_nobody(cast: Cast) -> None:
    with on(LAST_DAY):
        sign_all(cast, result=PlacementResult.FAILED)
        _confirm(cast)
        assert _figures(LAST_DAY) == (0, 0, 0, 0)
    placement = placement_of(cast)
    assert placement.designation_id is None
    assert placement.training_record is not None
    assert placement.training_record.passed is False


def test_refuses_to_confirm_before_the_last_day(cast: Cast) -> None:
    with on(LAST_DAY - timedelta(days=1)):
        sign_all(cast)
        with pytest.raises(DomainError) as refused:
            _confirm(cast)
    assert refused.value.code == "not_ended"
    assert placement_of(cast).status is PlacementStatus.ACTIVE


def test_refuses_to_confirm_without_the_opinions(cast: Cast) -> None:
    with on(LAST_DAY), pytest.raises(DomainError) as refused:
        _confirm(cast)
    assert refused.value.code == "opinions_missing"


def test_wants_a_second_officer_where_a_condition_is_unmet(session: Session) -> None:
    cast = make_cast(required_hours=Decimal(160), status=CohortStatus.CONFIRMED)
    with on(LAST_DAY):
        sign_all(cast, exception_reason="基地学校停课一周")
        with pytest.raises(DomainError) as refused:
            _confirm(cast)
        assert refused.value.code == "needs_second_officer"
        with atomic():
            confirm_outcome(cast.placement_id, actor=cast.second_officer)
    placement = placement_of(cast)
    assert placement.confirmed_by == cast.second_officer.account_id
    assert placement.exception_reason == "基地学校停课一周"


@pytest.mark.parametrize("opinion", [Opinion.SELF, Opinion.MENTOR, Opinion.BASE_SCHOOL])
def test_lets_only_the_bureau_confirm(cast: Cast, opinion: Opinion) -> None:
    with on(LAST_DAY):
        sign_all(cast)
        with pytest.raises(NotFound), atomic():
            confirm_outcome(cast.placement_id, actor=cast.actors[opinion])


def test_keeps_the_designation_of_who_is_lead_teacher_of_the_unit_already(cast: Cast) -> None:
    placement = placement_of(cast)
    factories.make_designation(placement.person, placement.nominating_unit, date(2023, 10, 1))
    with on(LAST_DAY):
        sign_all(cast)
        _confirm(cast)
    assert placement_of(cast).designation_id is None


def test_refuses_who_became_lead_teacher_of_another_unit_meanwhile(cast: Cast) -> None:
    other = factories.get_unit("530921")
    factories.make_designation(placement_of(cast).person, other, date(2023, 10, 1))
    with on(LAST_DAY):
        sign_all(cast)
        with pytest.raises(DomainError) as refused:
            _confirm(cast)
    assert refused.value.code == "already_designated"
    assert placement_of(cast).status is PlacementStatus.ACTIVE


def test_takes_a_confirmed_outcome_back_out_of_every_figure(cast: Cast) -> None:
    with on(LAST_DAY):
        sign_all(cast)
        _confirm(cast)
        record_id = placement_of(cast).training_record_id
        with atomic():
            revoke_outcome(cast.placement_id, reason="成绩核对有误", actor=cast.actors[BUREAU])
        assert _figures(LAST_DAY) == (0, 0, 0, 0)
        placement = placement_of(cast)
        assert (placement.status, placement.result) == (PlacementStatus.ACTIVE, None)
        assert placement.cohort.status is CohortStatus.CONFIRMED
        _confirm(cast)
        assert _figures(LAST_DAY) == (1, 1, 1, 160)
    assert placement_of(cast).training_record_id != record_id


def test_takes_nothing_back_without_a_reason_or_an_outcome(cast: Cast) -> None:
    for reason, code in ((" ", "reason_missing"), ("改", "not_completed")):
        with pytest.raises(DomainError) as refused, atomic():
            revoke_outcome(cast.placement_id, reason=reason, actor=cast.actors[BUREAU])
        assert refused.value.code == code


def test_takes_nothing_back_once_the_designation_has_ended(cast: Cast) -> None:
    with on(LAST_DAY):
        sign_all(cast)
        _confirm(cast)
        designation_id = placement_of(cast).designation_id
        assert designation_id is not None
        with atomic():
            end_designation(
                designation_id, on=LAST_DAY, reason="调离教育系统", actor=cast.actors[BUREAU]
            )
        with pytest.raises(DomainError) as refused, atomic():
            revoke_outcome(cast.placement_id, reason="改", actor=cast.actors[BUREAU])
    assert refused.value.code == "designation_ended"
