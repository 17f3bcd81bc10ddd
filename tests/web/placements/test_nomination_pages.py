"""Pages of nominations: a county nominates and ranks, the school releases, the bureau decides singly and in bulk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import atomic, db
from app.domain.accounts.rules import Role
from app.domain.people.models import Person
from app.domain.placements.models import Nomination
from app.domain.placements.rules.words import NominationStatus
from app.domain.units.models import Unit
from tests import factories, placement_factories
from tests.web.workshops.test_teacher_pages import in_english

SignIn = Callable[[int], FlaskClient]
FENGQING, YUN = "530921", "530922"
WISH = {"motivation": "想学", "first": "", "second": "", "third": "", "stage": "", "subject": ""}


@pytest.fixture
def ids(app: Flask) -> dict[str, Any]:
    """A cohort that takes nominations, a base school, a county's school with 李海燕 and 王小明, and the accounts."""
    with app.app_context():
        cohort = placement_factories.make_cohort(nominations_close_on=date(2023, 8, 31))
        base = placement_factories.make_base_school()
        placement_factories.make_seats(cohort, base, 4)
        found: dict[str, Any] = {"cohort": cohort.id, "base": base.id}
        school = factories.make_school(FENGQING, "凤庆一中")
        found["school"] = school.id
        for name in ("李海燕", "王小明"):
            found[name] = factories.make_counselor(
                db.session.get_one(Unit, found["school"]), name
            ).id
        found["head"] = factories.make_account(
            Role.SCHOOL, db.session.get_one(Unit, found["school"])
        ).id
        found["county"] = factories.make_account(Role.COUNTY, FENGQING).id
        found["bureau"] = factories.make_account(Role.BUREAU, factories.LINCANG).id
        return found


@pytest.fixture
def county(ids: dict[str, Any], sign_in: SignIn) -> FlaskClient:
    return in_english(sign_in(ids["county"]))


@pytest.fixture
def head(ids: dict[str, Any], sign_in: SignIn) -> FlaskClient:
    return in_english(sign_in(ids["head"]))


@pytest.fixture
def bureau(ids: dict[str, Any], sign_in: SignIn) -> FlaskClient:
    return in_english(sign_in(ids["bureau"]))


