"""Organisers plan in pages: list, forms, seats, sessions, trainers, files, yearly plan."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.db import atomic, db
from app.domain.workshops.models import (
    Attachment,
    Programme,
    SeatPool,
    Workshop,
    WorkshopSession,
    WorkshopTrainer,
)
from app.domain.workshops.rules.words import Approval, WorkshopStatus
from tests import factories as make
from tests.workshop_factories import enrol_one, make_session, make_workshop

SignIn = Callable[[int], FlaskClient]
Count = Callable[[Callable[[], Any]], int]
PLAN = {
    "title": "全州心理健康教育骨干教师培训",
    "cohort": "第1期",
    "programme_id": "",
    "organiser": "532300 楚雄彝族自治州",
    "kind": "workshop",
    "level": "prefecture",
    "audiences": ["counselors", "principals"],
    "capacity": "50",
    "approval": "county",
    "enrolment_opens_at": "2023-08-20T08:00",
    "enrolment_closes_at": "2023-09-01T18:00",
    "eligible_roles": ["full_time"],
    "eligible_unit": "禄丰",
    "required_level": "",
    "credit_hours": "8",
    "minimum_attendance": "80",
    "minimum_grade": "0",
    "pass_bound": "60",
    "excellent_bound": "90",
    "agree_within": "10",
    "appeal_days": "7",
}


@pytest.fixture
def bureau(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        account_id = make.make_account("bureau", make.CHUXIONG).id
    return sign_in(account_id)


@pytest.fixture
def workshop_id(app: Flask) -> int:
    with app.app_context():
        return make_workshop(capacity=2, cohort="第1期").id


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def workshop_now(app: Flask, workshop_id: int) -> dict[str, Any]:
    with app.app_context():
        workshop = db.session.get_one(Workshop, workshop_id)
        return {column.key: getattr(workshop, column.key) for column in Workshop.__table__.columns}


def test_a_plan_becomes_a_draft(app: Flask, bureau: FlaskClient) -> None:
    answer = bureau.post("/workshops/new", data=PLAN)
    assert answer.status_code == 302
    with app.app_context():
        workshop = db.session.scalars(select(Workshop)).one()
        assert answer.location == f"/workshops/{workshop.id}"
        assert (workshop.status, workshop.approval) == (WorkshopStatus.DRAFT, Approval.COUNTY)
        assert workshop.audiences == ["counselors", "principals"]
        assert workshop.eligible_unit is not None
        assert workshop.eligible_unit.code == make.LUFENG
        opens = clock.local(workshop.enrolment_opens_at)  # type: ignore[arg-type]
        assert opens.isoformat() == "2023-08-20T08:00:00+08:00"
        assert db.session.scalars(select(SeatPool.seats)).all() == [50]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"capacity": "0"},
        {"capacity": "many"},
        {"organiser": "530900"},
        {"organiser": "不存在的单位"},
        {"enrolment_closes_at": "2023-08-01T08:00"},
        {"enrolment_closes_at": "next week"},
        {"eligible_unit": "临沧市"},
        {"credit_hours": "-1"},
        {"credit_hours": "x"},
        {"pass_bound": "101"},
        {"kind": "party"},
        {"audiences": ["cats"]},
        {"programme_id": "77"},
    ],
)
def test_an_unsound_plan_comes_back_with_what_is_wrong(
    app: Flask, bureau: FlaskClient, changes: dict[str, Any]
) -> None:
    answer = bureau.post("/workshops/new", data=PLAN | changes)
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.scalars(select(Workshop.id)).all() == []


def test_an_edit_of_somebody_quicker_is_not_overwritten(
    app: Flask, bureau: FlaskClient, workshop_id: int
) -> None:
    form = {**PLAN, "row_version": "1", "approval": "none", "eligible_unit": ""}
    first = bureau.post(f"/workshops/{workshop_id}/edit", data={**form, "title": "甲"})
    second = bureau.post(f"/workshops/{workshop_id}/edit", data={**form, "title": "乙"})
    assert (first.status_code, second.status_code) == (302, 422)
    assert workshop_now(app, workshop_id)["title"] == "甲"


def test_an_edit_page_shows_times_of_the_wall_clock(bureau: FlaskClient, workshop_id: int) -> None:
    assert 'value="2023-08-16T10:00"' in text_of(bureau, f"/workshops/{workshop_id}/edit")


@pytest.mark.parametrize(
    ("hours", "shown"), [("8", "8"), ("7.50", "7.5"), ("100", "100"), ("0", "0")]
)
def test_an_edit_page_shows_hours_without_idle_zeros(
    app: Flask, bureau: FlaskClient, workshop_id: int, hours: str, shown: str
) -> None:
    with app.app_context(), atomic():
        workshop = db.session.get_one(Workshop, workshop_id)
        workshop.credit_hours, workshop.agree_within = Decimal(hours), Decimal("10.00")
    page = text_of(bureau, f"/workshops/{workshop_id}/edit")
    assert re.search(rf'name="credit_hours"[^>]* value="{re.escape(shown)}"', page)
    assert re.search(r'name="agree_within"[^>]* value="10"', page)


def test_a_draft_says_what_is_missing_and_is_published_when_nothing_is(
    app: Flask, bureau: FlaskClient
) -> None:
    address = bureau.post("/workshops/new", data=PLAN).location
    assert "设了学时还须添加场次" in text_of(bureau, address)
    refused = bureau.post(f"{address}/publish", follow_redirects=True)
    assert "设了学时还须添加场次" in refused.get_data(as_text=True)
    for start, end in (("08:30", "11:30"), ("14:00", "17:00")):
        times = {"starts_at": f"2023-09-10T{start}", "ends_at": f"2023-09-10T{end}"}
        form = {**times, "place": "州民族中学", "part": "theory", "makes_up_for": ""}
        assert bureau.post(f"{address}/sessions", data=form).status_code == 302
    assert bureau.post(f"{address}/publish").status_code == 302
    with app.app_context():
        workshop = db.session.scalars(select(Workshop)).one()
        assert workshop.status is WorkshopStatus.PUBLISHED


@pytest.mark.parametrize(
    ("start", "end"),
    [("12:00", "09:00"), ("10:00", "11:00"), ("", "09:00"), ("soon", "later")],
)
def test_a_session_that_cannot_be_comes_back(
    app: Flask, bureau: FlaskClient, workshop_id: int, start: str, end: str
) -> None:
    with app.app_context():
        make_session(db.session.get_one(Workshop, workshop_id), clock.now() + timedelta(days=1))
    form = {
        "starts_at": f"2023-08-18T{start}",
        "ends_at": f"2023-08-18T{end}",
        "part": "theory",
        "makes_up_for": "",
    }
    assert bureau.post(f"/workshops/{workshop_id}/sessions", data=form).status_code == 422
    with app.app_context():
        assert len(db.session.scalars(select(WorkshopSession.id)).all()) == 1


def test_a_session_is_moved_and_cancelled(
    app: Flask, bureau: FlaskClient, workshop_id: int
) -> None:
    with app.app_context():
        workshop = db.session.get_one(Workshop, workshop_id)
        session_id = make_session(workshop, clock.now() + timedelta(days=1)).id
    form = {
        "starts_at": "2023-08-20T09:00", "ends_at": "2023-08-20T12:00", "part": "practice",
        "place": "楚雄一中", "makes_up_for": "", "row_version": "1",
    }  # fmt: skip
    path = f"/workshops/sessions/{session_id}"
    assert bureau.post(f"{path}/edit", data=form).status_code == 302
    assert bureau.post(f"{path}/edit", data=form).status_code == 422, "of an older version"
    assert bureau.post(f"{path}/cancel", data={"reason": ""}).status_code == 422
    assert bureau.post(f"{path}/cancel", data={"reason": "停电"}).status_code == 302
    assert "已取消" in text_of(bureau, f"/workshops/{workshop_id}")


def test_who_is_bound_elsewhere_is_shown_before_a_session_is_moved_or_added(
    app: Flask, bureau: FlaskClient, workshop_id: int
) -> None:
    with app.app_context():
        workshop, other = (
            db.session.get_one(Workshop, workshop_id),
            make_workshop(title="沙盘游戏培训"),
        )
        day = clock.local(clock.now()).replace(hour=9, minute=0, second=0, microsecond=0)
        day += timedelta(days=20)
        session_id = make_session(workshop, day).id
        make_session(other, day + timedelta(days=1))
        person = make.make_counselor(make.make_school(), "李雪梅")
        for one in (workshop, other):
            enrol_one(db.session.merge(one), db.session.merge(person))
    clashing = day + timedelta(days=1, hours=1)
    form = {
        "starts_at": f"{clashing:%Y-%m-%dT%H:%M}",
        "ends_at": f"{clashing + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "part": "theory",
        "makes_up_for": "",
        "row_version": "1",
    }
    for path in (f"/workshops/sessions/{session_id}/edit", f"/workshops/{workshop_id}/sessions"):
        answer = bureau.post(path, data=form)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "李雪梅" in page
        assert f"沙盘游戏培训<br>{day + timedelta(days=1):%Y-%m-%d} 09:00–12:00" in page
        assert "仍然" in page
        seen = re.search(r'name="seen_clashes"[^>]*value="(\w{32})"', page)
        assert seen
        assert bureau.post(path, data=form | {"seen_clashes": seen[1]}).status_code == 302
        form |= {
            "starts_at": f"{clashing - timedelta(hours=1):%Y-%m-%dT%H:%M}",
            "ends_at": f"{clashing:%Y-%m-%dT%H:%M}",
        }
    with app.app_context():
        assert (
            len(
                db.session.scalars(
                    select(WorkshopSession.id).filter_by(workshop_id=workshop_id)
                ).all()
            )
            == 2
        )


def quotas(app: Flask) -> dict[str | None, int]:
    with app.app_context():
        return {
            pool.unit.code if pool.unit else None: pool.seats
            for pool in db.session.scalars(select(SeatPool))
        }


def test_seats_are_distributed(app: Flask, bureau: FlaskClient, workshop_id: int) -> None:
    page = text_of(bureau, f"/workshops/{workshop_id}/seats")
    assert "532301 楚雄市" in page
    form = {
        "capacity": "30",
        "unit": ["532301 楚雄市", "禄丰", "532322 双柏县", ""],
        "seats": ["12", "8", "", ""],
    }
    assert bureau.post(f"/workshops/{workshop_id}/seats", data=form).status_code == 302
    assert quotas(app) == {make.CHUXIONG_CITY: 12, make.LUFENG: 8, None: 10}


@pytest.mark.parametrize(
    ("unit", "seats"),
    [
        (["532301"], ["31"]),
        (["532301"], ["-1"]),
        (["532301"], ["x"]),
        (["532301", "楚雄市"], ["1", "2"]),
        (["530900"], ["1"]),
        ([""], ["5"]),
    ],
)
def test_seats_that_do_not_add_up_come_back_as_typed(
    app: Flask, bureau: FlaskClient, workshop_id: int, unit: list[str], seats: list[str]
) -> None:
    form = {"capacity": "30", "unit": unit, "seats": seats}
    answer = bureau.post(f"/workshops/{workshop_id}/seats", data=form)
    assert answer.status_code == 422
    assert f'value="{seats[0]}"' in answer.get_data(as_text=True)
    assert quotas(app) == {None: 2}


def test_a_trainer_is_assigned_and_removed(
    app: Flask, bureau: FlaskClient, workshop_id: int
) -> None:
    with app.app_context():
        account_id = make.make_account("trainer", make.LUFENG, "讲师李").id
    path = f"/workshops/{workshop_id}/trainers"
    form = {"account": str(account_id), "role": "lead", "session": ""}
    assert bureau.post(path, data=form).status_code == 302
    assert bureau.post(path, data=form).status_code == 422
    assert bureau.post(path, data={**form, "account": "99999"}).status_code == 422
    assert "讲师李" in text_of(bureau, path)
    with app.app_context():
        trainer_id = db.session.scalars(select(WorkshopTrainer.id)).one()
    assert bureau.post(f"/workshops/trainers/{trainer_id}/remove").status_code == 302
    with app.app_context():
        assert db.session.scalars(select(WorkshopTrainer.id)).all() == []


def upload(client: FlaskClient, workshop_id: int, data: bytes, name: str) -> int:
    form = {"file": (io.BytesIO(data), name)}
    return client.post(f"/workshops/{workshop_id}/files", data=form).status_code


def test_a_file_is_handed_out_as_a_download(
    app: Flask, bureau: FlaskClient, sign_in: SignIn, workshop_id: int
) -> None:
    assert upload(bureau, workshop_id, b"%PDF-1.7 x", "../培训通知.pdf") == 302
    with app.app_context():
        attachment = db.session.scalars(select(Attachment)).one()
        attachment_id, name = attachment.id, attachment.file_name
        teacher = make.make_account("teacher", make.LUFENG).id
        stranger = make.make_account("teacher", make.LINCANG).id
    assert name == "培训通知.pdf"
    path = f"/workshops/files/{attachment_id}"
    answer = sign_in(teacher).get(path)
    assert (answer.data, answer.mimetype) == (b"%PDF-1.7 x", "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%E5%9F%B9" in answer.headers["Content-Disposition"]
    assert sign_in(stranger).get(path).status_code == 404
    assert bureau.post(f"{path}/remove").status_code == 302
    assert bureau.get(path).status_code == 404


@pytest.mark.parametrize(
    ("data", "name"), [(b"MZ", "setup.exe"), (b"MZ", "a.pdf"), (b"", "a.pdf"), (b"<svg/>", "a.svg")]
)
def test_a_forbidden_file_is_refused(
    bureau: FlaskClient, workshop_id: int, data: bytes, name: str
) -> None:
    assert upload(bureau, workshop_id, data, name) == 422


def test_a_workshop_is_cancelled_with_a_reason(
    app: Flask, bureau: FlaskClient, workshop_id: int
) -> None:
    path = f"/workshops/{workshop_id}/cancel"
    assert bureau.post(path, data={"reason": ""}).status_code == 422
    assert bureau.post(path, data={"reason": "专家生病"}).status_code == 302
    assert "专家生病" in text_of(bureau, f"/workshops/{workshop_id}")
    assert workshop_now(app, workshop_id)["status"] is WorkshopStatus.CANCELLED


def test_the_next_cohort_is_copied(app: Flask, bureau: FlaskClient, workshop_id: int) -> None:
    path = f"/workshops/{workshop_id}/copy"
    assert 'value="第2期"' in text_of(bureau, path)
    answer = bureau.post(path, data={"cohort": "第2期", "begins_on": ""})
    assert answer.status_code == 302
    assert "第2期" in text_of(bureau, answer.location)


def test_the_copy_is_asked_whether_to_hand_out_the_files(
    app: Flask, bureau: FlaskClient, workshop_id: int
) -> None:
    assert upload(bureau, workshop_id, b"%PDF-1.7 x", "培训通知.pdf") == 302
    path = f"/workshops/{workshop_id}/copy"
    assert re.search(
        r'name="with_files"[^>]*checked|checked[^>]*name="with_files"', text_of(bureau, path)
    )
    ticked = bureau.post(path, data={"cohort": "第2期", "with_files": "y"}).location
    assert "培训通知.pdf" in text_of(bureau, f"{ticked}/files")
    unticked = bureau.post(path, data={"cohort": "第3期"}).location
    assert "培训通知.pdf" not in text_of(bureau, f"{unticked}/files")


def test_it_begins_by_hand(app: Flask, bureau: FlaskClient, workshop_id: int) -> None:
    assert bureau.post(f"/workshops/{workshop_id}/start").status_code == 302
    assert workshop_now(app, workshop_id)["status"] is WorkshopStatus.RUNNING


def test_the_yearly_plan(app: Flask, bureau: FlaskClient) -> None:
    form = {
        "year": "2023", "title": "骨干教师培训", "level": "prefecture", "unit": "532300",
        "audiences": ["counselors"], "planned_workshops": "3", "planned_people": "150",
    }  # fmt: skip
    assert bureau.post("/workshops/programmes/new", data=form).status_code == 302
    assert bureau.post("/workshops/programmes/new", data=form).status_code == 422
    page = text_of(bureau, "/workshops/programmes/?year=2023")
    assert "0 / 3" in page
    assert "0 / 150" in page
    with app.app_context():
        programme_id = db.session.scalars(select(Programme.id)).one()
    path = f"/workshops/programmes/{programme_id}"
    edited = {**form, "planned_workshops": "4", "row_version": "1"}
    assert bureau.post(f"{path}/edit", data=edited).status_code == 302
    assert bureau.post(f"{path}/edit", data=edited | {"note": "改"}).status_code == 422
    assert bureau.post(f"{path}/remove").status_code == 302
    assert "骨干教师培训" not in text_of(bureau, "/workshops/programmes/")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?status=published&kind=workshop&level=prefecture&year=2023&q=骨干", 200),
        ("?status=nonsense", 200),
        ("?year=x", 400),
        ("?programme=99999999999999999999", 400),
        ("?page=7", 404),
        ("?unit=530900", 403),
        ("?unit=999999", 403),
    ],
)
def test_the_list_is_narrowed_by_its_address(
    bureau: FlaskClient, workshop_id: int, query: str, status: int
) -> None:
    assert bureau.get(f"/workshops/{query}").status_code == status


def test_a_county_changes_nothing_of_the_prefecture(
    app: Flask, sign_in: SignIn, workshop_id: int
) -> None:
    with app.app_context():
        account_id = make.make_account("county", make.LUFENG).id
    county = sign_in(account_id)
    page = text_of(county, f"/workshops/{workshop_id}")
    assert f"/workshops/{workshop_id}/edit" not in page
    for part in ("edit", "seats", "sessions", "trainers", "files", "cancel", "copy"):
        assert county.get(f"/workshops/{workshop_id}/{part}").status_code == 404
    assert county.post(f"/workshops/{workshop_id}/publish").status_code == 404


def fill(app: Flask, workshops: int, people: int) -> int:
    """So many workshops, the last one with so many people; its id."""
    with app.app_context():
        for _number in range(workshops):
            workshop_id = make_workshop(capacity=people).id
        school = make.make_school()
        for _number in range(people):
            person = make.make_counselor(school)
            enrol_one(db.session.get_one(Workshop, workshop_id), person)
        return workshop_id


def test_pages_cost_the_same_for_many_as_for_few(
    app: Flask, bureau: FlaskClient, count_queries: Count
) -> None:
    def costs(workshop_id: int) -> list[int]:
        paths = ("/workshops/", f"/workshops/{workshop_id}", f"/workshops/{workshop_id}/roster")
        return [count_queries(lambda path=path: text_of(bureau, path)) for path in paths]  # type: ignore[misc]

    few = costs(fill(app, 1, 1))
    many = costs(fill(app, 20, 20))
    assert few == many
    # BEGIN, the account and the page's own; the overview is the fullest the first time.
    assert max(few) <= 10


def test_what_is_kept_of_a_page_follows_every_change(
    app: Flask, bureau: FlaskClient, workshop_id: int
) -> None:
    path = f"/workshops/{workshop_id}"
    assert "0 / 2" in text_of(bureau, path)
    with app.app_context():
        workshop = db.session.get_one(Workshop, workshop_id)
        enrol_one(workshop, make.make_counselor(make.make_school()))
    assert "1 / 2" in text_of(bureau, path)
    with app.app_context(), atomic():
        db.session.get_one(Workshop, workshop_id).title = "新名称"
    assert "新名称" in text_of(bureau, path)
    assert "新名称" in text_of(bureau, "/workshops/")


def test_two_officers_do_not_overwrite_each_others_seats(
    app: Flask, bureau: FlaskClient, workshop_id: int
) -> None:
    path = f"/workshops/{workshop_id}/seats"
    form = {"capacity": "30", "unit": ["532301"], "seats": ["12"], "row_version": "1"}
    assert bureau.post(path, data=form).status_code == 302
    assert bureau.post(path, data=form | {"seats": ["3"]}).status_code == 422, "of an older version"
    assert quotas(app) == {make.CHUXIONG_CITY: 12, None: 18}


def test_a_closed_workshop_keeps_its_seats(
    app: Flask, bureau: FlaskClient, workshop_id: int
) -> None:
    with app.app_context(), atomic():
        db.session.get_one(Workshop, workshop_id).status = WorkshopStatus.COMPLETED
    before = quotas(app)
    form = {"capacity": "90", "unit": [], "seats": []}
    assert bureau.post(f"/workshops/{workshop_id}/seats", data=form).status_code == 422
    assert quotas(app) == before
