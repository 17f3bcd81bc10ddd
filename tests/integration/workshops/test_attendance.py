"""Attendance: the code, the register by hand, leave; each refusal by its code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, NotFound
from app.domain.accounts.rules import Actor
from app.domain.outbox.models import Notice
from app.domain.people.models import Person
from app.domain.workshops.models import Attendance, LeaveRequest, Workshop, WorkshopSession
from app.domain.workshops.models.planning import WorkshopTrainer
from app.domain.workshops.operations import leave
from app.domain.workshops.operations.attendance import Saved, Wish, all_present, set_states
from app.domain.workshops.operations.checking_in import (
    CheckedIn,
    check_in,
    make_code,
    read_code,
)
from app.domain.workshops.queries.attendance import count_attending, load_register
from app.domain.workshops.rules.attendance import Position
from app.domain.workshops.rules.words import Approval, AttendanceState, RequestState
from tests import attendance_factories as course
from tests import factories as make
from tests.concurrency import at_once
from tests.conftest import TODAY
from tests.workshop_factories import enrol_one, make_session, make_teachers, make_workshop

PRESENT, LATE = AttendanceState.PRESENT, AttendanceState.LATE
ABSENT, LEAVE = AttendanceState.ABSENT, AttendanceState.LEAVE
CLASSROOM = (25.033, 101.546)  # Chuxiong


@dataclass
class Class:
    """A running workshop with two people on its seats and one session that has just begun."""

    workshop: Workshop
    session: WorkshopSession
    people: list[Person]

    def enrolment_id(self, number: int) -> int:
        return course.enrolment_of(self.workshop, self.people[number]).id


@pytest.fixture
def lesson(session: Session) -> Class:
    people = make_teachers(make.make_school(), 2)
    workshop = course.make_running(people)
    return Class(workshop, course.now_session(workshop), people)


@pytest.fixture
def officer(session: Session) -> Actor:
    return make.make_actor("bureau", make.CHUXIONG)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as error, atomic():
        act()
    return error.value.code


def scan(lesson: Class, number: int = 0, **more: Any) -> CheckedIn:
    with atomic():
        return check_in(lesson.session.id, lesson.people[number].id, actor=course.SYSTEM, **more)


def states(session: WorkshopSession) -> list[str]:
    rows = select(Attendance).where(Attendance.session_id == session.id)
    return [row.state.value for row in db.session.scalars(rows.order_by(Attendance.enrolment_id))]


def mark(lesson: Class, wishes: dict[int, Wish], actor: Actor, **more: Any) -> Saved:
    with atomic():
        return set_states(lesson.session.id, wishes, actor=actor, **more)


# --- the code -------------------------------------------------------------------------------------


def test_a_code_is_good_for_one_minute(lesson: Class) -> None:
    code = make_code(lesson.session.id, TODAY)
    assert read_code(code, scanned_at=TODAY + timedelta(seconds=59)) == lesson.session.id
    for late in (timedelta(seconds=60), timedelta(days=7)):
        assert refused(lambda late=late: read_code(code, scanned_at=TODAY + late)) == "code_expired"


def test_refuses_a_forged_code(lesson: Class) -> None:
    session_id, window, seal = make_code(lesson.session.id, TODAY).split("-")
    forged = [
        f"{int(session_id) + 1}-{window}-{seal}",
        f"{session_id}-{int(window) + 1}-{seal}",
        f"{session_id}-{window}-{'0' * 20}",
        "12345",
        "一-二-三",
    ]
    codes = [refused(lambda text=text: read_code(text, scanned_at=TODAY)) for text in forged]
    assert codes == ["bad_code"] * 5


# --- checking in ----------------------------------------------------------------------------------


def test_checks_in_once_however_often_one_scans(lesson: Class) -> None:
    first, second = scan(lesson), scan(lesson)
    assert (first.state, first.again, second.again) == (PRESENT, False, True)
    assert states(lesson.session) == ["present"]
    assert count_attending(lesson.session.id) == (1, 2)


def test_is_late_a_quarter_of_an_hour_after_the_beginning(lesson: Class) -> None:
    with clock.frozen(TODAY + timedelta(minutes=14)):
        assert scan(lesson, 0).state is PRESENT
    with clock.frozen(TODAY + timedelta(minutes=15)):
        assert scan(lesson, 1).state is LATE


@pytest.mark.parametrize(
    ("moment", "code"),
    [(timedelta(minutes=-32), "too_early"), (timedelta(hours=2, minutes=59), "session_over")],
)
def test_refuses_a_scan_outside_the_session(lesson: Class, moment: timedelta, code: str) -> None:
    with clock.frozen(TODAY + moment):
        assert refused(lambda: scan(lesson)) == code


def test_opens_half_an_hour_before(lesson: Class) -> None:
    with clock.frozen(TODAY - timedelta(minutes=31)):
        assert scan(lesson).state is PRESENT


def test_refuses_who_is_not_enrolled(lesson: Class) -> None:
    (stranger,) = make_teachers(make.make_school(), 1)
    act = lambda: check_in(lesson.session.id, stranger.id, actor=course.SYSTEM)  # noqa: E731
    assert refused(act) == "not_enrolled"
    assert refused(lambda: check_in(lesson.session.id, None, actor=course.SYSTEM)) == "not_enrolled"


def test_refuses_who_waits_for_approval_or_in_line(session: Session) -> None:
    people = make_teachers(make.make_school(), 2)
    workshop = make_workshop(1, approval=Approval.SCHOOL)
    for person in people:
        enrol_one(workshop, person)
    lesson = Class(workshop, course.now_session(workshop), people)
    assert refused(lambda: scan(lesson, 0)) == "not_seated"
    assert refused(lambda: scan(lesson, 1)) == "not_seated"


def test_refuses_a_cancelled_session(lesson: Class) -> None:
    with atomic():
        db.session.get_one(WorkshopSession, lesson.session.id).cancelled_at = TODAY
    assert refused(lambda: scan(lesson)) == "session_cancelled"


def test_asks_for_the_place_only_when_switched_on(lesson: Class) -> None:
    with atomic():
        row = db.session.get_one(WorkshopSession, lesson.session.id)
        row.latitude, row.longitude = CLASSROOM
    assert scan(lesson, 0).state is PRESENT
    with atomic():
        db.session.get_one(Workshop, lesson.workshop.id).place_check = True
    assert refused(lambda: scan(lesson, 1)) == "position_missing"
    home = Position(25.145, 102.076)  # Lufeng, 55 km away: a code that somebody forwarded
    assert refused(lambda: scan(lesson, 1, position=home)) == "too_far"
    assert scan(lesson, 1, position=Position(25.036, 101.549, 40)).state is PRESENT


def test_who_was_noted_absent_and_comes_is_late(lesson: Class, officer: Actor) -> None:
    mark(lesson, {lesson.enrolment_id(0): Wish(ABSENT, 0)}, officer)
    with clock.frozen(TODAY + timedelta(hours=1)):
        assert scan(lesson).state is LATE


def test_a_double_tap_at_the_same_moment_is_one(app: Flask) -> None:
    with app.app_context():
        people = make_teachers(make.make_school(), 1)
        workshop = course.make_running(people)
        lesson = Class(workshop, course.now_session(workshop), people)
        session_id, person_id = lesson.session.id, people[0].id

    def act() -> None:
        check_in(session_id, person_id, actor=course.SYSTEM)

    assert at_once(app, act, act, act) == ["done", "done", "done"]
    with app.app_context():
        assert len(db.session.scalars(select(Attendance)).all()) == 1


# --- by hand --------------------------------------------------------------------------------------


def test_never_overwrites_what_somebody_recorded_meanwhile(lesson: Class, officer: Actor) -> None:
    one, other = lesson.enrolment_id(0), lesson.enrolment_id(1)
    scan(lesson, 0)
    saved = mark(lesson, {one: Wish(ABSENT, 0), other: Wish(ABSENT, 0)}, officer)
    assert (saved.conflicts, saved.changed) == ([one], [other])
    assert states(lesson.session) == ["present", "absent"]
    assert mark(lesson, {one: Wish(ABSENT, 1)}, officer).changed == [one]


def test_all_or_nothing_records_nothing_when_one_line_conflicts(
    lesson: Class, officer: Actor
) -> None:
    scan(lesson, 0)
    wishes = {lesson.enrolment_id(0): Wish(ABSENT, 0), lesson.enrolment_id(1): Wish(ABSENT, 0)}
    act = lambda: mark(lesson, wishes, officer, all_or_nothing=True)  # noqa: E731
    assert refused(act) == "stale_version"
    assert states(lesson.session) == ["present"]


def test_takes_a_record_back(lesson: Class, officer: Actor) -> None:
    scan(lesson, 0)
    mark(lesson, {lesson.enrolment_id(0): Wish(None, 1)}, officer)
    assert states(lesson.session) == []


def test_all_present_leaves_what_is_recorded(lesson: Class, officer: Actor) -> None:
    mark(lesson, {lesson.enrolment_id(0): Wish(LEAVE, 0)}, officer)
    with atomic():
        assert all_present(lesson.session.id, actor=officer) == 1
    assert states(lesson.session) == ["leave", "present"]


def test_refuses_to_record_who_came_before_the_session(lesson: Class, officer: Actor) -> None:
    with clock.frozen(TODAY - timedelta(hours=2)):
        wishes = {lesson.enrolment_id(0): Wish(PRESENT, 0)}
        assert refused(lambda: mark(lesson, wishes, officer)) == "too_early"
        mark(lesson, {lesson.enrolment_id(0): Wish(LEAVE, 0)}, officer)
    assert states(lesson.session) == ["leave"]


def test_refuses_somebody_of_another_workshop(lesson: Class, officer: Actor) -> None:
    people = make_teachers(make.make_school(), 1)
    stranger = course.enrolment_of(course.make_running(people), people[0]).id
    with pytest.raises(NotFound):
        mark(lesson, {stranger: Wish(PRESENT, 0)}, officer)


def test_hides_the_register_from_others(lesson: Class) -> None:
    trainer = make.make_actor("trainer", make.CHUXIONG)
    for actor in (make.make_actor("county", make.LUFENG), trainer):
        with pytest.raises(NotFound):
            mark(lesson, {lesson.enrolment_id(0): Wish(PRESENT, 0)}, actor)
    make.save(WorkshopTrainer(workshop_id=lesson.workshop.id, account_id=trainer.account_id))
    assert mark(lesson, {lesson.enrolment_id(0): Wish(PRESENT, 0)}, trainer).changed


# --- leave ----------------------------------------------------------------------------------------


def ask(lesson: Class, actor: Actor, reason: str = "孩子住院") -> LeaveRequest:
    with atomic():
        return leave.ask_leave(lesson.enrolment_id(0), lesson.session.id, reason, actor=actor)


def decide(asked: LeaveRequest, lesson: Class, actor: Actor, *, grant: bool, answer: str) -> None:
    with atomic():
        leave.decide_leave(
            asked.id, workshop_id=lesson.workshop.id, grant=grant, answer=answer, actor=actor
        )


def test_leave_is_asked_granted_and_told(lesson: Class, officer: Actor) -> None:
    account_id = course.give_account(lesson.people[0]).id
    trainer = make.make_account("trainer", make.CHUXIONG)
    make.save(WorkshopTrainer(workshop_id=lesson.workshop.id, account_id=trainer.id))
    asked = ask(lesson, officer)
    decide(asked, lesson, officer, grant=True, answer="")
    assert states(lesson.session) == ["leave"]
    told = db.session.scalars(select(Notice).where(Notice.kind.like("workshops.leave%")))
    assert [(one.account_id, one.kind) for one in told] == [
        (trainer.id, "workshops.leave_asked"),
        (account_id, "workshops.leave_granted"),
    ]


def test_leave_granted_in_advance_does_not_make_the_others_absent(
    lesson: Class, officer: Actor
) -> None:
    decide(ask(lesson, officer), lesson, officer, grant=True, answer="")
    register = load_register(lesson.workshop.id)
    assert register.kept == ()
    assert register.share(lesson.enrolment_id(1)) is None


def test_leave_refused_needs_a_reason_and_records_nothing(lesson: Class, officer: Actor) -> None:
    asked = ask(lesson, officer)
    act = lambda: decide(asked, lesson, officer, grant=False, answer=" ")  # noqa: E731
    assert refused(act) == "reason_missing"
    decide(asked, lesson, officer, grant=False, answer="当天有考核")
    assert states(lesson.session) == []
    assert db.session.get_one(LeaveRequest, asked.id).state is RequestState.REFUSED


def test_refuses_a_second_answer_and_a_second_request(lesson: Class, officer: Actor) -> None:
    asked = ask(lesson, officer)
    assert refused(lambda: ask(lesson, officer)) == "already_asked"
    decide(asked, lesson, officer, grant=True, answer="")
    assert refused(lambda: decide(asked, lesson, officer, grant=True, answer="")) == "not_open"
    assert refused(lambda: ask(lesson, officer)) == "already_recorded"


def test_refuses_leave_without_a_reason_or_after_the_session(lesson: Class, officer: Actor) -> None:
    assert refused(lambda: ask(lesson, officer, "  ")) == "reason_missing"
    with clock.frozen(TODAY + timedelta(hours=3)):
        assert refused(lambda: ask(lesson, officer)) == "session_over"


def test_a_request_is_withdrawn_only_by_who_made_it(lesson: Class, officer: Actor) -> None:
    asked = ask(lesson, officer)
    other = lesson.enrolment_id(1)
    with pytest.raises(NotFound), atomic():
        leave.withdraw_leave(asked.id, enrolment_id=other, actor=officer)
    with atomic():
        leave.withdraw_leave(asked.id, enrolment_id=lesson.enrolment_id(0), actor=officer)
    assert db.session.get_one(LeaveRequest, asked.id).state is RequestState.WITHDRAWN
    ask(lesson, officer)


def test_a_session_of_another_workshop_cannot_be_asked_leave_from(
    lesson: Class, officer: Actor
) -> None:
    other = make_session(make_workshop(1), TODAY + timedelta(days=1))
    with pytest.raises(NotFound), atomic():
        leave.ask_leave(lesson.enrolment_id(0), other.id, "有事", actor=officer)
