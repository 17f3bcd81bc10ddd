"""Online courses of the demonstration data: an own one of Lincang that homeroom teachers are in, in every state, and a
small one of Chuxiong.

Days are counted from today, and every act is done through its operation on the day it would have been done on.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.cli.demo_course_texts import (
    DUTIES,
    HANDED_IN,
    QUESTIONS,
    REFERRAL,
    RETURNED,
    SUMMARY,
    TASK,
    TITLE,
)
from app.cli.demo_courses_stage import (
    FENGQING,
    LINXIANG,
    MEDIA,
    OPENED,
    Class,
    Learner,
    account_of,
    acting,
    read_class,
)
from app.cli.demo_learnt_elsewhere import load_learnt_elsewhere
from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import Actor
from app.domain.courses.media_files import take_over
from app.domain.courses.models import AttemptItem, CourseEnrolment
from app.domain.courses.operations.attempts import (
    Given,
    save_answers,
    start_attempt,
    submit_attempt,
)
from app.domain.courses.operations.banks import create_bank
from app.domain.courses.operations.drafts import make_draft
from app.domain.courses.operations.enrolling import enrol_self
from app.domain.courses.operations.handing_in import Judgement, hand_in, mark_hand_in
from app.domain.courses.operations.lessons import LessonFacts, add_lesson, edit_lesson
from app.domain.courses.operations.looking_after import look_after
from app.domain.courses.operations.media import add_media
from app.domain.courses.operations.planning import create_course
from app.domain.courses.operations.progressing import mark_read, report_progress
from app.domain.courses.operations.publishing import publish_version
from app.domain.courses.operations.questions import QuestionDraft, add_question
from app.domain.courses.operations.quiz_settings import QuizFacts, set_quiz
from app.domain.courses.operations.requiring import Due, assign_course
from app.domain.courses.operations.sections import add_section
from app.domain.courses.operations.standing import publish
from app.domain.courses.operations.trainers import assign_trainer
from app.domain.courses.queries.quizzes import load_items
from app.domain.courses.rules.progress import Told
from app.domain.courses.rules.quizzes import Draw
from app.domain.courses.rules.words import CourseKind, LessonKind
from app.domain.people.rules import Audience, TrainingLevel
from app.domain.units.models import Unit

ASSIGNED, DUE = -40, 20  # days from today
# How many lessons each of the group has done, and when they were last seen: in every state.
ENDED = ((6, -20), (6, -12), (6, -9), (6, -3), (6, -1))
UNDER_WAY = ((5, -2), (5, -4), (5, -5), (4, -1), (3, -3))
STUCK = ((5, -18), (5, -20), (4, -22), (3, -16))
WRONG_EVERY = 4


def load_courses() -> None:
    """All of it; the worker's part of an assignment is done at once."""
    the_class = read_class()
    course_id, lessons = _write(the_class)
    _assign(the_class, course_id)
    states = (*ENDED, *UNDER_WAY, *STUCK)
    for place, (learner, (done, last)) in enumerate(zip(the_class.fengqing, states, strict=False)):
        _learn(the_class, course_id, lessons, learner, done, last, place)
    _learn(the_class, course_id, lessons, the_class.linxiang[0], 2, -2, 0)
    load_learnt_elsewhere(the_class)
    _open_in_chuxiong()


def _write(the_class: Class) -> tuple[int, list[int]]:
    """The course with its six lessons, published; ids of the lessons in order."""
    bureau = the_class.bureau
    with the_class.on(OPENED) as now:
        course = create_course(
            bureau.unit_id,
            {
                "title": TITLE,
                "summary": SUMMARY,
                "kind": CourseKind.OWN,
                "level": TrainingLevel.PREFECTURE,
                "credit_hours": Decimal(3),
                "audiences": [Audience.HOMEROOM_TEACHERS.value, Audience.COUNSELORS.value],
                "contact": "市教育体育局德育科",
            },
            actor=bureau,
        )
        assign_trainer(course.id, account_of("trainer-lincang").id, actor=bureau)
        make_draft(course.id, actor=bureau, now=now)
    with the_class.on(OPENED, 11) as now:
        lessons = _write_lessons(course.id, bureau)
        _set_quiz(lessons[4], bureau)
        publish_version(course.id, "", actor=bureau, now=now)
        publish(course.id, actor=bureau, now=now)
    return course.id, lessons


