"""One more nominee in a cohort whose matching is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.db import db
from app.domain.placements.models import CohortSeats, Placement
from app.domain.placements.rules.words import CohortStatus
from tests import factories, placement_factories

SignIn = Callable[[int], FlaskClient]


@dataclass(frozen=True)
class Late:
    """An approved nominee without a placement, a free seat, its mentor, and who acts."""

    nomination: int
    seats: int
    mentor: int
    bureau: int
    county: int


@pytest.fixture
def late(app: Flask) -> Late:
    with app.app_context():
        base = placement_factories.make_base_school()
        county = factories.get_unit(factories.LINXIANG)
        school = factories.make_school(factories.LINXIANG)
        cohort = placement_factories.make_cohort(status=CohortStatus.CONFIRMED)
        person = factories.make_counselor(school, "罗文")
        return Late(
            placement_factories.make_nomination(cohort, person, county, school).id,
            placement_factories.make_seats(cohort, base, 1).id,
            placement_factories.make_mentor(base).id,
            factories.make_account("bureau", factories.LINCANG).id,
            factories.make_account("county", factories.LINXIANG).id,
        )


def _data(late: Late, **more: str) -> dict[str, str]:
    return {"seats": str(late.seats), "mentor": str(late.mentor)} | more


def test_places_a_nominee_on_a_free_seat(app: Flask, late: Late, sign_in: SignIn) -> None:
    client = sign_in(late.bureau)
    page = client.get(f"/placements/nominations/{late.nomination}").get_data(as_text=True)
    assert f"/placements/nominations/{late.nomination}/place" in page
    form = client.get(f"/placements/nominations/{late.nomination}/place").get_data(as_text=True)
    assert "临沧市第一中学" in form
    data = _data(late, starts_on="2023-10-09")
    answer = client.post(f"/placements/nominations/{late.nomination}/place", data=data)
    assert answer.status_code == 302
    with app.app_context():
        made = db.session.scalars(select(Placement)).one()
        assert made.starts_on.isoformat() == "2023-10-09"
        assert made.ends_on == placement_factories.ENDS_ON
        assert made.stays[0].mentor_id == late.mentor
        assert db.session.get_one(CohortSeats, late.seats).taken == 1
    page = client.get(f"/placements/nominations/{late.nomination}").get_data(as_text=True)
    assert f"/placements/nominations/{late.nomination}/place" not in page


def test_says_on_the_form_that_the_seat_is_taken(app: Flask, late: Late, sign_in: SignIn) -> None:
    with app.app_context():
        nomination = db.session.get_one(placement_factories.Nomination, late.nomination)
        placement_factories.make_placement(
            nomination.cohort,
            factories.make_counselor(nomination.school, "先到"),
            nominating=nomination.unit,
            school=nomination.school,
            seats=db.session.get_one(CohortSeats, late.seats),
        )
    client = sign_in(late.bureau)
    answer = client.post(f"/placements/nominations/{late.nomination}/place", data=_data(late))
    assert answer.status_code == 422
    assert "名额已满" in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(Placement).count() == 1


def test_lets_no_county_place(late: Late, sign_in: SignIn) -> None:
    answer = sign_in(late.county).get(f"/placements/nominations/{late.nomination}/place")
    assert answer.status_code == 403
