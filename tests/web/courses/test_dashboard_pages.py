"""The dashboard of a course as a page and a workbook: for whom, with which links, and how many statements it takes."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from app.core import clock
from app.domain.courses.models import AttemptItem, Course, LessonProgress, QuizAttempt
from app.domain.courses.rules.words import AttemptStatus, LessonKind, LessonStatus
from tests import factories
from tests.course_factories import (
    make_bank,
    make_course,
    make_learner,
    make_lesson,
    make_question,
    make_quiz,
    make_version,
)
from tests.factories import LINCANG, LINXIANG, make_account, make_counselor, make_school
from tests.web.courses.test_catalogue_pages import in_english, page

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def bureau(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        account_id = make_account("bureau", LINCANG).id
    return in_english(sign_in(account_id))


def fill(count: int) -> int:
    """A course of a text and a quiz; so many people began the text, and answered the quiz, the last one wrong."""
    course = make_course()
    version = make_version(course)
    text = make_lesson(version, title="认识情绪")
    quiz = make_lesson(version, LessonKind.QUIZ, "单元测验")
    bank = make_bank()
    question = make_question(bank, code="Q1")
    make_quiz(quiz, bank)
    add_learners(course, text.id, quiz.id, question.id, count)
    return course.id


def add_learners(course: Course, text: int, quiz: int, revision: int, count: int) -> None:
    school = make_school(LINXIANG, "临翔一中")
    now = clock.now()
    for number in range(count):
        learner = make_learner(
            course,
            make_counselor(school, f"李梅{number}"),
            school,
            started_at=now,
            last_active_at=now,
        )
        factories.save(
            LessonProgress(
                enrolment_id=learner.id,
                lesson_id=text,
                status=LessonStatus.STARTED,
                started_at=now,
                last_at=now,
            )
        )
        marks = Decimal(0 if number == count - 1 else 1)
        attempt = factories.save(
            QuizAttempt(
                enrolment_id=learner.id,
                lesson_id=quiz,
                number=1,
                status=AttemptStatus.MARKED,
                started_at=now - timedelta(minutes=5),
                marks=marks,
                maximum=Decimal(1),
                passed=bool(marks),
            )
        )
        factories.save(
            AttemptItem(
                attempt_id=attempt.id,
                position=1,
                revision_id=revision,
                maximum=Decimal(1),
                marks=marks,
            )
        )


def test_the_page_shows_figures_that_open_and_says_what_questions_do(
    app: Flask, bureau: FlaskClient
) -> None:
    with app.app_context():
        course_id = fill(4)
    text = page(bureau, f"/courses/{course_id}/dashboard")
    assert f'href="/courses/{course_id}/learners?show=active">4</a>' in text
    assert f'href="/courses/{course_id}/learners?unit={LINXIANG}">4</a>' in text
    assert "4 first attempts" in text
    assert "passed: 3" in text
    assert "0.75" in text
    assert "too few attempts yet" in text
    key = text.split("lesson=")[1].split("&")[0]
    opened = page(bureau, f"/courses/{course_id}/learners?lesson={key}&at=unfinished")
    assert "4 people" in opened
    assert "began it and did not finish" in opened


def test_it_takes_as_many_statements_for_forty_people_as_for_two(
    app: Flask, bureau: FlaskClient, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    with app.app_context():
        few, many = fill(2), None
        many = _another(40)
    page(bureau, f"/courses/{few}/dashboard")
    numbers = [
        count_queries(lambda course_id=course_id: page(bureau, f"/courses/{course_id}/dashboard"))
        for course_id in (few, many)
    ]
    assert numbers[0] == numbers[1]


def _another(count: int) -> int:
    course = make_course("另一门课")
    version = make_version(course)
    text = make_lesson(version)
    quiz = make_lesson(version, LessonKind.QUIZ, "单元测验")
    bank = make_bank(title="另一题库")
    question = make_question(bank)
    make_quiz(quiz, bank)
    add_learners(course, text.id, quiz.id, question.id, count)
    return course.id


def test_the_workbook_has_learners_lessons_and_questions(app: Flask, bureau: FlaskClient) -> None:
    with app.app_context():
        course_id = fill(2)
    answer = bureau.get(f"/courses/{course_id}/dashboard/export")
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["Learners", "Lessons", "Questions"]
    rows = [[cell.value for cell in row] for row in book["Learners"].iter_rows(min_row=3)]
    assert [(row[1], row[2], row[8]) for row in rows] == [
        ("李梅0", "临翔一中", 0),
        ("李梅1", "临翔一中", 0),
    ]
    assert [cell.value for cell in book["Lessons"][3]][1:7] == [
        "认识情绪",
        "Text",
        "Yes",
        2,
        0,
        1,
    ]
    assert [cell.value for cell in book["Questions"][3]][1:7] == [
        "Q1",
        None,
        "One choice",
        "心理辅导的首要原则是什么？",
        2,
        0.5,
    ]


def test_a_school_sees_its_own_people_and_no_questions(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        course_id = fill(3)
        school = make_school(LINXIANG, "临翔二中")
        course = factories.db.session.get_one(Course, course_id)
        make_learner(course, make_counselor(school, "王芳"), school)
        account_id = make_account("school", school).id
    client = in_english(sign_in(account_id))
    text = page(client, f"/courses/{course_id}/dashboard")
    assert "The people of 临翔二中." in text
    assert f'href="/courses/{course_id}/learners">1</a>' in text
    assert "单元测验" in text
    assert "first attempt" not in text
    book = load_workbook(io.BytesIO(client.get(f"/courses/{course_id}/dashboard/export").data))
    assert book.sheetnames == ["Learners", "Lessons"]
    assert [row[1].value for row in book["Learners"].iter_rows(min_row=3)] == ["王芳"]


def test_it_says_so_when_nobody_is_in_the_course(app: Flask, bureau: FlaskClient) -> None:
    with app.app_context():
        course = make_course()
        make_version(course)
        course_id = course.id
    assert "Nobody learns in it yet" in page(bureau, f"/courses/{course_id}/dashboard")
    assert bureau.get(f"/courses/{course_id}/dashboard/export").status_code == 200


def test_teachers_and_strangers_find_no_dashboard(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        course_id = fill(1)
        school = make_school(LINXIANG, "临翔三中")
        accounts = [make_account("teacher", school).id, make_account("bureau", "532300").id]
    for account_id in accounts:
        assert sign_in(account_id).get(f"/courses/{course_id}/dashboard").status_code == 404


@pytest.mark.parametrize("query", ["came=0001-01-01", "finished=9999-12-31"])
def test_weeks_beyond_the_calendar_are_not_found(
    app: Flask, bureau: FlaskClient, query: str
) -> None:
    with app.app_context():
        course_id = fill(1)
    assert bureau.get(f"/courses/{course_id}/learners?{query}").status_code == 404
