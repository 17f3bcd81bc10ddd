"""What online courses put on the home page of each role, and where each task leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.domain.courses.models import (
    AttemptItem,
    Course,
    CourseEnrolment,
    CourseVersion,
    HandIn,
    Lesson,
    QuizAttempt,
    RequiredLearner,
    Requirement,
)
from app.domain.courses.rules.words import (
    AttemptStatus,
    HandInStatus,
    LearnerStatus,
    LessonKind,
    QuestionKind,
    RecognitionStatus,
)
from app.domain.people.rules import Audience
from app.domain.units.models import Unit
from tests import factories
from tests.course_factories import (
    make_bank,
    make_course,
    make_course_trainer,
    make_learner,
    make_learner_account,
    make_lesson,
    make_question,
    make_version,
)
from tests.factories import LINCANG, LINXIANG, make_account, make_school
from tests.recognition_factories import make_recognition
from tests.web.courses.test_catalogue_pages import in_english, page


@dataclass(frozen=True)
class Given:
    course_id: int
    learner_id: int
    school_id: int


SignIn = Callable[[int], FlaskClient]


def assign(learner: CourseEnrolment, due_on: date) -> None:
    made = factories.save(
        Requirement(
            course_id=learner.course_id,
            unit_id=factories.get_unit(LINXIANG).id,
            audience=Audience.COUNSELORS,
            assigned_on=due_on - timedelta(days=30),
            due_on=due_on,
            created_at=clock.now(),
        )
    )
    factories.save(
        RequiredLearner(
            requirement_id=made.id,
            person_id=learner.person_id,
            enrolment_id=learner.id,
            since=due_on - timedelta(days=30),
        )
    )


def hand_in(learner: CourseEnrolment, lesson_id: int, status: HandInStatus) -> None:
    factories.save(
        HandIn(
            enrolment_id=learner.id,
            lesson_id=lesson_id,
            number=1,
            text="方案",
            handed_in_at=clock.now(),
            status=status,
        )
    )


@pytest.fixture
def given(app: Flask) -> Given:
    """A course of a text and an assignment; a teacher of 临翔一中 in it."""
    with app.app_context():
        course = make_course(title="班主任网络课程")
        version = make_version(course)
        make_lesson(version)
        make_lesson(version, LessonKind.ASSIGNMENT, "设计主题班会")
        school = make_school(LINXIANG, "临翔一中")
        learner = make_learner(course, None, school)
        return Given(course.id, learner.id, school.id)


def home(app: Flask, sign_in: SignIn, account_id: int) -> str:
    return page(in_english(sign_in(account_id)), "/")


def test_a_teacher_is_led_to_an_assigned_course_until_it_is_done(
    app: Flask, sign_in: SignIn, given: Given
) -> None:
    with app.app_context():
        learner = factories.db.session.get_one(CourseEnrolment, given.learner_id)
        account_id = make_learner_account(learner).id
    assert "assigned online course" not in home(app, sign_in, account_id)
    with app.app_context():
        learner = factories.db.session.get_one(CourseEnrolment, given.learner_id)
        assign(learner, clock.today() + timedelta(days=3))
    text = home(app, sign_in, account_id)
    assert "assigned online course to finish: 班主任网络课程, due on 2023-08-20" in text
    assert f'href="/courses/{given.course_id}"' in text
    with app.app_context():
        done = factories.db.session.get_one(CourseEnrolment, given.learner_id)
        done.status = LearnerStatus.COMPLETED
        factories.db.session.commit()
    assert "assigned online course" not in home(app, sign_in, account_id)


def test_a_teacher_is_led_to_returned_work_and_hours_sent_back(
    app: Flask, sign_in: SignIn, given: Given
) -> None:
    with app.app_context():
        learner = factories.db.session.get_one(CourseEnrolment, given.learner_id)
        account_id = make_learner_account(learner).id
        lesson_id = lesson_of(given.course_id)
        hand_in(learner, lesson_id, HandInStatus.RETURNED)
        make_recognition(learner.person, learner.unit, status=RecognitionStatus.SENT_BACK)
    text = home(app, sign_in, account_id)
    assert f'href="/courses/{given.course_id}/lessons/{lesson_id}"' in text
    assert "piece of your work in an online course was returned" in text
    assert "request for hours was sent back to you" in text
    assert 'href="/courses/recognitions/mine"' in text


def lesson_of(course_id: int) -> int:
    return factories.db.session.scalars(
        select(Lesson.id)
        .join(CourseVersion, CourseVersion.id == Lesson.version_id)
        .where(CourseVersion.course_id == course_id, Lesson.kind == LessonKind.ASSIGNMENT)
    ).one()


def test_a_trainer_is_led_to_work_and_answers_to_mark(
    app: Flask, sign_in: SignIn, given: Given
) -> None:
    with app.app_context():
        course = factories.db.session.get_one(Course, given.course_id)
        account_id = make_course_trainer(course).id
        learner = factories.db.session.get_one(CourseEnrolment, given.learner_id)
        lesson_id = lesson_of(given.course_id)
        hand_in(learner, lesson_id, HandInStatus.HANDED_IN)
        revision = make_question(make_bank(), QuestionKind.SHORT_ANSWER, options=(), answer=("好",))
        attempt = factories.save(
            QuizAttempt(
                enrolment_id=learner.id,
                lesson_id=lesson_id,
                number=1,
                status=AttemptStatus.SUBMITTED,
                started_at=clock.now(),
                maximum=1,
            )
        )
        factories.save(
            AttemptItem(attempt_id=attempt.id, position=1, revision_id=revision.id, maximum=1)
        )
    text = home(app, sign_in, account_id)
    assert "piece of work in an online course to mark" in text
    assert f'href="/courses/{given.course_id}/marking"' in text
    assert "short answer in a quiz to mark" in text
    assert f'href="/courses/{given.course_id}/marking/answers"' in text


def test_offices_are_led_to_hours_and_to_their_own_late_people(
    app: Flask, sign_in: SignIn, given: Given
) -> None:
    with app.app_context():
        learner = factories.db.session.get_one(CourseEnrolment, given.learner_id)
        assign(learner, clock.today() - timedelta(days=1))
        make_recognition(learner.person, learner.unit)
        other = make_school(LINXIANG, "临翔二中")
        accounts = [
            make_account("school", factories.db.session.get_one(Unit, given.school_id)).id,
            make_account("county", LINXIANG).id,
            make_account("bureau", LINCANG).id,
        ]
        strangers = [make_account("school", other).id, make_account("bureau", "532300").id]
    for account_id in accounts:
        text = home(app, sign_in, account_id)
        assert "person is past the due day of “班主任网络课程”" in text
        assert f'href="/courses/{given.course_id}/learners?show=overdue"' in text
        assert "request for hours learnt elsewhere to look at" in text
    for account_id in strangers:
        text = home(app, sign_in, account_id)
        assert "past the due day" not in text
        assert "request for hours" not in text


def test_the_menu_leads_to_online_courses_only_who_may_read_them(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        school = make_school(LINXIANG, "临翔三中")
        readers = [make_account(role, school).id for role in ("teacher", "trainer", "school")]
        others = [make_account(role, LINCANG).id for role in ("auditor", "admin")]
    for account_id in readers:
        assert 'href="/courses/"' in home(app, sign_in, account_id)
    for account_id in others:
        assert 'href="/courses/"' not in home(app, sign_in, account_id)
