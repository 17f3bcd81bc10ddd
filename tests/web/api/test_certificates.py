"""Issue batches of certificates by program, follow them, read one by its number, one's own."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import TooManyRequests

from app.access.guesses import Guesses
from app.core import clock, jobs
from app.core.db import atomic, db
from app.domain.certificates.models import Certificate, NumberSeries
from app.domain.people.models import Person
from tests import certificate_factories as certs
from tests import factories as make
from tests.web.api.conftest import Program

BATCHES = "/api/v1/certificate-batches"
NUMBER = "楚教培〔2023〕第0001号"


@pytest.fixture
def body(app: Flask) -> dict[str, object]:
    """A batch for a training that two of Lufeng passed."""
    with app.app_context():
        _people, key = certs.make_trained(names=("李桃艳", "王小明"))
        return {
            "template": certs.make_template().id,
            "title": "心理健康教育培训",
            "prefix": "楚教培",
            "issued_on": "2023-08-01",
            "source": "training",
            "training": key,
        }


def _code(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(select(Certificate.code).where(Certificate.sequence == 1)).one()


def test_issues_a_batch_and_tells_how_far_it_is(
    app: Flask, program: Program, body: dict[str, object]
) -> None:
    bureau = program("bureau", make.CHUXIONG)
    answer = bureau.post(BATCHES, json=body)
    assert answer.status_code == 201
    made = answer.json
    assert made == {
        "id": made["id"],
        "title": "心理健康教育培训",
        "kind": "completion",
        "status": "issuing",
        "people": 2,
        "issued": 2,
        "made": 0,
    }
    assert answer.headers["Location"] == f"{BATCHES}/{made['id']}"
    with app.app_context():
        jobs.run_pending()
    assert bureau.get(f"{BATCHES}/{made['id']}").json == made | {"status": "issued", "made": 2}


def test_the_same_key_issues_once(program: Program, body: dict[str, object], app: Flask) -> None:
    bureau = program("bureau", make.CHUXIONG)
    headers = {"Idempotency-Key": "batch-1"}
    answers = [bureau.post(BATCHES, json=body, headers=headers).json for _again in range(2)]
    assert answers[0] == answers[1]
    with app.app_context():
        assert db.session.scalars(select(NumberSeries.next_number)).one() == 3


def test_a_prepared_one_is_issued_later(program: Program, body: dict[str, object]) -> None:
    bureau = program("bureau", make.CHUXIONG)
    made = bureau.post(BATCHES, json={**body, "draft": True}).json
    assert (made["status"], made["people"], made["issued"]) == ("draft", 2, 0)
    issued = bureau.post(f"{BATCHES}/{made['id']}/issue").json
    assert (issued["status"], issued["issued"]) == ("issuing", 2)
    again = bureau.post(f"{BATCHES}/{made['id']}/issue")
    assert (again.status_code, again.json["code"]) == (409, "batch_settled")


def test_refusals_name_their_field_and_land_nothing(
    app: Flask, program: Program, body: dict[str, object]
) -> None:
    bureau = program("bureau", make.CHUXIONG)
    for changed, status, code in (
        ({"issued_on": "2023-08-18"}, 422, "issued_later"),
        ({"prefix": "临〔教〕"}, 422, "prefix_brackets"),
        ({"template": 987654}, 404, "not_found"),
        ({"people": [987654]}, 404, "not_found"),
        ({"training": "training:无:2023-01-01"}, 409, "batch_empty"),
        ({"unknown": 1}, 422, "invalid_input"),
    ):
        answer = bureau.post(BATCHES, json={**body, **changed})
        assert (answer.status_code, answer.json["code"]) == (status, code), changed
    with app.app_context():
        assert db.session.scalars(select(NumberSeries)).all() == []


def test_a_number_is_read_within_the_unit_and_elsewhere_with_its_code(
    app: Flask, program: Program, body: dict[str, object]
) -> None:
    bureau = program("bureau", make.CHUXIONG)
    bureau.post(BATCHES, json=body)
    address = f"/api/v1/certificates/{quote(NUMBER)}"
    told = bureau.get(address).json
    assert (told["number"], told["status"], told["hours"]) == (NUMBER, "valid", "40")
    assert told["holder"] in {"李＊＊", "王＊＊"}
    typed = f"/api/v1/certificates/{quote('楚教培[2023] 1')}"
    assert bureau.get(typed).json == told
    stranger = program("school", make.CHUXIONG_CITY)
    assert stranger.get(f"{address}?code={_code(app)}").json == told
    wrong = stranger.get(f"{address}?code=000000000000")
    unknown = stranger.get(f"/api/v1/certificates/{quote('楚教培〔2023〕第9999号')}?code=0")
    without = stranger.get(address)
    assert {answer.status_code for answer in (wrong, unknown, without)} == {404}
    assert wrong.json == unknown.json == without.json


def test_guessed_codes_count_as_they_do_on_the_pages_and_look_ups_within_the_unit_do_not(
    program: Program, body: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    missed: list[int] = []

    def stop(_self: Guesses) -> None:
        if len(missed) == 2:
            raise TooManyRequests(retry_after=7)

    monkeypatch.setattr(Guesses, "miss", lambda _self: missed.append(1))
    monkeypatch.setattr(Guesses, "stop_if_spent", stop)
    bureau = program("bureau", make.CHUXIONG)
    bureau.post(BATCHES, json=body)
    address = f"/api/v1/certificates/{quote(NUMBER)}"
    unknown = f"/api/v1/certificates/{quote('楚教培〔2023〕第9999号')}"
    assert [bureau.get(unknown).status_code for _again in range(3)] == [404] * 3
    answers = [bureau.get(f"{address}?code={guess:012}") for guess in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert answers[-1].json["code"] == "too_many_requests"
    assert answers[-1].headers["Retry-After"] == "7"
    assert bureau.get(address).status_code == 200


def test_lists_the_templates_that_the_unit_may_issue_with(app: Flask, program: Program) -> None:
    with app.app_context():
        city = make.get_unit(make.CHUXIONG_CITY)
        certs.make_template(city.id)
        known = certs.make_template(make.get_unit(make.CHUXIONG).id)
        wanted = {"id": known.id, "title": known.title, "kind": "completion", "unit": "532300"}
    county = program("county", make.LUFENG)
    items = county.get("/api/v1/certificate-templates").json["items"]
    assert [one for one in items if one["unit"] is not None] == [wanted]
    assert program("school", make.LUFENG).get("/api/v1/certificate-templates").status_code == 403


def test_the_year_of_a_number_is_that_of_the_day_in_shanghai(
    program: Program, body: dict[str, object], app: Flask
) -> None:
    bureau = program("bureau", make.CHUXIONG)
    with clock.frozen(datetime(2023, 12, 31, 16, 30, tzinfo=UTC)):
        made = bureau.post(BATCHES, json={**body, "issued_on": None})
    assert made.status_code == 201
    with app.app_context():
        numbers = db.session.scalars(select(Certificate.number).order_by(Certificate.id)).all()
    assert numbers == ["楚教培〔2024〕第0001号", "楚教培〔2024〕第0002号"]


def test_a_teacher_reads_their_own(app: Flask, program: Program, body: dict[str, object]) -> None:
    program("bureau", make.CHUXIONG).post(BATCHES, json=body)
    teacher = program("teacher", make.LUFENG)
    assert teacher.get("/api/v1/me/certificates").json == {"items": [], "next_cursor": None}
    with app.app_context(), atomic() as session:
        holder = session.scalars(select(Person).where(Person.name == "李桃艳")).one()
        holder.account_id = session.scalars(
            select(make.Account.id).where(make.Account.username.like("teacher-%"))
        ).one()
    items = teacher.get("/api/v1/me/certificates").json["items"]
    assert [(one["holder"], one["status"]) for one in items] == [("李＊＊", "valid")]
    assert teacher.post(BATCHES, json=body).status_code == 403
