"""The roster: who sees whom, deciding in bulk, taking out, sending somebody else, the 报名表; the recount."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.db import atomic, db
from app.domain.workshops.models import Enrolment, SeatPool, Workshop, WorkshopTrainer
from app.domain.workshops.rules.words import Approval, EnrolmentStatus
from tests import factories as make
from tests.workshop_factories import enrol_one, make_workshop

SignIn = Callable[[int], FlaskClient]


class Roster:
    """A workshop of one seat with two applicants of 鹿城小学 and one of 金山中学, who waits."""

    def __init__(self, app: Flask, sign_in: SignIn) -> None:
        self.app, self.sign_in = app, sign_in
        with app.app_context():
            self.workshop_id = make_workshop(capacity=1, approval=Approval.COUNTY).id
            self.near = make.make_school(name="鹿城小学").code
            self.far = make.make_school(make.LUFENG, "金山中学").code
            self.ids = {
                name: self.enrol(name, code)
                for name, code in (("王一", self.near), ("张二", self.near), ("赵三", self.far))
            }

    def enrol(self, name: str, school: str) -> int:
        number = make.id_number(len(name) + ord(name[-1]) % 900)
        person = make.make_counselor(make.get_unit(school), name, number=number)
        workshop = db.session.get_one(Workshop, self.workshop_id)
        return enrol_one(workshop, person).enrolment.id

    def client(self, role: str, unit: str) -> FlaskClient:
        with self.app.app_context():
            account_id = make.make_account(role, unit).id
        return self.sign_in(account_id)

    def page(self, client: FlaskClient, query: str = "") -> str:
        answer = client.get(f"/workshops/{self.workshop_id}/roster{query}")
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def decide(self, client: FlaskClient, ids: list[str], **form: str) -> str:
        path = f"/workshops/{self.workshop_id}/roster/decide"
        answer = client.post(path, data={"id": ids, **form}, follow_redirects=True)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def status(self, name: str) -> tuple[EnrolmentStatus, str | None]:
        with self.app.app_context():
            enrolment = db.session.get_one(Enrolment, self.ids[name])
            return enrolment.status, enrolment.approval_step


@pytest.fixture
def roster(app: Flask, sign_in: SignIn) -> Roster:
    return Roster(app, sign_in)


def names_in(page: str) -> set[str]:
    return {name for name in ("王一", "张二", "赵三") if name in page}


def test_each_sees_their_own_people(roster: Roster) -> None:
    seen = {
        "bureau": {"王一", "张二", "赵三"},
        "school": {"王一", "张二"},
        "county": {"赵三"},
    }
    units = {"bureau": make.CHUXIONG, "school": roster.near, "county": make.LUFENG}
    found = {role: names_in(roster.page(roster.client(role, units[role]))) for role in seen}
    assert found == seen


def test_an_assigned_trainer_sees_all_and_another_none(app: Flask, roster: Roster) -> None:
    with app.app_context():
        assigned, other = (make.make_account("trainer", make.CHUXIONG).id for _one in range(2))
        make.save(WorkshopTrainer(workshop_id=roster.workshop_id, account_id=assigned))
    assert len(names_in(roster.page(roster.sign_in(assigned)))) == 3
    path = f"/workshops/{roster.workshop_id}/roster"
    assert roster.sign_in(other).get(path).status_code == 404


def test_a_teacher_has_no_roster(roster: Roster) -> None:
    teacher = roster.client("teacher", roster.near)
    assert teacher.get(f"/workshops/{roster.workshop_id}/roster").status_code == 404


def test_narrows_by_name_status_and_unit(roster: Roster) -> None:
    bureau = roster.client("bureau", make.CHUXIONG)
    assert names_in(roster.page(bureau, "?q=王一")) == {"王一"}
    assert names_in(roster.page(bureau, "?status=confirmed")) == set()
    assert names_in(roster.page(bureau, f"?unit={make.LUFENG}")) == {"赵三"}
    path = f"/workshops/{roster.workshop_id}/roster?unit={make.LINCANG}"
    assert bureau.get(path).status_code == 403


def test_a_school_then_a_county_approve_many_at_once(roster: Roster) -> None:
    ids = [f"{roster.ids[name]}.school" for name in ("王一", "张二")]
    school = roster.client("school", roster.near)
    assert "已通过2人" in roster.decide(school, ids, action="approve")
    assert roster.status("王一") == (EnrolmentStatus.PENDING, "county")
    county = roster.client("county", make.CHUXIONG_CITY)
    ids = [f"{roster.ids[name]}.county" for name in ("王一", "张二")]
    roster.decide(county, ids, action="approve")
    assert roster.status("王一") == (EnrolmentStatus.CONFIRMED, None)
    assert roster.status("张二") == (EnrolmentStatus.WAITLISTED, None)


def test_a_rejection_needs_a_reason_and_passes_the_seat_on(app: Flask, roster: Roster) -> None:
    school = roster.client("school", roster.near)
    ids = [f"{roster.ids['王一']}.school"]
    roster.decide(school, ids, action="reject")
    assert roster.status("王一")[0] is EnrolmentStatus.PENDING
    assert "已驳回1人" in roster.decide(school, ids, action="reject", reason="名额有限")
    assert roster.status("王一")[0] is EnrolmentStatus.REJECTED
    with app.app_context():
        assert db.session.get_one(Enrolment, roster.ids["张二"]).pool_id is not None


def test_one_refusal_stops_no_other(roster: Roster) -> None:
    school = roster.client("school", roster.near)
    done = [f"{roster.ids['王一']}.school"]
    roster.decide(school, done, action="approve")
    page = roster.decide(school, [*done, f"{roster.ids['张二']}.school"], action="approve")
    assert "已通过1人" in page
    assert roster.status("王一") == (EnrolmentStatus.PENDING, "county")
    assert roster.status("张二") == (EnrolmentStatus.PENDING, "county")


def test_a_step_decided_meanwhile_is_not_decided_again(roster: Roster) -> None:
    county = roster.client("county", make.CHUXIONG_CITY)
    seen = [f"{roster.ids['王一']}.school"]
    roster.decide(roster.client("school", roster.near), seen, action="approve")
    roster.decide(county, seen, action="approve")
    assert roster.status("王一") == (EnrolmentStatus.PENDING, "county")


def test_ticks_of_another_workshop_or_unit_are_not_there(app: Flask, roster: Roster) -> None:
    with app.app_context():
        other = make_workshop(approval=Approval.SCHOOL)
        other_id = enrol_one(other, make.make_counselor(make.get_unit(roster.near))).enrolment.id
    school = roster.client("school", roster.near)
    path = f"/workshops/{roster.workshop_id}/roster/decide"
    for tick in (f"{other_id}.school", f"{roster.ids['赵三']}.school", "987654321.school"):
        answer = school.post(path, data={"id": [tick], "action": "approve"})
        assert answer.status_code == 404, tick
    assert school.post(path, data={"id": ["x"], "action": "approve"}).status_code == 400


def test_a_tick_that_is_not_there_leaves_nothing_half_done(roster: Roster) -> None:
    school = roster.client("school", roster.near)
    path = f"/workshops/{roster.workshop_id}/roster/decide"
    own = f"{roster.ids['王一']}.school"
    for other in (f"{roster.ids['赵三']}.school", "987654321.school"):
        answer = school.post(path, data={"id": [own, other], "action": "approve"})
        assert answer.status_code == 404
        assert roster.status("王一") == (EnrolmentStatus.PENDING, "school")


def test_a_step_of_others_among_the_ticks_is_told_and_stops_no_other(roster: Roster) -> None:
    school = roster.client("school", roster.near)
    roster.decide(school, [f"{roster.ids['王一']}.school"], action="approve")
    ticks = [f"{roster.ids['王一']}.county", f"{roster.ids['张二']}.school"]
    page = roster.decide(school, ticks, action="approve")
    assert "已通过1人" in page
    assert "王一：" in page
    assert roster.status("王一") == (EnrolmentStatus.PENDING, "county")
    assert roster.status("张二") == (EnrolmentStatus.PENDING, "county")


def test_a_decision_is_one_of_two_and_about_a_page_at_most(roster: Roster) -> None:
    school = roster.client("school", roster.near)
    path = f"/workshops/{roster.workshop_id}/roster/decide"
    own = f"{roster.ids['王一']}.school"
    unknown = {"id": [own], "action": "maybe", "reason": "x"}
    assert school.post(path, data=unknown).status_code == 400
    assert school.post(path, data={"id": [own] * 201, "action": "approve"}).status_code == 400
    assert roster.status("王一") == (EnrolmentStatus.PENDING, "school")


def test_taking_somebody_out_needs_a_reason(roster: Roster) -> None:
    path = f"/workshops/enrolments/{roster.ids['王一']}/take-out"
    school = roster.client("school", roster.near)
    assert school.post(path, data={"reason": ""}).status_code == 422
    assert school.post(path, data={"reason": "已调离"}).status_code == 302
    assert roster.status("王一")[0] is EnrolmentStatus.WITHDRAWN
    other = roster.client("school", roster.far)
    assert other.get(path).status_code == 404


def test_a_colleague_takes_the_seat(app: Flask, roster: Roster) -> None:
    with app.app_context():
        colleague = make.make_counselor(make.get_unit(roster.near), "李四").id
        stranger = make.make_counselor(make.get_unit(roster.far), "外校").id
    school = roster.client("school", roster.near)
    path = f"/workshops/enrolments/{roster.ids['王一']}/substitute"
    assert "李四" in school.get(f"{path}?q=李四&go=search").get_data(as_text=True)
    assert school.get(f"{path}?person_id={stranger}").status_code == 404
    answer = school.post(f"{path}?person_id={colleague}", data={"reason": "临时有事"})
    assert answer.status_code == 302
    assert "李四" in roster.page(school)
    assert roster.status("王一")[0] is EnrolmentStatus.WITHDRAWN
    with app.app_context():
        assert db.session.scalars(select(SeatPool.taken)).all() == [1]


def sheet(client: FlaskClient, workshop_id: int) -> list[list[Any]]:
    answer = client.get(f"/workshops/{workshop_id}/roster/export")
    assert answer.status_code == 200
    rows = openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)  # type: ignore[union-attr]
    return [list(row) for row in rows]


def test_the_roster_is_exported_as_a_报名表_with_masked_numbers(roster: Roster) -> None:
    rows = sheet(roster.client("school", roster.near), roster.workshop_id)
    assert rows[2][:4] == ["序号", "单位", "姓名", "性别"]
    assert [row[2] for row in rows[3:5]] == ["王一", "张二"]
    assert all("********" in row[7] for row in rows[3:5])
    assert "赵三" not in str(rows)


def test_the_recount_finds_a_wrong_counter(app: Flask, roster: Roster) -> None:
    runner = app.test_cli_runner()
    sound = runner.invoke(args=["workshops", "audit-seats"])
    assert (sound.exit_code, "1 workshops" in sound.output) == (0, True)
    with app.app_context(), atomic():
        db.session.scalars(select(SeatPool)).one().taken = 0
    broken = runner.invoke(args=["workshops", "audit-seats"])
    assert broken.exit_code == 1
    assert "says 0 are taken, the enrolments say 1" in broken.output
