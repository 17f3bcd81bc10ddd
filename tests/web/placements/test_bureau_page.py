"""The bureau's page: the same number of queries however much there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.domain.placements.rules.words import CohortStatus
from tests import factories, placement_factories

SignIn = Callable[[int], FlaskClient]
CountQueries = Callable[[Callable[[], Any]], int]


def _add(number: int) -> None:
    """A base school with a mentor, and a confirmed cohort with a trainee there."""
    base = placement_factories.make_base_school(f"第{number}基地学校")
    school = factories.make_school(factories.LINXIANG)
    starts_on = placement_factories.STARTS_ON - timedelta(days=60)
    cohort = placement_factories.make_cohort(
        f"第{number}期", status=CohortStatus.CONFIRMED, starts_on=starts_on
    )
    placement_factories.make_placement(
        cohort,
        factories.make_counselor(school, f"学员{number}"),
        nominating=factories.get_unit(factories.LINXIANG),
        school=school,
        seats=placement_factories.make_seats(cohort, base),
        mentor=placement_factories.make_mentor(base),
    )


def test_asks_as_often_for_one_cohort_as_for_many(
    app: Flask, sign_in: SignIn, count_queries: CountQueries
) -> None:
    with app.app_context():
        _add(1)
        officer = factories.make_account("bureau", factories.LINCANG).id
    client = sign_in(officer)
    client.get("/placements/")
    few = count_queries(lambda: client.get("/placements/"))
    with app.app_context():
        for number in range(2, 12):
            _add(number)
    client.get("/placements/")
    many = count_queries(lambda: client.get("/placements/"))
    assert many == few
