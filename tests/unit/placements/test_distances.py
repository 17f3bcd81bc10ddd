"""How far apart units lie."""

from __future__ import annotations

import pytest

from app.domain.placements.rules.distances import kilometres, place_of

LINXIANG, ZHENKANG = (23.895, 100.083), (23.763, 98.825)


def test_measures_along_the_great_circle() -> None:
    assert kilometres(LINXIANG, ZHENKANG) == pytest.approx(128.8, abs=0.5)
    assert kilometres(LINXIANG, LINXIANG) == 0


def test_is_a_quarter_of_the_earth_from_pole_to_equator() -> None:
    assert kilometres((90, 0), (0, 77)) == pytest.approx(10_007.5, abs=1)


def test_takes_a_school_to_lie_where_its_county_does() -> None:
    assert place_of("/1/5/17/", {1: (25.0, 102.0), 5: LINXIANG}) == LINXIANG


def test_prefers_the_school_s_own_place() -> None:
    assert place_of("/1/5/17/", {5: LINXIANG, 17: ZHENKANG}) == ZHENKANG


def test_knows_no_place_where_none_is_known() -> None:
    assert place_of("/1/5/17/", {6: LINXIANG}) is None
