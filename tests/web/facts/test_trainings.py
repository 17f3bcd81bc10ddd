"""Pages of training records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.db import db
from app.domain.people.models import TrainingRecord
from app.domain.people.rules.trainings import training_event_key
from tests import factories as make

SignIn = Callable[[int], FlaskClient]
TITLE = "全省心理健康教师国培"
KEY = training_event_key(TITLE, date(2023, 6, 17))
EVENT = f"/trainings/event?key={quote(KEY)}"
DATA = {
    "title": TITLE,
    "kind": "training",
    "level": "provincial",
    "started_on": "2023-06-13",
    "ended_on": "2023-06-17",
    "organiser": "省教育厅",
    "place": "昆明",
    "hours": "40",
    "passed": "y",
}


@pytest.fixture
def ids(app: Flask) -> dict[str, int]:
    with app.app_context():
        school = make.make_school(make.LUFENG, "禄丰第一小学")
        elsewhere = make.make_school(make.LINXIANG, "临翔第一小学")
        theirs = make.make_counselor(elsewhere, "王外人")
        return {
            "bureau": make.make_account("bureau", make.CHUXIONG).id,
            "county": make.make_account("county", make.LUFENG).id,
            "school": make.make_account("school", school).id,
            "first": make.make_counselor(school, "李桃艳").id,
            "second": make.make_counselor(school, "王小红").id,
            "theirs": theirs.id,
            "their_record": make.make_training(theirs, elsewhere).id,
        }


def _add(client: FlaskClient, *people: int, **data: str) -> int:
    query = "&".join(f"person_id={person}" for person in people)
    return client.post(f"/trainings/new?{query}", data=DATA | data).status_code


def _records(app: Flask) -> list[TrainingRecord]:
    with app.app_context():
        return list(
            db.session.scalars(
                select(TrainingRecord)
                .where(TrainingRecord.event_key == KEY)
                .order_by(TrainingRecord.id)
            )
        )


def test_records_a_training_of_several_people(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["county"])
    form = client.get(f"/trainings/new?person_id={ids['first']}&person_id={ids['second']}&go=on")
    assert "登记对象：2人" in form.get_data(as_text=True)
    assert _add(client, ids["first"], ids["second"]) == 302
    records = _records(app)
    assert [record.person_id for record in records] == [ids["first"], ids["second"]]
    assert {record.hours for record in records} == {Decimal(40)}
    listed = client.get("/trainings/").get_data(as_text=True)
    assert TITLE in listed
    assert "共2人次" in listed
    assert "李桃艳" in client.get(EVENT).get_data(as_text=True)


def test_refuses_a_second_record_of_the_same_training(ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["county"])
    assert _add(client, ids["first"]) == 302
    assert _add(client, ids["second"], ids["first"]) == 422


def test_keeps_what_was_chosen_and_typed_when_refused(ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["county"])
    answer = client.post(
        f"/trainings/new?person_id={ids['first']}", data=DATA | {"ended_on": "2023-12-31"}
    )
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "培训尚未结束" in page
    assert "省教育厅" in page


def test_withdraws_and_restores(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["county"])
    _add(client, ids["first"])
    record = _records(app)[0].id
    assert client.get(f"/trainings/records/{record}/withdraw").status_code == 200
    data = {"reason": "录错人"}
    assert client.post(f"/trainings/records/{record}/withdraw", data=data).status_code == 302
    assert _records(app)[0].withdrawn_reason == "录错人"
    assert client.get(EVENT).status_code == 404
    assert client.get(f"/trainings/records/{record}/restore").status_code == 200
    assert client.post(f"/trainings/records/{record}/restore", data=data).status_code == 302
    assert _records(app)[0].withdrawn_at is None


def test_corrects_one_record_and_a_whole_training(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["county"])
    _add(client, ids["first"], ids["second"])
    record = _records(app)[0].id
    address = f"/trainings/records/{record}/correct"
    assert client.get(address).status_code == 200
    own = DATA | {"unit": make.LUFENG, "result": "优秀", "reason": "补录等次"}
    assert client.post(address, data=own).status_code == 302
    assert [r.result for r in _records(app)] == ["优秀", None]
    address = f"/trainings/event/correct?key={quote(KEY)}"
    assert client.get(address).status_code == 200
    shared = {key: value for key, value in DATA.items() if key != "passed"}
    shared |= {"level": "national", "reason": "级别录错"}
    assert client.post(address, data=shared).status_code == 302
    assert [r.level.value for r in _records(app)] == ["national", "national"]
    assert [r.result for r in _records(app)] == ["优秀", None]


def test_corrects_a_placement_without_asking_its_kind(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    with app.app_context():
        person = db.session.get_one(make.Person, ids["first"])
        placed = make.make_training(
            person, make.get_unit(make.LUFENG), title="跟岗培训", kind=make.TrainingKind.PLACEMENT
        )
        record, key = placed.id, placed.event_key
    client = sign_in(ids["county"])
    page = client.get(f"/trainings/records/{record}/correct").get_data(as_text=True)
    assert 'name="kind"' not in page
    data = DATA | {"unit": make.LUFENG, "reason": "更正"}
    assert client.post(f"/trainings/records/{record}/correct", data=data).status_code == 302
    with app.app_context():
        made = db.session.get_one(TrainingRecord, record)
        assert (made.kind.value, made.event_key, made.title) == ("placement", key, TITLE)


def test_hides_records_outside_the_scope(ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["county"])
    assert client.get(f"/trainings/records/{ids['their_record']}/correct").status_code == 404
    assert client.get(f"/trainings/new?person_id={ids['theirs']}").status_code == 404
    assert client.get("/trainings/event?key=nowhere").status_code == 404
    assert "王外人" not in client.get("/trainings/").get_data(as_text=True)
    assert sign_in(ids["school"]).get("/trainings/").status_code == 200
    assert sign_in(ids["school"]).get("/trainings/new").status_code == 403


def test_exports_trainings_and_their_people(ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["county"])
    _add(client, ids["first"])
    assert client.get("/trainings/export").data[:2] == b"PK"
    assert client.get(f"/trainings/event/export?key={quote(KEY)}").data[:2] == b"PK"
