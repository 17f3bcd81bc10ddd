"""Pages of lead-teacher designations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.db import db
from app.domain.people.models import LeadTeacherDesignation
from tests import factories as make

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def people(app: Flask) -> dict[str, int]:
    with app.app_context():
        school = make.make_school(make.LUFENG, "禄丰第一小学")
        elsewhere = make.make_school(make.LINXIANG, "临翔第一小学")
        ours = make.make_counselor(school, "李桃艳")
        theirs = make.make_counselor(elsewhere, "王外人")
        return {
            "bureau": make.make_account("bureau", make.CHUXIONG).id,
            "county": make.make_account("county", make.LUFENG).id,
            "school": make.make_account("school", school).id,
            "ours": ours.id,
            "theirs": theirs.id,
            "their_designation": make.make_designation(theirs, make.get_unit(make.LINXIANG)).id,
        }


def test_names_the_counties_without_a_lead_teacher(people: dict[str, int], sign_in: SignIn) -> None:
    page = sign_in(people["bureau"]).get("/designations/").get_data(as_text=True)
    assert "10个县（市、区）还没有带头人" in page
    assert "禄丰市" in page


def test_designates_a_person_chosen_by_search(
    app: Flask, people: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(people["bureau"])
    found = client.get("/designations/new?q=lty&go=search").get_data(as_text=True)
    assert "李桃艳" in found
    answer = client.post(
        f"/designations/new?person_id={people['ours']}",
        data={"unit": "禄丰", "valid_from": "2023-08-01", "basis": "楚教体发〔2023〕1号"},
    )
    assert answer.status_code == 302
    with app.app_context():
        made = db.session.scalars(
            select(LeadTeacherDesignation).where(LeadTeacherDesignation.person_id == people["ours"])
        ).one()
        assert (made.nominating_unit.code, made.valid_from) == (make.LUFENG, date(2023, 8, 1))
    page = client.get("/designations/").get_data(as_text=True)
    assert "9个县（市、区）还没有带头人" in page
    assert "楚教体发〔2023〕1号" in page


def test_shows_a_second_designation_as_a_refusal(
    app: Flask, people: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(people["bureau"])
    data = {"unit": make.LUFENG, "valid_from": "2023-08-01"}
    client.post(f"/designations/new?person_id={people['ours']}", data=data)
    again = client.post(f"/designations/new?person_id={people['ours']}", data=data)
    assert again.status_code == 422
    assert "已经是带头人" in again.get_data(as_text=True)


def test_ends_corrects_and_strikes_out(app: Flask, people: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(people["bureau"])
    client.post(
        f"/designations/new?person_id={people['ours']}",
        data={"unit": make.LUFENG, "valid_from": "2023-01-01"},
    )
    with app.app_context():
        made = db.session.scalars(
            select(LeadTeacherDesignation.id).where(
                LeadTeacherDesignation.person_id == people["ours"]
            )
        ).one()
    assert client.get(f"/designations/{made}/end").status_code == 200
    ended = client.post(f"/designations/{made}/end", data={"on": "2023-06-30", "reason": "调离"})
    assert ended.status_code == 302
    listed = client.get("/designations/?state=ended").get_data(as_text=True)
    assert "2023-06-30" in listed
    assert client.get(f"/designations/{made}/correct").status_code == 200
    corrected = client.post(
        f"/designations/{made}/correct",
        data={
            "unit": make.LUFENG,
            "valid_from": "2023-02-01",
            "valid_until": "",
            "reason": "日期录错",
        },
    )
    assert corrected.status_code == 302
    with app.app_context():
        row = db.session.get_one(LeadTeacherDesignation, made)
        assert (row.valid_from, row.valid_until, row.end_reason) == (
            date(2023, 2, 1),
            None,
            None,
        )
    assert client.get(f"/designations/{made}/strike").status_code == 200
    assert client.post(f"/designations/{made}/strike", data={"reason": "误录"}).status_code == 302
    with app.app_context():
        assert db.session.get(LeadTeacherDesignation, made) is None


def test_hides_what_lies_outside_the_scope(people: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(people["bureau"])
    outside = people["their_designation"]
    assert client.get(f"/designations/{outside}/end").status_code == 404
    assert client.get("/designations/999999/end").status_code == 404
    assert client.get(f"/designations/new?person_id={people['theirs']}").status_code == 404
    assert client.get(f"/designations/?unit={make.LINXIANG}").status_code == 403
    assert client.get("/designations/?unit=999999").status_code == 403
    assert "王外人" not in client.get("/designations/").get_data(as_text=True)


def test_county_reads_but_only_the_bureau_designates(
    people: dict[str, int], sign_in: SignIn
) -> None:
    county = sign_in(people["county"])
    assert county.get("/designations/").status_code == 200
    assert county.get("/designations/new").status_code == 403
    assert sign_in(people["school"]).get("/designations/").status_code == 403


def test_exports_the_list(people: dict[str, int], sign_in: SignIn) -> None:
    answer = sign_in(people["bureau"]).get("/designations/export")
    assert answer.data[:2] == b"PK"
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]


def test_refuses_a_malformed_person(people: dict[str, int], sign_in: SignIn) -> None:
    assert sign_in(people["bureau"]).get("/designations/new?person_id=x").status_code == 400
    assert sign_in(people["bureau"]).get("/designations/?page=99").status_code == 404