def _write_lessons(course_id: int, bureau: Actor) -> list[int]:
    video, paper = (
        _keep(course_id, *file, bureau)
        for file in (
            ("emotions.mp4", "认识情绪.mp4"),
            ("class-meeting.pdf", "主题班会设计要点.pdf"),
        )
    )
    plan: tuple[tuple[str, tuple[tuple[LessonKind, LessonFacts], ...]], ...] = (
        (
            "认识与发现",
            (
                (LessonKind.TEXT, LessonFacts("班主任是第一发现人", minutes=10, body=DUTIES)),
                (LessonKind.VIDEO, LessonFacts("认识情绪", minutes=1, media_id=video)),
                (LessonKind.PDF, LessonFacts("主题班会设计要点", minutes=10, media_id=paper)),
            ),
        ),
        (
            "转介与实践",
            (
                (LessonKind.TEXT, LessonFacts("什么情况要转介", minutes=10, body=REFERRAL)),
                (LessonKind.QUIZ, LessonFacts("单元测验", minutes=15)),
                (LessonKind.ASSIGNMENT, LessonFacts("设计一次心理主题班会", minutes=60, body=TASK)),
            ),
        ),
    )
    made: list[int] = []
    for title, lessons in plan:
        section = add_section(course_id, title, actor=bureau)
        for kind, facts in lessons:
            lesson = add_lesson(course_id, section.id, kind, facts.title, actor=bureau)
            edit_lesson(course_id, lesson.id, facts, actor=bureau)
            made.append(lesson.id)
    return made


def _keep(course_id: int, file: str, name: str, bureau: Actor) -> int:
    """A file of the demonstration among the course's; it is copied, for what is kept moves."""
    with tempfile.TemporaryDirectory() as folder:
        path, twin = Path(folder, file), Path(folder, f"twin-{file}")
        shutil.copyfile(MEDIA / file, path)
        shutil.copyfile(MEDIA / file, twin)
        facts = take_over(path, twin, name)
    return add_media(course_id, facts, actor=bureau, now=clock.now()).id


def _set_quiz(lesson_id: int, bureau: Actor) -> None:
    bank = create_bank(
        "班主任心理健康教育题库", None, unit_id=bureau.unit_id, actor=bureau, now=clock.now()
    )
    for topic, text in QUESTIONS:
        add_question(bank.id, QuestionDraft(text, topic), actor=bureau, now=clock.now())
    draws = [Draw(bank.id, "发现", 3, Decimal(10)), Draw(bank.id, "沟通", 5, Decimal(10))]
    set_quiz(lesson_id, QuizFacts(draws, attempts=3, minutes=20), actor=bureau)


def _assign(the_class: Class, course_id: int) -> None:
    """To the homeroom teachers of two counties."""
    for code in (FENGQING, LINXIANG):
        with the_class.on(ASSIGNED):
            county = db.session.scalars(select(Unit).where(Unit.code == code)).one()
            due = Due(the_class.today + timedelta(days=DUE))
            made = assign_course(
                course_id, county, Audience.HOMEROOM_TEACHERS, due, actor=the_class.bureau
            )
        with clock.frozen(the_class.moment(ASSIGNED, 11)):
            look_after(made.id)


