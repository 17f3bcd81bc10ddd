"""Online courses for programs: plan, change, publish, read."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.courses.rules.words import CourseStatus
from tests import factories
from tests.course_factories import make_course, make_lesson, make_version
from tests.web.api.conftest import Program

PATH = "/api/v1/courses"
BODY: dict[str, Any] = {
    "title": "2023年全国班主任网络研修",
    "summary": "三十六讲。",
    "kind": "external",
    "platform": "国家中小学智慧教育平台",
    "address": "https://example.org/course/1",
    "organiser": factories.CHUXIONG,
    "eligible_unit": factories.LUFENG,
    "level": "national",
    "audiences": ["counselors", "homeroom_teachers"],
    "credit_hours": 10.5,
    "way": "self",
    "opens_on": "2023-08-01",
    "closes_on": "2023-12-31",
    "capacity": 300,
    "contact": "州教育局 0878-0000000",
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
    number = answer.json["id"]
    assert answer.headers["Location"] == f"{PATH}/{number}"
    assert answer.json == BODY | {"id": number, "status": "draft", "places_left": 300}
    assert bureau.get(f"{PATH}/{number}").json == answer.json


def test_title_and_level_are_enough(bureau: FlaskClient) -> None:
    answer = bureau.post(PATH, json={"title": "情绪", "level": "prefecture"}).json
    assert (answer["kind"], answer["organiser"], answer["credit_hours"]) == (
        "own",
        factories.CHUXIONG,
        0,
    )
    assert (answer["capacity"], answer["places_left"], answer["eligible_unit"]) == (None,) * 3


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"colour": "red"}, 422, "invalid_input"),
        ({"title": "   "}, 422, "title_missing"),
        ({"level": "abroad"}, 422, "invalid_input"),
        ({"kind": "seminar"}, 422, "invalid_input"),
        ({"audiences": ["pupils"]}, 422, "invalid_input"),
        ({"credit_hours": "viele"}, 422, "invalid_input"),
        ({"credit_hours": 1000}, 422, "bad_hours"),
        ({"capacity": 0}, 422, "invalid_input"),
        ({"opens_on": "0001-01-01"}, 422, "invalid_input"),
        ({"closes_on": "2023-07-31"}, 422, "closes_before_opens"),
        ({"address": "javascript:alert(1)"}, 422, "bad_address"),
        ({"organiser": factories.LINCANG}, 403, None),
        ({"organiser": "999999"}, 403, None),
        ({"eligible_unit": factories.LINCANG}, 403, None),
    ],
)
def test_refuses_an_unsound_plan(
    bureau: FlaskClient, change: dict[str, Any], status: int, code: str | None
) -> None:
    answer = bureau.post(PATH, json=BODY | change)
    assert answer.status_code == status
    assert code is None or answer.json["code"] == code
    assert bureau.get(PATH).json["items"] == []


def test_changes_only_what_is_sent(bureau: FlaskClient, made: dict[str, Any]) -> None:
    changes = {"title": "2024年全国班主任网络研修", "eligible_unit": None, "audiences": []}
    assert bureau.patch(f"{PATH}/{made['id']}", json=changes).json == made | changes
    assert bureau.patch(f"{PATH}/{made['id']}", json={"status": "ended"}).status_code == 422


def test_publishes_once_and_keeps_what_people_chose_it_for(
    bureau: FlaskClient, made: dict[str, Any]
) -> None:
    address = f"{PATH}/{made['id']}"
    assert bureau.post(f"{address}/publish").json == made | {"status": "published"}
    assert bureau.post(f"{address}/publish").json["code"] == "wrong_status"
    answer = bureau.patch(address, json={"level": "county"})
    assert (answer.status_code, answer.json["code"]) == (409, "fixed_once_published")


def test_says_what_keeps_it_from_being_published(bureau: FlaskClient) -> None:
    made = bureau.post(PATH, json={"title": "情绪", "level": "county"}).json
    answer = bureau.post(f"{PATH}/{made['id']}/publish")
    assert (answer.status_code, answer.json["code"]) == (409, "not_ready")


def test_the_same_key_plans_once(bureau: FlaskClient) -> None:
    first, again = (
        bureau.post(PATH, json=BODY, headers={"Idempotency-Key": "plan"}) for _time in range(2)
    )
    assert first.json == again.json
    assert len(bureau.get(PATH).json["items"]) == 1


def test_lists_in_parts_and_narrowed(bureau: FlaskClient) -> None:
    ids = [bureau.post(PATH, json=BODY | {"title": title}).json["id"] for title in "甲乙丙"]
    bureau.post(f"{PATH}/{ids[1]}/publish")
    first = bureau.get(f"{PATH}?limit=2").json
    second = bureau.get(f"{PATH}?limit=2&cursor={first['next_cursor']}").json
    assert [item["id"] for item in first["items"] + second["items"]] == ids
    assert second["next_cursor"] is None
    for query, found in (
        ("status=published", ids[1:2]),
        ("q=丙", ids[2:]),
        ("kind=own", []),
        ("level=national", ids),
        ("audience=counselors", ids),
        ("audience=principals", []),
        (f"unit={factories.CHUXIONG}", ids),
        (f"unit={factories.LUFENG}", []),
    ):
        items = bureau.get(f"{PATH}?{query}").json["items"]
        assert [item["id"] for item in items] == found, query
    assert bureau.get(f"{PATH}?unit={factories.LINCANG}").status_code == 403
    assert bureau.get(f"{PATH}?colour=red").status_code == 422


def test_drafts_and_courses_elsewhere_are_not_there(
    bureau: FlaskClient, program: Program, made: dict[str, Any]
) -> None:
    teacher = program("teacher", factories.LUFENG)
    elsewhere = program("bureau", factories.LINCANG)
    assert teacher.get(f"{PATH}/{made['id']}").status_code == 404
    bureau.post(f"{PATH}/{made['id']}/publish")
    assert teacher.get(f"{PATH}/{made['id']}").json["title"] == BODY["title"]
    for number in (made["id"], 987654321):
        assert elsewhere.get(f"{PATH}/{number}").status_code == 404
        assert elsewhere.patch(f"{PATH}/{number}", json={"title": "改"}).status_code == 404
        assert elsewhere.post(f"{PATH}/{number}/publish").status_code == 404
        assert elsewhere.get(f"{PATH}/{number}/lessons").status_code == 404
    assert elsewhere.get(PATH).json["items"] == []
    assert teacher.post(PATH, json=BODY).status_code == 403


def test_who_plans_sees_the_published_lessons(app: Flask, program: Program) -> None:
    with app.app_context():
        course = make_course()
        version = make_version(course)
        ids = [make_lesson(version, title=title).id for title in ("甲", "乙")]
        course_id = course.id
        make_course("草稿", status=CourseStatus.DRAFT)
    answer = program("bureau", factories.LINCANG).get(f"{PATH}/{course_id}/lessons").json
    assert [(item["id"], item["status"], item["open"]) for item in answer["items"]] == [
        (ids[0], None, True),
        (ids[1], None, True),
    ]
    assert [item["section"]["title"] for item in answer["items"]] == ["第一章"] * 2
