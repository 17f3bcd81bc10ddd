"""Into a course and out of it: whom it is for, places exact, nothing lost on the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import Base, atomic, db
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor, Role
from app.domain.audit.models import AuditEntry
from app.domain.courses.models import Course, CourseEnrolment, RequiredLearner, Requirement
from app.domain.courses.operations.completing import complete_lesson
from app.domain.courses.operations.enrolling import Enrolled, enrol_people, enrol_self
from app.domain.courses.operations.withdrawing import withdraw
from app.domain.courses.rules.words import (
    CourseStatus,
    EnrolmentSource,
    EnrolmentWay,
    LearnerStatus,
    VersionStatus,
)
from app.domain.outbox.models import Notice
from app.domain.people.models import Person, PersonDuty
from app.domain.people.rules import Audience, Duty
from app.domain.units.models import Unit
from tests import factories
from tests.concurrency import at_once
from tests.course_factories import make_course, make_learner, make_lesson, make_version
from tests.factories import LINCANG, LINXIANG, make_counselor, make_school

NOMINATED = EnrolmentSource.NOMINATED


def make_teacher(school: Unit, name: str = "李梅") -> tuple[Person, Actor]:
    """A counselor of the school with an account."""
    person = make_counselor(school, name)
    account = factories.make_account(Role.TEACHER, school)
    change(person, account_id=account.id)
    return person, factories.actor_of(account)


def change(row: Base, **values: object) -> None:
    with atomic():
        for name, value in values.items():
            setattr(row, name, value)


def come(course: Course, actor: Actor) -> Enrolled:
    with atomic():
        return enrol_self(course.id, actor=actor, now=clock.now())


def send(course: Course, people: list[Person], actor: Actor) -> Enrolled:
    ids = [person.id for person in people]
    with atomic():
        return enrol_people(
            course.id,
            ids,
            source=NOMINATED,
            actor=actor,
            now=clock.now(),
        )


def refused(course: Course, actor: Actor) -> str:
    with pytest.raises(DomainError) as refusal:
        come(course, actor)
    return refusal.value.code


def the_enrolment(course: Course) -> CourseEnrolment:
    return db.session.scalars(
        select(CourseEnrolment).where(CourseEnrolment.course_id == course.id)
    ).one()


def test_puts_somebody_into_the_current_version(session: Session) -> None:
    course, school = make_course(), make_school(LINXIANG)
    make_version(course, VersionStatus.RETIRED, 1)
    version = make_version(course, number=2)
    for required in (True, True, False):
        make_lesson(version, required=required)
    person, actor = make_teacher(school)
    outcome = come(course, actor)
    made = the_enrolment(course)
    assert outcome.created == {person.id: made.id}
    assert (made.version_id, made.required, made.done) == (version.id, 2, 0)
    assert (made.unit_id, made.unit_path) == (school.id, school.path)
    assert (made.source, made.status) == (EnrolmentSource.SELF, LearnerStatus.ENROLLED)


def test_coming_twice_is_one_enrolment(session: Session) -> None:
    course, school = make_course(capacity=1), make_school(LINXIANG)
    _person, actor = make_teacher(school)
    first, again = come(course, actor), come(course, actor)
    assert again.created == {}
    assert again.existing == first.created
    session.refresh(course)
    assert course.taken == 1


def test_refuses_self_enrolment_by_stable_codes(session: Session) -> None:
    school = make_school(LINXIANG)
    _person, actor = make_teacher(school)
    today = clock.today()
    day = timedelta(days=1)
    assert refused(make_course(way=EnrolmentWay.NOMINATION), actor) == "not_eligible"
    assert refused(make_course(opens_on=today + day), actor) == "not_open"
    assert refused(make_course(closes_on=today - day), actor) == "not_open"
    full = make_course(capacity=1)
    make_learner(full)
    change(full, taken=1)
    assert refused(full, actor) == "full"


def test_a_course_for_another_unit_is_not_even_seen(session: Session) -> None:
    school = make_school(LINXIANG)
    _person, actor = make_teacher(school)
    elsewhere = factories.get_unit("530921").id
    assert refused(make_course(eligible_unit_id=elsewhere), actor) == "not_found"
    assert refused(make_course(status=CourseStatus.DRAFT), actor) == "not_found"


def test_whoever_moved_away_is_not_eligible_any_more(session: Session) -> None:
    """The account still says the old school; the registry says where somebody serves."""
    old, new = make_school(LINXIANG), make_school("530921")
    course = make_course(eligible_unit_id=old.id)
    person = make_counselor(new)
    account = factories.make_account(Role.TEACHER, old)
    change(person, account_id=account.id)
    assert refused(course, factories.actor_of(account)) == "not_eligible"


def test_an_account_of_nobody_is_told_so(session: Session) -> None:
    assert refused(make_course(), factories.make_actor("teacher", LINCANG)) == "no_person"


def test_sends_people_in_order_while_there_are_places(session: Session) -> None:
    course, school = make_course(capacity=2), make_school(LINXIANG)
    people = [make_counselor(school, name) for name in ("甲", "乙", "丙")]
    outcome = send(course, people, factories.make_actor("school", school))
    assert list(outcome.created) == [people[0].id, people[1].id]
    assert outcome.refused == {people[2].id: "full"}
    session.refresh(course)
    assert course.taken == 2


def test_sends_before_the_first_day_and_by_nomination_only(session: Session) -> None:
    course = make_course(way=EnrolmentWay.NOMINATION, opens_on=clock.today() + timedelta(days=3))
    school = make_school(LINXIANG)
    outcome = send(course, [make_counselor(school)], factories.make_actor("school", school))
    assert len(outcome.created) == 1


def test_who_is_sent_is_told_and_who_is_in_already_is_not(session: Session) -> None:
    course, school = make_course(), make_school(LINXIANG)
    person, actor = make_teacher(school)
    other, other_actor = make_teacher(school, "张强")
    come(course, other_actor)
    outcome = send(course, [person, other], factories.make_actor("county", LINXIANG))
    assert (list(outcome.created), list(outcome.existing)) == ([person.id], [other.id])
    notices = session.execute(select(Notice.account_id, Notice.kind)).all()
    assert [tuple(row) for row in notices] == [(actor.account_id, "courses.nominated")]


def test_a_duty_makes_somebody_eligible_without_a_posting(session: Session) -> None:
    school = make_school(LINXIANG)
    person = factories.make_person(make_school("530921"), "班主任")
    factories.save(
        PersonDuty(
            person_id=person.id,
            unit_id=school.id,
            duty=Duty.HOMEROOM_TEACHER,
            valid_from=factories.SOME_DAY,
        )
    )
    course = make_course(eligible_unit_id=school.id)
    outcome = send(course, [person], factories.make_actor("school", school))
    assert list(outcome.created) == [person.id]
    assert the_enrolment(course).unit_id == school.id


def test_nobody_sends_other_units_people(session: Session) -> None:
    course = make_course()
    stranger = make_counselor(make_school("530921"))
    with pytest.raises(NotFound):
        send(course, [stranger], factories.make_actor("school", make_school(LINXIANG)))
    assert session.scalar(select(func.count(CourseEnrolment.id))) == 0


def test_a_teacher_sends_nobody(session: Session) -> None:
    school = make_school(LINXIANG)
    person, actor = make_teacher(school)
    with pytest.raises(Forbidden):
        send(make_course(), [person], actor)


def test_takes_as_many_statements_for_forty_people_as_for_four(session: Session) -> None:
    school = make_school(LINXIANG)
    officer = factories.make_actor("school", school)
    counts = []
    for number in (4, 40):
        course_id = make_course().id
        ids = [make_counselor(school, f"教师{n}").id for n in range(number)]
        seen: list[str] = []

        def note(
            _c: object, _u: object, statement: str, *_r: object, into: list[str] = seen
        ) -> None:
            into.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        with atomic():
            enrol_people(course_id, ids, source=NOMINATED, actor=officer, now=clock.now())
        event.remove(db.engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_leaving_frees_the_place_and_coming_back_goes_on(session: Session) -> None:
    course, school = make_course(capacity=1), make_school(LINXIANG)
    version = make_version(course)
    lesson, _second = make_lesson(version), make_lesson(version)
    _person, actor = make_teacher(school)
    come(course, actor)
    made = the_enrolment(course)
    with atomic():
        complete_lesson(made, lesson, actor=actor, now=clock.now())
    with atomic():
        withdraw(made.id, actor=actor, now=clock.now(), reason="工作忙")
    session.refresh(course)
    assert (course.taken, the_enrolment(course).status) == (0, LearnerStatus.WITHDRAWN)
    come(course, actor)
    back = the_enrolment(course)
    assert (back.id, back.status, back.done) == (made.id, LearnerStatus.ENROLLED, 1)
    assert (back.ended_at, back.end_reason) == (None, None)
    session.refresh(course)
    assert course.taken == 1


def test_coming_back_after_a_new_version_begins_anew(session: Session) -> None:
    course, school = make_course(), make_school(LINXIANG)
    old = make_version(course)
    _person, actor = make_teacher(school)
    come(course, actor)
    with atomic():
        withdraw(the_enrolment(course).id, actor=actor, now=clock.now())
    change(old, status=VersionStatus.RETIRED)
    new = make_version(course, number=2)
    come(course, actor)
    rows = session.execute(
        select(CourseEnrolment.version_id, CourseEnrolment.status).order_by(CourseEnrolment.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        (old.id, LearnerStatus.WITHDRAWN),
        (new.id, LearnerStatus.ENROLLED),
    ]


def test_a_place_that_a_merge_freed_is_given_again(session: Session) -> None:
    course, school = make_course(capacity=1), make_school(LINXIANG)
    _first, leaving = make_teacher(school)
    _second, coming = make_teacher(school, "张强")
    come(course, leaving)
    change(the_enrolment(course), status=LearnerStatus.WITHDRAWN)
    assert len(come(course, coming).created) == 1
    session.refresh(course)
    assert course.taken == 1
    assert refused(course, leaving) == "full"


def test_asks_why_once_something_was_begun(session: Session) -> None:
    course = make_course()
    learner = make_learner(course, started_at=clock.now())
    _account, actor = _account_of(learner)
    with pytest.raises(DomainError) as refusal, atomic():
        withdraw(learner.id, actor=actor, now=clock.now())
    assert (refusal.value.code, refusal.value.field) == ("reason_missing", "reason")


def _account_of(learner: CourseEnrolment) -> tuple[int, Actor]:
    account = factories.make_account(Role.TEACHER, learner.unit)
    change(learner.person, account_id=account.id)
    return account.id, factories.actor_of(account)


def _assign(learner: CourseEnrolment) -> None:
    requirement = factories.save(
        Requirement(
            course_id=learner.course_id,
            unit_id=factories.get_unit(LINCANG).id,
            audience=Audience.COUNSELORS,
            assigned_on=clock.today(),
            due_on=clock.today() + timedelta(days=30),
            reminders=[],
            created_at=clock.now(),
        )
    )
    factories.save(
        RequiredLearner(
            requirement_id=requirement.id,
            person_id=learner.person_id,
            enrolment_id=learner.id,
            since=clock.today(),
        )
    )


def test_nobody_leaves_what_is_assigned_but_an_officer_takes_them_out(session: Session) -> None:
    learner = make_learner(make_course())
    account_id, actor = _account_of(learner)
    _assign(learner)
    with pytest.raises(DomainError) as refusal, atomic():
        withdraw(learner.id, actor=actor, now=clock.now(), reason="没时间")
    assert refusal.value.code == "assigned"
    officer = factories.make_actor("school", learner.unit)
    with atomic():
        withdraw(learner.id, actor=officer, now=clock.now(), reason="产假")
    session.refresh(learner)
    assert (learner.status, learner.end_reason) == (LearnerStatus.WITHDRAWN, "产假")
    told = session.scalars(select(Notice.kind).where(Notice.account_id == account_id)).all()
    assert told == ["courses.withdrawn"]


@pytest.mark.parametrize("role", ["school", "trainer"])
def test_others_take_nobody_out(session: Session, role: str) -> None:
    learner = make_learner(make_course())
    actor = factories.make_actor(role, make_school("530921"))
    with pytest.raises(NotFound), atomic():
        withdraw(learner.id, actor=actor, now=clock.now(), reason="无关")


def test_what_has_ended_is_not_left_twice(session: Session) -> None:
    learner = make_learner(make_course(capacity=3), status=LearnerStatus.COMPLETED)
    _account, actor = _account_of(learner)
    with pytest.raises(DomainError) as refusal, atomic():
        withdraw(learner.id, actor=actor, now=clock.now(), reason="改报")
    assert refusal.value.code == "not_enrolled"


def test_every_enrolment_is_in_the_record(session: Session) -> None:
    course, school = make_course(), make_school(LINXIANG)
    people = [make_counselor(school, name) for name in ("甲", "乙")]
    send(course, people, factories.make_actor("school", school))
    entries = session.execute(
        select(AuditEntry.action, AuditEntry.subject_id, AuditEntry.unit_path).order_by(
            AuditEntry.subject_id
        )
    ).all()
    assert [tuple(entry) for entry in entries] == [
        ("courses.enrol", person.id, school.path) for person in people
    ]


def test_never_more_than_there_are_places_whatever_comes_at_once(app: Flask) -> None:
    with app.app_context():
        course_id = make_course(capacity=5).id
        school = make_school(LINXIANG)
        actors = [make_teacher(school, f"教师{n}")[1] for n in range(12)]
        db.session.rollback()

    def rush(actor: Actor) -> object:
        return lambda: enrol_self(course_id, actor=actor, now=clock.now())

    outcomes = at_once(app, *(rush(actor) for actor in actors))  # type: ignore[arg-type]
    assert outcomes == ["done"] * 5 + ["full"] * 7
    with app.app_context():
        assert db.session.get_one(Course, course_id).taken == 5
        assert db.session.scalar(select(func.count(CourseEnrolment.id))) == 5


def test_one_person_sent_by_two_offices_at_once_is_in_once(app: Flask) -> None:
    with app.app_context():
        course_id = make_course(capacity=5).id
        school = make_school(LINXIANG)
        person_id = make_counselor(school).id
        officers = [
            factories.make_actor("school", school),
            factories.make_actor("county", LINXIANG),
            factories.make_actor("bureau", LINCANG),
        ]
        db.session.rollback()

    def sending(actor: Actor) -> object:
        return lambda: enrol_people(
            course_id, [person_id], source=NOMINATED, actor=actor, now=clock.now()
        )

    assert at_once(app, *(sending(one) for one in officers)) == ["done"] * 3  # type: ignore[arg-type]
    with app.app_context():
        assert db.session.get_one(Course, course_id).taken == 1
        assert db.session.scalar(select(func.count(CourseEnrolment.id))) == 1