def _learn(
    the_class: Class,
    course_id: int,
    lessons: list[int],
    learner: Learner,
    done: int,
    last: int,
    place: int,
) -> None:
    """So many lessons done, a day after the other until the last one; whoever is not done has opened the next."""
    enrolment_id = db.session.scalars(
        select(CourseEnrolment.id).where(
            CourseEnrolment.course_id == course_id, CourseEnrolment.person_id == learner.person_id
        )
    ).one()
    actor = learner.actor
    for number, lesson_id in enumerate(lessons[: done + 1]):
        with the_class.on(last - (done - number if number < done else 0), 10 + place % 8) as now:
            if number == done:
                _stop_at(the_class, enrolment_id, lesson_id, number, actor, place)
            elif number == 1:
                whole = Told(watched=((0.0, 20.0),), position=20.0)
                report_progress(enrolment_id, lesson_id, whole, actor=actor, now=now)
            elif number == 4:
                _answer(course_id, lesson_id, actor, place)
            elif number == 5:
                made = hand_in(
                    enrolment_id, lesson_id, text=HANDED_IN, file=None, actor=actor, now=now
                )
                judgement = Judgement(True, Decimal(80 + place), "设计完整，可直接使用。")
                mark_hand_in(made.id, judgement, actor=the_class.trainer, now=now)
            else:
                mark_read(enrolment_id, lesson_id, actor=actor, now=now)


def _stop_at(
    the_class: Class, enrolment_id: int, lesson_id: int, number: int, actor: Actor, place: int
) -> None:
    """Opened and not done; at the assignment one piece waits to be marked and one was returned."""
    now = clock.now()
    if number != 5:
        report_progress(enrolment_id, lesson_id, Told(), actor=actor, now=now)
        return
    made = hand_in(enrolment_id, lesson_id, text=HANDED_IN, file=None, actor=actor, now=now)
    if place % 2:
        return
    mark_hand_in(made.id, Judgement(False, None, RETURNED), actor=the_class.trainer, now=now)


def _answer(course_id: int, lesson_id: int, actor: Actor, place: int) -> None:
    """One attempt: the first know everything, the others leave out more and more, and all of them pass."""
    now = clock.now()
    attempt = start_attempt(course_id, lesson_id, actor=actor, now=now, chance=random.Random(place))
    items = load_items(attempt.id)
    unanswered = random.Random(place).sample(items, place // WRONG_EVERY)
    answers = {
        item.position: Given(_right_answer(item), 1) for item in items if item not in unanswered
    }
    save_answers(attempt.id, answers, actor=actor, now=now)
    submit_attempt(attempt.id, actor=actor, now=now)


def _right_answer(item: AttemptItem) -> list[Any]:
    """As the page would send it: places among the options as they were shown, or the text of each gap."""
    revision = item.revision
    if item.order:
        return [item.order.index(option) for option in revision.answer]
    return [one[0] if isinstance(one, list) else one for one in revision.answer]


def _open_in_chuxiong() -> None:
    """A short course that teachers of Chuxiong may take; the demonstration teacher has begun it."""
    bureau, teacher = (acting(account_of(f"{role}-chuxiong").id) for role in ("bureau", "teacher"))
    with atomic():
        now = clock.now()
        course = create_course(
            bureau.unit_id,
            {
                "title": "学生心理问题的发现与转介",
                "summary": "两课，约 20 分钟。",
                "kind": CourseKind.OWN,
                "level": TrainingLevel.PREFECTURE,
                "credit_hours": Decimal(1),
                "audiences": [Audience.COUNSELORS.value],
            },
            actor=bureau,
        )
        make_draft(course.id, actor=bureau, now=now)
        section = add_section(course.id, "发现与转介", actor=bureau)
        for title, body in (("第一发现人", DUTIES), ("什么情况要转介", REFERRAL)):
            lesson = add_lesson(course.id, section.id, LessonKind.TEXT, title, actor=bureau)
            edit_lesson(
                course.id, lesson.id, LessonFacts(title, minutes=10, body=body), actor=bureau
            )
        publish_version(course.id, "", actor=bureau, now=now)
        publish(course.id, actor=bureau, now=now)
    with atomic():
        enrol_self(course.id, actor=teacher, now=clock.now())
