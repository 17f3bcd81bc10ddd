"""Pages of attendance and completion, and the address behind a check-in code."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.db import atomic, db
from app.domain.people.models import TrainingRecord
from app.domain.workshops.models import (
    Attendance,
    Enrolment,
    LeaveRequest,
    Workshop,
    WorkshopSession,
)
from app.domain.workshops.models.planning import WorkshopTrainer
from app.domain.workshops.operations.checking_in import make_code
from app.domain.workshops.rules.words import AttendanceState, WorkshopKind
from tests import attendance_factories as course
from tests import factories as make
from tests.conftest import TODAY
from tests.workshop_factories import make_session, make_workshop

SignIn = Callable[[int], FlaskClient]
CountQueries = Callable[[Callable[[], Any]], int]


@pytest.fixture
def ids(app: Flask) -> dict[str, int]:
    """A class of three that has just begun its second session; the first was yesterday."""
    with app.app_context():
        school = make.make_school(make.LUFENG, "禄丰第一小学")
        names = ("李桃艳", "王小红", "张建国")
        people = [make.make_counselor(school, name) for name in names]
        workshop = course.make_running(people, title="骨干教师培训", credit_hours=4)
        yesterday, now = course.past_session(workshop), course.now_session(workshop)
        enrolments = [course.enrolment_of(workshop, person).id for person in people]
        trainer = make.make_account("trainer", make.CHUXIONG)
        make.save(WorkshopTrainer(workshop_id=workshop.id, account_id=trainer.id))
        return {
            "trainer": trainer.id,
            "bureau": make.make_account("bureau", make.CHUXIONG).id,
            "school": make.make_account("school", school).id,
            "teacher": course.give_account(people[0]).id,
            "stranger": course.give_account(make.make_counselor(school, "赵外人")).id,
            "workshop": workshop.id,
            "yesterday": yesterday.id,
            "now": now.id,
            **{f"enrolment{number}": one for number, one in enumerate(enrolments)},
        }


def _at(ids: dict[str, int], rest: str) -> str:
    return f"/workshops/{ids['workshop']}/{rest}"


def _states(app: Flask, session_id: int) -> list[str]:
    with app.app_context():
        rows = select(Attendance).where(Attendance.session_id == session_id)
        return [
            row.state.value for row in db.session.scalars(rows.order_by(Attendance.enrolment_id))
        ]


def _code(app: Flask, ids: dict[str, int]) -> str:
    with app.app_context():
        return f"/check-in/{make_code(ids['now'], clock.now())}"


# --- the phone ------------------------------------------------------------------------------------


def test_looking_at_a_code_records_nothing_and_the_button_does(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client, address = sign_in(ids["teacher"]), _code(app, ids)
    page = client.get(address)
    assert "骨干教师培训" in page.text
    assert _states(app, ids["now"]) == []
    answer = client.post(address)
    assert (answer.status_code, answer.location) == (302, f"{address}/done")
    assert _states(app, ids["now"]) == ["present"]
    assert "签到成功" in client.get(f"{address}/done").text
    assert client.post(address).location == f"{address}/done"


def test_who_must_sign_in_first_may_take_longer_than_a_code_is_good(
    app: Flask, ids: dict[str, int], client: FlaskClient, sign_in: SignIn
) -> None:
    address = _code(app, ids)
    scanned = client.get(address)
    assert scanned.status_code == 302
    assert scanned.location == f"/login?next={address}"
    remembered = client.get_cookie("scan", path=address)
    assert remembered is not None
    phone = sign_in(ids["teacher"])
    phone.set_cookie("scan", remembered.value, path=address)
    with clock.frozen(TODAY + timedelta(minutes=9)):
        assert phone.post(address).location == f"{address}/done"
    with clock.frozen(TODAY + timedelta(minutes=11)):
        assert phone.get(address).status_code == 409


def test_a_code_that_was_forwarded_is_too_old(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    address = _code(app, ids)
    for later in (timedelta(seconds=61), timedelta(days=7)):
        with clock.frozen(TODAY + later):
            client = sign_in(ids["teacher"])
            pages = [client.get(address), client.post(address)]
        assert [page.status_code for page in pages] == [409, 409]
        assert all("二维码已过期" in page.text for page in pages)
    assert _states(app, ids["now"]) == []


def test_a_forged_code_and_a_remembered_scan_of_ones_own_making_are_refused(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client, address = sign_in(ids["teacher"]), _code(app, ids)
    assert client.get(f"{address[:-1]}x").status_code == 409
    seconds = int((TODAY + timedelta(minutes=5)).timestamp())
    token = address.rpartition("/")[2]
    client.set_cookie("scan", f"{token}.{seconds}.{'0' * 32}", path=address)
    with clock.frozen(TODAY + timedelta(minutes=5)):
        assert client.post(address).status_code == 409


def test_the_code_of_another_workshop_lets_nobody_in(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["stranger"])
    page = client.post(_code(app, ids))
    assert page.status_code == 409
    assert "您不是“骨干教师培训”的学员" in page.text
    assert sign_in(ids["school"]).post(_code(app, ids)).status_code == 409


def test_the_place_is_checked_when_the_organiser_switched_it_on(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    with app.app_context(), atomic():
        db.session.get_one(Workshop, ids["workshop"]).place_check = True
        session = db.session.get_one(WorkshopSession, ids["now"])
        session.latitude, session.longitude = 25.033, 101.546
    client, address = sign_in(ids["teacher"]), _code(app, ids)
    assert "data-position" in client.get(address).text
    assert "手机没有提供位置" in client.post(address).text
    home = {"latitude": "25.145", "longitude": "102.076", "accuracy": "30"}
    assert "约 55 公里" in client.post(address, data=home).text
    there = {"latitude": "25.034", "longitude": "101.547", "accuracy": "30"}
    assert client.post(address, data=there).status_code == 302


# --- the trainer ----------------------------------------------------------------------------------


def test_the_screen_shows_a_code_that_changes_every_half_minute(
    ids: dict[str, int], sign_in: SignIn
) -> None:
    client, address = sign_in(ids["trainer"]), _at(ids, f"attendance/{ids['now']}/code")
    page = client.get(address)
    assert "<svg" in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    live = [client.get(f"{address}/live").text]
    for seconds in (29, 30):
        with clock.frozen(TODAY + timedelta(seconds=seconds)):
            live.append(client.get(f"{address}/live").text)
    assert live[0] == live[1] != live[2]


def test_the_screen_shows_no_code_before_and_after_the_session(
    ids: dict[str, int], sign_in: SignIn
) -> None:
    for moment, words in ((timedelta(hours=-1), "开始前半小时"), (timedelta(hours=3), "已结束")):
        with clock.frozen(TODAY + moment):
            client = sign_in(ids["trainer"])
            page = client.get(_at(ids, f"attendance/{ids['now']}/code/live"))
        assert ("<svg" in page.text, words in page.text) == (False, True)


def test_the_register_is_kept_by_hand(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    client, address = sign_in(ids["trainer"]), _at(ids, f"attendance/{ids['now']}")
    one, other, third = (ids[f"enrolment{number}"] for number in range(3))
    form = {
        f"seen-{one}": ".0", f"state-{one}": "late", f"note-{one}": " 堵车 ", f"had-{one}": "",
        f"seen-{other}": ".0", f"state-{other}": "absent",
        f"seen-{third}": ".0", f"state-{third}": "",
    }  # fmt: skip
    assert client.post(address, data=form).status_code == 302
    assert _states(app, ids["now"]) == ["late", "absent"]
    assert "堵车" in client.get(address).text
    assert client.post(f"{address}/all-present").status_code == 302
    assert _states(app, ids["now"]) == ["late", "absent", "present"]


def test_a_line_somebody_recorded_meanwhile_is_shown_and_not_overwritten(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    sign_in(ids["teacher"]).post(_code(app, ids))
    one, other = ids["enrolment0"], ids["enrolment1"]
    form = {f"seen-{one}": ".0", f"state-{one}": "absent", f"seen-{other}": ".0", f"state-{other}": "absent"}  # fmt: skip
    page = sign_in(ids["trainer"]).post(_at(ids, f"attendance/{ids['now']}"), data=form)
    assert page.status_code == 409
    assert "他人刚记为：出勤" in page.text
    assert _states(app, ids["now"]) == ["present", "absent"]
    assert f'name="seen-{one}" value="present.1"' in page.text


@pytest.mark.parametrize(
    "form", [{"seen-1": "present"}, {"seen-1": ".x"}, {"seen-1": ".0", "state-1": "asleep"}]
)
def test_a_malformed_line_is_a_bad_request(
    ids: dict[str, int], sign_in: SignIn, form: dict[str, str]
) -> None:
    client = sign_in(ids["trainer"])
    assert client.post(_at(ids, f"attendance/{ids['now']}"), data=form).status_code == 400


def test_the_overview_names_who_is_below_the_minimum(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["trainer"])
    one = ids["enrolment1"]
    client.post(_at(ids, f"attendance/{ids['yesterday']}"), data={f"seen-{one}": ".0", f"state-{one}": "absent"})  # fmt: skip
    client.post(_at(ids, f"attendance/{ids['yesterday']}/all-present"))
    below = client.get(_at(ids, "attendance?show=below")).text
    assert ("王小红" in below, "李桃艳" in below) == (True, False)


def test_pages_ask_the_database_as_often_for_one_as_for_thirty(
    app: Flask, sign_in: SignIn, count_queries: CountQueries
) -> None:
    with app.app_context():
        account_id = make.make_account("bureau", make.CHUXIONG).id
        school = make.make_school()
        workshops = []
        for size in (1, 30):
            people = [make.make_counselor(school, f"教师{size}-{n}") for n in range(size)]
            workshop = course.make_running(people)
            session = course.past_session(workshop)
            for person in people:
                course.put_state(session, course.enrolment_of(workshop, person), AttendanceState.ABSENT)  # fmt: skip
            workshops.append((workshop.id, session.id))
    client = sign_in(account_id)
    client.get("/workshops/")
    for rest in ("attendance", "attendance/{}", "completion", "attendance/{}/sheet"):
        counts = [
            count_queries(
                lambda w=w, s=s, rest=rest: client.get(f"/workshops/{w}/{rest.format(s)}")
            )
            for w, s in workshops
        ]
        assert counts[0] == counts[1], rest
        assert counts[1] <= 14, rest


def test_others_find_no_register(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    with app.app_context():
        elsewhere = make.make_account("bureau", make.LINCANG).id
        foreign_trainer = make.make_account("trainer", make.CHUXIONG).id
        other_session = make_session(make_workshop(1), TODAY).id
    for account_id in (elsewhere, foreign_trainer):
        client = sign_in(account_id)
        pages = [
            "attendance",
            f"attendance/{ids['now']}",
            f"attendance/{ids['now']}/code",
            "completion",
        ]
        assert [client.get(_at(ids, page)).status_code for page in pages] == [404] * 4
    assert sign_in(ids["trainer"]).get(_at(ids, f"attendance/{other_session}")).status_code == 404


# --- the sheet ------------------------------------------------------------------------------------


def _filled(client: FlaskClient, ids: dict[str, int], changes: list[tuple[int, int, str]]) -> bytes:
    """The workbook we give away, with some cells filled in: (row, column, text)."""
    data = client.get(_at(ids, f"attendance/{ids['now']}/sheet.xlsx")).data
    book = openpyxl.load_workbook(io.BytesIO(data))
    for row, column, text in changes:
        book.active.cell(row, column, text)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _bring(client: FlaskClient, ids: dict[str, int], data: bytes) -> Any:
    address = _at(ids, f"attendance/{ids['now']}/import")
    return client.post(address, data={"file": (io.BytesIO(data), "签到表.xlsx")})


def _fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="((?:seen|state)-\d+)" value="([^"]*)">', page)
    return dict(found)


def test_the_sheet_goes_out_and_comes_back_filled(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["trainer"])
    data = _filled(client, ids, [(4, 6, "李桃艳"), (5, 6, "10:20"), (6, 8, "请假")])
    preview = _bring(client, ids, data)
    assert preview.status_code == 200
    assert _states(app, ids["now"]) == []
    landed = client.post(
        _at(ids, f"attendance/{ids['now']}/import/land"), data=_fields(preview.text)
    )
    assert landed.status_code == 302
    assert _states(app, ids["now"]) == ["present", "late", "leave"]


def test_names_who_is_not_on_the_list_and_lands_the_others(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["trainer"])
    data = _filled(client, ids, [(4, 6, "√"), (7, 2, "钱旁听"), (7, 3, "别处小学"), (7, 6, "√")])
    page = _bring(client, ids, data).text
    assert "第 7 行：钱旁听，别处小学。" in page
    assert "录入，不在名单中的略过" in page


def test_a_line_to_be_mended_keeps_the_whole_sheet_back(
    ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["trainer"])
    page = _bring(client, ids, _filled(client, ids, [(4, 5, "2023-08-01 09:00")])).text
    assert "这一行的日期不是本场次" in page
    assert "import/land" in page
    assert "录入，" not in page
    assert "全部录入" not in page


def test_lands_nothing_when_somebody_recorded_a_line_after_the_preview(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["trainer"])
    preview = _bring(client, ids, _filled(client, ids, [(5, 6, "√"), (6, 6, "√")]))
    sign_in(ids["teacher"]).post(_code(app, ids))
    address = _at(ids, f"attendance/{ids['now']}/import/land")
    assert client.post(address, data=_fields(preview.text)).status_code == 409
    assert _states(app, ids["now"]) == ["present"]


@pytest.mark.parametrize("data", [b"", b"no workbook at all \x00\x01", "姓名,单位\n李,校".encode()])
def test_a_file_that_is_no_sign_in_sheet_is_refused(
    ids: dict[str, int], sign_in: SignIn, data: bytes
) -> None:
    assert _bring(sign_in(ids["trainer"]), ids, data).status_code == 422


def test_the_sheet_prints_everybody_with_phones_masked(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    page = sign_in(ids["trainer"]).get(_at(ids, f"attendance/{ids['now']}/sheet")).text
    for word in ("序号", "姓名", "单位", "联系电话", "日期/时段", "签到", "签退", "备注", "张建国"):
        assert f">{word}</th>" in page


# --- leave ----------------------------------------------------------------------------------------


def test_leave_is_asked_on_the_phone_and_granted_by_the_trainer(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    teacher, trainer = sign_in(ids["teacher"]), sign_in(ids["trainer"])
    form = {"session": ids["now"], "reason": "孩子住院"}
    assert teacher.post(_at(ids, "my-attendance"), data=form).status_code == 302
    assert "孩子住院" in trainer.get(_at(ids, "attendance")).text
    with app.app_context():
        request_id = db.session.scalars(select(LeaveRequest.id)).one()
    answer = trainer.post(_at(ids, f"attendance/leave/{request_id}"), data={"decision": "grant"})
    assert answer.status_code == 302
    assert _states(app, ids["now"]) == ["leave"]
    assert "已批准" in teacher.get(_at(ids, "my-attendance")).text


def test_leave_without_a_reason_or_from_another_session_is_refused(
    ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["teacher"])
    for form in (
        {"session": ids["now"], "reason": " "},
        {"session": ids["yesterday"], "reason": "有事"},
    ):
        assert client.post(_at(ids, "my-attendance"), data=form).status_code == 422


def test_a_request_is_withdrawn(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["teacher"])
    client.post(_at(ids, "my-attendance"), data={"session": ids["now"], "reason": "有事"})
    with app.app_context():
        request_id = db.session.scalars(select(LeaveRequest.id)).one()
    assert client.post(_at(ids, f"my-attendance/leave/{request_id}/withdraw")).status_code == 302
    with app.app_context():
        assert db.session.scalars(select(LeaveRequest.state)).one().value == "withdrawn"


def test_who_is_not_enrolled_has_no_attendance(ids: dict[str, int], sign_in: SignIn) -> None:
    assert sign_in(ids["stranger"]).get(_at(ids, "my-attendance")).status_code == 404


# --- closing --------------------------------------------------------------------------------------


def _attended_both(app: Flask, ids: dict[str, int]) -> None:
    with app.app_context():
        for name in ("yesterday", "now"):
            session = db.session.get_one(WorkshopSession, ids[name])
            for number, state in enumerate(("present", "present", "absent")):
                enrolment = db.session.get_one(Enrolment, ids[f"enrolment{number}"])
                course.put_state(session, enrolment, AttendanceState(state))


def _seen(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def test_closes_after_a_preview_that_says_who_completes(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    _attended_both(app, ids)
    assert "最后一个场次尚未结束" in sign_in(ids["bureau"]).get(_at(ids, "completion")).text
    with clock.frozen(TODAY + timedelta(hours=4)):
        client = sign_in(ids["bureau"])
        page = client.get(_at(ids, "completion")).text
        assert "出勤率 0%，要求不低于 80%。" in page
        form = {"seen": _seen(page), f"reason-{ids['enrolment2']}": ""}
        answer = client.post(_at(ids, "completion/close"), data=form, follow_redirects=True)
        assert "已办理结业：2 人结业，1 人未结业" in answer.text
        assert "他人已办理结业" in client.post(_at(ids, "completion/close"), data=form, follow_redirects=True).text  # fmt: skip
        own = sign_in(ids["teacher"]).get(_at(ids, "my-attendance")).text
    assert "4 学时已记入您的培训档案" in own
    with app.app_context():
        assert len(db.session.scalars(select(TrainingRecord)).all()) == 2


def test_a_preview_that_is_no_longer_true_closes_nothing_and_keeps_what_was_typed(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    _attended_both(app, ids)
    with clock.frozen(TODAY + timedelta(hours=4)):
        client = sign_in(ids["bureau"])
        seen = _seen(client.get(_at(ids, "completion")).text)
        one = ids["enrolment0"]
        client.post(_at(ids, f"attendance/{ids['now']}"), data={f"seen-{one}": "present.1", f"state-{one}": "absent"})  # fmt: skip
        form = {"seen": seen, f"reason-{ids['enrolment2']}": "因公出差"}
        page = client.post(_at(ids, "completion/close"), data=form)
    assert page.status_code == 409
    assert "因公出差" in page.text
    with app.app_context():
        assert db.session.scalars(select(TrainingRecord)).all() == []


def test_only_who_plans_closes(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    with clock.frozen(TODAY + timedelta(hours=4)):
        trainer = sign_in(ids["trainer"])
        assert "completion/close" not in trainer.get(_at(ids, "completion")).text
        assert trainer.post(_at(ids, "completion/close")).status_code == 403


def test_what_was_held_elsewhere_asks_for_its_days(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    with app.app_context():
        person = make.make_counselor(make.make_school(), "周外派")
        workshop_id = course.make_running([person], kind=WorkshopKind.EXTERNAL, credit_hours=40).id
    client, address = sign_in(ids["bureau"]), f"/workshops/{workshop_id}/completion/close"
    assert client.post(address).status_code == 422
    assert client.post(address, data={"ended_on": "2023-13-01"}).status_code == 422
    days = {"started_on": "2023-07-10", "ended_on": "2023-07-14"}
    assert client.post(address, data=days).status_code == 302
    with app.app_context():
        assert db.session.scalars(select(TrainingRecord)).one().hours == 40


def test_a_closed_workshop_is_opened_again_with_a_reason(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    _attended_both(app, ids)
    with clock.frozen(TODAY + timedelta(hours=4)):
        client = sign_in(ids["bureau"])
        client.post(_at(ids, "completion/close"))
        assert client.post(_at(ids, f"attendance/{ids['now']}/all-present")).status_code == 409
        assert client.post(_at(ids, "completion/reopen"), data={"reason": ""}).status_code == 422
        assert (
            client.post(_at(ids, "completion/reopen"), data={"reason": "考勤有误"}).status_code
            == 302
        )
    with app.app_context():
        assert db.session.get_one(Workshop, ids["workshop"]).status.value == "running"
