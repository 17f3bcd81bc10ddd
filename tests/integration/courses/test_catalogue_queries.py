"""Lists of courses, learners and nominees on both databases: whom they show, in which order, and the stamp of a page."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import Actor, Role
from app.domain.courses.models import Course, CourseEnrolment, RequiredLearner, Requirement
from app.domain.courses.operations.trainers import assign_trainer
from app.domain.courses.queries.candidates import read_candidates
from app.domain.courses.queries.courses import CourseFilter, list_courses
from app.domain.courses.queries.learners import (
    LearnerFilter,
    count_learners,
    list_learners,
    list_nominees,
)
from app.domain.courses.queries.own import list_current, list_finished, list_open
from app.domain.courses.queries.plans import read_plan
from app.domain.courses.queries.stamps import find_page_stamp
from app.domain.courses.rules.words import (
    CourseStatus,
    EnrolmentWay,
    LearnerStatus,
    LessonKind,
    QuestionKind,
)
from app.domain.people.models import Person, PersonDuty
from app.domain.people.rules import Audience, Duty
from app.domain.units.models import Unit
from tests import factories
from tests.course_factories import (
    make_bank,
    make_course,
    make_course_trainer,
    make_learner,
    make_lesson,
    make_question,
    make_quiz,
    make_version,
)
from tests.factories import CHUXIONG, LINCANG, LINXIANG, make_counselor, make_school

DAY = timedelta(days=1)


def titles(actor: Actor, **wanted: object) -> list[str]:
    page = list_courses(actor, CourseFilter(**wanted))  # type: ignore[arg-type]
    return [row.title for row in page.items]


def assign(
    learner: CourseEnrolment, due_on: date, audience: Audience = Audience.COUNSELORS
) -> Requirement:
    requirement = factories.save(
        Requirement(
            course_id=learner.course_id,
            unit_id=factories.get_unit(LINCANG).id,
            audience=audience,
            assigned_on=min(clock.today(), due_on),
            due_on=due_on,
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
    return requirement


def make_teacher(school: Unit) -> tuple[Person, Actor]:
    person = make_counselor(school)
    account = factories.make_account(Role.TEACHER, school)
    with atomic():
        person.account_id = account.id
    return person, factories.actor_of(account)


def test_everybody_sees_the_courses_of_their_own_side(session: Session) -> None:
    make_course("州里的")
    make_course("州里的草稿", status=CourseStatus.DRAFT)
    make_course("县里的", unit=LINXIANG)
    make_course("邻县的", unit="530921")
    make_course("外州的", unit=CHUXIONG)
    school = make_school(LINXIANG)
    assert titles(factories.make_actor("bureau", LINCANG)) == [
        "邻县的",
        "县里的",
        "州里的草稿",
        "州里的",
    ]
    assert titles(factories.make_actor("county", LINXIANG)) == ["县里的", "州里的"]
    assert titles(factories.make_actor("school", school)) == ["县里的", "州里的"]


def test_narrows_by_audience(session: Session) -> None:
    make_course("班主任的", audiences=["homeroom_teachers", "counselors"])
    make_course("校长的", audiences=["principals"])
    bureau = factories.make_actor("bureau", LINCANG)
    assert titles(bureau, audience=Audience.HOMEROOM_TEACHERS) == ["班主任的"]
    assert titles(bureau, audience=Audience.PRINCIPALS) == ["校长的"]
    assert titles(bureau, q="校长", status=CourseStatus.PUBLISHED) == ["校长的"]


def test_counts_the_people_that_the_reader_sees(session: Session) -> None:
    course = make_course()
    ours, theirs = make_school(LINXIANG), make_school("530921")
    make_learner(course, make_counselor(ours, "甲"), ours)
    make_learner(course, make_counselor(theirs, "乙"), theirs, status=LearnerStatus.COMPLETED)
    make_learner(course, make_counselor(theirs, "丙"), theirs, status=LearnerStatus.WITHDRAWN)

    def counted(actor: Actor) -> tuple[int, int]:
        row = list_courses(actor, CourseFilter()).items[0]
        return row.learners, row.completed

    assert counted(factories.make_actor("bureau", LINCANG)) == (2, 1)
    assert counted(factories.make_actor("county", LINXIANG)) == (1, 0)
    assert counted(factories.make_actor("school", theirs)) == (1, 1)
    trainer = make_course_trainer(course)
    assert counted(factories.actor_of(trainer)) == (2, 1)


def test_own_courses_in_the_order_in_which_they_are_to_be_done(session: Session) -> None:
    school, today = make_school(LINXIANG), clock.today()
    person, actor = make_teacher(school)

    def put(title: str, **columns: object) -> CourseEnrolment:
        return make_learner(make_course(title), person, school, **columns)

    put("放着的")
    put("昨天学的", last_active_at=clock.now() - DAY)
    put("今天学的", last_active_at=clock.now())
    late = put("指定的晚")
    assign(late, today + 30 * DAY)
    assign(late, today + 20 * DAY, Audience.HOMEROOM_TEACHERS)
    assign(put("指定的早"), today + 10 * DAY)
    ended = assign(put("不再指定的", last_active_at=clock.now() - 2 * DAY), today + DAY)
    with atomic():
        ended.ended_at = clock.now()
    put("学完的", status=LearnerStatus.COMPLETED, completed_at=clock.now(), completed_on=today)
    put("退出的", status=LearnerStatus.WITHDRAWN)
    current = list_current(person.id, today=today)
    assert [(one.title, one.due_on) for one in current] == [
        ("指定的早", today + 10 * DAY),
        ("指定的晚", today + 20 * DAY),
        ("今天学的", None),
        ("昨天学的", None),
        ("不再指定的", None),
        ("放着的", None),
    ]
    finished = list_finished(person.id, today=today)
    assert [one.title for one in finished.items] == ["学完的"]
    assert (finished.total, finished.items[0].percent) == (1, 100)
    assert list_open(person.id, actor=actor, today=today).items[0].course.title == "退出的"


def test_what_one_can_take_comes_first(session: Session) -> None:
    today = clock.today()
    person, actor = make_teacher(make_school(LINXIANG))
    make_course("推荐的", way=EnrolmentWay.NOMINATION)
    make_course("满员的", capacity=1, taken=1)
    make_course("以后的", opens_on=today + DAY)
    make_course("长期的")
    make_course("限期的", closes_on=today)
    make_course("过期的", closes_on=today - DAY)
    page = list_open(person.id, actor=actor, today=today)
    assert [(one.course.title, one.reason) for one in page.items] == [
        ("限期的", None),
        ("长期的", None),
        ("以后的", "not_yet_open"),
        ("满员的", "full"),
        ("推荐的", "nomination_only"),
    ]
    second = list_open(person.id, actor=actor, today=today, page=2, size=2)
    assert ([one.course.title for one in second.items], second.total) == (["以后的", "满员的"], 5)


def test_learners_in_order_of_unit_and_name(session: Session) -> None:
    course, today = make_course(), clock.today()
    first, second = make_school(LINXIANG, "甲小学"), make_school("530921", "乙小学")
    make_learner(course, make_counselor(second, "白老师"), second)
    late = make_learner(course, make_counselor(first, "张老师"), first)
    make_learner(course, make_counselor(first, "安老师"), first, started_at=clock.now())
    assign(late, today - DAY)
    bureau = factories.make_actor("bureau", LINCANG)

    def names(actor: Actor, **wanted: object) -> list[str]:
        page = list_learners(
            course,
            LearnerFilter(**wanted),  # type: ignore[arg-type]
            actor=actor,
            today=today,
        )
        return [row.name for row in page.items]

    assert names(bureau) == ["安老师", "张老师", "白老师"]
    assert names(bureau, not_begun=True) == ["张老师", "白老师"]
    assert names(bureau, overdue=True) == ["张老师"]
    assert names(bureau, q="bls") == ["白老师"]
    assert names(factories.make_actor("school", second)) == ["白老师"]
    assert count_learners(course, actor=factories.make_actor("county", LINXIANG)) == {
        LearnerStatus.ENROLLED: 2
    }


def test_nominees_are_those_who_serve_here_by_posting_or_duty(session: Session) -> None:
    school, today = make_school(LINXIANG), clock.today()
    course = make_course()
    inside = make_counselor(school, "安老师")
    make_counselor(school, "从前的", valid_until=today - DAY)
    make_counselor(make_school("530921"), "外县的")
    on_duty = factories.make_person(make_school("530921"), "班主任")
    factories.save(
        PersonDuty(
            person_id=on_duty.id,
            unit_id=school.id,
            duty=Duty.HOMEROOM_TEACHER,
            valid_from=factories.SOME_DAY,
        )
    )
    make_learner(course, inside, school)

    def names(**wanted: object) -> list[tuple[str, bool]]:
        page = list_nominees(course, school.path, today=today, **wanted)  # type: ignore[arg-type]
        return [(one.person.name, one.may_come) for one in page.items]

    assert names() == [("班主任", True)]
    assert names(everybody=True) == [("安老师", False), ("班主任", True)]
    assert names(everybody=True, audience=Audience.HOMEROOM_TEACHERS) == [("班主任", True)]


def test_the_main_posting_is_the_unit_somebody_comes_from(session: Session) -> None:
    main, second = make_school(LINXIANG), make_school(LINXIANG)
    person = make_counselor(second, "两校教师")
    factories.make_posting(person, main, role=factories.PostingRole.FULL_TIME)
    found = read_candidates([person.id], today=clock.today())[person.id]
    assert [site.unit_id for site in found.sites] == [main.id, second.id]
    assert found.site_in(second.path).unit_id == second.id
    assert found.site_in("/nowhere/").unit_id == main.id


def test_work_to_mark_is_seen_before_publishing(session: Session) -> None:
    course = make_course(status=CourseStatus.DRAFT)
    version = make_version(course)
    make_lesson(version)
    assert read_plan(course).marked_by_hand == 0
    make_lesson(version, LessonKind.ASSIGNMENT)
    quiz = make_lesson(version, LessonKind.QUIZ, required=False)
    bank = make_bank()
    make_question(bank, QuestionKind.SHORT_ANSWER, options=(), answer=())
    make_quiz(quiz, bank)
    plan = read_plan(course)
    assert (plan.lessons, plan.required, plan.marked_by_hand, plan.trainers) == (3, 2, 2, 0)


def test_the_stamp_of_ones_page_changes_with_all_it_shows(session: Session) -> None:
    school = make_school(LINXIANG)
    person, actor = make_teacher(school)
    course = make_course(capacity=5)
    version = make_version(course)
    assert find_page_stamp(course.id, actor, clock.today()) is None
    learner = make_learner(course, person, school)
    seen = {find_page_stamp(course.id, actor, clock.today())}

    def changed() -> bool:
        stamp = find_page_stamp(course.id, actor, clock.today())
        new = stamp is not None and stamp not in seen
        seen.add(stamp)
        return new

    assert not changed()
    with atomic():
        learner.stamp += 1
    assert changed()
    with atomic():
        course.row_version += 1
    assert changed()
    with atomic():
        version.row_version += 1
    assert changed()
    with atomic():
        db.session.get_one(Course, course.id).taken = 2
    assert changed()
    requirement = assign(learner, clock.today() + DAY)
    assert changed()
    with atomic():
        requirement.due_on = clock.today() + 2 * DAY
    assert changed()
    account = factories.make_account(Role.TRAINER, LINCANG)
    bureau = factories.make_actor("bureau", LINCANG)
    with atomic():
        assign_trainer(course.id, account.id, actor=bureau)
    assert changed()
    with atomic():
        account.display_name = "新名字"
    assert changed()