def nominated(client: FlaskClient, ids: dict[str, Any], name: str, **data: str) -> int:
    """Nominate somebody through the form; the id of the nomination."""
    answer = client.post(
        f"/placements/cohorts/{ids['cohort']}/nominate/{ids[name]}",
        data=WISH | {"first": str(ids["base"])} | data,
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return int(str(answer.location).rpartition("/")[2])


def status_of(app: Flask, number: int) -> NominationStatus:
    with app.app_context():
        return db.session.get_one(Nomination, number).status


def test_the_list_says_who_fits_and_why_not(
    app: Flask, county: FlaskClient, ids: dict[str, Any]
) -> None:
    with app.app_context():
        factories.make_designation(
            db.session.get_one(Person, ids["王小明"]), factories.get_unit(FENGQING)
        )
    text = county.get(f"/placements/cohorts/{ids['cohort']}/nominate").get_data(as_text=True)
    assert f"/placements/cohorts/{ids['cohort']}/nominate/{ids['李海燕']}" in text
    assert "A lead teacher already." in text
    assert f"/nominate/{ids['王小明']}" not in text


def test_from_the_county_over_the_school_to_the_bureau(
    app: Flask, county: FlaskClient, head: FlaskClient, bureau: FlaskClient, ids: dict[str, Any]
) -> None:
    number = nominated(county, ids, "李海燕")
    page = f"/placements/nominations/{number}"
    assert "李海燕" in head.get("/placements/nominations/").get_data(as_text=True)
    assert head.post(f"{page}/release", data={"note": ""}).status_code == 302
    assert "李海燕" in bureau.get("/placements/nominations/").get_data(as_text=True)
    assert bureau.post(f"{page}/approve").status_code == 302
    assert status_of(app, number) is NominationStatus.APPROVED
    text = county.get(page).get_data(as_text=True)
    assert "Approved" in text
    assert "1. 临沧市第一中学" in text


def test_the_nominee_sees_where_it_stands(
    app: Flask, county: FlaskClient, sign_in: SignIn, ids: dict[str, Any]
) -> None:
    with app.app_context():
        account = factories.make_account(Role.TEACHER, db.session.get_one(Unit, ids["school"]))
        number = account.id
        with atomic():
            db.session.get_one(Person, ids["李海燕"]).account_id = number
    nominated(county, ids, "李海燕")
    text = in_english(sign_in(number)).get("/placements/", follow_redirects=True)
    assert "waits for the school" in text.get_data(as_text=True)


def test_the_bureau_decides_many_at_once_and_names_who_cannot_be(
    app: Flask, county: FlaskClient, head: FlaskClient, bureau: FlaskClient, ids: dict[str, Any]
) -> None:
    first, second = nominated(county, ids, "李海燕"), nominated(county, ids, "王小明")
    head.post(f"/placements/nominations/{first}/release", data={"note": ""})
    page = f"/placements/cohorts/{ids['cohort']}/nominations"
    with app.app_context():
        seen = [f"{row.id}:{row.row_version}" for row in db.session.query(Nomination)]
    answer = bureau.post(page, data={"id": seen, "action": "approve"}, follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert "1 nomination approved." in text
    assert "The school has not released them yet." in text
    assert status_of(app, first) is NominationStatus.APPROVED
    assert status_of(app, second) is NominationStatus.SUBMITTED
    without = bureau.post(page, data={"id": seen[1], "action": "reject"}, follow_redirects=True)
    assert "Give a reason" in without.get_data(as_text=True)
    stale = bureau.post(
        page, data={"id": seen[0], "action": "reject", "reason": "迟"}, follow_redirects=True
    )
    assert "Somebody else has changed this" in stale.get_data(as_text=True)
    assert status_of(app, first) is NominationStatus.APPROVED


@pytest.mark.parametrize(
    "data", [{"id": "x", "action": "approve"}, {"id": "1:1", "action": "delete"}]
)
def test_what_cannot_have_come_from_the_page_is_a_bad_request(
    bureau: FlaskClient, ids: dict[str, Any], data: dict[str, str]
) -> None:
    page = f"/placements/cohorts/{ids['cohort']}/nominations"
    assert bureau.post(page, data=data).status_code == 400


def test_sent_back_corrected_and_handed_in_again(
    app: Flask, county: FlaskClient, bureau: FlaskClient, ids: dict[str, Any]
) -> None:
    number = nominated(county, ids, "李海燕")
    page = f"/placements/nominations/{number}"
    assert bureau.post(f"{page}/send-back", data={"reason": ""}).status_code == 422
    assert bureau.post(f"{page}/send-back", data={"reason": "写明动机"}).status_code == 302
    assert "写明动机" in county.get(f"{page}/edit").get_data(as_text=True)
    assert county.post(f"{page}/edit", data=WISH | {"motivation": "县里需要"}).status_code == 302
    assert status_of(app, number) is NominationStatus.SUBMITTED


def test_the_school_refuses_with_a_reason_and_the_county_withdraws(
    app: Flask, county: FlaskClient, head: FlaskClient, ids: dict[str, Any]
) -> None:
    number = nominated(county, ids, "李海燕")
    page = f"/placements/nominations/{number}"
    assert head.post(f"{page}/refuse", data={"reason": "高三缺人"}).status_code == 302
    assert status_of(app, number) is NominationStatus.SENT_BACK
    assert "高三缺人" in county.get("/placements/nominations/").get_data(as_text=True)
    assert head.post(f"{page}/withdraw", data={"reason": "不行"}).status_code == 404
    assert county.post(f"{page}/withdraw", data={"reason": "换人"}).status_code == 302
    assert status_of(app, number) is NominationStatus.WITHDRAWN


def test_a_county_with_the_consent_on_paper_says_which(
    app: Flask, county: FlaskClient, ids: dict[str, Any]
) -> None:
    number = nominated(county, ids, "李海燕")
    page = f"/placements/nominations/{number}/release"
    assert county.post(page, data={"note": ""}).status_code == 422
    assert county.post(page, data={"note": "凤庆一中〔2023〕8号"}).status_code == 302
    assert "凤庆一中〔2023〕8号" in county.get(f"/placements/nominations/{number}").get_data(
        as_text=True
    )


def test_the_county_orders_its_nominees_by_number_or_one_up(
    app: Flask, county: FlaskClient, ids: dict[str, Any]
) -> None:
    first, second = nominated(county, ids, "李海燕"), nominated(county, ids, "王小明")
    with app.app_context():
        unit_id = factories.get_unit(FENGQING).id
    page = f"/placements/cohorts/{ids['cohort']}/nominations/ranking/{unit_id}"
    assert county.get(page).status_code == 200

    def ranks() -> list[int]:
        with app.app_context():
            rows = db.session.query(Nomination.id).order_by(Nomination.rank)
            return [row.id for row in rows]

    county.post(page, data={"id": [first, second], "rank": ["1", "2"], "up": second})
    assert ranks() == [second, first]
    county.post(page, data={"id": [second, first], "rank": ["2", "1"]})
    assert ranks() == [first, second]
    county.post(page, data={"id": [first, second], "rank": ["1", "1"]})
    assert ranks() == [second, first]
    assert county.post(page, data={"id": ["x"], "rank": ["1"]}).status_code == 400


def test_another_county_sees_nothing_of_it(
    app: Flask, county: FlaskClient, sign_in: SignIn, ids: dict[str, Any]
) -> None:
    number = nominated(county, ids, "李海燕")
    with app.app_context():
        other = factories.make_account(Role.COUNTY, YUN).id
        unit_id = factories.get_unit(FENGQING).id
    client = in_english(sign_in(other))
    listed = client.get(f"/placements/cohorts/{ids['cohort']}/nominations")
    assert "李海燕" not in listed.get_data(as_text=True)
    assert client.get(f"/placements/nominations/{number}").status_code == 404
    ranking = f"/placements/cohorts/{ids['cohort']}/nominations/ranking/{unit_id}"
    assert client.get(ranking).status_code == 404
    person = f"/placements/cohorts/{ids['cohort']}/nominate/{ids['李海燕']}"
    assert client.get(person).status_code == 404


@pytest.mark.parametrize("part", ["nominations", "nominate", "placements"])
def test_lists_ask_as_much_for_one_row_as_for_thirty(
    app: Flask,
    bureau: FlaskClient,
    ids: dict[str, Any],
    count_queries: Callable[[Callable[[], Any]], int],
    part: str,
) -> None:
    page = f"/placements/cohorts/{ids['cohort']}/{part}"
    nominated(bureau, ids, "李海燕")
    bureau.get(page)
    few = count_queries(lambda: bureau.get(page))
    with app.app_context():
        for number in range(29):
            school = factories.make_school(FENGQING if number % 2 else YUN)
            factories.make_counselor(school, f"张{number}")
            unit = db.session.get_one(Unit, school.parent_id)
            person = factories.make_counselor(school, f"周{number}")
            cohort = placement_factories.Cohort
            placement_factories.make_nomination(
                db.session.get_one(cohort, ids["cohort"]), person, unit, school, rank=number + 2
            )
    many = count_queries(lambda: bureau.get(page))
    assert many <= few
    assert few <= 14
