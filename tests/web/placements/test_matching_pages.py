"""The pages of the matching: run, look, move, swap, lock, confirm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core.db import atomic, db
from app.domain.placements.models import (
    Cohort,
    CohortSeats,
    Mentor,
    Nomination,
    Placement,
    ProposalLine,
)
from app.domain.placements.rules.matching_inputs import Weights
from app.domain.placements.rules.words import CohortStatus
from tests import factories, placement_factories
from tests.web.workshops.test_teacher_pages import in_english

SignIn = Callable[[int], FlaskClient]
FENGQING, YUN = "530921", "530922"
WEIGHTS = {name: getattr(Weights(), name) for name in Weights.__dataclass_fields__}


def nominate(cohort_id: int, name: str, county: str, rank: int = 1, **columns: Any) -> int:
    school = factories.make_school(county, f"{county}中学{rank}")
    cohort = db.session.get_one(Cohort, cohort_id)
    person = factories.make_counselor(school, name)
    unit = factories.get_unit(county)
    return placement_factories.make_nomination(cohort, person, unit, school, rank, **columns).id


@pytest.fixture
def case(app: Flask) -> dict[str, int]:
    """A cohort with a seat at each of two base schools and three nominees of two counties; ids."""
    with app.app_context():
        cohort = placement_factories.make_cohort()
        ids = {"cohort": cohort.id}
        for key, name in (("first", "临沧市第一中学"), ("second", "临沧市民族中学")):
            school = placement_factories.make_base_school(name)
            ids[key] = placement_factories.make_seats(cohort, school, 1).id
            ids[f"{key}_school"] = school.id
            ids[f"{key}_mentor"] = placement_factories.make_mentor(school).id
        wishes = [ids["first_school"], ids["second_school"]]
        ids["a"] = nominate(ids["cohort"], "李甲", FENGQING, preferences=wishes)
        ids["b"] = nominate(ids["cohort"], "李乙", YUN, preferences=wishes[::-1])
        ids["c"] = nominate(ids["cohort"], "李丙", YUN, 2)
        return ids


@pytest.fixture
def bureau(app: Flask, sign_in: SignIn) -> FlaskClient:
    return enter(app, sign_in, "bureau", factories.LINCANG)


def enter(app: Flask, sign_in: SignIn, role: str, unit: str) -> FlaskClient:
    with app.app_context():
        account_id = factories.make_account(role, factories.get_unit(unit)).id
    return in_english(sign_in(account_id))


def address(case: dict[str, int], *parts: object) -> str:
    return "/".join(["/placements/cohorts", str(case["cohort"]), "matching", *map(str, parts)])


def run(client: FlaskClient, case: dict[str, int], **weights: int | str) -> str:
    answer = client.post(address(case, "run"), data=WEIGHTS | weights, follow_redirects=True)
    return answer.get_data(as_text=True)


def line(app: Flask, nomination_id: int) -> ProposalLine:
    with app.app_context():
        return db.session.scalars(
            select(ProposalLine).where(ProposalLine.nomination_id == nomination_id)
        ).one()


def post(
    app: Flask, client: FlaskClient, case: dict[str, int], who: str, act: str, **data: object
) -> str:
    version = line(app, case[who]).row_version
    answer = client.post(
        address(case, case[who], act), data={"row_version": version} | data, follow_redirects=True
    )
    return answer.get_data(as_text=True)


def test_shows_what_to_do_before_the_first_run(bureau: FlaskClient, case: dict[str, int]) -> None:
    text = bureau.get(address(case)).get_data(as_text=True)
    assert "No proposal yet" in text
    assert "3 approved nominees are not in the proposal yet" in text
    assert "Run the matching" in text


def test_shows_everybody_with_seat_reasons_and_cost_the_unplaced_first(
    bureau: FlaskClient, case: dict[str, int]
) -> None:
    text = run(bureau, case)
    assert "Proposed: 2 with a seat, 1 without." in text
    assert text.index("李丙") < text.index("李甲")
    for words in (
        "no seat left",
        "county without a lead teacher",
        "rank 1 of its unit",
        "wish 1",
        "km away",
        "mentor has 1 in all",
        "临沧市民族中学",
        "王导师",
    ):
        assert words in text


def test_tells_the_cost_of_every_way_before_moving(
    bureau: FlaskClient, case: dict[str, int]
) -> None:
    run(bureau, case)
    text = bureau.get(address(case, case["a"])).get_data(as_text=True)
    assert "here now" in text
    assert "full" in text
    assert "李乙 · 云县 · 临沧市民族中学 (+40)" in text


def test_moves_somebody_who_stays_there_in_a_new_run(
    app: Flask, bureau: FlaskClient, case: dict[str, int]
) -> None:
    run(bureau, case)
    with app.app_context(), atomic():
        db.session.get_one(CohortSeats, case["second"]).seats = 2
    text = post(app, bureau, case, "a", "move", seats=case["second"], mentor="")
    assert "Moved and locked. Cost against before: +" in text
    assert "moved by hand, locked" in text
    run(bureau, case)
    assert line(app, case["a"]).seats_id == case["second"]


def test_moves_somebody_to_the_mentor_that_was_chosen(
    app: Flask, bureau: FlaskClient, case: dict[str, int]
) -> None:
    run(bureau, case)
    with app.app_context():
        school = db.session.get_one(CohortSeats, case["first"]).base_school
        person = factories.make_counselor(school, "张导师")
        mentor_id = placement_factories.make_mentor(school, person).id
    post(app, bureau, case, "a", "move", seats=case["first"], mentor=mentor_id)
    assert line(app, case["a"]).mentor_id == mentor_id


def test_lets_two_change_places(app: Flask, bureau: FlaskClient, case: dict[str, int]) -> None:
    run(bureau, case)
    text = post(app, bureau, case, "a", "swap", with_whom=case["b"])
    assert "Cost against before: +40 points." in text
    assert line(app, case["a"]).seats_id == case["second"]
    assert line(app, case["b"]).seats_id == case["first"]


def test_takes_somebodys_seat_away(app: Flask, bureau: FlaskClient, case: dict[str, int]) -> None:
    run(bureau, case)
    post(app, bureau, case, "b", "move", seats="nowhere", mentor="")
    text = run(bureau, case)
    assert "left out by hand" in text
    assert line(app, case["b"]).seats_id is None
    assert line(app, case["c"]).seats_id is not None


def test_locks_and_unlocks(app: Flask, bureau: FlaskClient, case: dict[str, int]) -> None:
    run(bureau, case)
    assert "Locked: a new run leaves it." in post(app, bureau, case, "a", "lock")
    assert line(app, case["a"]).locked
    assert "Unlocked: a new run may move it." in post(app, bureau, case, "a", "unlock")
    assert not line(app, case["a"]).locked


def test_tells_a_refusal_where_it_was_tried(
    app: Flask, bureau: FlaskClient, case: dict[str, int]
) -> None:
    run(bureau, case)
    text = post(app, bureau, case, "c", "move", seats=case["first"], mentor="")
    assert "has no free seat left" in text
    text = post(app, bureau, case, "a", "move", seats=case["first"], mentor=case["second_mentor"])
    assert "The mentor is one of another base school." in text
    stale = bureau.post(
        address(case, case["a"], "move"),
        data={"row_version": 99, "seats": case["first"], "mentor": ""},
        follow_redirects=True,
    )
    assert "Somebody else has changed this meanwhile." in stale.get_data(as_text=True)


@pytest.mark.parametrize(
    "data", [{}, {"seats": "999999"}, {"seats": "x"}, {"seats": "nowhere", "mentor": "x"}]
)
def test_refuses_a_way_that_is_none(
    app: Flask, bureau: FlaskClient, case: dict[str, int], data: dict[str, str]
) -> None:
    run(bureau, case)
    before = line(app, case["a"]).row_version
    answer = bureau.post(address(case, case["a"], "move"), data=data)
    assert answer.status_code == 422
    assert line(app, case["a"]).row_version == before


@pytest.mark.parametrize("weight", ["", "-1", "1001", "viel"])
def test_refuses_a_weight_that_is_none(
    bureau: FlaskClient, case: dict[str, int], weight: str
) -> None:
    answer = bureau.post(address(case, "run"), data=WEIGHTS | {"km": weight})
    assert answer.status_code == 422


def test_remembers_the_weights(bureau: FlaskClient, case: dict[str, int]) -> None:
    assert 'value="7"' in run(bureau, case, preference=7)


def test_confirms_what_was_looked_at(app: Flask, bureau: FlaskClient, case: dict[str, int]) -> None:
    run(bureau, case)
    page = bureau.get(address(case, "confirm")).get_data(as_text=True)
    assert "2 nominees get a placement from 2023-09-01 to 2024-01-12" in page
    assert "1 nominee has no seat" in page
    seen = page.split('name="seen" type="hidden" value="')[1].split('"')[0]
    post(app, bureau, case, "a", "swap", with_whom=case["b"])
    answer = bureau.post(address(case, "confirm"), data={"seen": seen}, follow_redirects=True)
    assert "Somebody else has changed this meanwhile." in answer.get_data(as_text=True)
    page = bureau.get(address(case, "confirm")).get_data(as_text=True)
    seen = page.split('name="seen" type="hidden" value="')[1].split('"')[0]
    answer = bureau.post(address(case, "confirm"), data={"seen": seen}, follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert "2 placements made." in text
    assert "can no longer be changed" in text
    with app.app_context():
        assert db.session.get_one(Cohort, case["cohort"]).status is CohortStatus.CONFIRMED
        assert db.session.scalar(select(func.count()).select_from(Placement)) == 2


def test_only_who_plans_the_cohort_matches(
    app: Flask, sign_in: SignIn, case: dict[str, int]
) -> None:
    county = enter(app, sign_in, "county", FENGQING)
    assert county.get(address(case)).status_code == 403
    assert county.post(address(case, "run"), data=WEIGHTS).status_code == 403
    foreign = enter(app, sign_in, "bureau", factories.CHUXIONG)
    for path in (address(case), address(case, case["a"]), address(case, "confirm")):
        assert foreign.get(path).status_code == 404
    for path in (address(case, "run"), address(case, case["a"], "move")):
        assert foreign.post(path, data=WEIGHTS).status_code == 404


def test_a_nominee_of_another_cohort_is_not_found(
    app: Flask, bureau: FlaskClient, case: dict[str, int]
) -> None:
    run(bureau, case)
    with app.app_context():
        other = placement_factories.make_cohort("第四期").id
        nomination_id = nominate(other, "别人", "530924")
    assert bureau.get(address(case, nomination_id)).status_code == 404


def test_asks_the_database_as_often_for_many_as_for_one(
    app: Flask,
    bureau: FlaskClient,
    case: dict[str, int],
    count_queries: Callable[[Callable[[], Any]], int],
) -> None:
    with app.app_context(), atomic():
        for nomination in db.session.scalars(select(Nomination)):
            if nomination.id != case["a"]:
                nomination.status = "withdrawn"  # type: ignore[assignment]
    run(bureau, case)

    def numbers() -> list[int]:
        bureau.get(address(case))
        return [
            count_queries(lambda: bureau.get(address(case))),
            count_queries(lambda: bureau.get(address(case, case["a"]))),
        ]

    few = numbers()
    with app.app_context():
        school_id = case["first_school"]
        for number in range(3):
            seats = db.session.get_one(CohortSeats, case["first"])
            person = factories.make_counselor(seats.base_school, f"导师{number}")
            placement_factories.make_mentor(seats.base_school, person, limit=9)
        with atomic():
            db.session.get_one(CohortSeats, case["first"]).seats = 30
        for rank in range(3, 23):
            nominate(case["cohort"], f"学员{rank}", YUN, rank, preferences=[school_id])
        assert db.session.scalar(select(func.count()).select_from(Mentor)) == 5
    run(bureau, case)
    assert numbers() == few
    assert few[0] <= 8
