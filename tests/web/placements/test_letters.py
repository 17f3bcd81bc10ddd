"""Letters of a cohort: who stands in which, for whom, as PDF and Word."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import db
from app.domain.accounts.rules import Role
from app.domain.placements.models import Cohort, CohortSeats
from app.domain.placements.rules.words import CohortStatus
from app.domain.units.models import Unit
from tests import factories, placement_factories
from tests.web.workshops.test_teacher_pages import in_english

SignIn = Callable[[int], FlaskClient]
FENGQING, YUN = "530921", "530922"


@pytest.fixture
def ids(app: Flask) -> dict[str, Any]:
    """李海燕 of 凤庆 and 王小明 of 云县 at 一中, 周明 of 云县 at 民族中学."""
    with app.app_context():
        cohort = placement_factories.make_cohort(status=CohortStatus.CONFIRMED)
        found: dict[str, Any] = {"cohort": cohort.id}
        for name, people in (
            ("临沧市第一中学", (("李海燕", FENGQING), ("王小明", YUN))),
            ("临沧市民族中学", (("周明", YUN),)),
        ):
            base = placement_factories.make_base_school(name)
            found[name] = base.code
            seats_id = placement_factories.make_seats(
                db.session.get_one(Cohort, found["cohort"]), base, 2
            ).id
            for person_name, county in people:
                origin = factories.make_school(county)
                person = factories.make_counselor(origin, person_name)
                found[person_name] = placement_factories.make_placement(
                    db.session.get_one(Cohort, found["cohort"]),
                    person,
                    nominating=factories.get_unit(county),
                    school=origin,
                    seats=db.session.get_one(CohortSeats, seats_id),
                ).id
        found["bureau"] = factories.make_account(Role.BUREAU, factories.LINCANG).id
        found["county"] = factories.make_account(Role.COUNTY, FENGQING).id
        base = db.session.query(Unit).filter_by(code=found["临沧市民族中学"]).one()
        found["head"] = factories.make_account(Role.SCHOOL, base).id
        return found


def papers(ids: dict[str, Any], name: str = "", **query: Any) -> tuple[str, dict[str, Any]]:
    return f"/placements/cohorts/{ids['cohort']}/papers{name}", query


def words_of(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("word/document.xml").decode()


def word(client: FlaskClient, ids: dict[str, Any], name: str, **query: Any) -> str:
    address, arguments = papers(ids, f"/{name}.docx", **query)
    answer = client.get(address, query_string=arguments)
    assert answer.status_code == 200
    return words_of(answer.data)


@pytest.fixture
def bureau(ids: dict[str, Any], sign_in: SignIn) -> FlaskClient:
    return in_english(sign_in(ids["bureau"]))


def test_a_dispatch_letter_names_who_goes_to_the_base_school(
    bureau: FlaskClient, ids: dict[str, Any]
) -> None:
    text = word(
        bureau, ids, "dispatch", school=ids["临沧市第一中学"], number="临教体函〔2023〕第0001号"
    )
    for said in (
        "临沧市教育体育局",
        "临沧市第一中学",
        "李海燕",
        "王小明",
        "凤庆县教育体育局",
        "第0001号",
    ):
        assert said in text
    assert "周明" not in text
    assert "2023年9月1日" in text


def test_a_letter_may_be_about_one_unit_or_one_person(
    bureau: FlaskClient, ids: dict[str, Any]
) -> None:
    of_unit = word(bureau, ids, "dispatch", school=ids["临沧市第一中学"], unit=YUN)
    assert "王小明同志" in of_unit
    assert "李海燕" not in of_unit
    assert "周明同志" in word(bureau, ids, "dispatch", placement=ids["周明"])


def test_the_base_school_answers_the_bureau(ids: dict[str, Any], sign_in: SignIn) -> None:
    client = in_english(sign_in(ids["head"]))
    text = word(client, ids, "acceptance", answers="临教体函〔2023〕第0001号")
    assert "周明" in text
    assert "李海燕" not in text
    assert "临教体函〔2023〕第0001号" in text


def test_a_pdf_is_downloaded_under_its_chinese_name(
    bureau: FlaskClient, ids: dict[str, Any]
) -> None:
    address, query = papers(ids, "/acceptance.pdf", placement=ids["周明"])
    answer = bureau.get(address, query_string=query)
    assert answer.data.startswith(b"%PDF-")
    assert answer.mimetype == "application/pdf"
    assert "filename*=UTF-8''%E7%AC%AC" in answer.headers["Content-Disposition"]


def test_a_county_reads_letters_of_its_own_people(ids: dict[str, Any], sign_in: SignIn) -> None:
    client = in_english(sign_in(ids["county"]))
    address, query = papers(ids)
    text = client.get(address).get_data(as_text=True)
    assert "李海燕" in text
    assert "王小明" not in text
    address, query = papers(ids, "/dispatch.pdf", placement=ids["王小明"])
    assert client.get(address, query_string=query).status_code == 404


@pytest.mark.parametrize(
    ("name", "status"), [("dispatch.pdf", 400), ("dispatch.txt", 404), ("other.pdf", 404)]
)
def test_what_is_no_letter_is_refused(
    bureau: FlaskClient, ids: dict[str, Any], name: str, status: int
) -> None:
    assert bureau.get(papers(ids, f"/{name}")[0]).status_code == status


def test_the_page_carries_what_was_typed_into_every_letter(
    bureau: FlaskClient, ids: dict[str, Any]
) -> None:
    address, _query = papers(ids)
    page = bureau.get(address, query_string={"number": "第9号", "issued_on": "2023-08-20"})
    text = page.get_data(as_text=True)
    letters = re.findall(r'href="[^"]*/papers/[a-z]+\.(?:pdf|docx)\?[^"]*"', text)
    assert len(letters) == 2 * 2 * (2 + 3 + 3)
    assert all("issued_on=2023-08-20" in letter for letter in letters)
    assert "王小明" in text
    assert bureau.get(address, query_string={"issued_on": "gestern"}).status_code == 400
