"""Builds courses, lessons, learners and questions for tests, straight through the models."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Role
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseTrainer,
    CourseVersion,
    Lesson,
    Question,
    QuestionBank,
    QuestionRevision,
    Quiz,
    QuizDraw,
    Section,
)
from app.domain.courses.rules.words import (
    CourseKind,
    CourseStatus,
    EnrolmentSource,
    LessonKind,
    QuestionKind,
    VersionStatus,
)
from app.domain.people.models import Person
from app.domain.people.rules import TrainingLevel
from app.domain.units.models import Unit
from tests import factories


def make_course(
    title: str = "班主任心理健康教育网络课程", unit: str = factories.LINCANG, **columns: Any
) -> Course:
    """A published own course of Lincang, of 10 hours, without a window or a capacity, and without lessons."""
    values: dict[str, Any] = {
        "organiser_id": factories.get_unit(unit).id,
        "title": title,
        "kind": CourseKind.OWN,
        "level": TrainingLevel.PREFECTURE,
        "credit_hours": Decimal(10),
        "status": CourseStatus.PUBLISHED,
        "created_at": clock.now(),
        "published_at": clock.now(),
    }
    return factories.save(Course(**(values | columns)))


def make_version(
    course: Course, status: VersionStatus = VersionStatus.PUBLISHED, number: int = 1
) -> CourseVersion:
    """A version with one section and no lessons."""
    version = factories.save(
        CourseVersion(
            course_id=course.id,
            number=number,
            status=status,
            created_at=clock.now(),
            published_at=clock.now() if status is VersionStatus.PUBLISHED else None,
        )
    )
    factories.save(Section(version_id=version.id, position=1, title="第一章"))
    return version


def make_lesson(
    version: CourseVersion,
    kind: LessonKind = LessonKind.TEXT,
    title: str = "第一课",
    **columns: Any,
) -> Lesson:
    """A required lesson at the end of the version's last section."""
    section_id = db.session.scalars(
        select(Section.id)
        .where(Section.version_id == version.id)
        .order_by(Section.position.desc())
        .limit(1)
    ).one()
    count = db.session.scalar(select(func.count(Lesson.id)).where(Lesson.section_id == section_id))
    values: dict[str, Any] = {
        "version_id": version.id,
        "section_id": section_id,
        "position": (count or 0) + 1,
        "key": secrets.token_hex(16),
        "kind": kind,
        "title": title,
        "body": "什么是心理健康。" if kind is LessonKind.TEXT else None,
    }
    return factories.save(Lesson(**(values | columns)))


def make_learner(
    course: Course, person: Person | None = None, school: Unit | None = None, **columns: Any
) -> CourseEnrolment:
    """A counselor of a school under the organiser, enrolled by themselves in the published version."""
    school = school or factories.make_school(course.organiser.code)
    person = person or factories.make_counselor(school, "李梅")
    version = db.session.scalars(
        select(CourseVersion).where(
            CourseVersion.course_id == course.id, CourseVersion.status == VersionStatus.PUBLISHED
        )
    ).first()
    required = 0
    if version is not None:
        required = db.session.scalar(
            select(func.count(Lesson.id)).where(
                Lesson.version_id == version.id, Lesson.required.is_(True)
            )
        )
    values: dict[str, Any] = {
        "course_id": course.id,
        "version_id": None if version is None else version.id,
        "person_id": person.id,
        "unit_id": school.id,
        "unit_path": school.path,
        "source": EnrolmentSource.SELF,
        "enrolled_at": clock.now(),
        "required": required,
    }
    return factories.save(CourseEnrolment(**(values | columns)))


def make_learner_account(enrolment: CourseEnrolment) -> Account:
    """The teacher's account of who is enrolled, at their unit."""
    account = factories.make_account(Role.TEACHER, enrolment.unit)
    with atomic():
        db.session.get_one(Person, enrolment.person_id).account_id = account.id
    return account


def make_course_trainer(course: Course) -> Account:
    """A trainer's account that teaches in the course."""
    account = factories.make_account(Role.TRAINER, course.organiser)
    factories.save(CourseTrainer(course_id=course.id, account_id=account.id))
    return account


def make_bank(unit: str = factories.LINCANG, title: str = "心理健康教育题库") -> QuestionBank:
    return factories.save(
        QuestionBank(unit_id=factories.get_unit(unit).id, title=title, created_at=clock.now())
    )


def make_question(
    bank: QuestionBank,
    kind: QuestionKind = QuestionKind.SINGLE,
    *,
    topic: str = "",
    code: str | None = None,
    stem: str = "心理辅导的首要原则是什么？",
    options: tuple[str, ...] = ("保密", "说教", "批评"),
    answer: tuple[Any, ...] = (0,),
) -> QuestionRevision:
    """A question with its current revision; the first option is right."""
    question = factories.save(
        Question(bank_id=bank.id, code=code or secrets.token_hex(4), topic=topic, kind=kind)
    )
    return factories.save(
        QuestionRevision(
            question_id=question.id,
            number=1,
            current=True,
            stem=stem,
            options=list(options),
            answer=list(answer),
            created_at=clock.now(),
        )
    )


def make_quiz(lesson: Lesson, bank: QuestionBank, count: int = 1, **columns: Any) -> Quiz:
    """Conditions of a quiz lesson that draws so many questions of the bank."""
    quiz = factories.save(Quiz(lesson_id=lesson.id, **columns))
    factories.save(QuizDraw(lesson_id=lesson.id, position=1, bank_id=bank.id, count=count))
    return quiz
