"""Pages of base schools and cohorts: the bureau plans, a base school keeps its mentors, everybody sees their part."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import db
from app.domain.accounts.rules import Role
from app.domain.placements.models import (
    BaseSchoolCapacity,
    Cohort,
    CohortFile,
    CohortQuota,
    CohortSeats,
    Mentor,
)
from app.domain.placements.queries.seats import list_criteria
from app.domain.placements.rules.words import CohortStatus, Phase
from app.domain.units.models import Unit
from tests import factories, placement_factories
from tests.web.workshops.test_teacher_pages import in_english

SignIn = Callable[[int], FlaskClient]
FENGQING = "530921"
COHORT = {
    "title": "第三期",
    "starts_on": "2023-09-01",
    "ends_on": "2024-01-12",
    "nominations_open_on": "2023-08-01",
    "nominations_close_on": "2023-08-31",
    "seat_policy": "gap_first",
    "required_hours": "360",
    "credit_hours": "90",
    "required_attendance": "90",
    "required_observations": "30",
    "required_lessons": "8",
    "required_group_sessions": "4",
    "required_case_sessions": "6",
    "log_rhythm": "week",
    "log_grace_days": "3",
    "mid_term_on": "2023-11-10",
    "plan": "## 目标\n\n- 观摩 <script>alert(1)</script>",
}


@pytest.fixture
def ids(app: Flask) -> dict[str, Any]:
    """A base school that takes four, the accounts of the bureau, the base school and a county."""
    with app.app_context():
        school = placement_factories.make_base_school()
        found: dict[str, Any] = {"school": school.id, "code": school.code}
        factories.save(
            BaseSchoolCapacity(unit_id=found["school"], seats=4, valid_from=date(2020, 1, 1))
        )
        found["bureau"] = factories.make_account(Role.BUREAU, factories.LINCANG).id
        found["head"] = factories.make_account(
            Role.SCHOOL, db.session.get_one(Unit, found["school"])
        ).id
        found["county"] = factories.make_account(Role.COUNTY, FENGQING).id
        return found


@pytest.fixture
def bureau(ids: dict[str, Any], sign_in: SignIn) -> FlaskClient:
    return in_english(sign_in(ids["bureau"]))


@pytest.fixture
def head(ids: dict[str, Any], sign_in: SignIn) -> FlaskClient:
    return in_english(sign_in(ids["head"]))


@pytest.fixture
def county(ids: dict[str, Any], sign_in: SignIn) -> FlaskClient:
    return in_english(sign_in(ids["county"]))


def planned(bureau: FlaskClient, **changes: str) -> str:
    """Plan a cohort; the address of its page."""
    answer = bureau.post("/placements/cohorts/new", data=COHORT | {"unit": "530900"} | changes)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.location)


def test_the_bureau_plans_offers_seats_and_publishes(
    app: Flask, bureau: FlaskClient, county: FlaskClient, ids: dict[str, Any]
) -> None:
    page = planned(bureau)
    text = bureau.get(page).get_data(as_text=True)
    assert "No base school offers seats yet." in text
    assert "<script>alert" not in text
    assert "<h4>目标</h4>" in text
    assert county.get(page).status_code == 404
    answer = bureau.post(
        f"{page}/seats",
        data={
            "school": [ids["code"], ""],
            "seats": ["4", ""],
            "stage": ["", ""],
            "subject": ["", ""],
            "row_version": "1",
        },
    )
    assert answer.status_code == 302
    assert bureau.post(f"{page}/publish", follow_redirects=True).status_code == 200
    with app.app_context():
        [seats] = db.session.query(CohortSeats).all()
        assert (seats.base_school_id, seats.seats) == (ids["school"], 4)
        assert db.session.query(Cohort).one().status is CohortStatus.OPEN
    assert "第三期" in county.get("/placements/").get_data(as_text=True)
    assert county.get(page).status_code == 200


def test_what_is_typed_wrong_is_shown_beside_its_field(bureau: FlaskClient) -> None:
    answer = bureau.post(
        "/placements/cohorts/new", data=COHORT | {"unit": "530900", "ends_on": "2023-08-01"}
    )
    assert answer.status_code == 422
    assert "The term cannot end before it begins." in answer.get_data(as_text=True)


def test_seats_above_the_capacity_are_refused_and_what_was_typed_stays(
    bureau: FlaskClient, ids: dict[str, Any]
) -> None:
    page = planned(bureau)
    answer = bureau.post(
        f"{page}/seats",
        data={"school": ids["code"], "seats": "5", "stage": "", "subject": "数学"},
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "can take 4 on 2023-09-01" in text
    assert 'value="数学"' in text


def test_a_number_that_is_none_is_named(bureau: FlaskClient, ids: dict[str, Any]) -> None:
    page = planned(bureau)
    answer = bureau.post(
        f"{page}/seats",
        data={"school": ids["code"], "seats": "vier", "stage": "", "subject": ""},
    )
    assert answer.status_code == 422
    assert "“vier” is no number" in answer.get_data(as_text=True)


def test_quotas_of_counties(app: Flask, bureau: FlaskClient) -> None:
    page = planned(bureau, seat_policy="quotas")
    assert "凤庆县" in bureau.get(f"{page}/quotas").get_data(as_text=True)
    answer = bureau.post(f"{page}/quotas", data={"unit": [FENGQING, ""], "seats": ["2", ""]})
    assert answer.status_code == 302
    with app.app_context():
        assert db.session.query(CohortQuota).one().seats == 2


def test_criteria_with_their_levels(app: Flask, bureau: FlaskClient) -> None:
    page = planned(bureau)
    assert "90 Excellent" in bureau.get(f"{page}/criteria/final").get_data(as_text=True)
    levels = "85 优秀 全面达到\n60 合格\n0 不合格"
    wrong = bureau.post(
        f"{page}/criteria/final",
        data={"title": ["授课", "日志"], "weight": ["60", "30"], "levels": [levels, ""]},
    )
    assert wrong.status_code == 422
    assert "The weights of an appraisal are 100 in all." in wrong.get_data(as_text=True)
    unclear = bureau.post(
        f"{page}/criteria/final", data={"title": "授课", "weight": "100", "levels": "优秀 90"}
    )
    assert "“优秀 90” is no level" in unclear.get_data(as_text=True)
    right = bureau.post(
        f"{page}/criteria/final",
        data={"title": ["授课", "日志"], "weight": ["60", "40"], "levels": [levels, ""]},
    )
    assert right.status_code == 302
    with app.app_context():
        cohort_id = db.session.query(Cohort.id).scalar()
        final = [item for item in list_criteria(cohort_id) if item.phase is Phase.FINAL]
        assert [(item.title, item.weight) for item in final] == [("授课", 60), ("日志", 40)]
        assert final[0].levels[0]["description"] == "全面达到"
    assert bureau.get(f"{page}/criteria/other").status_code == 404


def test_a_paper_is_added_downloaded_and_removed(
    app: Flask, bureau: FlaskClient, head: FlaskClient
) -> None:
    page = planned(bureau)
    forbidden = bureau.post(f"{page}/files", data={"file": (io.BytesIO(b"MZ..."), "方案.exe")})
    assert forbidden.status_code == 422
    answer = bureau.post(f"{page}/files", data={"file": (io.BytesIO(b"%PDF-1.7 x"), "方案.pdf")})
    assert answer.status_code == 302
    with app.app_context():
        number = db.session.query(CohortFile.id).scalar()
    got = bureau.get(f"/placements/cohort-files/{number}")
    assert got.data == b"%PDF-1.7 x"
    assert "filename*=UTF-8''%E6%96%B9%E6%A1%88.pdf" in got.headers["Content-Disposition"]
    assert head.get(f"/placements/cohort-files/{number}").status_code == 404  # a draft
    assert bureau.post(f"/placements/cohort-files/{number}/remove").status_code == 302
    assert bureau.get(f"/placements/cohort-files/{number}").status_code == 404


def test_a_cohort_is_copied_and_cancelled(app: Flask, bureau: FlaskClient) -> None:
    page = planned(bureau)
    assert 'value="第四期"' in bureau.get(f"{page}/copy").get_data(as_text=True)
    copied = bureau.post(f"{page}/copy", data={"title": "第四期", "starts_on": "2024-03-01"})
    assert copied.status_code == 302
    assert bureau.post(f"{page}/cancel", data={"reason": ""}).status_code == 422
    assert bureau.post(f"{page}/cancel", data={"reason": "校舍维修"}).status_code == 302
    with app.app_context():
        states = {row.title: row.status for row in db.session.query(Cohort)}
    assert states == {"第三期": CohortStatus.CANCELLED, "第四期": CohortStatus.DRAFT}
    assert "校舍维修" in bureau.get(page).get_data(as_text=True)


def test_hours_stand_in_the_form_without_an_idle_zero(bureau: FlaskClient) -> None:
    page = planned(bureau)
    form = bureau.get(f"{page}/edit").get_data(as_text=True)
    [hours] = re.findall(r'name="required_hours"[^>]*value="([^"]*)"', form)
    assert "." not in hours
    assert hours == f"{float(COHORT['required_hours']):g}"


def test_an_edit_on_an_old_version_is_refused(bureau: FlaskClient) -> None:
    page = planned(bureau)
    assert bureau.post(f"{page}/edit", data=COHORT | {"row_version": "1"}).status_code in (302, 422)
    changed = COHORT | {"required_lessons": "9", "row_version": "1"}
    bureau.post(f"{page}/edit", data=changed)
    late = bureau.post(f"{page}/edit", data=changed | {"required_lessons": "10"})
    assert late.status_code == 422
    assert "Somebody else has changed this" in late.get_data(as_text=True)


def test_the_base_school_names_mentors_and_the_page_says_how_they_get_in(
    app: Flask, head: FlaskClient, ids: dict[str, Any]
) -> None:
    with app.app_context():
        school = db.session.get_one(Unit, ids["school"])
        person = factories.make_counselor(school, "王导师").id
    page = f"/placements/base-schools/{ids['code']}"
    assert "Who becomes a mentor?" in head.get(f"{page}/mentors/new").get_data(as_text=True)
    answer = head.post(
        f"{page}/mentors/new?person_id={person}",
        data={"valid_from": "2023-08-17", "limit": "2", "stage": "", "subject": ""},
    )
    assert answer.status_code == 302
    text = head.get(page).get_data(as_text=True)
    assert "王导师" in text
    assert "has no account" in text
    assert "How a mentor gets in" in text
    with app.app_context():
        mentor = db.session.query(Mentor.id).scalar()
    more = head.post(f"/placements/mentors/{mentor}/limit", data={"limit": "3"})
    assert more.status_code == 302
    ended = head.post(
        f"/placements/mentors/{mentor}/end", data={"on": "2023-08-31", "reason": "退休"}
    )
    assert ended.status_code == 302
    assert "退休" in head.get(page).get_data(as_text=True)


def test_the_bureau_states_a_capacity(app: Flask, bureau: FlaskClient, ids: dict[str, Any]) -> None:
    page = f"/placements/base-schools/{ids['code']}/capacity"
    answer = bureau.post(
        page, data={"valid_from": "2023-09-01", "seats": "6", "stage": "junior", "subject": ""}
    )
    assert answer.status_code == 302
    with app.app_context():
        seats = {row.stage: row.seats for row in db.session.query(BaseSchoolCapacity)}
    assert {stage and stage.value: number for stage, number in seats.items()} == {
        None: 4,
        "junior": 6,
    }


def test_a_base_school_of_another_prefecture_is_forbidden(
    app: Flask, sign_in: SignIn, ids: dict[str, Any]
) -> None:
    with app.app_context():
        other = factories.make_account(Role.BUREAU, factories.CHUXIONG).id
    client = in_english(sign_in(other))
    assert client.get(f"/placements/base-schools/{ids['code']}").status_code == 403
    assert client.get("/placements/base-schools/999999").status_code == 403


@pytest.mark.parametrize("page", ["/placements/cohorts/", "/placements/base-schools/"])
def test_lists_ask_as_much_for_one_row_as_for_thirty(
    app: Flask,
    bureau: FlaskClient,
    ids: dict[str, Any],
    count_queries: Callable[[Callable[[], Any]], int],
    page: str,
) -> None:
    with app.app_context():
        placement_factories.make_cohort("第一期")
    bureau.get(page)
    few = count_queries(lambda: bureau.get(page))
    with app.app_context():
        for number in range(29):
            placement_factories.make_cohort(f"第{number + 2}期")
            placement_factories.make_base_school(f"基地{number}中学")
    many = count_queries(lambda: bureau.get(page))
    assert many <= few
    assert few <= 12
