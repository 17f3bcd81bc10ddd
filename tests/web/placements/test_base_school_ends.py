"""A base school that ends, closes or merges while trainees are there or a cohort counts on its seats."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import atomic, db
from app.domain.placements.models import CohortSeats
from app.domain.placements.operations.changing import withdraw_placement
from app.domain.units.models import BaseSchoolPeriod, Unit
from tests import factories
from tests.semester_factories import STARTS_ON, Term, make_term
from tests.web.workshops.test_teacher_pages import in_english

DAY = "2023-08-17"


@pytest.fixture
def term(app: Flask) -> Term:
    with app.app_context():
        return make_term()


@pytest.fixture
def bureau(term: Term, sign_in: Callable[[int], FlaskClient]) -> FlaskClient:
    return in_english(sign_in(term.bureau.account_id))


@pytest.fixture
def address(app: Flask, term: Term) -> str:
    with app.app_context():
        return f"/units/{base_school().code}"


def base_school() -> Unit:
    return db.session.get_one(Unit, db.session.query(BaseSchoolPeriod).one().unit_id)


def test_refuses_to_end_close_or_merge_a_school_with_trainees(app, term, bureau, address):
    with app.app_context():
        target = factories.make_school(factories.LINCANG, "临沧市第二中学").code
    for page, data in (
        ("base-school/end", {"on": DAY, "reason": "撤并"}),
        ("close", {"on": DAY, "reason": "撤并", "end_postings": "y"}),
        ("merge", {"on": DAY, "reason": "撤并", "target": target}),
    ):
        answer = bureau.post(f"{address}/{page}", data=data)
        assert answer.status_code == 422, page
        assert "李梅 are placed at 临沧市第一中学 after that day" in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(BaseSchoolPeriod).one().valid_until is None
        assert base_school().closed_on is None


def test_refuses_while_a_cohort_counts_on_its_seats_and_lets_it_end_then(
    app, term, bureau, address
):
    with app.app_context(), atomic():
        withdraw_placement(term.id, STARTS_ON, "调离", actor=term.bureau)
    data = {"on": DAY, "reason": "撤并"}
    answer = bureau.post(f"{address}/base-school/end", data=data)
    assert answer.status_code == 422
    assert "第三期 still offer seats" in answer.get_data(as_text=True)
    with app.app_context(), atomic():
        db.session.query(CohortSeats).one().seats = 0
    assert bureau.post(f"{address}/base-school/end", data=data).status_code == 302
