"""Nominations: who may be named by whom, the ranking, the school's release, the bureau's decision, two at once."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError, Forbidden, NotFound, StaleVersion
from app.domain.accounts.rules import Actor, Role
from app.domain.audit.models import AuditEntry
from app.domain.outbox.models import Notice
from app.domain.people.models import Person
from app.domain.people.rules import TrainingKind
from app.domain.placements.models import Cohort, CohortQuota, Nomination
from app.domain.placements.operations.deciding import (
    approve,
    refuse_release,
    reject,
    release,
    send_back,
)
from app.domain.placements.operations.nominating import (
    Wish,
    edit_nomination,
    nominate,
    withdraw_nomination,
)
from app.domain.placements.operations.nominations import rank_nominations
from app.domain.placements.rules.words import NominationStatus, SeatPolicy
from app.domain.units.models import Unit
from tests import factories, placement_factories
from tests.concurrency import at_once

FENGQING, YUN = "530921", "530922"


@pytest.fixture
def cohort(session: Session) -> Cohort:
    """Open until the end of August: the clock of the tests stands at 2023-08-17."""
    return placement_factories.make_cohort(nominations_close_on=date(2023, 8, 31))


@pytest.fixture
def base_school(cohort: Cohort) -> Unit:
    school = placement_factories.make_base_school()
    placement_factories.make_seats(cohort, school, 4)
    return school


@pytest.fixture
def county(session: Session) -> Actor:
    return factories.make_actor(Role.COUNTY, FENGQING)


@pytest.fixture
def bureau(session: Session) -> Actor:
    return factories.make_actor(Role.BUREAU, factories.LINCANG)


@pytest.fixture
def school(session: Session) -> Unit:
    return factories.make_school(FENGQING, "凤庆一中")


def named(cohort: Cohort, person: Person, actor: Actor, wish: Wish | None = None) -> Nomination:
    cohort_id, person_id = cohort.id, person.id
    with atomic():
        return nominate(cohort_id, person_id, wish or Wish(), actor=actor)


def refusal(cohort: Cohort, person: Person, actor: Actor, wish: Wish | None = None) -> DomainError:
    with pytest.raises(DomainError) as caught:
        named(cohort, person, actor, wish)
    assert db.session.scalar(select(func.count()).select_from(Nomination)) == 0
    return caught.value


def status_of(nomination_id: int) -> NominationStatus:
    db.session.rollback()
    return db.session.get_one(Nomination, nomination_id).status


def test_a_county_nominates_and_the_school_is_asked(
    cohort: Cohort, base_school: Unit, county: Actor, school: Unit
) -> None:
    asked = factories.make_account(Role.SCHOOL, school)
    person = factories.make_counselor(school)
    wish = Wish("想做带头人", (base_school.id,))
    made = named(cohort, person, county, wish)
    assert (made.unit_id, made.school_id, made.rank) == (county.unit_id, school.id, 1)
    assert (made.status, made.released_at) == (NominationStatus.SUBMITTED, None)
    assert (made.motivation, made.preferences) == ("想做带头人", [base_school.id])
    assert made.stage is school.stage
    told = db.session.execute(select(Notice.account_id, Notice.kind)).all()
    assert told == [(asked.id, "placements.release_asked")]
    assert db.session.scalars(select(AuditEntry.action)).all() == ["placements.nominate"]


def test_a_municipal_school_releases_its_own_by_nominating(
    cohort: Cohort, session: Session
) -> None:
    school = factories.make_school(factories.LINCANG, "市二中")
    actor = factories.make_actor(Role.SCHOOL, school)
    made = named(cohort, factories.make_counselor(school), actor)
    assert (made.unit_id, made.school_id) == (school.id, school.id)
    assert made.released_at is not None


def test_the_bureau_nominates_for_the_county_of_the_school(
    cohort: Cohort, bureau: Actor, school: Unit
) -> None:
    made = named(cohort, factories.make_counselor(school), bureau)
    assert made.unit.code == FENGQING
    assert made.released_at is None


def test_a_county_may_have_the_consent_on_paper(
    cohort: Cohort, county: Actor, school: Unit
) -> None:
    person = factories.make_counselor(school)
    with atomic():
        made = nominate(
            cohort.id, person.id, Wish(), release_note="凤庆一中〔2023〕8号", actor=county
        )
    assert made.released_at is not None
    assert made.release_note == "凤庆一中〔2023〕8号"


def test_a_school_of_a_county_leaves_it_to_the_county(cohort: Cohort, school: Unit) -> None:
    actor = factories.make_actor(Role.SCHOOL, school)
    assert isinstance(refusal(cohort, factories.make_counselor(school), actor), Forbidden)


def test_staff_of_the_bureau_is_not_nominated(cohort: Cohort, bureau: Actor) -> None:
    person = factories.make_counselor(factories.get_unit(factories.LINCANG))
    assert refusal(cohort, person, bureau).code == "no_nominating_unit"


def test_somebody_of_another_county_is_not_found(cohort: Cohort, county: Actor) -> None:
    person = factories.make_counselor(factories.make_school(YUN))
    assert isinstance(refusal(cohort, person, county), NotFound)


def test_a_cohort_of_another_prefecture_is_not_found(cohort: Cohort, session: Session) -> None:
    actor = factories.make_actor(Role.COUNTY, factories.CHUXIONG_CITY)
    person = factories.make_counselor(factories.make_school(factories.CHUXIONG_CITY))
    assert isinstance(refusal(cohort, person, actor), NotFound)


def test_a_lead_teacher_is_refused(cohort: Cohort, county: Actor, school: Unit) -> None:
    person = factories.make_counselor(school)
    factories.make_designation(person, factories.get_unit(FENGQING))
    assert refusal(cohort, person, county).details["reasons"] == ["lead_teacher"]


def test_who_was_lead_teacher_until_yesterday_is_not(
    cohort: Cohort, county: Actor, school: Unit
) -> None:
    person = factories.make_counselor(school)
    factories.make_designation(person, factories.get_unit(FENGQING), valid_until=date(2023, 8, 16))
    assert named(cohort, person, county).rank == 1


def test_who_passed_a_placement_before_is_refused(
    cohort: Cohort, county: Actor, school: Unit
) -> None:
    person = factories.make_counselor(school)
    factories.make_training(person, school, kind=TrainingKind.PLACEMENT)
    assert refusal(cohort, person, county).details["reasons"] == ["placed_before"]


def test_who_failed_a_placement_may_try_again(cohort: Cohort, county: Actor, school: Unit) -> None:
    person = factories.make_counselor(school)
    factories.make_training(person, school, kind=TrainingKind.PLACEMENT, passed=False)
    assert named(cohort, person, county).rank == 1


def test_who_is_placed_in_another_cohort_is_refused(
    cohort: Cohort, base_school: Unit, county: Actor, school: Unit
) -> None:
    other = placement_factories.make_cohort("第四期")
    seats = placement_factories.make_seats(other, base_school)
    person = factories.make_counselor(school)
    placement_factories.make_placement(
        other, person, nominating=factories.get_unit(FENGQING), school=school, seats=seats
    )
    assert refusal(cohort, person, county).details["reasons"] == ["placed_now"]


def test_a_posting_that_ended_is_none(cohort: Cohort, county: Actor, school: Unit) -> None:
    person = factories.make_counselor(school, valid_until=date(2023, 8, 16))
    assert refusal(cohort, person, county).details["reasons"] == ["no_counselor"]


def test_nobody_is_nominated_after_the_window(county: Actor, school: Unit) -> None:
    cohort = placement_factories.make_cohort(nominations_close_on=date(2023, 8, 16))
    person = factories.make_counselor(school)
    assert refusal(cohort, person, county).details["reasons"] == ["closed"]


def test_nobody_is_nominated_twice(cohort: Cohort, county: Actor, school: Unit) -> None:
    person = factories.make_counselor(school)
    named(cohort, person, county)
    with pytest.raises(DomainError) as caught:
        named(cohort, person, county)
    assert caught.value.details["reasons"] == ["nominated_already"]


def test_a_quota_is_a_limit_and_no_quota_is_none(county: Actor, school: Unit) -> None:
    cohort = placement_factories.make_cohort(
        nominations_close_on=date(2023, 8, 31), seat_policy=SeatPolicy.QUOTAS
    )
    person = factories.make_counselor(school, "甲")
    assert refusal(cohort, person, county).details["reasons"] == ["quota_full"]
    factories.save(CohortQuota(cohort_id=cohort.id, unit_id=county.unit_id, seats=1))
    assert named(cohort, person, county).rank == 1
    with pytest.raises(DomainError) as caught:
        named(cohort, factories.make_counselor(school, "乙"), county)
    assert caught.value.details["reasons"] == ["quota_full"]


@pytest.mark.parametrize(
    ("preferences", "code"),
    [
        ((999_999,), "unknown_preference"),
        ((1, 1), "preference_twice"),
        ((1, 2, 3, 4, 5, 6), "too_many_preferences"),
    ],
)
def test_refuses_preferences_that_cannot_be(
    cohort: Cohort,
    county: Actor,
    school: Unit,
    preferences: tuple[int, ...],
    code: str,
) -> None:
    person = factories.make_counselor(school)
    assert refusal(cohort, person, county, Wish("", preferences)).code == code


def test_ranks_follow_each_other_and_close_their_gaps(
    cohort: Cohort, county: Actor, school: Unit
) -> None:
    ids = [named(cohort, factories.make_counselor(school, n), county).id for n in "甲乙丙"]
    with atomic():
        withdraw_nomination(ids[0], reason="生病", actor=county)
    assert _ranks(cohort) == {ids[1]: 1, ids[2]: 2}
    fourth = named(cohort, factories.make_counselor(school, "丁"), county).id
    assert _ranks(cohort) == {ids[1]: 1, ids[2]: 2, fourth: 3}


def _ranks(cohort: Cohort) -> dict[int, int]:
    rows = db.session.execute(
        select(Nomination.id, Nomination.rank).where(
            Nomination.cohort_id == cohort.id, Nomination.status != NominationStatus.WITHDRAWN
        )
    )
    return dict(rows.all())


def test_the_unit_brings_its_nominees_into_another_order(
    cohort: Cohort, county: Actor, school: Unit
) -> None:
    ids = [named(cohort, factories.make_counselor(school, n), county).id for n in "甲乙丙"]
    with atomic():
        rank_nominations(cohort.id, county.unit_id, [ids[2], ids[0], ids[1]], actor=county)
    assert _ranks(cohort) == {ids[2]: 1, ids[0]: 2, ids[1]: 3}
    with pytest.raises(DomainError) as caught, atomic():
        rank_nominations(cohort.id, county.unit_id, ids[:2], actor=county)
    assert caught.value.code == "not_the_same"


def test_another_county_orders_nothing_here(cohort: Cohort, county: Actor, school: Unit) -> None:
    number = named(cohort, factories.make_counselor(school), county).id
    other = factories.make_actor(Role.COUNTY, YUN)
    with pytest.raises(NotFound), atomic():
        rank_nominations(cohort.id, county.unit_id, [number], actor=other)


def test_who_withdrew_may_be_nominated_again(cohort: Cohort, county: Actor, school: Unit) -> None:
    person = factories.make_counselor(school)
    first = named(cohort, person, county).id
    with atomic():
        withdraw_nomination(first, reason="写错", actor=county)
    assert named(cohort, person, county).id != first


def test_the_way_to_approval(cohort: Cohort, county: Actor, bureau: Actor, school: Unit) -> None:
    number = named(cohort, factories.make_counselor(school), county).id
    principal = factories.make_actor(Role.SCHOOL, school)
    with pytest.raises(DomainError) as caught, atomic():
        approve(number, actor=bureau)
    assert caught.value.details["reasons"] == ["not_released"]
    with atomic():
        release(number, actor=principal)
    with atomic():
        approve(number, actor=bureau)
    assert status_of(number) is NominationStatus.APPROVED
    kinds = set(
        db.session.scalars(select(Notice.kind).where(Notice.account_id == county.account_id))
    )
    assert kinds == {"placements.released", "placements.nomination_approved"}


def test_an_office_above_needs_a_paper_to_release(
    cohort: Cohort, county: Actor, school: Unit
) -> None:
    number = named(cohort, factories.make_counselor(school), county).id
    with pytest.raises(DomainError) as caught, atomic():
        release(number, actor=county)
    assert caught.value.code == "note_missing"
    with atomic():
        release(number, note="来函8号", actor=county)
    with pytest.raises(DomainError) as again, atomic():
        release(number, note="来函8号", actor=county)
    assert again.value.code == "released_already"


def test_a_school_that_refuses_sends_it_back_and_may_be_asked_again(
    cohort: Cohort, county: Actor, school: Unit
) -> None:
    number = named(cohort, factories.make_counselor(school), county).id
    principal = factories.make_actor(Role.SCHOOL, school)
    with atomic():
        refuse_release(number, reason="高三缺人", actor=principal)
    refused = db.session.get_one(Nomination, number)
    assert (refused.status, refused.release_note) == (NominationStatus.SENT_BACK, "高三缺人")
    with atomic():
        edit_nomination(number, Wish("再请考虑"), actor=county)
    asked = db.session.get_one(Nomination, number)
    assert (asked.status, asked.release_note, asked.motivation) == (
        NominationStatus.SUBMITTED,
        None,
        "再请考虑",
    )


def test_another_school_neither_sees_nor_releases(
    cohort: Cohort, county: Actor, school: Unit
) -> None:
    number = named(cohort, factories.make_counselor(school), county).id
    other = factories.make_actor(Role.SCHOOL, factories.make_school(FENGQING))
    with pytest.raises(NotFound), atomic():
        release(number, actor=other)


def test_the_school_does_not_withdraw_what_its_county_nominated(
    cohort: Cohort, county: Actor, school: Unit
) -> None:
    number = named(cohort, factories.make_counselor(school), county).id
    principal = factories.make_actor(Role.SCHOOL, school)
    with pytest.raises(NotFound), atomic():
        withdraw_nomination(number, reason="不行", actor=principal)


def test_a_county_does_not_approve(cohort: Cohort, county: Actor, school: Unit) -> None:
    number = named(cohort, factories.make_counselor(school), county).id
    with pytest.raises(Forbidden), atomic():
        approve(number, actor=county)


def test_rejected_and_sent_back_need_a_reason_and_tell_it(
    cohort: Cohort, county: Actor, bureau: Actor, school: Unit
) -> None:
    ids = [named(cohort, factories.make_counselor(school, n), county).id for n in "甲乙"]
    for act in (send_back, reject):
        with pytest.raises(DomainError) as caught, atomic():
            act(ids[0], reason=" ", actor=bureau)
        assert caught.value.code == "reason_missing"
    with atomic():
        send_back(ids[0], reason="补充动机", actor=bureau)
    with atomic():
        reject(ids[1], reason="名额已满", actor=bureau)
    assert status_of(ids[0]) is NominationStatus.SENT_BACK
    assert status_of(ids[1]) is NominationStatus.REJECTED
    with pytest.raises(DomainError) as caught, atomic():
        approve(ids[1], actor=bureau)
    assert caught.value.details["reasons"] == ["not_waiting"]


def test_what_was_seen_before_somebody_changed_it_is_not_decided(
    cohort: Cohort, county: Actor, bureau: Actor, school: Unit
) -> None:
    made = named(cohort, factories.make_counselor(school), county)
    number, seen = made.id, made.row_version
    with atomic():
        edit_nomination(number, Wish("改了"), actor=county)
    with pytest.raises(StaleVersion), atomic():
        reject(number, reason="不符合", expected_version=seen, actor=bureau)


def test_an_approved_nomination_is_not_edited(
    cohort: Cohort, county: Actor, bureau: Actor, school: Unit
) -> None:
    number = named(cohort, factories.make_counselor(school), county).id
    with atomic():
        release(number, note="来函", actor=bureau)
        approve(number, actor=bureau)
    with pytest.raises(DomainError) as caught, atomic():
        edit_nomination(number, Wish("改"), actor=county)
    assert caught.value.code == "not_editable"


def test_two_officers_name_the_same_person_at_once(
    app: Flask, cohort: Cohort, county: Actor, bureau: Actor, school: Unit
) -> None:
    person_id, cohort_id = factories.make_counselor(school).id, cohort.id
    outcomes = at_once(
        app,
        *(
            lambda actor=actor: nominate(cohort_id, person_id, Wish(), actor=actor)
            for actor in (county, bureau, county)
        ),
    )
    assert outcomes == ["done", "not_eligible", "not_eligible"]


def test_two_officers_use_the_last_place_of_the_quota_at_once(
    app: Flask, county: Actor, bureau: Actor, school: Unit
) -> None:
    cohort = placement_factories.make_cohort(
        nominations_close_on=date(2023, 8, 31), seat_policy=SeatPolicy.QUOTAS
    )
    factories.save(CohortQuota(cohort_id=cohort.id, unit_id=county.unit_id, seats=2))
    people = [factories.make_counselor(school, name).id for name in "甲乙丙丁"]
    cohort_id = cohort.id
    outcomes = at_once(
        app,
        *(
            lambda number=number, actor=actor: nominate(cohort_id, number, Wish(), actor=actor)
            for number, actor in zip(people, (county, bureau, county, bureau), strict=True)
        ),
    )
    assert outcomes == ["done", "done", "not_eligible", "not_eligible"]
    db.session.rollback()
    ranks = db.session.scalars(select(Nomination.rank).order_by(Nomination.rank)).all()
    assert ranks == [1, 2]


def test_two_officers_decide_at_once_and_one_wins(
    app: Flask, cohort: Cohort, county: Actor, bureau: Actor, school: Unit
) -> None:
    made = named(cohort, factories.make_counselor(school), county)
    with atomic():
        release(made.id, note="来函", actor=bureau)
    db.session.rollback()
    number, seen = made.id, db.session.get_one(Nomination, made.id).row_version
    outcomes = at_once(
        app,
        lambda: approve(number, expected_version=seen, actor=bureau),
        lambda: reject(number, reason="不符合", expected_version=seen, actor=bureau),
    )
    assert outcomes == ["done", "stale_version"]
