"""Pages of studios and trainer teams."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.db import db
from app.domain.people.models import Studio, StudioMembership
from app.domain.people.rules import StudioRole
from tests import factories as make

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def ids(app: Flask) -> dict[str, int]:
    with app.app_context():
        school = make.make_school(make.LUFENG, "禄丰第一小学")
        expert = make.make_person(make.get_unit(make.CHUXIONG), "张专家")
        return {
            "bureau": make.make_account("bureau", make.CHUXIONG).id,
            "county": make.make_account("county", make.LUFENG).id,
            "lincang": make.make_account("bureau", make.LINCANG).id,
            "school": make.make_account("school", school).id,
            "first": make.make_counselor(school, "李桃艳").id,
            "second": make.make_counselor(school, "王小红").id,
            "expert": expert.id,
        }


def _open(client: FlaskClient, unit: str = make.CHUXIONG) -> int:
    answer = client.post(
        "/studios/new",
        data={
            "kind": "studio",
            "name": "楚雄州心理名师工作室",
            "unit": unit,
            "valid_from": "2022-01-01",
        },
    )
    assert answer.status_code == 302
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def _join(client: FlaskClient, studio: int, people: list[int], **data: str) -> int:
    query = "&".join(f"person_id={person}" for person in people)
    answer = client.post(
        f"/studios/{studio}/members/new?{query}",
        data={"role": "member", "valid_from": "2022-03-01", **data},
    )
    return answer.status_code


def _memberships(app: Flask, studio: int) -> list[tuple[str, str, date, date | None]]:
    with app.app_context():
        rows = db.session.scalars(
            select(StudioMembership)
            .where(StudioMembership.studio_id == studio)
            .order_by(StudioMembership.valid_from, StudioMembership.id)
        )
        return [(m.person.name, m.role.value, m.valid_from, m.valid_until) for m in rows]


def test_opens_a_studio_and_lets_people_join(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["bureau"])
    studio = _open(client)
    chooser = client.get(f"/studios/{studio}/members/new?q=张&go=search").get_data(as_text=True)
    assert "张专家" in chooser
    chosen = f"person_id={ids['first']}&person_id={ids['expert']}"
    assert client.get(f"/studios/{studio}/members/new?{chosen}&go=on").status_code == 200
    assert _join(client, studio, [ids["first"], ids["expert"]]) == 302
    page = client.get(f"/studios/{studio}").get_data(as_text=True)
    assert "李桃艳" in page
    assert "张专家" in page
    listed = client.get("/studios/").get_data(as_text=True)
    assert "楚雄州心理名师工作室" in listed
    assert _memberships(app, studio) == [
        ("张专家", "member", date(2022, 3, 1), None),
        ("李桃艳", "member", date(2022, 3, 1), None),
    ]


def test_asks_before_a_second_host(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["bureau"])
    studio = _open(client)
    assert _join(client, studio, [ids["first"]], role="host") == 302
    assert _join(client, studio, [ids["second"]], role="host") == 422
    assert _join(client, studio, [ids["second"]], role="host", several_hosts="y") == 302


def test_changes_the_host_on_a_day(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["bureau"])
    studio = _open(client)
    _join(client, studio, [ids["first"]], role="host")
    _join(client, studio, [ids["second"]])
    address = f"/studios/{studio}/host?person_id={ids['second']}"
    assert client.get(address).status_code == 200
    answer = client.post(
        address, data={"on": "2023-01-01", "stays_member": "y", "reason": "州教体局通知"}
    )
    assert answer.status_code == 302
    assert _memberships(app, studio) == [
        ("李桃艳", "host", date(2022, 3, 1), date(2022, 12, 31)),
        ("王小红", "member", date(2022, 3, 1), date(2022, 12, 31)),
        ("李桃艳", "member", date(2023, 1, 1), None),
        ("王小红", "host", date(2023, 1, 1), None),
    ]


def test_ends_corrects_and_strikes_out_memberships(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["bureau"])
    studio = _open(client)
    _join(client, studio, [ids["first"], ids["second"]])
    with app.app_context():
        first, second = db.session.scalars(
            select(StudioMembership.id).order_by(StudioMembership.person_id)
        )
    address = f"/studios/{studio}/members/end?id={first}&id={second}"
    assert client.get(address).status_code == 200
    assert client.post(address, data={"on": "2023-01-31", "reason": "退出"}).status_code == 302
    everybody = client.get(f"/studios/{studio}?show=everybody").get_data(as_text=True)
    assert "2023-01-31" in everybody
    assert "李桃艳" not in client.get(f"/studios/{studio}").get_data(as_text=True)
    assert "李桃艳" in client.get(f"/studios/{studio}?on=2022-12-31").get_data(as_text=True)
    correct = f"/studios/{studio}/members/{first}/correct"
    assert client.get(correct).status_code == 200
    data = {"role": "host", "valid_from": "2022-04-01", "valid_until": "", "reason": "录错"}
    assert client.post(correct, data=data).status_code == 302
    strike = f"/studios/{studio}/members/{second}/strike"
    assert client.get(strike).status_code == 200
    assert client.post(strike, data={"reason": "误录"}).status_code == 302
    assert _memberships(app, studio) == [("李桃艳", "host", date(2022, 4, 1), None)]


def test_renames_and_ends_a_studio(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["bureau"])
    studio = _open(client)
    _join(client, studio, [ids["first"]])
    page = client.get(f"/studios/{studio}/correct")
    assert page.status_code == 200
    data = {
        "kind": "trainer_team",
        "name": "楚雄州师资团队",
        "valid_from": "2022-01-01",
        "valid_until": "",
        "reason": "",
    }
    assert client.post(f"/studios/{studio}/correct", data=data).status_code == 422
    data["reason"] = "文件更名"
    assert client.post(f"/studios/{studio}/correct", data=data).status_code == 302
    assert client.get(f"/studios/{studio}/end").status_code == 200
    client.post(f"/studios/{studio}/end", data={"on": "2023-06-30", "reason": "周期结束"})
    with app.app_context():
        row = db.session.get_one(Studio, studio)
        assert (row.name, row.kind.value, row.valid_until) == (
            "楚雄州师资团队",
            "trainer_team",
            date(2023, 6, 30),
        )
    assert _memberships(app, studio)[0][3] == date(2023, 6, 30)
    assert "楚雄州师资团队" in client.get("/studios/?show=ended").get_data(as_text=True)


def test_hides_studios_of_others(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    studio = _open(sign_in(ids["bureau"]))
    for account in ("lincang", "county", "school"):
        client = sign_in(ids[account])
        assert client.get(f"/studios/{studio}").status_code == 404
        assert "楚雄州心理名师工作室" not in client.get("/studios/").get_data(as_text=True)
    assert sign_in(ids["county"]).get(f"/studios/{studio}/end").status_code == 404
    assert sign_in(ids["school"]).get("/studios/new").status_code == 403


def test_exports_studios_and_members(ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["bureau"])
    studio = _open(client)
    _join(client, studio, [ids["first"]], role=StudioRole.HOST)
    assert client.get("/studios/export").data[:2] == b"PK"
    assert client.get(f"/studios/{studio}/export?studio_id=1").data[:2] == b"PK"
    assert client.get(f"/studios/{studio}?studio_id=1").status_code == 200


def test_refuses_a_malformed_day(ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["bureau"])
    studio = _open(client)
    assert client.get(f"/studios/{studio}?on=gestern").status_code == 400
