"""What teachers and offices read and do, on both databases: who fits, the queue, hours, feedback, calendars, mails."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor, Role, system_actor
from app.domain.outbox.choices import choose_mails, group_of, list_choices, wants_mail
from app.domain.outbox.wording import known_kinds
from app.domain.people.models import Person
from app.domain.people.rules import TrainingKind, TrainingLevel
from app.domain.statistics.hours import count_hours, read_hours
from app.domain.units.models import SchoolStage, Unit
from app.domain.workshops.models import (
    Enrolment,
    FeedbackAnswer,
    FeedbackReceipt,
    Workshop,
    WorkshopSession,
)
from app.domain.workshops.operations.calendars import find_feed_account, make_feed, revoke_feed
from app.domain.workshops.operations.deciding import decide
from app.domain.workshops.operations.feedback import give_feedback, set_questions
from app.domain.workshops.operations.nominating import nominate
from app.domain.workshops.queries.approvals import QueueFilter, list_to_decide, to_decide
from app.domain.workshops.queries.calendar import EventState, list_account_events
from app.domain.workshops.queries.candidates import read_application
from app.domain.workshops.queries.eligibility import Eligibility
from app.domain.workshops.queries.feedback import read_returned
from app.domain.workshops.queries.nominees import list_nominees
from app.domain.workshops.queries.openings import list_openings
from app.domain.workshops.queries.own import (
    feedback_due,
    list_places,
    list_sessions_between,
    waiting_own,
)
from app.domain.workshops.rules.enrolling import why_not_eligible
from app.domain.workshops.rules.words import Approval, WorkshopStatus
from tests.factories import (
    CHUXIONG,
    CHUXIONG_CITY,
    LUFENG,
    actor_of,
    make_account,
    make_actor,
    make_counselor,
    make_school,
    make_training,
)
from tests.workshop_factories import enrol_one, make_session, make_teachers, make_workshop

pytestmark = pytest.mark.usefixtures("session")
ANSWERS = {"content": "5", "trainers": "4", "organisation": "3"}


def teacher_at(school: Unit, name: str = "罗晓燕") -> Person:
    """A counselor whose account is a teacher's of the school."""
    person_id, unit_id = make_counselor(school, name).id, school.id
    account = make_account("teacher", db.session.get_one(Unit, unit_id))
    with atomic():
        db.session.get_one(Person, person_id).account_id = account.id
    return db.session.get_one(Person, person_id)


def acting_as(person: Person) -> Actor:
    """The actor that a person's own account is."""
    assert person.account_id is not None
    return actor_of(db.session.get_one(Account, person.account_id))


def test_asking_for_many_gives_what_asking_for_one_gives() -> None:
    primary = make_school(CHUXIONG_CITY, stage=SchoolStage.PRIMARY)
    senior = make_school(LUFENG, stage=SchoolStage.SENIOR)
    people = [make_counselor(primary, "甲").id, make_counselor(senior, "乙").id]
    person = db.session.get_one(Person, people[0])
    make_training(person, primary, title="同一培训", ended_on=date(2023, 1, 5))
    workshops = [
        make_workshop(5).id,
        make_workshop(5, eligible_stages=[SchoolStage.SENIOR.value]).id,
        make_workshop(5, required_level=TrainingLevel.COUNTY).id,
        make_workshop(5, title="同一培训", not_trained_since=date(2022, 1, 1)).id,
    ]
    found = [db.session.get_one(Workshop, workshop_id) for workshop_id in workshops]
    known = Eligibility(found, people)
    for workshop in found:
        for person_id in people:
            one = read_application(workshop, person_id)
            expected = tuple(why_not_eligible(one.candidate, one.conditions))
            assert known.why_not(workshop.id, person_id).reasons == expected
    assert known.why_not(workshops[3], people[0]).reasons == ("trained",)
    assert known.why_not(workshops[2], people[1]).reasons == ("level",)


def test_a_seat_elsewhere_at_the_time_is_a_clash_but_ones_own_seat_is_not() -> None:
    person = make_counselor(make_school())
    first = make_workshop(5, title="先报的班")
    make_session(first, clock.now() + timedelta(days=3))
    enrol_one(first, person)
    second = make_workshop(5)
    make_session(second, clock.now() + timedelta(days=3))
    known = Eligibility([first, second], [person.id])
    assert known.why_not(first.id, person.id).fits
    clashing = known.why_not(second.id, person.id).clashing
    assert [period.title for period in clashing] == ["先报的班"]


def test_openings_count_only_seats_the_unit_may_take() -> None:
    person = teacher_at(make_school(CHUXIONG_CITY))
    actor = make_actor(Role.TEACHER, db.session.get_one(Unit, person.registered_unit_id))
    workshop = make_workshop(10, {CHUXIONG_CITY: 2, LUFENG: 5})
    page = list_openings(person.id, actor=actor, now=clock.now())
    opening = page.items[0]
    assert (page.total, opening.workshop.id, opening.seats_left) == (1, workshop.id, 5)
    assert opening.may_enrol
    enrol_one(workshop, person)
    opening = list_openings(person.id, actor=actor, now=clock.now()).items[0]
    assert (opening.seats_left, opening.may_enrol) == (4, False)


