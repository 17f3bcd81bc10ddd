"""No identity number and no phone is kept in what is written in courses."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import InvalidInput
from app.core.file_types import FileType
from app.domain.accounts.rules import Actor
from app.domain.courses.models import HandIn, Lesson
from app.domain.courses.operations import drafts, lessons, sections
from app.domain.courses.operations.attempts import Given, save_answers, start_attempt
from app.domain.courses.operations.banks import create_bank
from app.domain.courses.operations.handing_in import StoredFile, hand_in
from app.domain.courses.operations.planning import create_course
from app.domain.courses.operations.questions import QuestionDraft, tidied
from app.domain.courses.rules.questions import QuestionText
from app.domain.courses.rules.words import CourseKind, LessonKind, QuestionKind
from app.domain.people.rules import TrainingLevel
from tests import course_factories as courses
from tests import factories

NUMBER = "530998198503040070"
PHONE = "138 8712 3456"
Act = Callable[[], object]


def refused(act: Act) -> str | None:
    """The field for which an identity number or phone is refused; the message names what it is."""
    with pytest.raises(InvalidInput) as refusal, atomic():
        act()
    assert refusal.value.code == "personal_number"
    return refusal.value.field


def learning(kind: LessonKind) -> tuple[int, Lesson, Actor]:
    course = courses.make_course()
    lesson = courses.make_lesson(courses.make_version(course), kind)
    enrolment = courses.make_learner(course)
    return enrolment.id, lesson, factories.actor_of(courses.make_learner_account(enrolment))


def test_work_that_is_handed_in(session: Session) -> None:
    enrolment_id, lesson, actor = learning(LessonKind.ASSIGNMENT)
    lesson_id = lesson.id

    def bring(text: str | None, file: StoredFile | None = None) -> HandIn:
        return hand_in(enrolment_id, lesson_id, text=text, file=file, actor=actor, now=clock.now())

    named = StoredFile("f" * 32, f"李梅{NUMBER}.pdf", FileType("pdf", "application/pdf"), 10)
    assert refused(lambda: bring(f"学生身份证号{NUMBER}")) == "text"
    assert refused(lambda: bring(f"家长电话：{PHONE}")) == "text"
    assert refused(lambda: bring("个案报告", named)) == "file"
    assert session.scalars(select(HandIn.id)).all() == []


def test_an_answer_is_refused_by_itself_and_the_others_are_kept(session: Session) -> None:
    _enrolment_id, lesson, actor = learning(LessonKind.QUIZ)
    bank = courses.make_bank()
    courses.make_question(bank, QuestionKind.SHORT_ANSWER, options=(), answer=("要点",))
    courses.make_question(bank, QuestionKind.FILL_IN, stem="__", options=(), answer=(["保密"],))
    courses.make_quiz(lesson, bank, 2)
    course_id, lesson_id = lesson.version.course_id, lesson.id
    with atomic():
        attempt = start_attempt(course_id, lesson_id, actor=actor, now=clock.now())
        attempt_id = attempt.id
    answers = {1: Given([f"联系 {PHONE}"], number=5), 2: Given(["保密"], number=6)}
    with atomic():
        first, second = save_answers(attempt_id, answers, actor=actor, now=clock.now())
    assert (first.kept, first.number, first.answer) == (False, 0, None)
    assert PHONE in str(first.refused)
    assert (second.kept, second.refused, second.answer) == (True, None, ["保密"])


def test_titles_lessons_banks_and_questions(session: Session) -> None:
    course_id = courses.make_course().id
    bureau = factories.make_actor("bureau", factories.LINCANG)
    unit_id = factories.get_unit(factories.LINCANG).id
    with atomic():
        drafts.make_draft(course_id, actor=bureau, now=clock.now())
        section = sections.add_section(course_id, "第一章", actor=bureau)
        text = lessons.add_lesson(course_id, section.id, LessonKind.TEXT, "第一课", actor=bureau)
        section_id, lesson_id = section.id, text.id
    facts = {"title": f"培训 {PHONE}", "kind": CourseKind.OWN, "level": TrainingLevel.COUNTY}
    assert refused(lambda: create_course(unit_id, facts, actor=bureau)) == "title"
    assert refused(lambda: sections.add_section(course_id, PHONE, actor=bureau)) == "title"
    assert (
        refused(
            lambda: lessons.add_lesson(course_id, section_id, LessonKind.TEXT, NUMBER, actor=bureau)
        )
        == "title"
    )
    written = lessons.LessonFacts("第一课", body=f"案例：{NUMBER}")
    assert (
        refused(lambda: lessons.edit_lesson(course_id, lesson_id, written, actor=bureau)) == "body"
    )
    now = clock.now()
    assert (
        refused(lambda: create_bank("题库", NUMBER, unit_id=unit_id, actor=bureau, now=now))
        == "note"
    )
    asked = QuestionText(QuestionKind.TRUE_FALSE, f"{NUMBER}是谁？", (), (True,), "")
    assert refused(lambda: tidied(QuestionDraft(asked))) == "stem"


def test_whom_to_ask_about_a_course_may_be_a_phone(session: Session) -> None:
    bureau = factories.make_actor("bureau", factories.LINCANG)
    facts = {
        "title": "班主任培训",
        "kind": CourseKind.OWN,
        "level": TrainingLevel.COUNTY,
        "credit_hours": Decimal(10),
        "contact": PHONE,
    }
    with atomic():
        unit_id = factories.get_unit(factories.LINCANG).id
        made = create_course(unit_id, facts, actor=bureau)
    assert db.session.get_one(type(made), made.id).contact == PHONE
