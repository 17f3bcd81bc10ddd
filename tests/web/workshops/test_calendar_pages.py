"""Calendars: the secret address, what it shows, and that the files are what RFC 5545 asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import Account
from app.domain.audit.models import AuditEntry
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.workshops.models import CalendarFeed, Workshop, WorkshopSession
from app.domain.workshops.rules.words import Approval, WorkshopStatus
from tests.factories import CHUXIONG_CITY, make_school
from tests.web.workshops.test_teacher_pages import in_english, make_teacher_account
from tests.workshop_factories import enrol_one, make_session, make_teachers, make_workshop

SignIn = Callable[[int], FlaskClient]
STARTS = datetime(2023, 9, 1, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai


@pytest.fixture
def case(app: Flask) -> dict[str, int]:
    """A teacher with a seat in a workshop of one session; ids."""
    with app.app_context():
        school_id = make_school(CHUXIONG_CITY, "鹿城小学").id
        account_id = make_teacher_account(school_id)
        workshop = make_workshop(5, title="沙盘, 绘画; 表达性艺术辅导与团体心理辅导实务提高培训班")
        ids = {"school": school_id, "account": account_id, "workshop": workshop.id}
        ids["session"] = make_session(workshop, STARTS).id
        person = db.session.query(Person).filter_by(account_id=account_id).one()
        enrol_one(db.session.get_one(Workshop, ids["workshop"]), person)
        return ids


@pytest.fixture
def teacher(case: dict[str, int], sign_in: SignIn) -> FlaskClient:
    return in_english(sign_in(case["account"]))


def make_address(client: FlaskClient) -> str:
    """The path of a freshly made secret address."""
    text = client.post("/calendar/address").get_data(as_text=True)
    found = re.search(r"/calendar/[A-Za-z0-9_-]{32}\.ics", text)
    assert found
    return found[0]


def events(app: Flask, path: str) -> list[dict[str, object]]:
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.data)
    return [dict(event) for event in calendar.walk("VEVENT")]


def test_the_secret_address_needs_no_sign_in(app: Flask, teacher: FlaskClient) -> None:
    found = events(app, make_address(teacher))
    assert [str(event["SUMMARY"]) for event in found] == [
        "沙盘, 绘画; 表达性艺术辅导与团体心理辅导实务提高培训班"
    ]


def test_only_a_digest_of_the_address_is_kept(app: Flask, teacher: FlaskClient) -> None:
    token = make_address(teacher)[len("/calendar/") : -len(".ics")]
    assert token not in teacher.get("/calendar/").get_data(as_text=True)
    with app.app_context():
        feed = db.session.query(CalendarFeed).one()
        assert len(feed.token_hash) == 32
        assert token.encode() not in feed.token_hash
        entries = db.session.query(AuditEntry).filter(AuditEntry.action.like("%calendar%")).all()
        assert [entry.action for entry in entries] == ["workshops.make_calendar"]


def test_a_new_address_makes_the_old_one_worthless(app: Flask, teacher: FlaskClient) -> None:
    old = make_address(teacher)
    new = make_address(teacher)
    assert app.test_client().get(old).status_code == 404
    assert len(events(app, new)) == 1


def test_a_revoked_address_is_worthless(app: Flask, teacher: FlaskClient) -> None:
    path = make_address(teacher)
    teacher.post("/calendar/address/revoke")
    assert app.test_client().get(path).status_code == 404
    answer = teacher.post("/calendar/address/revoke", follow_redirects=True)
    assert "no calendar address" in answer.get_data(as_text=True)


@pytest.mark.parametrize("token", ["x", "a" * 32, "a" * 31 + ".", "%00" * 8, "ä" * 32])
def test_a_guessed_address_is_not_found(app: Flask, token: str) -> None:
    assert app.test_client().get(f"/calendar/{token}.ics").status_code == 404


def test_the_file_is_folded_escaped_and_in_utc(app: Flask, teacher: FlaskClient) -> None:
    data = app.test_client().get(make_address(teacher)).data
    lines = data.split(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(len(line) for line in lines) <= 75
    unfolded = data.replace(b"\r\n ", b"").decode()
    assert "SUMMARY:沙盘\\, 绘画\\; 表达性" in unfolded
    assert "DTSTART:20230901T010000Z" in unfolded
    assert "DTEND:20230901T040000Z" in unfolded
    assert "LOCATION:州民族中学" in unfolded
    assert "METHOD:PUBLISH" in unfolded


def test_a_change_keeps_the_uid_and_raises_the_sequence(
    app: Flask, case: dict[str, int], teacher: FlaskClient
) -> None:
    path = make_address(teacher)
    before = events(app, path)[0]
    with app.app_context(), atomic():
        session = db.session.get_one(WorkshopSession, case["session"])
        session.starts_at, session.ends_at = STARTS + timedelta(days=1), STARTS + timedelta(days=2)
    after = events(app, path)[0]
    assert after["UID"] == before["UID"]
    assert int(str(after["SEQUENCE"])) > int(str(before["SEQUENCE"]))


def test_a_cancelled_session_is_said_to_be_cancelled(
    app: Flask, case: dict[str, int], teacher: FlaskClient
) -> None:
    with app.app_context(), atomic():
        db.session.get_one(WorkshopSession, case["session"]).cancelled_at = clock.now()
    assert str(events(app, make_address(teacher))[0]["STATUS"]) == "CANCELLED"


def test_a_cancelled_workshop_is_said_to_be_cancelled(
    app: Flask, case: dict[str, int], teacher: FlaskClient
) -> None:
    with app.app_context(), atomic():
        db.session.get_one(Workshop, case["workshop"]).status = WorkshopStatus.CANCELLED
    assert str(events(app, make_address(teacher))[0]["STATUS"]) == "CANCELLED"


def test_a_pending_application_stands_tentatively_and_a_waiting_one_not_at_all(
    app: Flask, case: dict[str, int], teacher: FlaskClient
) -> None:
    with app.app_context():
        own_id = db.session.query(Person).filter_by(account_id=case["account"]).one().id
        other = make_teachers(db.session.get_one(Unit, case["school"]), 1)[0].id
        for title, taken, approval in (
            ("待审核", False, Approval.SCHOOL),
            ("已满", True, Approval.NONE),
        ):
            workshop_id = make_workshop(1, title=title, approval=approval).id
            make_session(
                db.session.get_one(Workshop, workshop_id),
                STARTS + timedelta(days=5 + int(taken)),
            )
            for person_id in ([other] if taken else []) + [own_id]:
                enrol_one(
                    db.session.get_one(Workshop, workshop_id),
                    db.session.get_one(Person, person_id),
                )
    found = {str(e["SUMMARY"]): str(e["STATUS"]) for e in events(app, make_address(teacher))}
    assert found["待审核"] == "TENTATIVE"
    assert "已满" not in found


def test_a_disabled_account_has_no_calendar(
    app: Flask, case: dict[str, int], teacher: FlaskClient
) -> None:
    path = make_address(teacher)
    with app.app_context(), atomic():
        db.session.get_one(Account, case["account"]).disabled_at = clock.now()
    assert app.test_client().get(path).status_code == 404


def test_one_file_for_one_workshop(
    app: Flask, case: dict[str, int], teacher: FlaskClient, sign_in: SignIn
) -> None:
    address = f"/calendar/workshops/{case['workshop']}.ics"
    answer = teacher.get(address)
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    assert len(Calendar.from_ical(answer.data).walk("VEVENT")) == 1
    assert app.test_client().get(address).status_code == 302
    with app.app_context():
        stranger = make_teacher_account(make_school("530902").id, "临翔老师")
    assert sign_in(stranger).get(address).status_code == 404
