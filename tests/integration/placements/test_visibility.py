"""Who sees which cohort and placement, and what somebody is in it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.core.db import db
from app.core.errors import NotFound
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.placements.models import Placement
from app.domain.placements.queries.visibility import (
    Part,
    current_stay,
    get_cohort,
    get_placement,
    parts_of,
)
from app.domain.placements.rules.words import CohortStatus
from app.domain.units.models import Unit
from tests import factories, placement_factories


@pytest.fixture
def placement(session: Session) -> Placement:
    """Somebody of a school in Linxiang, at a base school of Lincang with a mentor."""
    base = placement_factories.make_base_school()
    school = factories.make_school(factories.LINXIANG)
    cohort = placement_factories.make_cohort()
    return placement_factories.make_placement(
        cohort,
        factories.make_counselor(school),
        nominating=factories.get_unit(factories.LINXIANG),
        school=school,
        seats=placement_factories.make_seats(cohort, base),
        mentor=placement_factories.make_mentor(base),
    )


def _actor_for(person: Person, role: str, unit: Unit | str) -> Actor:
    """An actor whose account is the person's."""
    account: Account = factories.make_account(role, unit)
    person.account_id = account.id
    db.session.commit()
    return factories.actor_of(account)


def _base(placement: Placement) -> Unit:
    stay = current_stay(placement)
    assert stay is not None
    return stay.base_school


def _sees(placement: Placement, actor: Actor) -> bool:
    try:
        return get_placement(placement.id, actor=actor) is placement
    except NotFound:
        return False


def test_shows_a_placement_to_everybody_it_concerns(placement: Placement) -> None:
    assert _sees(placement, factories.make_actor("bureau", factories.LINCANG))
    assert _sees(placement, factories.make_actor("county", factories.LINXIANG))
    assert _sees(placement, factories.make_actor("school", placement.unit))
    assert _sees(placement, factories.make_actor("school", _base(placement)))
    assert _sees(placement, _actor_for(placement.person, "teacher", placement.unit))


def test_hides_a_placement_from_everybody_else(placement: Placement) -> None:
    assert not _sees(placement, factories.make_actor("bureau", factories.CHUXIONG))
    assert not _sees(placement, factories.make_actor("county", "530921"))
    assert not _sees(placement, factories.make_actor("school", factories.make_school("530921")))
    assert not _sees(placement, factories.make_actor("teacher", placement.unit))
    assert not _sees(placement, factories.make_actor("mentor", _base(placement)))
    assert not _sees(placement, factories.make_actor("auditor", factories.LINCANG))


def test_names_what_each_role_is_in_a_placement(placement: Placement) -> None:
    stay = current_stay(placement)
    assert stay is not None
    assert stay.mentor is not None
    mentor = _actor_for(stay.mentor.person, "mentor", stay.base_school)
    trainee = _actor_for(placement.person, "teacher", placement.unit)
    assert parts_of(placement, mentor) == {Part.MENTOR}
    assert parts_of(placement, trainee) == {Part.TRAINEE}
    school = factories.make_actor("school", stay.base_school)
    assert parts_of(placement, school) == {Part.BASE_SCHOOL}
    county = factories.make_actor("county", factories.LINXIANG)
    assert parts_of(placement, county) == {Part.NOMINATOR}
    bureau = factories.make_actor("bureau", factories.LINCANG)
    assert parts_of(placement, bureau) == {Part.NOMINATOR, Part.BUREAU}


def test_gives_a_mentor_nothing_of_their_own_placement_but_the_trainees_part(
    placement: Placement,
) -> None:
    """Who is placed and holds the role of a mentor too does not guide themselves."""
    actor = _actor_for(placement.person, "mentor", _base(placement))
    assert parts_of(placement, actor) == frozenset()
    assert not _sees(placement, actor)


def test_in_ones_own_placement_one_is_nothing_but_the_trainee(placement: Placement) -> None:
    """Not even mentor, base school or bureau: nobody signs, records or confirms for themselves."""
    for role, unit in (
        ("mentor", _base(placement)),
        ("school", _base(placement)),
        ("bureau", factories.get_unit(factories.LINCANG)),
    ):
        actor = _actor_for(placement.person, role, unit)
        if role == "mentor":
            stay = current_stay(placement)
            assert stay is not None
            assert stay.mentor is not None
            stay.mentor.person_id = placement.person_id
            db.session.commit()
        assert parts_of(placement, actor) == frozenset()
    trainee = _actor_for(placement.person, "teacher", placement.unit)
    assert parts_of(placement, trainee) == {Part.TRAINEE}


def test_shows_drafts_to_who_plans_alone(session: Session) -> None:
    draft = placement_factories.make_cohort(status=CohortStatus.DRAFT)
    county = factories.make_actor("county", factories.LINXIANG)
    bureau = factories.make_actor("bureau", factories.LINCANG)
    assert get_cohort(draft.id, actor=bureau) is draft
    with pytest.raises(NotFound):
        get_cohort(draft.id, actor=county)
    draft.status = CohortStatus.OPEN
    session.commit()
    assert get_cohort(draft.id, actor=county) is draft


def test_shows_a_cohort_of_another_prefecture_to_nobody(session: Session) -> None:
    cohort = placement_factories.make_cohort()
    for actor in (
        factories.make_actor("bureau", factories.CHUXIONG),
        factories.make_actor("county", factories.LUFENG),
        factories.make_actor("teacher", factories.LINCANG),
    ):
        with pytest.raises(NotFound):
            get_cohort(cohort.id, actor=actor)