def test_places_tell_the_position_and_the_decisions() -> None:
    school = make_school(CHUXIONG_CITY)
    workshop_id = make_workshop(1, approval=Approval.SCHOOL).id
    first, second = make_teachers(school, 1)[0], teacher_at(school)
    ids = [
        enrol_one(db.session.get_one(Workshop, workshop_id), person).enrolment.id
        for person in (first, second)
    ]
    actor = make_actor(Role.SCHOOL, db.session.get_one(Unit, school.id))
    with atomic():
        decide(ids[1], approve=True, actor=actor, step="school")
    place = list_places(second.id).items[0]
    assert (place.enrolment.status.value, place.position) == ("waitlisted", 1)
    assert [(one.step, one.approved) for one in place.decisions] == [("school", True)]
    assert db.session.scalar(waiting_own(acting_as(second))) == 1


def test_the_queue_of_each_office_holds_its_own_step() -> None:
    school = make_school(CHUXIONG_CITY)
    municipal = make_school(CHUXIONG, "州直中学")
    workshop_id = make_workshop(5, approval=Approval.COUNTY).id
    for unit_id, by in ((school.id, None), (school.id, "school"), (municipal.id, "school")):
        person = make_counselor(db.session.get_one(Unit, unit_id))
        enrol_one(db.session.get_one(Workshop, workshop_id), person, nominated_by=by)
    offices = {
        "school": make_actor(Role.SCHOOL, db.session.get_one(Unit, school.id)),
        "county": make_actor(Role.COUNTY, CHUXIONG_CITY),
        "other county": make_actor(Role.COUNTY, LUFENG),
        "bureau": make_actor(Role.BUREAU, CHUXIONG),
    }
    assert {name: db.session.scalar(to_decide(actor)) for name, actor in offices.items()} == {
        "school": 1,
        "county": 1,
        "other county": 0,
        "bureau": 1,
    }
    rows = list_to_decide(offices["bureau"], QueueFilter()).items
    assert [row.unit_name for row in rows] == ["州直中学"]
    assert list_to_decide(offices["bureau"], QueueFilter(everything=True)).total == 3


def test_who_may_not_nominate_is_refused() -> None:
    person = teacher_at(make_school())
    workshop_id = make_workshop().id
    actor = make_actor(Role.TEACHER, db.session.get_one(Unit, person.registered_unit_id))
    with pytest.raises(Forbidden), atomic():
        nominate(workshop_id, person.id, actor=actor)


def test_a_person_of_another_unit_cannot_be_nominated() -> None:
    workshop_id = make_workshop().id
    stranger = make_counselor(make_school(LUFENG))
    actor = make_actor(Role.COUNTY, CHUXIONG_CITY)
    with pytest.raises(NotFound), atomic():
        nominate(workshop_id, stranger.id, actor=actor)


def test_lists_nominees_of_the_subtree_with_their_enrolment() -> None:
    school = make_school(CHUXIONG_CITY)
    inside = make_counselor(school, "安老师")
    make_counselor(make_school(LUFENG), "外校老师")
    workshop = make_workshop()
    enrol_one(workshop, inside)
    page = list_nominees(db.session.get_one(Workshop, workshop.id), school.path)
    assert [(one.facts.name, one.enrolment is not None) for one in page.items] == [("安老师", True)]


def test_hours_count_as_the_ledger_counts_them() -> None:
    school = make_school(CHUXIONG_CITY)
    person = make_counselor(school)
    short = make_training(person, school, title="面授", ended_on=date(2023, 6, 2), hours=40)
    with atomic():
        db.session.merge(short).started_on = date(2023, 6, 1)
    make_training(
        person, school, title="网络", ended_on=date(2023, 7, 1), hours=30, kind=TrainingKind.ONLINE
    )
    make_training(person, school, title="去年", ended_on=date(2022, 7, 1), hours=10)
    make_training(person, school, title="未合格", ended_on=date(2023, 7, 1), passed=False)
    make_training(person, school, title="明年", ended_on=date(2024, 1, 1), hours=99)
    found = read_hours(person.id, school.path, date(2023, 8, 17))
    assert (found.year.hours, found.year.asked) == (46, 90)
    assert found.cycle is not None
    assert (found.cycle.first_year, found.cycle.last_year) == (2021, 2025)
    assert (found.cycle.hours, found.cycle.asked, found.cycle.missing) == (56, 360, 304)
    assert [training.title for training in found.trainings] == ["网络", "面授", "去年"]
    until = date(2023, 8, 17)
    assert count_hours([person.id], date(2023, 1, 1), until) == {person.id: 46}


