"""Hours learnt elsewhere on the pages: ask with a file, check, recognise many, send back, download the proof."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import files
from app.core.db import db
from app.domain.courses.models import Recognition
from app.domain.courses.rules.words import CourseKind, RecognitionStatus
from app.domain.people.models import Person, TrainingRecord
from app.domain.units.models import Unit
from tests import course_factories as courses
from tests import factories
from tests.recognition_factories import make_parties, make_recognition

SignIn = Callable[[int], FlaskClient]
Count = Callable[[Callable[[], Any]], int]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@dataclass
class Desks:
    teacher: FlaskClient
    school: FlaskClient
    county: FlaskClient
    person_id: int
    unit_id: int


@pytest.fixture
def desks(app: Flask, sign_in: SignIn) -> Desks:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        parties = make_parties()
        actors = (parties.teacher, parties.school, parties.county)
        ids = [actor.account_id or 0 for actor in actors]
        person_id, unit_id = parties.person.id, parties.unit.id
    teacher, school, county = (sign_in(account_id) for account_id in ids)
    return Desks(teacher, school, county, person_id, unit_id)


def claim(**changed: Any) -> dict[str, Any]:
    return {
        "title": "班主任网络研修",
        "platform": "国家中小学智慧教育平台",
        "level": "national",
        "started_on": "2023-05-01",
        "finished_on": "2023-06-30",
        "hours": "40",
        "file": (io.BytesIO(PDF), "结业证书.pdf"),
        **changed,
    }


def ask(desks: Desks, **changed: Any) -> str:
    answer = desks.teacher.post("/courses/recognitions/new", data=claim(**changed))
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def records(app: Flask) -> list[tuple[str, Decimal | None]]:
    with app.app_context():
        rows = db.session.execute(
            select(TrainingRecord.title, TrainingRecord.hours)
            .where(TrainingRecord.withdrawn_at.is_(None))
            .order_by(TrainingRecord.id)
        )
        return [(row.title, row.hours) for row in rows]


def test_from_the_teachers_form_to_the_record(app: Flask, desks: Desks) -> None:
    address = ask(desks)
    assert "待审核" in desks.teacher.get("/courses/recognitions/mine").text
    assert "李梅" in desks.school.get("/courses/recognitions/").text
    assert desks.school.post(f"{address}/check").status_code == 302
    assert "李梅" in desks.county.get("/courses/recognitions/").text
    page = desks.county.get(address).text
    assert 'name="hours"' in page
    refused = desks.county.post(f"{address}/recognise", data={"hours": "30", "row_version": "2"})
    assert refused.status_code == 422
    assert 'href="#reason"' in refused.text
    data = {"hours": "30", "reason": "只完成必修", "row_version": "2"}
    assert desks.county.post(f"{address}/recognise", data=data).status_code == 302
    assert records(app) == [("班主任网络研修", Decimal(30))]
    assert "只完成必修" in desks.teacher.get(address).text


def test_the_proof_comes_as_a_download_to_those_who_see_the_request(
    app: Flask, desks: Desks, sign_in: SignIn
) -> None:
    address = ask(desks)
    for client in (desks.teacher, desks.school, desks.county):
        answer = client.get(f"{address}/evidence")
        assert answer.data == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with app.app_context():
        others = make_parties("王芳", 2)
        trainer = factories.make_account("trainer", "530900").id
        strangers = [others.account.id, others.school.account_id or 0, trainer]
    for account_id in strangers:
        client = sign_in(account_id)
        assert client.get(address).status_code == 404
        assert client.get(f"{address}/evidence").status_code == 404


def kept_files(app: Flask) -> int:
    folder = Path(app.instance_path) / "files"
    return sum(1 for path in folder.rglob("*") if path.is_file())


def test_a_refused_request_keeps_no_file(app: Flask, desks: Desks) -> None:
    ask(desks)
    before = kept_files(app)
    again = desks.teacher.post("/courses/recognitions/new", data=claim())
    assert again.status_code == 422
    assert 'href="#title"' in again.text
    assert kept_files(app) == before


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"file": (io.BytesIO(b"MZ\x90\x00"), "证书.exe")}, "file"),
        ({"file": (io.BytesIO(b"MZ\x90\x00"), "证书.pdf")}, "file"),
        ({"file": (io.BytesIO(b""), "")}, "file"),
        ({"hours": "-3"}, "hours"),
        ({"hours": ""}, "hours"),
        ({"platform": ""}, "platform"),
        ({"finished_on": "2023-04-01"}, "finished_on"),
        ({"finished_on": "2024-04-01"}, "finished_on"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    app: Flask, desks: Desks, changed: dict[str, Any], where: str
) -> None:
    answer = desks.teacher.post("/courses/recognitions/new", data=claim(**changed))
    assert answer.status_code == 422
    assert f'href="#{where}"' in answer.text
    with app.app_context():
        assert db.session.scalars(select(Recognition)).all() == []


def test_sent_back_corrected_and_sent_again_with_a_new_file(app: Flask, desks: Desks) -> None:
    before = kept_files(app)
    address = ask(desks)
    assert desks.school.post(f"{address}/send-back", data={"reason": ""}).status_code == 422
    said = {"reason": "证书看不清", "row_version": "1"}
    assert desks.school.post(f"{address}/send-back", data=said).status_code == 302
    assert "证书看不清" in desks.teacher.get(f"{address}/edit").text
    newer = claim(file=(io.BytesIO(PDF + b"2"), "清晰.pdf"), row_version="2")
    assert desks.teacher.post(f"{address}/edit", data=newer).status_code == 302
    assert desks.school.get(f"{address}/evidence").data == PDF + b"2"
    assert kept_files(app) == before + 1
    assert desks.teacher.get(f"{address}/edit").status_code == 302


def test_a_course_of_the_catalogue_gives_its_name(app: Flask, desks: Desks) -> None:
    with app.app_context():
        course_id = courses.make_course(
            "国家平台研修", kind=CourseKind.EXTERNAL, platform="国家平台"
        ).id
        own_id = courses.make_course().id
    page = desks.teacher.get(f"/courses/recognitions/new?course={course_id}").text
    assert f'selected value="{course_id}"' in page
    address = ask(desks, course=str(course_id), title="", platform="")
    assert "国家平台研修" in desks.teacher.get(address).text
    other = claim(course=str(own_id))
    assert desks.teacher.post("/courses/recognitions/new", data=other).status_code == 400


def test_an_external_course_leads_to_the_request_and_ends_with_it(app: Flask, desks: Desks) -> None:
    with app.app_context():
        course = courses.make_course("国家平台研修", kind=CourseKind.EXTERNAL, platform="国家平台")
        person = db.session.get_one(Person, desks.person_id)
        courses.make_learner(course, person, db.session.get_one(Unit, desks.unit_id))
        course_id = course.id
    page = desks.teacher.get(f"/courses/{course_id}").text
    assert f"/courses/recognitions/new?course={course_id}" in page
    address = ask(desks, course=str(course_id), title="", platform="")
    desks.county.post(f"{address}/recognise", data={"hours": "40", "row_version": "1"})
    ended = desks.teacher.get(f"/courses/{course_id}").text
    assert "2023-06-30" in ended
    assert "/courses/recognitions/new" not in ended


def make_many(app: Flask, number: int) -> list[int]:
    with app.app_context():
        made = []
        for serial in range(10, 10 + number):
            parties = make_parties(f"教师{serial}", serial)
            made.append(make_recognition(parties.person, parties.unit).id)
        return made


def test_many_are_recognised_at_once_and_stale_ones_are_told(app: Flask, desks: Desks) -> None:
    first, second, third = make_many(app, 3)
    listed = desks.county.get("/courses/recognitions/?status=submitted").text
    assert f'value="{first}:1"' in listed
    desks.county.post(f"/courses/recognitions/{third}/send-back", data={"reason": "重复"})
    data = {"action": "recognise", "id": [f"{first}:1", f"{second}:1", f"{third}:1"]}
    answer = desks.county.post("/courses/recognitions/?status=submitted", data=data)
    assert answer.headers["Location"].endswith("/courses/recognitions/?status=submitted")
    page = desks.county.get(answer.headers["Location"]).text
    assert f"#{third}" in page
    assert len(records(app)) == 2


def test_all_that_fit_the_list_are_recognised_also_on_further_pages(
    app: Flask, desks: Desks
) -> None:
    make_many(app, 27)
    page = desks.county.get("/courses/recognitions/?status=submitted").text
    assert "recognise:all" in page
    data = {"action": "recognise:all"}
    assert (
        desks.county.post("/courses/recognitions/?status=submitted", data=data).status_code == 302
    )
    assert len(records(app)) == 27


def test_sending_many_back_needs_a_reason(app: Flask, desks: Desks) -> None:
    (one,) = make_many(app, 1)
    data = {"action": "send_back", "id": f"{one}:1", "reason": " "}
    desks.county.post("/courses/recognitions/?status=submitted", data=data)
    desks.county.post("/courses/recognitions/?status=submitted", data=data | {"reason": "请补证书"})
    with app.app_context():
        made = db.session.get_one(Recognition, one)
        assert (made.status, made.reason) == (RecognitionStatus.SENT_BACK, "请补证书")


@pytest.mark.parametrize(
    "data",
    [
        {"action": "erase", "id": "1:1"},
        {"action": "check", "id": "1"},
        {"action": "check", "id": "x:1"},
        {"action": "check", "id": ["1:1"] * 201},
    ],
)
def test_malformed_bulk_acts_are_bad_requests(desks: Desks, data: dict[str, Any]) -> None:
    assert desks.county.post("/courses/recognitions/", data=data).status_code == 400


def test_a_school_is_not_offered_to_recognise_and_may_not(app: Flask, desks: Desks) -> None:
    address = ask(desks)
    page = desks.school.get(address).text
    assert "/recognise" not in page
    assert "/check" in page
    assert desks.school.post(f"{address}/recognise", data={"hours": "40"}).status_code == 403
    data = {"action": "recognise", "id": f"{address.rsplit('/', 1)[1]}:1"}
    desks.school.post("/courses/recognitions/", data=data)
    assert records(app) == []


def test_withdrawing_ends_the_request(app: Flask, desks: Desks) -> None:
    address = ask(desks)
    assert desks.teacher.post(f"{address}/withdraw").status_code == 302
    assert "已撤回" in desks.teacher.get(address).text
    assert desks.school.post(f"{address}/check").status_code == 302
    assert desks.teacher.get("/courses/recognitions/mine").status_code == 200
    with app.app_context():
        made = db.session.scalars(select(Recognition)).one()
        assert made.status is RecognitionStatus.WITHDRAWN


def test_the_queue_costs_the_same_queries_for_one_and_for_many(
    app: Flask, desks: Desks, count_queries: Count
) -> None:
    make_many(app, 1)
    address = "/courses/recognitions/?status=submitted"
    desks.county.get(address)
    one = count_queries(lambda: desks.county.get(address))
    with app.app_context():
        for serial in range(40, 64):
            parties = make_parties(f"教师{serial}", serial)
            make_recognition(parties.person, parties.unit)
    many = count_queries(lambda: desks.county.get(address))
    assert one == many
    assert many <= 8


def test_an_account_without_a_person_is_told_so(app: Flask, sign_in: SignIn) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        client = sign_in(factories.make_account("teacher", factories.make_school()).id)
    assert "未关联教师信息" in client.get("/courses/recognitions/mine").text
    answer = client.post("/courses/recognitions/new", data=claim())
    assert answer.status_code == 422


@pytest.mark.parametrize("hours", ["NaN", "sNaN", "Infinity", "1e999999", "-1", ""])
def test_what_is_no_number_of_hours_is_told_in_the_form(desks: Desks, hours: str) -> None:
    refused = desks.teacher.post("/courses/recognitions/new", data=claim(hours=hours))
    assert refused.status_code == 422
    address = ask(desks)
    asked = {"hours": hours, "row_version": "1"}
    assert desks.county.post(f"{address}/recognise", data=asked).status_code == 422


def test_a_proof_that_is_gone_from_the_disk_says_so(app: Flask, desks: Desks) -> None:
    address = ask(desks)
    with app.app_context():
        files.remove(db.session.scalars(select(Recognition.file_key)).one() or "")
    answer = desks.county.get(f"{address}/evidence")
    assert answer.status_code == 404
    assert "文件已不存在" in answer.text
