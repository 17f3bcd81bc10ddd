"""The queue of proposed changes and the merging of records, as pages."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.core.db import db
from app.domain.people.models import Person, Posting, PostingChange
from app.domain.people.rules import ChangeState
from app.domain.personal_data.models import PersonMerge
from tests.factories import (
    CHUXIONG_CITY,
    LUFENG,
    id_number,
    make_account,
    make_counselor,
    make_person,
    make_school,
)


@pytest.fixture
def world(app):
    with app.app_context():
        school = make_school(CHUXIONG_CITY, "鹿城小学")
        li = make_counselor(school, "李桃艳")
        twin = make_person(school, "李桃艳", number=id_number(1))
        far = make_person(make_school(LUFENG), "李桃艳")
        return {
            "code": school.code,
            "li": li.id,
            "twin": twin.id,
            "far": far.id,
            "posting": db.session.scalar(select(Posting.id)),
            "school": make_account("school", school).id,
            "county": make_account("county", CHUXIONG_CITY).id,
            "other": make_account("county", LUFENG).id,
        }


@pytest.fixture
def school(world, sign_in):
    return sign_in(world["school"])


@pytest.fixture
def county(world, sign_in):
    return sign_in(world["county"])


def changes(app) -> list[PostingChange]:
    with app.app_context():
        return list(db.session.scalars(select(PostingChange).order_by(PostingChange.id)))


def propose(school, world) -> None:
    added = school.post(
        "/posting-changes/new",
        data={
            "name": "曾小贤",
            "id_number": id_number(5),
            "unit": world["code"],
            "role": "part_time",
            "valid_from": "2023-08-01",
        },
    )
    ended = school.post(
        f"/posting-changes/postings/{world['posting']}/end",
        data={"on": "2023-07-31", "end_reason": "retired"},
    )
    assert (added.status_code, ended.status_code) == (302, 302)


def test_a_school_proposes_and_the_county_confirms_all_at_once(app, world, school, county):
    propose(school, world)
    assert "曾小贤" in school.get("/posting-changes/").get_data(as_text=True)
    page = county.get("/posting-changes/").get_data(as_text=True)
    assert "曾小贤" in page
    assert id_number(5) not in page
    ids = [change.id for change in changes(app)]
    answer = county.post("/posting-changes/decide", data={"id": ids, "action": "confirm"})
    assert answer.status_code == 302
    assert {change.state for change in changes(app)} == {ChangeState.CONFIRMED}
    with app.app_context():
        assert db.session.get_one(Posting, world["posting"]).valid_until == date(2023, 7, 31)
    assert "曾小贤" in county.get("/people/").get_data(as_text=True)


def test_what_cannot_be_does_not_hold_up_the_others(app, world, school, county):
    propose(school, world)
    ids = [change.id for change in changes(app)]
    data = {"id": [999999, *ids], "action": "confirm"}
    assert county.post("/posting-changes/decide", data=data).status_code == 302
    assert {change.state for change in changes(app)} == {ChangeState.CONFIRMED}


def test_sends_back_with_a_reason_only(app, world, school, county):
    propose(school, world)
    ids = [change.id for change in changes(app)]
    county.post("/posting-changes/decide", data={"id": ids, "action": "send_back"})
    assert {change.state for change in changes(app)} == {ChangeState.PROPOSED}
    county.post(
        "/posting-changes/decide", data={"id": ids, "action": "send_back", "reason": "请补材料"}
    )
    assert {change.state for change in changes(app)} == {ChangeState.SENT_BACK}
    assert "请补材料" in school.get("/posting-changes/?state=sent_back").get_data(as_text=True)


def test_a_school_withdraws_its_proposal(app, world, school):
    propose(school, world)
    first = changes(app)[0].id
    assert school.post(f"/posting-changes/{first}/withdraw").status_code == 302
    assert changes(app)[0].state is ChangeState.WITHDRAWN


def test_a_school_may_not_answer_itself(app, world, school):
    propose(school, world)
    ids = [change.id for change in changes(app)]
    answer = school.post("/posting-changes/decide", data={"id": ids, "action": "confirm"})
    assert answer.status_code == 403


def test_another_county_neither_sees_nor_answers(app, world, school, sign_in):
    propose(school, world)
    other = sign_in(world["other"])
    assert "曾小贤" not in other.get("/posting-changes/").get_data(as_text=True)
    ids = [change.id for change in changes(app)]
    other.post("/posting-changes/decide", data={"id": ids, "action": "confirm"})
    assert {change.state for change in changes(app)} == {ChangeState.PROPOSED}
    assert other.post(f"/posting-changes/{ids[0]}/withdraw").status_code == 404


def test_every_page_of_the_queue_opens(world, school, county):
    for query in ("", "?state=confirmed", "?state=all", "?state=nonsense", "?page=x"):
        assert county.get(f"/posting-changes/{query}").status_code == 200
    for path in ("new", f"postings/{world['posting']}/end", f"postings/{world['posting']}/change"):
        assert school.get(f"/posting-changes/{path}").status_code == 200


def test_finds_the_other_record_and_merges_field_by_field(app, world, county):
    page = county.get(f"/people/{world['li']}/merge").get_data(as_text=True)
    assert f"/people/{world['li']}/merge/{world['twin']}" in page
    assert f"/merge/{world['far']}" not in page
    compare = county.get(f"/people/{world['li']}/merge/{world['twin']}").get_data(as_text=True)
    assert 'name="take_id_number"' in compare
    assert id_number(1) not in compare
    answer = county.post(
        f"/people/{world['li']}/merge/{world['twin']}",
        data={"take_id_number": "merged", "reason": "同一人"},
    )
    assert answer.status_code == 302
    moved = county.get(f"/people/{world['twin']}")
    assert (moved.status_code, moved.headers["Location"]) == (302, f"/people/{world['li']}")
    with app.app_context():
        assert db.session.get_one(Person, world["li"]).id_number_index is not None
        merge_id = db.session.scalar(select(PersonMerge.id))
    assert county.get(f"/people/merges/{merge_id}/undo").status_code == 200
    undone = county.post(f"/people/merges/{merge_id}/undo", data={"reason": "不是同一人"})
    assert undone.status_code == 302
    assert county.get(f"/people/{world['twin']}").status_code == 200


def test_refuses_to_merge_with_a_record_outside_the_scope(world, county, sign_in):
    assert county.get(f"/people/{world['li']}/merge/{world['far']}").status_code == 404
    assert sign_in(world["school"]).get(f"/people/{world['li']}/merge").status_code == 403


def test_a_merge_needs_a_reason(world, county):
    answer = county.post(f"/people/{world['li']}/merge/{world['twin']}", data={"reason": ""})
    assert answer.status_code == 422
