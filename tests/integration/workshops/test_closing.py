"""Closing a workshop: who completes, what is written, what the ledger counts then, two officers at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError, NotFound
from app.domain.accounts.rules import Actor
from app.domain.outbox.models import Notice
from app.domain.people.models import Commitment, Person, TrainingRecord
from app.domain.people.operations.training_facts import TrainingFacts, TrainingOutcome
from app.domain.people.operations.trainings import add_trainings
from app.domain.people.rules import TrainingLevel
from app.domain.statistics.ledger import read_ledger
from app.domain.workshops.models import (
    Assignment,
    Criterion,
    Enrolment,
    Result,
    Submission,
    Workshop,
)
from app.domain.workshops.operations.attendance import Wish, set_states
from app.domain.workshops.operations.capacity import audit_seats
from app.domain.workshops.operations.changing import change_mark
from app.domain.workshops.operations.completing import Closing, close_workshop
from app.domain.workshops.operations.reopening import reopen_workshop
from app.domain.workshops.operations.results import publish_results
from app.domain.workshops.queries.completion import load_completion
from app.domain.workshops.rules.completion import Days
from app.domain.workshops.rules.words import (
    AttendanceState,
    CriterionKind,
    EnrolmentStatus,
    Grade,
    WorkshopKind,
)
from tests import attendance_factories as course
from tests import factories as make
from tests.concurrency import at_once
from tests.conftest import TODAY
from tests.grading_factories import Class, make_class, mark
from tests.workshop_factories import enrol_one, make_session, make_teachers, make_workshop

PRESENT, ABSENT, LEAVE = AttendanceState.PRESENT, AttendanceState.ABSENT, AttendanceState.LEAVE


@pytest.fixture
def officer(session: Session) -> Actor:
    return make.make_actor("bureau", make.CHUXIONG)


def held(people: list[Person], states: list[AttendanceState], **columns: object) -> Workshop:
    """A workshop of one past session of six hours (8 credit hours), with a state for each person."""
    workshop = course.make_running(people, **{"credit_hours": 8, **columns})
    session = course.past_session(workshop, hours=6)
    for person, state in zip(people, states, strict=True):
        course.put_state(session, course.enrolment_of(workshop, person), state)
    return workshop


def close(workshop: Workshop, officer: Actor, **more: object) -> Closing:
    with atomic():
        return close_workshop(workshop.id, actor=officer, **more)  # type: ignore[arg-type]


def statuses(workshop: Workshop) -> list[str]:
    rows = select(Enrolment).where(Enrolment.workshop_id == workshop.id).order_by(Enrolment.number)
    return [row.status.value for row in db.session.scalars(rows)]


def figures() -> tuple[object, object]:
    totals = read_ledger(make.get_unit(make.CHUXIONG).id, as_of=date(2023, 8, 17)).totals
    return totals["training_person_times"], totals["credit_hours"]


def test_completes_who_met_the_conditions_and_says_which_one_the_others_did_not(
    officer: Actor,
) -> None:
    people = make_teachers(make.make_school(), 2)
    workshop = held(people, [PRESENT, ABSENT])
    assert close(workshop, officer) == Closing(1, 1)
    assert statuses(workshop) == ["completed", "not_completed"]
    failed = course.enrolment_of(workshop, people[1])
    assert failed.unmet == [{"code": "attendance", "reached": "0.00", "needed": "80"}]
    done = course.enrolment_of(workshop, people[0])
    assert (done.credit_hours, done.unmet) == (Decimal("8.0"), [])
    assert (workshop.status.value, workshop.closed_at) == ("completed", TODAY)
    assert audit_seats(workshop).is_sound


def test_moves_the_figures_of_the_ledger_on_closing_and_back_on_reopening(officer: Actor) -> None:
    people = make_teachers(make.make_school(), 3)
    workshop = held(people, [PRESENT, PRESENT, ABSENT])
    assert figures() == (0, 0)
    close(workshop, officer)
    assert figures() == (2, 16)
    with atomic():
        reopen_workshop(workshop.id, actor=officer, reason="考勤有误")
    assert figures() == (0, 0)
    close(workshop, officer)
    assert figures() == (2, 16)


def test_writes_the_training_into_the_record_at_the_unit_one_came_from(officer: Actor) -> None:
    school = make.make_school(make.LUFENG)
    (person,) = make_teachers(school, 1)
    workshop = held([person], [PRESENT], title="团体辅导实操班", level=TrainingLevel.PREFECTURE)
    close(workshop, officer)
    made = db.session.scalars(select(TrainingRecord)).one()
    assert (made.person_id, made.unit_id, made.title) == (person.id, school.id, "团体辅导实操班")
    assert (made.level, made.hours, made.passed) == (TrainingLevel.PREFECTURE, Decimal("8.0"), True)
    assert (made.started_on, made.ended_on) == (date(2023, 8, 16), date(2023, 8, 16))
    assert made.event_key == "training:团体辅导实操班:2023-08-16"
    assert course.enrolment_of(workshop, person).training_record_id == made.id


def test_gives_at_most_eight_hours_a_day(officer: Actor) -> None:
    (person,) = make_teachers(make.make_school(), 1)
    workshop = course.make_running([person], credit_hours=20)
    session = course.past_session(workshop, hours=9)
    course.put_state(session, course.enrolment_of(workshop, person), PRESENT)
    close(workshop, officer)
    assert course.enrolment_of(workshop, person).credit_hours == 8


def test_ends_on_the_local_day_of_the_last_session(officer: Actor) -> None:
    (person,) = make_teachers(make.make_school(), 1)
    workshop = course.make_running([person], credit_hours=2)
    session = make_session(workshop, datetime(2023, 8, 15, 15, 0, tzinfo=UTC), 2)
    course.put_state(session, course.enrolment_of(workshop, person), PRESENT)
    close(workshop, officer)
    made = db.session.scalars(select(TrainingRecord)).one()
    # 23:00 to 1:00 in Shanghai, whatever day it is elsewhere.
    assert (made.started_on, made.ended_on) == (date(2023, 8, 15), date(2023, 8, 16))


def test_keeps_one_record_where_a_workbook_had_written_it_before(officer: Actor) -> None:
    (person,) = make_teachers(make.make_school(), 1)
    workshop = held([person], [PRESENT], title="班主任培训")
    unit = db.session.get_one(Person, person.id).registered_unit_id
    with atomic():
        facts = TrainingFacts(
            "班主任培训", TrainingLevel.COUNTY, date(2023, 8, 16), hours=Decimal(4)
        )
        add_trainings([person.id], facts, TrainingOutcome(), unit=None, actor=officer)
    close(workshop, officer)
    made = db.session.scalars(select(TrainingRecord)).one()
    assert (made.hours, made.level, made.unit_id) == (8, TrainingLevel.PREFECTURE, unit)


def test_counts_granted_leave_as_excused(officer: Actor) -> None:
    (person,) = make_teachers(make.make_school(), 1)
    workshop = held([person], [PRESENT])
    away = course.past_session(workshop, days=2)
    course.put_state(away, course.enrolment_of(workshop, person), LEAVE)
    close(workshop, officer)
    assert statuses(workshop) == ["completed"]


def test_counts_a_make_up_session_for_the_one_it_makes_up_for(officer: Actor) -> None:
    people = make_teachers(make.make_school(), 2)
    workshop = held(people, [ABSENT, ABSENT])
    missed = workshop.sessions[0]
    again = make_session(workshop, TODAY - timedelta(hours=5), 3)
    with atomic():
        db.session.get_one(type(again), again.id).makes_up_for_id = missed.id
    course.put_state(again, course.enrolment_of(workshop, people[0]), PRESENT)
    close(workshop, officer)
    assert statuses(workshop) == ["completed", "not_completed"]


def test_asks_for_the_published_grade(officer: Actor) -> None:
    people = make_teachers(make.make_school(), 3)
    workshop = held(people, [PRESENT] * 3, minimum_grade=60, grades_published_at=TODAY)
    for person, total, grade in ((people[0], 91, Grade.EXCELLENT), (people[1], 55, Grade.FAILED)):
        enrolment = course.enrolment_of(workshop, person)
        make.save(
            Result(enrolment_id=enrolment.id, total=Decimal(total), grade=grade, published_at=TODAY)
        )
    close(workshop, officer)
    assert statuses(workshop) == ["completed", "not_completed", "not_completed"]
    unmet = [course.enrolment_of(workshop, person).unmet for person in people]
    assert unmet[1:] == [
        [{"code": "grade", "reached": "55.00", "needed": "60"}],
        [{"code": "grade", "reached": None, "needed": "60"}],
    ]
    assert db.session.scalars(select(TrainingRecord)).one().result == "优秀"


def test_asks_for_the_assignments_of_the_guide(officer: Actor) -> None:
    people = make_teachers(make.make_school(), 2)
    workshop = held(people, [PRESENT, PRESENT])
    criterion = make.save(
        Criterion(
            workshop_id=workshop.id, position=1, title="作业", kind=CriterionKind.ASSIGNMENT,
            weight=Decimal(100), maximum=Decimal(100),
        )
    )  # fmt: skip
    work = make.save(
        Assignment(workshop_id=workshop.id, criterion_id=criterion.id, title="个案报告")
    )
    make.save(Assignment(workshop_id=workshop.id, title="自愿的读书笔记"))
    make.save(
        Submission(
            assignment_id=work.id, enrolment_id=course.enrolment_of(workshop, people[0]).id,
            file_key="a", file_name="报告.pdf", content_type="application/pdf", size=1,
            handed_in_at=TODAY,
        )
    )  # fmt: skip
    close(workshop, officer)
    assert statuses(workshop) == ["completed", "not_completed"]
    failed = course.enrolment_of(workshop, people[1])
    assert failed.unmet == [{"code": "assignments", "reached": "0", "needed": "1"}]


def test_lets_somebody_through_with_a_reason(officer: Actor) -> None:
    (person,) = make_teachers(make.make_school(), 1)
    workshop = held([person], [ABSENT])
    enrolment_id = course.enrolment_of(workshop, person).id
    close(workshop, officer, exceptions={enrolment_id: " 因公出差，已补交材料 "})
    enrolment = course.enrolment_of(workshop, person)
    assert enrolment.status is EnrolmentStatus.COMPLETED
    assert enrolment.unmet[1] == {"code": "exception", "reason": "因公出差，已补交材料"}


def test_tells_everybody_what_came_of_it(officer: Actor) -> None:
    people = make_teachers(make.make_school(), 2)
    accounts = [course.give_account(person).id for person in people]
    workshop = held(people, [PRESENT, ABSENT])
    close(workshop, officer)
    told = {
        row.account_id: (row.kind, row.parameters)
        for row in db.session.scalars(
            select(Notice).where(
                Notice.kind.in_(["workshops.completed", "workshops.not_completed"])
            )
        )
    }
    assert told[accounts[0]] == ("workshops.completed", {"title": workshop.title, "hours": "8"})
    assert told[accounts[1]][0] == "workshops.not_completed"
    assert "80" in told[accounts[1]][1]["conditions"]


def test_frees_everybody_and_ends_the_line(officer: Actor) -> None:
    people = make_teachers(make.make_school(), 3)
    workshop = make_workshop(1)
    make_session(workshop, TODAY - timedelta(days=1))
    for person in people:
        enrol_one(workshop, person)
    close(workshop, officer)
    assert statuses(workshop) == ["not_completed", "cancelled", "cancelled"]
    assert db.session.scalars(select(Commitment)).all() == []


def test_closes_what_was_held_elsewhere_without_sessions(officer: Actor) -> None:
    (person,) = make_teachers(make.make_school(), 1)
    workshop = course.make_running([person], kind=WorkshopKind.EXTERNAL, credit_hours=40)
    with pytest.raises(DomainError) as refused:
        close(workshop, officer)
    assert (refused.value.code, refused.value.field) == ("day_missing", "ended_on")
    close(workshop, officer, days=Days(date(2023, 7, 10), date(2023, 7, 13)))
    made = db.session.scalars(select(TrainingRecord)).one()
    assert (made.ended_on, made.hours) == (date(2023, 7, 13), 32)


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"status": "draft"}, "not_published"),
        ({"status": "cancelled"}, "workshop_over"),
        ({"minimum_grade": 60}, "grades_not_published"),
    ],
)
def test_refuses_to_close(officer: Actor, columns: dict[str, object], code: str) -> None:
    workshop = make_workshop(1, **columns)
    make_session(workshop, TODAY - timedelta(days=1))
    with pytest.raises(DomainError) as refused:
        close(workshop, officer)
    assert refused.value.code == code


def test_refuses_to_close_before_the_last_session_is_over(officer: Actor) -> None:
    workshop = make_workshop(1)
    make_session(workshop, TODAY - timedelta(hours=1))
    with pytest.raises(DomainError) as refused:
        close(workshop, officer)
    assert refused.value.code == "not_over"


def test_refuses_when_something_changed_since_it_was_looked_at(officer: Actor) -> None:
    (person,) = make_teachers(make.make_school(), 1)
    workshop = held([person], [ABSENT])
    seen = load_completion(workshop).fingerprint
    enrolment_id = course.enrolment_of(workshop, person).id
    with atomic():
        set_states(workshop.sessions[0].id, {enrolment_id: Wish(PRESENT, 1)}, actor=officer)
    with pytest.raises(DomainError) as refused:
        close(workshop, officer, seen=seen)
    assert refused.value.code == "stale_version"


def test_hides_the_workshops_of_others(session: Session) -> None:
    workshop = held(make_teachers(make.make_school(), 1), [PRESENT])
    with pytest.raises(NotFound):
        close(workshop, make.make_actor("bureau", make.LINCANG))


def test_refuses_to_reopen_without_a_reason_or_what_is_not_closed(officer: Actor) -> None:
    workshop = held(make_teachers(make.make_school(), 1), [PRESENT])
    for reason, code in (("", "reason_missing"), ("误操作", "not_closed")):
        with pytest.raises(DomainError) as refused, atomic():
            reopen_workshop(workshop.id, actor=officer, reason=reason)
        assert refused.value.code == code


def test_reopened_everybody_is_on_their_seat_again(officer: Actor) -> None:
    people = make_teachers(make.make_school(), 2)
    workshop = held(people, [PRESENT, ABSENT])
    close(workshop, officer)
    with atomic():
        reopen_workshop(workshop.id, actor=officer, reason="考勤有误")
    assert statuses(workshop) == ["confirmed", "confirmed"]
    assert workshop.status.value == "running"
    assert db.session.scalars(select(TrainingRecord.withdrawn_reason)).all() == ["考勤有误"]
    assert audit_seats(workshop).is_sound


def test_two_officers_close_at_once_and_it_is_closed_once(app: Flask) -> None:
    with app.app_context():
        officer = make.make_actor("bureau", make.CHUXIONG)
        people = make_teachers(make.make_school(), 4)
        accounts = [course.give_account(person).id for person in people]
        workshop = held(people, [PRESENT, PRESENT, PRESENT, ABSENT])
        workshop_id = workshop.id
    outcomes: list[Closing] = []

    def act() -> None:
        outcomes.append(close_workshop(workshop_id, actor=officer))

    assert at_once(app, act, act) == ["done", "done"]
    assert sorted(outcome.again for outcome in outcomes) == [False, True]
    assert {(one.completed, one.not_completed) for one in outcomes} == {(3, 1)}
    with app.app_context():
        assert len(db.session.scalars(select(TrainingRecord)).all()) == 3
        told = db.session.scalars(select(Notice).where(Notice.kind == "workshops.completed")).all()
        assert sorted(one.account_id for one in told) == sorted(accounts[:3])
        assert figures() == (3, 24)


def _graded(officer: Actor, text: str) -> Class:
    """One person with these points of 100, published; closed, completing from 60."""
    given = make_class(
        1, ((("理论", CriterionKind.THEORY), 100, 100),), minimum_grade=60, minimum_attendance=0,
        kind=WorkshopKind.EXTERNAL, credit_hours=8,
    )  # fmt: skip
    mark(given, 0, text)
    with atomic():
        publish_results(given.workshop_id, actor=officer)
    return given


def _change(given: Class, text: str, officer: Actor) -> Enrolment:
    with atomic():
        change_mark(
            given.enrolments[0], given.criteria[0], text,
            reason="复核", actor=officer, workshop_id=given.workshop_id,
        )  # fmt: skip
    return db.session.get_one(Enrolment, given.enrolments[0])


@pytest.fixture
def two_days() -> Days:
    return Days(date(2023, 8, 14), date(2023, 8, 15))


def test_a_mark_raised_after_closing_stands_in_the_record(officer: Actor, two_days: Days) -> None:
    given = _graded(officer, "85")
    with atomic():
        close_workshop(given.workshop_id, actor=officer, days=two_days)
    _change(given, "95", officer)
    assert [made.result for made in db.session.scalars(select(TrainingRecord))] == ["优秀"]


def test_who_passes_by_a_mark_changed_after_closing_completes_and_is_told(officer: Actor) -> None:
    given = _graded(officer, "50")
    starts_at = TODAY - timedelta(days=1)
    workshop = db.session.get_one(Workshop, given.workshop_id)
    make_session(workshop, starts_at, hours=6)
    with atomic():
        assert close_workshop(given.workshop_id, actor=officer) == Closing(0, 1)
    enrolment = _change(given, "60", officer)
    assert (enrolment.status.value, enrolment.credit_hours) == ("completed", Decimal("8.0"))
    assert enrolment.unmet == []
    assert figures() == (1, 8)


def test_who_fails_by_a_mark_changed_after_closing_counts_no_more(
    officer: Actor, two_days: Days
) -> None:
    given = _graded(officer, "85")
    with atomic():
        close_workshop(given.workshop_id, actor=officer, days=two_days)
    assert figures() == (1, 8)
    enrolment = _change(given, "50", officer)
    assert (enrolment.status.value, enrolment.credit_hours) == ("not_completed", None)
    assert enrolment.unmet == [{"code": "grade", "reached": "50.00", "needed": "60"}]
    assert figures() == (0, 0)


def test_an_exception_made_at_closing_stays_after_a_change_of_marks(
    officer: Actor, two_days: Days
) -> None:
    given = _graded(officer, "50")
    with atomic():
        close_workshop(
            given.workshop_id, actor=officer, days=two_days,
            exceptions={given.enrolments[0]: "因公出差"},
        )  # fmt: skip
    enrolment = _change(given, "55", officer)
    assert enrolment.status.value == "completed"
    assert figures() == (1, 8)
