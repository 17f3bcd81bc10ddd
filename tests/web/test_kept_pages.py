"""A page that is kept between requests never shows what is no longer so, nor anything of another reader."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.rules import Role, system_actor
from app.domain.outbox.models import Notice
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.units.operations.names import name_alias, remove_alias
from tests.factories import (
    CHUXIONG,
    CHUXIONG_CITY,
    get_unit,
    make_account,
    make_counselor,
    make_school,
)

TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)">')


@pytest.fixture
def world(app):
    with app.app_context():
        school = make_school(CHUXIONG_CITY, "鹿城小学")
        person = make_counselor(school, "李桃艳")
        return {
            "school": school.id,
            "person": person.id,
            "bureau": make_account("bureau", CHUXIONG).id,
            "other": make_account("bureau", CHUXIONG).id,
            "county": make_account("county", CHUXIONG_CITY).id,
        }


@pytest.fixture
def bureau(world, sign_in) -> FlaskClient:
    return sign_in(world["bureau"])


def change(app, act) -> None:
    """What somebody else does meanwhile, in a session of their own."""
    with app.app_context(), atomic():
        act()


def test_the_second_view_reads_only_the_account(bureau, count_queries) -> None:
    first = bureau.get("/people/")
    answers = []
    assert count_queries(lambda: answers.append(bureau.get("/people/"))) == 1
    assert TOKEN.sub("", answers[0].text) == TOKEN.sub("", first.text)


def test_a_person_renamed_elsewhere_has_the_new_name_at_once(app, world, bureau) -> None:
    assert "李桃艳" in bureau.get("/people/").text

    def rename() -> None:
        db.session.get_one(Person, world["person"]).name = "李桃燕"

    change(app, rename)
    page = bureau.get("/people/").text
    assert "李桃燕" in page
    assert "李桃艳" not in page


def test_a_unit_renamed_elsewhere_has_the_new_name_at_once(app, world, bureau) -> None:
    address = "/counties/?unit=532301&as_of=2023-08-17"
    assert "鹿城小学" in bureau.get(address).text

    def rename() -> None:
        db.session.get_one(Unit, world["school"]).name = "鹿城第一小学"

    change(app, rename)
    assert "鹿城第一小学" in bureau.get("/people/").text


def test_another_name_of_a_unit_opens_nothing_once_it_is_taken_away(app, world, bureau) -> None:
    def name() -> None:
        name_alias(db.session.get_one(Unit, world["school"]), "鹿小", actor=system_actor("test"))

    def forget() -> None:
        unit = db.session.get_one(Unit, world["school"])
        remove_alias(unit, unit.aliases[-1].id, actor=system_actor("test"))

    change(app, name)
    assert "李桃艳" in bureau.get("/people/?unit=鹿小").text
    change(app, forget)
    assert bureau.get("/people/?unit=鹿小").status_code == 404


def test_another_role_sees_its_own_page(world, bureau, sign_in) -> None:
    bureau.get("/people/")
    county = sign_in(world["county"])
    assert "532300" not in county.get("/people/").text
    assert bureau.get("/counties/?unit=532300").status_code == 200
    assert county.get("/counties/?unit=532300").status_code == 403


def test_a_grant_that_ended_opens_nothing_that_is_kept(app, world, bureau) -> None:
    assert bureau.get("/people/").status_code == 200

    def end() -> None:
        grant = db.session.query(Grant).filter_by(account_id=world["bureau"]).one()
        grant.valid_until = clock.today() - timedelta(days=1)

    change(app, end)
    assert bureau.get("/people/").status_code == 403


def test_a_grant_for_another_unit_shows_its_people_only(app, world, bureau) -> None:
    with app.app_context():
        lincang = get_unit("530900").id
    assert "李桃艳" in bureau.get("/people/").text

    def move() -> None:
        grant = db.session.query(Grant).filter_by(account_id=world["bureau"]).one()
        grant.unit_id = lincang

    change(app, move)
    assert "李桃艳" not in bureau.get("/people/").text


def test_a_role_that_reads_no_people_gets_none(app, world, bureau) -> None:
    bureau.get("/people/")

    def demote() -> None:
        grant = db.session.query(Grant).filter_by(account_id=world["bureau"]).one()
        grant.role = Role.AUDITOR

    change(app, demote)
    assert bureau.get("/people/").status_code == 403


def test_a_notice_shows_on_the_next_page(app, world, bureau) -> None:
    assert 'class="xy-unread"' not in bureau.get("/people/").text

    def tell() -> None:
        notice = Notice(
            account_id=world["bureau"], kind="test", parameters={}, created_at=clock.now()
        )
        db.session.add(notice)

    change(app, tell)
    assert 'class="xy-unread">1<' in bureau.get("/people/").text


def test_a_new_display_name_shows_on_the_next_page(app, world, bureau) -> None:
    bureau.get("/people/")

    def rename() -> None:
        db.session.get_one(Account, world["bureau"]).display_name = "杨科长"

    change(app, rename)
    assert "杨科长" in bureau.get("/people/").text


def test_language_and_display_are_the_readers(bureau) -> None:
    assert 'lang="zh-CN"' in bureau.get("/people/").text
    bureau.post("/language", data={"language": "en", "next": "/people/"})
    assert 'lang="en"' in bureau.get("/people/").text
    bureau.post("/display", data={"theme": "dark", "next": "/people/"})
    assert 'data-bs-theme="dark"' in bureau.get("/people/").text


def test_the_page_of_the_next_day_is_a_new_one(world, bureau, sign_in) -> None:
    address = "/counties/?unit=532300"
    assert "2023-08-17" in bureau.get(address).text
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert "2023-08-18" in sign_in(world["bureau"]).get(address).text


def test_every_session_gets_its_own_token(world, bureau, sign_in) -> None:
    again = [TOKEN.findall(bureau.get("/people/").text) for _ in range(2)]
    assert again[0] == again[1]
    elsewhere = TOKEN.findall(sign_in(world["bureau"]).get("/people/").text)
    assert len(elsewhere) == 1
    assert elsewhere != again[0]


def test_the_token_of_a_kept_page_is_accepted(app, world, sign_in) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        reader = sign_in(world["bureau"])
        for _ in range(2):
            token = TOKEN.findall(reader.get("/people/").text)[0]
            sent = {"language": "en", "csrf_token": token}
            assert reader.post("/language", data=sent).status_code == 302
        refused = reader.post("/language", data={"language": "en", "csrf_token": token[:-1]})
        assert refused.status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_a_message_is_shown_once_and_not_kept(world, bureau) -> None:
    bureau.get("/people/")
    with bureau.session_transaction() as session:
        session["_flashes"] = [("success", "Saved, they say")]
    assert "Saved, they say" in bureau.get("/people/").text
    assert "Saved, they say" not in bureau.get("/people/").text


def test_a_refusal_is_not_kept(world, bureau) -> None:
    assert bureau.get("/people/?page=99").status_code == 404
    assert bureau.get("/people/?page=99").status_code == 404
    assert bureau.get("/people/?page=1").status_code == 200


def test_the_way_back_of_the_frame_is_that_of_the_page(bureau) -> None:
    for query in ("q=li", "q=zeng", "q=li"):
        assert f'name="next" value="/people/?{query}"' in bureau.get(f"/people/?{query}").text
