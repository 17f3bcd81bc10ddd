"""Workshops for programs: plan, change, publish, read."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.web.api.conftest import Program

PATH = "/api/v1/workshops"
SESSIONS = [
    {"starts_at": "2023-09-05T09:00:00+08:00", "ends_at": "2023-09-05T12:00:00+08:00", "place": "州教育局"},
    {"starts_at": "2023-09-05T14:00:00+08:00", "ends_at": "2023-09-05T17:00:00+08:00", "place": None},
]  # fmt: skip
BODY: dict[str, Any] = {
    "title": "全州心理健康教育骨干教师培训",
    "kind": "workshop",
    "organiser": factories.CHUXIONG,
    "level": "prefecture",
    "capacity": 50,
    "quotas": [
        {"unit": factories.CHUXIONG_CITY, "seats": 12},
        {"unit": factories.LUFENG, "seats": 8},
    ],
    "approval": "none",
    "enrolment_opens_at": "2023-08-01T08:00:00+08:00",
    "enrolment_closes_at": "2023-09-01T18:00:00+08:00",
    "sessions": SESSIONS,
    "credit_hours": 8,
    "marking_guide": [
        {"title": "理论", "weight": 40, "maximum": 100},
        {"title": "实操", "weight": 40, "maximum": 50},
        {"title": "考勤", "weight": 20, "maximum": 100},
    ],
}


@pytest.fixture
def bureau(program: Program) -> FlaskClient:
    return program("bureau", factories.CHUXIONG)


@pytest.fixture
def made(bureau: FlaskClient) -> dict[str, Any]:
    """A draft planned through the API."""
    return dict(bureau.post(PATH, json=BODY).json)


def test_plans_a_draft_and_answers_with_all_of_it(bureau: FlaskClient) -> None:
    answer = bureau.post(PATH, json=BODY)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{PATH}/{answer.json['id']}"
    told = {name: value for name, value in answer.json.items() if name in BODY}
    assert told == BODY
    rest = {name: value for name, value in answer.json.items() if name not in BODY}
    assert rest == {"id": answer.json["id"], "status": "draft", "seats_taken": 0, "waitlisted": 0}


WRONG: dict[str, Any] = {
    "enrolment_opens_at": "gestern",
    "enrolment_closes_at": "2023-09-01T18:00:00",
    "sessions": [SESSIONS[0] | {"ends_at": "1023-09-05T12:00:00+08:00"}],
    "capacity": 0,
    "level": "abroad",
    "credit_hours": "viele",
    "colour": "blue",
}


def test_says_what_is_wrong_in_the_language_asked_for(bureau: FlaskClient) -> None:
    said = {}
    for language in ("en", "zh-CN"):
        answer = bureau.post(PATH, json=BODY | WRONG, headers={"Accept-Language": language})
        assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")
        said[language] = {one["field"]: one["message"] for one in answer.json["errors"]}
    assert said["en"] == {
        "enrolment_opens_at": "Not a time: write it as 2026-09-01T08:00:00+08:00.",
        "enrolment_closes_at": "The time lacks its offset: write it as 2026-09-01T08:00:00+08:00.",
        "sessions.0.ends_at": "A year from 2000 to 2100.",
        "capacity": "Between 1 and 100000.",
        "level": "One of: national, provincial, prefecture, county, school.",
        "credit_hours": "Not a number.",
        "colour": "This field is not known here.",
    }
    assert said["zh-CN"] == {
        "enrolment_opens_at": "不是时间，请写作 2026-09-01T08:00:00+08:00。",
        "enrolment_closes_at": "时间缺少时区，请写作 2026-09-01T08:00:00+08:00。",
        "sessions.0.ends_at": "请填2000至2100之间的年份。",
        "capacity": "应在 1 与 100000 之间。",
        "level": "只能是：national, provincial, prefecture, county, school。",
        "credit_hours": "不是数字。",
        "colour": "此处没有该字段。",
    }


def test_says_what_is_wrong_with_a_day_in_the_language_of_the_account(
    bureau: FlaskClient,
) -> None:
    path = f"/api/v1/statistics?unit={factories.CHUXIONG}&as_of=2023-02-30"
    answer = bureau.get(path).json
    assert answer["errors"] == [{"field": "as_of", "message": "不是日期，请写作 2026-09-01。"}]


def test_shows_it_as_it_was_planned(bureau: FlaskClient, made: dict[str, Any]) -> None:
    assert bureau.get(f"{PATH}/{made['id']}").json == made
    assert bureau.get(PATH).json == {"items": [made], "next_cursor": None}


def test_publishes_a_draft_once(bureau: FlaskClient, made: dict[str, Any]) -> None:
    published = bureau.post(f"{PATH}/{made['id']}/publish")
    assert (published.status_code, published.json["status"]) == (200, "published")
    again = bureau.post(f"{PATH}/{made['id']}/publish")
    assert (again.status_code, again.json["code"]) == (409, "not_draft")


def test_hides_drafts_from_those_who_only_take_part(
    bureau: FlaskClient, program: Program, made: dict[str, Any]
) -> None:
    teacher = program("teacher", factories.CHUXIONG_CITY)
    assert teacher.get(f"{PATH}/{made['id']}").status_code == 404
    bureau.post(f"{PATH}/{made['id']}/publish")
    assert teacher.get(f"{PATH}/{made['id']}").json["title"] == BODY["title"]


def test_hides_workshops_of_another_prefecture_like_unknown_ones(
    bureau: FlaskClient, program: Program, made: dict[str, Any]
) -> None:
    bureau.post(f"{PATH}/{made['id']}/publish")
    elsewhere = program("bureau", factories.LINCANG)
    for number in (made["id"], 987654321):
        assert elsewhere.get(f"{PATH}/{number}").status_code == 404
        assert elsewhere.patch(f"{PATH}/{number}", json={"title": "改"}).status_code == 404
        assert elsewhere.post(f"{PATH}/{number}/publish").status_code == 404
        assert elsewhere.post(f"{PATH}/{number}/enrolments", json={}).status_code == 404
    assert elsewhere.get(PATH).json["items"] == []


def test_a_county_sees_what_its_prefecture_publishes_and_cannot_change_it(
    bureau: FlaskClient, program: Program, made: dict[str, Any]
) -> None:
    bureau.post(f"{PATH}/{made['id']}/publish")
    county = program("county", factories.LUFENG)
    assert county.get(f"{PATH}/{made['id']}").status_code == 200
    assert county.patch(f"{PATH}/{made['id']}", json={"title": "改"}).status_code == 404


@pytest.mark.parametrize("unit", [factories.LINCANG, "999999"])
def test_refuses_units_outside_the_scope_known_or_not(bureau: FlaskClient, unit: str) -> None:
    assert bureau.post(PATH, json={**BODY, "organiser": unit}).status_code == 403
    quotas = [{"unit": unit, "seats": 1}]
    assert bureau.post(PATH, json={**BODY, "quotas": quotas}).status_code == 403


def test_a_school_plans_nothing(program: Program) -> None:
    assert program("school", factories.CHUXIONG_CITY).post(PATH, json=BODY).status_code == 403


def session(starts: str, ends: str) -> dict[str, Any]:
    return {"starts_at": f"2023-09-05T{starts}+08:00", "ends_at": f"2023-09-05T{ends}+08:00"}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        (
            {"marking_guide": [{"title": "理论", "weight": 60, "maximum": 100}]},
            422,
            "weights_not_100",
        ),
        ({"quotas": [{"unit": "532301", "seats": 51}]}, 409, "quotas_above_capacity"),
        (
            {"quotas": [{"unit": "532301", "seats": 1}, {"unit": "532301", "seats": 2}]},
            422,
            "unit_twice",
        ),
        ({"sessions": [session("12:00:00", "09:00:00")]}, 422, "ends_before_starts"),
        ({"sessions": [session("09:00:00", "09:00:00")]}, 422, "ends_before_starts"),
        (
            {"sessions": [session("09:00:00", "12:00:00"), session("11:00:00", "13:00:00")]},
            409,
            "sessions_overlap",
        ),
        ({"credit_hours": 8.1}, 422, "hours_above_sessions"),
        ({"enrolment_closes_at": "2023-08-01T08:00:00+08:00"}, 422, "closes_before_opens"),
        ({"enrolment_closes_at": "2023-09-01T18:00:00"}, 422, "invalid_input"),
        ({"capacity": 0}, 422, "invalid_input"),
        ({"capacity": "50"}, 422, "invalid_input"),
        ({"level": "abroad"}, 422, "invalid_input"),
        ({"colour": "red"}, 422, "invalid_input"),
        ({"title": "   "}, 422, "title_missing"),
    ],
)
def test_refuses_an_unsound_plan(
    bureau: FlaskClient, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = bureau.post(PATH, json={**BODY, **changes})
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert bureau.get(PATH).json["items"] == []


def test_refuses_to_publish_hours_without_sessions(bureau: FlaskClient) -> None:
    made = bureau.post(PATH, json={**BODY, "sessions": []}).json
    answer = bureau.post(f"{PATH}/{made['id']}/publish")
    assert (answer.status_code, answer.json["code"]) == (409, "not_ready")


def test_enrolment_ends_as_the_first_session_begins_unless_told(bureau: FlaskClient) -> None:
    made = bureau.post(PATH, json={**BODY, "enrolment_closes_at": None}).json
    published = bureau.post(f"{PATH}/{made['id']}/publish").json
    assert published["enrolment_closes_at"] == SESSIONS[0]["starts_at"]


def test_changes_only_what_is_sent(bureau: FlaskClient, made: dict[str, Any]) -> None:
    changes = {"title": "全州骨干教师高级研修", "capacity": 60}
    answer = bureau.patch(f"{PATH}/{made['id']}", json=changes)
    assert answer.json == {**made, **changes}


def test_exchanges_sessions_and_hours_together(bureau: FlaskClient, made: dict[str, Any]) -> None:
    changes = {"sessions": SESSIONS[:1], "credit_hours": 4, "quotas": [], "marking_guide": []}
    bureau.post(f"{PATH}/{made['id']}/publish")
    answer = bureau.patch(f"{PATH}/{made['id']}", json=changes)
    assert {name: answer.json[name] for name in changes} == changes


def test_a_change_that_does_not_fit_changes_nothing(
    bureau: FlaskClient, made: dict[str, Any]
) -> None:
    changes = {"title": "改", "sessions": SESSIONS[:1]}
    answer = bureau.patch(f"{PATH}/{made['id']}", json=changes)
    assert (answer.status_code, answer.json["code"]) == (422, "hours_above_sessions")
    assert bureau.get(f"{PATH}/{made['id']}").json == made


def test_kind_level_and_organiser_stay_once_published(
    bureau: FlaskClient, made: dict[str, Any]
) -> None:
    bureau.post(f"{PATH}/{made['id']}/publish")
    same = {"kind": "workshop", "level": "prefecture", "organiser": factories.CHUXIONG}
    assert bureau.patch(f"{PATH}/{made['id']}", json=same).status_code == 200
    for change in ({"kind": "lecture"}, {"level": "county"}, {"organiser": factories.LUFENG}):
        answer = bureau.patch(f"{PATH}/{made['id']}", json=change)
        assert (answer.status_code, answer.json["code"]) == (409, "fixed_once_published")


def test_lists_in_parts(bureau: FlaskClient) -> None:
    ids = [bureau.post(PATH, json={**BODY, "title": title}).json["id"] for title in "甲乙丙"]
    first = bureau.get(f"{PATH}?limit=2").json
    second = bureau.get(f"{PATH}?limit=2&cursor={first['next_cursor']}").json
    assert [item["id"] for item in first["items"] + second["items"]] == ids
    assert second["next_cursor"] is None


def test_the_same_key_plans_once(bureau: FlaskClient, app: Flask) -> None:
    answers = [
        bureau.post(PATH, json=BODY, headers={"Idempotency-Key": "plan-1"}) for _time in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert len(bureau.get(PATH).json["items"]) == 1


@pytest.mark.parametrize("year", ["0001-01-01", "9999-12-31"])
def test_refuses_sessions_at_either_end_of_time(bureau: FlaskClient, year: str) -> None:
    session = {"starts_at": f"{year}T23:00:00-10:00", "ends_at": f"{year}T23:30:00-10:00", "place": None}  # fmt: skip
    assert bureau.post(PATH, json=BODY | {"sessions": [session]}).status_code == 422
