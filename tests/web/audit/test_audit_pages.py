"""The audit log for auditors: scoped, filtered, personal values only with a reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import Actor, Role
from app.domain.audit.models import AuditEntry, SubjectKey
from app.domain.audit.operations import record
from tests import factories

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def auditor(app: Flask, sign_in: SignIn) -> FlaskClient:
    """The auditor of Chuxiong."""
    with app.app_context():
        account_id = factories.make_account("auditor", factories.CHUXIONG).id
    return sign_in(account_id)


def actor(unit: str = factories.LUFENG, name: str = "lufeng-county") -> Actor:
    return factories.actor_of(factories.make_account("county", unit, name))


def correct(who: Actor, *, reason: str = "身份证号有误", subject: int = 12) -> int:
    with atomic():
        entry_id = record(
            who,
            "people.correct",
            object_type="person",
            object_id=subject,
            subject_id=subject,
            details={"source": "page"},
            personal={
                "before": {"name": "李　梅", "sex": "f"},
                "after": {"name": "李梅", "sex": "f"},
            },
            reason=reason,
        )
    return entry_id


def rows_of(page: str) -> int:
    return page.split("<tbody>")[1].count("<tr>") if "<tbody>" in page else 0


def test_shows_acts_in_words(app: Flask, auditor: FlaskClient) -> None:
    with app.app_context():
        correct(actor())
    page = auditor.get("/audit/").text
    assert "lufeng-county" in page
    assert "更正档案" in page
    assert "身份证号有误" in page
    assert "2023-08-17 10:00" in page


def test_hides_acts_in_other_units(app: Flask, auditor: FlaskClient) -> None:
    with app.app_context():
        entry_id = correct(actor(factories.LINCANG, "lincang-county"))
    assert "lincang-county" not in auditor.get("/audit/").text
    assert auditor.get(f"/audit/{entry_id}").status_code == 404
    refused = auditor.post(f"/audit/{entry_id}/personal", data={"reason": "x"})
    assert refused.status_code in {400, 404}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_is_for_auditors_only(app: Flask, sign_in: SignIn, role: Role) -> None:
    with app.app_context():
        account_id = factories.make_account(role, factories.CHUXIONG).id
    assert sign_in(account_id).get("/audit/").status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=LUFENG", 2),
        ("q=nobody", 0),
        ("action=people.correct", 2),
        ("action=people", 2),
        ("action=units", 1),
        ("role=county", 3),
        ("role=teacher", 0),
        ("object_type=person&object=12", 1),
        ("person=13", 1),
        ("person=99999999999999999999", 0),
        ("since=2023-08-17&until=2023-08-17", 3),
        ("since=2023-08-18", 0),
        ("until=2023-08-16", 0),
        ("q=%25", 0),
    ],
)
def test_finds_entries(app: Flask, auditor: FlaskClient, query: str, found: int) -> None:
    with app.app_context():
        lufeng = actor()
        correct(lufeng, subject=12)
        correct(lufeng, subject=13)
        other = actor(name="other")
        with atomic():
            record(other, "units.rename", object_type="unit", object_id="532302")
    assert rows_of(auditor.get(f"/audit/?{query}").text) == found


def test_refuses_a_malformed_day(auditor: FlaskClient) -> None:
    assert auditor.get("/audit/?since=17.8.2023").status_code == 400


def test_goes_on_to_older_entries(app: Flask, auditor: FlaskClient) -> None:
    with app.app_context():
        who = actor()
        for place in range(30):
            correct(who, subject=place + 1)
    first = auditor.get("/audit/").text
    assert rows_of(first) == 25
    address = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert rows_of(auditor.get(address.replace("&amp;", "&")).text) == 5


def test_asks_as_often_for_one_row_as_for_many(app: Flask, auditor: FlaskClient) -> None:
    with app.app_context():
        who = actor()
        correct(who)
    auditor.get("/audit/")
    one = _count_queries(app, auditor)
    with app.app_context():
        for place in range(30):
            correct(who, subject=place + 1)
    assert _count_queries(app, auditor) == one
    assert one <= 8


def _count_queries(app: Flask, client: FlaskClient) -> int:
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        client.get("/audit/")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(statements)


def test_keeps_personal_values_closed(app: Flask, auditor: FlaskClient) -> None:
    with app.app_context():
        entry_id = correct(actor())
    page = auditor.get(f"/audit/{entry_id}").text
    assert "source" in page
    assert "李梅" not in page


def test_opens_personal_values_with_a_reason_and_records_it(
    app: Flask, auditor: FlaskClient
) -> None:
    with app.app_context():
        entry_id = correct(actor())
    page = _post(auditor, f"/audit/{entry_id}", f"/audit/{entry_id}/personal", reason="核查投诉")
    assert page.status_code == 200
    assert "李　梅" in page.text
    assert "李梅" in page.text
    with app.app_context():
        opened = _entry("audit.open_personal")
        assert (opened.object_id, opened.subject_id, opened.reason) == (
            str(entry_id),
            12,
            "核查投诉",
        )


def test_refuses_to_open_without_a_reason(app: Flask, auditor: FlaskClient) -> None:
    with app.app_context():
        entry_id = correct(actor())
    page = _post(auditor, f"/audit/{entry_id}", f"/audit/{entry_id}/personal", reason="  ")
    assert page.status_code == 422
    assert "李梅" not in page.text


def test_says_when_the_key_of_a_person_was_erased(app: Flask, auditor: FlaskClient) -> None:
    with app.app_context():
        entry_id = correct(actor())
        with atomic():
            db.session.get_one(SubjectKey, 12).sealed_key = None
    page = _post(auditor, f"/audit/{entry_id}", f"/audit/{entry_id}/personal", reason="核查")
    assert page.status_code == 200
    assert "李梅" not in page.text


def test_exports_what_the_filters_show_and_records_it(app: Flask, auditor: FlaskClient) -> None:
    with app.app_context():
        correct(actor(), reason="=1+1")
        other = actor(name="other")
        with atomic():
            record(other, "units.rename")
    answer = _post(auditor, "/audit/?action=people", "/audit/export?action=people")
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert len(rows) == 1
    assert rows[0][2] == "lufeng-county"
    assert rows[0][8] == "'=1+1"
    with app.app_context():
        assert _entry("audit.export").details == {"filters": {"action": "people"}}


def test_shows_an_entry_of_the_day_in_the_systems_time_zone(
    app: Flask, auditor: FlaskClient
) -> None:
    midnight = clock.now().replace(hour=16, minute=0)
    with app.app_context():
        who = actor()
        with clock.frozen(midnight - timedelta(seconds=1)):
            correct(who, subject=1)
        with clock.frozen(midnight):
            correct(who, subject=2)
    assert rows_of(auditor.get("/audit/?until=2023-08-17").text) == 1
    assert rows_of(auditor.get("/audit/?since=2023-08-18").text) == 1


def _entry(action: str) -> AuditEntry:
    return db.session.execute(select(AuditEntry).where(AuditEntry.action == action)).scalar_one()


def _post(client: FlaskClient, page: str, address: str, **data: str) -> TestResponse:
    token = client.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(address, data={"csrf_token": token, **data})
