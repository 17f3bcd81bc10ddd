"""Attendance, leave and changes on pages: who sees what, what is refused, who is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from app.core.db import atomic, db
from app.domain.accounts.rules import Actor
from app.domain.placements.models import (
    ChangeRequest,
    Cohort,
    Placement,
    PlacementLeave,
    Presence,
    Stay,
)
from app.domain.placements.operations.leave import ask_leave
from app.domain.placements.operations.presence import Wish, record_day
from app.domain.placements.rules.words import LeaveStatus, PlacementStatus, PresenceState
from tests import factories
from tests import placement_factories as made
from tests.semester_factories import Term, make_term
from tests.web.workshops.test_teacher_pages import in_english

SignIn = Callable[[int], FlaskClient]
DAY = date(2023, 8, 17)


@pytest.fixture
def term(app: Flask) -> Term:
    with app.app_context():
        return make_term()


@pytest.fixture
def enter(sign_in: SignIn) -> Callable[[Actor], FlaskClient]:
    return lambda actor: in_english(sign_in(actor.account_id))


def text(answer) -> str:
    return str(answer.get_data(as_text=True))


def states(app: Flask) -> dict[date, PresenceState]:
    with app.app_context():
        return {row.day: row.state for row in db.session.query(Presence)}


def test_a_day_is_recorded_by_the_mentor_and_seen_by_the_trainee(app, term, enter):
    mentor = enter(term.guide)
    page = text(mentor.get("/placements/attendance"))
    assert f'name="seen-{term.id}" value=".0"' in page
    data = {f"seen-{term.id}": ".0", f"state-{term.id}": "late", f"note-{term.id}": "堵车"}
    answer = mentor.post("/placements/attendance?day=2023-08-17", data=data)
    assert answer.location == "/placements/attendance?day=2023-08-17"
    assert states(app) == {DAY: PresenceState.LATE}
    own = text(enter(term.trainee).get(f"/placements/{term.id}/presence"))
    assert "堵车" in own
    assert "Attendance 100 %" in own


def test_what_the_base_school_recorded_meanwhile_is_shown_to_the_mentor(app, term, enter):
    mentor = enter(term.guide)
    with app.app_context(), atomic():
        record_day(DAY, {term.id: Wish(PresenceState.PRESENT, 0)}, actor=term.host)
    data = {f"seen-{term.id}": ".0", f"state-{term.id}": "absent"}
    answer = mentor.post("/placements/attendance?day=2023-08-17", data=data)
    assert (answer.status_code, "Recorded meanwhile: Present" in text(answer)) == (409, True)
    assert states(app) == {DAY: PresenceState.PRESENT}


def test_a_day_to_come_is_refused_and_strangers_have_nobody_to_record(app, term, enter):
    data = {f"seen-{term.id}": ".0", f"state-{term.id}": "present"}
    answer = enter(term.guide).post("/placements/attendance?day=2023-08-18", data=data)
    assert (answer.status_code, "That day has not come yet." in text(answer)) == (422, True)
    assert enter(term.trainee).get("/placements/attendance").status_code == 403
    with app.app_context():
        other = factories.make_actor("mentor", factories.LINXIANG)
    stranger = enter(other)
    assert "Nobody was placed with you" in text(stranger.get("/placements/attendance"))
    assert stranger.post("/placements/attendance", data=data).status_code == 404


def test_leave_is_asked_for_granted_and_becomes_leave(app, term, enter):
    trainee, mentor = enter(term.trainee), enter(term.guide)
    address = f"/placements/{term.id}/presence"
    data = {"begins_on": "2023-08-21", "ends_on": "2023-08-22", "reason": "参加会议"}
    assert trainee.post(address, data=data).location == address
    again = trainee.post(address, data=data)
    assert (again.status_code, "already" in text(again)) == (422, True)
    with app.app_context():
        [asked] = db.session.query(PlacementLeave)
        answer_address = f"/placements/{term.id}/leave/{asked.id}/answer"
    assert "参加会议" in text(mentor.get("/placements/mentoring"))
    mentor.post(answer_address, data={"decision": "refuse", "answer": ""})
    assert states(app) == {}
    mentor.post(answer_address, data={"decision": "grant"})
    assert set(states(app).values()) == {PresenceState.LEAVE}
    assert "Granted" in text(trainee.get(address))


def test_a_request_is_withdrawn_by_the_trainee_alone(app, term, enter):
    with app.app_context(), atomic():
        asked = ask_leave(term.id, DAY, DAY, "会议", actor=term.trainee)
        address = f"/placements/{term.id}/leave/{asked.id}/withdraw"
    assert enter(term.guide).post(address).status_code == 403
    enter(term.trainee).post(address)
    with app.app_context():
        assert [row.status for row in db.session.query(PlacementLeave)] == [LeaveStatus.WITHDRAWN]


def version_of(page: str) -> str:
    found = re.search(r'name="row_version"[^>]*value="(\d+)"', page)
    assert found
    return found[1]


def test_the_bureau_changes_the_mentor_and_the_trainee_sees_it(app, term, enter):
    with app.app_context():
        school = db.session.query(Stay).one().base_school
        person = factories.make_counselor(school, "赵导师")
        mentor_id = made.make_mentor(school, person).id
    bureau = enter(term.bureau)
    address = f"/placements/{term.id}/changes/mentor"
    page = text(bureau.get(address))
    assert "赵导师" in page
    data = {
        "row_version": version_of(page),
        "on": "2023-08-21",
        "mentor": str(mentor_id),
        "reason": "王导师外出学习",
    }
    assert bureau.post(address, data=data).location == f"/placements/{term.id}/changes"
    seen = text(enter(term.trainee).get(f"/placements/{term.id}/changes"))
    assert "王导师外出学习" in seen
    assert "赵导师" in seen


def test_a_change_outside_the_placement_is_refused_beside_its_day(app, term, enter):
    bureau = enter(term.bureau)
    address = f"/placements/{term.id}/changes/interruption"
    data = {"row_version": version_of(text(bureau.get(address))), "reason": "病假"}
    answer = bureau.post(address, data=data | {"on": "2023-10-01"})
    assert answer.status_code == 422
    assert "That day lies after the end of the placement." in text(answer)
    assert "病假" in text(answer)
    bureau.post(address, data=data | {"on": "2023-08-21"})
    with app.app_context():
        assert db.session.get_one(Placement, term.id).status is PlacementStatus.INTERRUPTED


def test_a_base_school_moved_to_is_chosen_among_those_with_free_seats(app, term, enter):
    with app.app_context():
        cohort = db.session.query(Cohort).one()
        made.make_seats(cohort, made.make_base_school("满员中学"), 0)
        seats_id = made.make_seats(cohort, made.make_base_school("临沧市民族中学"), 1).id
    bureau = enter(term.bureau)
    address = f"/placements/{term.id}/changes/base-school"
    page = text(bureau.get(address))
    assert "临沧市民族中学" in page
    assert "满员中学" not in page
    data = {
        "row_version": version_of(page),
        "on": "2023-08-21",
        "seats": str(seats_id),
        "mentor": "0",
        "reason": "调整",
    }
    assert bureau.post(address, data=data).status_code == 302
    with app.app_context():
        assert db.session.query(Stay).count() == 2


def test_who_may_not_change_is_refused_and_unknown_changes_are_not_found(term, enter):
    host = enter(term.host)
    assert host.get(f"/placements/{term.id}/changes/withdrawal").status_code == 403
    assert enter(term.bureau).get(f"/placements/{term.id}/changes/nonsense").status_code == 404
    assert enter(term.guide).get(f"/placements/{term.id}/changes/mentor").status_code == 403


def test_a_base_school_asks_and_the_bureau_answers(app, term, enter):
    host, bureau = enter(term.host), enter(term.bureau)
    address = f"/placements/{term.id}/changes"
    data = {"kind": "mentor", "on": "2023-09-01", "reason": "导师生病"}
    assert host.post(f"{address}/ask", data=data).location == address
    with app.app_context():
        [asked] = db.session.query(ChangeRequest)
        request_id = asked.id
    assert "导师生病" in text(bureau.get(address))
    bureau.post(f"{address}/requests/{request_id}/refuse", data={"reason": "没有别人"})
    assert "没有别人" in text(host.get(address))
    answer = enter(term.trainee).get(f"{address}/ask")
    assert answer.status_code == 403


def test_the_calendar_file_of_the_trainee_holds_the_days_of_the_placement(app, term, enter):
    page = text(enter(term.trainee).post("/calendar/address"))
    found = re.search(r"/calendar/[A-Za-z0-9_-]{32}\.ics", page)
    assert found
    data = Calendar.from_ical(app.test_client().get(found[0]).data)
    days = {str(e["SUMMARY"]): e.decoded("DTSTART") for e in data.walk("VEVENT")}
    assert days["跟岗开始"] == date(2023, 7, 3)
    assert days["跟岗日志截止：2023-08-14 – 2023-08-20"] == date(2023, 8, 23)
    assert days["期末鉴定截止"] == date(2023, 9, 29)


def test_the_mentors_calendar_names_the_trainee_and_shows_no_entries(term, enter):
    page = text(enter(term.guide).get("/calendar/"))
    assert "Final appraisal due · 李梅" in page
    assert "Log entry due" not in page


@pytest.mark.parametrize("part", ["", "/log", "/presence", "/changes"])
def test_everybody_concerned_opens_the_record_and_nobody_else(app, term, enter, part):
    address = f"/placements/{term.id}{part}"
    for actor in (term.trainee, term.guide, term.host, term.bureau, term.county):
        assert enter(actor).get(address).status_code == 200
    with app.app_context():
        stranger = factories.make_actor("school", factories.make_school(factories.LINXIANG))
    assert enter(stranger).get(address).status_code == 404
