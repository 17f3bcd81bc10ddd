"""Whose turn it is, as the home page counts it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Select
from sqlalchemy.orm import Session

from app.core.db import db
from app.domain.placements.queries.turns import (
    entries_to_sign,
    opinions_wanted,
    results_to_confirm,
)
from app.domain.placements.rules.words import CohortStatus, Opinion, Phase
from tests import factories
from tests.placement_appraisals import LAST_DAY, Cast, make_cast, on, sign

SELF, MENTOR, BASE_SCHOOL, BUREAU = Opinion


@pytest.fixture
def cast(session: Session) -> Cast:
    return make_cast(status=CohortStatus.CONFIRMED)


def _count(statement: Select[int]) -> int:
    return int(db.session.execute(statement).scalar_one())


def _wanted(cast: Cast) -> list[int]:
    """Opinions wanted of the mentor, the base school and the bureau."""
    return [_count(opinions_wanted(cast.actors[one])) for one in (MENTOR, BASE_SCHOOL, BUREAU)]


def test_passes_the_turn_from_one_to_the_next(cast: Cast) -> None:
    with on(LAST_DAY):
        assert _wanted(cast) == [0, 0, 0]
        for opinion, expected in (
            (SELF, [1, 0, 0]),
            (MENTOR, [0, 1, 0]),
            (BASE_SCHOOL, [0, 0, 1]),
            (BUREAU, [0, 0, 0]),
        ):
            sign(cast, opinion)
            assert _wanted(cast) == expected


def test_counts_the_mid_term_too(cast: Cast) -> None:
    with on(LAST_DAY):
        sign(cast, SELF, phase=Phase.MID_TERM)
        assert _wanted(cast) == [1, 0, 0]


def test_wants_nothing_of_others(cast: Cast) -> None:
    with on(LAST_DAY):
        for opinion in (SELF, MENTOR, BASE_SCHOOL):
            sign(cast, opinion)
        county = factories.make_actor("county", factories.LINXIANG)
        stranger = factories.make_actor("bureau", factories.CHUXIONG)
        assert [_count(opinions_wanted(one)) for one in (county, stranger)] == [0, 0]


def test_has_results_confirmed_from_the_last_day_on(cast: Cast) -> None:
    with on(LAST_DAY):
        for opinion in Opinion:
            sign(cast, opinion)
        assert _count(results_to_confirm(cast.actors[BUREAU])) == 1
    with on(LAST_DAY - timedelta(days=1)):
        assert _count(results_to_confirm(cast.actors[BUREAU])) == 0


def test_counts_no_entry_where_none_is_handed_in(cast: Cast) -> None:
    with on(LAST_DAY):
        assert _count(entries_to_sign(cast.actors[MENTOR])) == 0