@pytest.fixture
def ended() -> tuple[int, list[int]]:
    """A workshop whose last session is over, and the ids of its six people."""
    school = make_school(CHUXIONG_CITY)
    workshop_id = make_workshop(10).id
    people = [person.id for person in make_teachers(school, 6)]
    make_session(db.session.get_one(Workshop, workshop_id), clock.now() - timedelta(days=1))
    for person_id in people:
        workshop = db.session.get_one(Workshop, workshop_id)
        enrol_one(workshop, db.session.get_one(Person, person_id))
    with atomic():
        db.session.get_one(Workshop, workshop_id).status = WorkshopStatus.RUNNING
    return workshop_id, people


def test_answers_are_read_from_five_on(ended: tuple[int, list[int]]) -> None:
    workshop_id, people = ended
    for person_id in people[:4]:
        with atomic():
            give_feedback(workshop_id, person_id, ANSWERS)
    few = read_returned(workshop_id)
    assert (few.participants, few.given, list(few.answers)) == (6, 4, [])
    with atomic():
        give_feedback(workshop_id, people[4], ANSWERS)
    assert len(read_returned(workshop_id).answers) == 5
    due = db.session.scalars(feedback_due()).all()
    assert [db.session.get_one(Enrolment, one).person_id for one in due] == people[5:]


def test_two_questionnaires_at_once_leave_one(app: Flask, ended: tuple[int, list[int]]) -> None:
    workshop_id, people = ended
    db.session.rollback()
    barrier, refused = threading.Barrier(4), []
    now = clock.now()

    def send() -> None:
        with app.app_context(), clock.frozen(now):
            barrier.wait()
            try:
                with atomic():
                    give_feedback(workshop_id, people[0], ANSWERS)
            except (DomainError, IntegrityError) as error:
                refused.append(getattr(error, "code", type(error).__name__))

    threads = [threading.Thread(target=send) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["already_given"] * 3
    assert db.session.query(FeedbackReceipt).count() == 1
    assert db.session.query(FeedbackAnswer).count() == 1


@pytest.mark.parametrize(
    ("questions", "code"),
    [
        ([(f"问题{number}", True) for number in range(6)], "too_many_questions"),
        ([("长" * 201, True)], "question_too_long"),
    ],
)
def test_refuses_too_much_of_ones_own(questions: list[tuple[str, bool]], code: str) -> None:
    workshop_id = make_workshop().id
    with pytest.raises(InvalidInput) as refusal, atomic():
        set_questions(workshop_id, questions, actor=system_actor("test"))
    assert refusal.value.code == code


def test_a_calendar_holds_what_one_takes_part_in_and_trains_in() -> None:
    person = teacher_at(make_school())
    account_id = person.account_id
    assert account_id is not None
    workshop = make_workshop(approval=Approval.SCHOOL)
    session_id = make_session(workshop, clock.now() + timedelta(days=1)).id
    enrol_one(workshop, person)
    events = list_account_events(account_id)
    assert [(event.session_id, event.state) for event in events] == [
        (session_id, EventState.TENTATIVE)
    ]
    before = events[0].sequence
    with atomic():
        db.session.get_one(WorkshopSession, session_id).place = "新地点"
    assert list_account_events(account_id)[0].sequence == before + 1


def test_a_renewed_or_revoked_address_opens_nothing() -> None:
    account_id = make_account("teacher", make_school()).id
    actor = system_actor("test")
    with atomic():
        old = make_feed(account_id, actor=actor)
    with atomic():
        new = make_feed(account_id, actor=actor)
    found = find_feed_account(new)
    assert found is not None
    assert found.id == account_id
    assert find_feed_account(old) is None
    with atomic():
        revoke_feed(account_id, actor=actor)
    assert find_feed_account(new) is None
    with pytest.raises(NotFound), atomic():
        revoke_feed(account_id, actor=actor)


def test_sessions_of_today_are_those_with_a_seat() -> None:
    school = make_school()
    seated, waiting = teacher_at(school, "甲"), teacher_at(school, "乙")
    workshop_id = make_workshop(1).id
    make_session(db.session.get_one(Workshop, workshop_id), clock.now() + timedelta(hours=1))
    for person in (seated, waiting):
        enrol_one(db.session.get_one(Workshop, workshop_id), person)
    now, later = clock.now(), clock.now() + timedelta(days=1)
    assert len(list_sessions_between(acting_as(seated), now, later)) == 1
    assert list_sessions_between(acting_as(waiting), now, later) == []


def test_mails_are_chosen_by_group() -> None:
    account_id = make_account("teacher", make_school()).id
    assert all(list_choices(account_id).values())
    with atomic():
        assert choose_mails(account_id, {"results": False, "schedule": True}) == ["results"]
    assert not wants_mail(account_id, "workshops.result_published")
    assert wants_mail(account_id, "workshops.reminder")
    with pytest.raises(InvalidInput), atomic():
        choose_mails(account_id, {"everything": False})


def test_every_kind_of_notice_of_an_area_belongs_to_a_group() -> None:
    assert [kind for kind in known_kinds() if "." in kind and group_of(kind) is None] == []
    assert group_of("password_reset") is None
