"""Taking a quiz: drawn, saved as given, closed by the server's clock, marked; from two devices and twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic
from app.core.errors import DomainError, NotFound
from app.domain.accounts.rules import Actor, Role
from app.domain.audit.models import AuditEntry
from app.domain.courses.models import (
    AttemptItem,
    CourseEnrolment,
    Lesson,
    LessonPrerequisite,
    LessonProgress,
    QuestionBank,
    QuizAttempt,
)
from app.domain.courses.operations import grading_attempts
from app.domain.courses.operations.attempts import (
    Given,
    Saved,
    save_answers,
    start_attempt,
    submit_attempt,
)
from app.domain.courses.operations.grading_attempts import close_overdue_attempts
from app.domain.courses.operations.quiz_marking import AnswerMark, correct_mark, mark_answers
from app.domain.courses.operations.quiz_settings import QuizFacts, set_quiz, why_not_ready
from app.domain.courses.queries import quizzes as queries
from app.domain.courses.queries.item_analysis import analyse_quiz
from app.domain.courses.rules.item_analysis import Verdict
from app.domain.courses.rules.quizzes import Draw
from app.domain.courses.rules.words import (
    AnswersShown,
    AttemptStatus,
    CourseStatus,
    LearnerStatus,
    LessonKind,
    LessonStatus,
    QuestionKind,
    VersionStatus,
)
from app.domain.outbox.models import Notice
from app.domain.people.models import TrainingRecord
from tests import course_factories as courses
from tests import factories as make
from tests.concurrency import at_once
from tests.conftest import TODAY

ONE = Decimal(1)


@dataclass
class Class:
    """A learner in a course whose only lesson is a quiz of the bank's questions."""

    enrolment: CourseEnrolment
    lesson: Lesson
    bank: QuestionBank
    actor: Actor

    @property
    def course_id(self) -> int:
        return self.enrolment.course_id


def make_class(kinds: Sequence[QuestionKind] = (QuestionKind.SINGLE,), **conditions: Any) -> Class:
    course = courses.make_course()
    lesson = courses.make_lesson(courses.make_version(course), LessonKind.QUIZ, "结业测验")
    bank = courses.make_bank()
    for number, kind in enumerate(kinds):
        make_question(bank, kind, f"第{number}题")
    courses.make_quiz(lesson, bank, len(kinds), **conditions)
    return enrolled(lesson, bank)


def enrolled(lesson: Lesson, bank: QuestionBank) -> Class:
    enrolment = courses.make_learner(lesson.version.course)
    account = courses.make_learner_account(enrolment)
    return Class(enrolment, lesson, bank, make.actor_of(account))


def make_question(bank: QuestionBank, kind: QuestionKind, stem: str, topic: str = "") -> None:
    facts: dict[QuestionKind, dict[str, Any]] = {
        QuestionKind.SINGLE: {"answer": (0,)},
        QuestionKind.MULTIPLE: {"answer": (0, 1)},
        QuestionKind.TRUE_FALSE: {"options": (), "answer": (True,)},
        QuestionKind.FILL_IN: {"options": (), "answer": (["保密"],), "stem": f"{stem}____"},
        QuestionKind.SHORT_ANSWER: {"options": (), "answer": ("要点",)},
    }
    courses.make_question(bank, kind, topic=topic, **({"stem": stem} | facts[kind]))


def start(given: Class, at: datetime = TODAY) -> QuizAttempt:
    with atomic():
        return start_attempt(
            given.course_id, given.lesson.id, actor=given.actor, now=at, chance=Random(7)
        )


def save(given: Class, attempt: QuizAttempt, at: datetime = TODAY, **answers: Given) -> list[Saved]:
    """``q1=Given(…)`` answers question 1."""
    wanted = {int(name[1:]): answer for name, answer in answers.items()}
    with atomic():
        return save_answers(attempt.id, wanted, actor=given.actor, now=at)


def submit(given: Class, attempt: QuizAttempt, at: datetime = TODAY) -> QuizAttempt:
    with atomic():
        return submit_attempt(attempt.id, actor=given.actor, now=at)


def place_of(attempt: QuizAttempt, option: int = 0, position: int = 1) -> int:
    """Where the option is shown."""
    items = queries.load_items(attempt.id)
    return items[position - 1].order.index(option)


def refusal(act: Any) -> str:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value.code


def test_an_attempt_draws_each_question_once_and_shuffles_its_options(session: Session) -> None:
    given = make_class([QuestionKind.SINGLE] * 4, minutes=30)
    attempt = start(given)
    items = queries.load_items(attempt.id)
    assert len({item.revision_id for item in items}) == 4
    assert [sorted(item.order) for item in items] == [[0, 1, 2]] * 4
    assert len({tuple(item.order) for item in items}) > 1
    assert (attempt.number, attempt.maximum) == (1, 4)
    assert attempt.deadline_at == TODAY + timedelta(minutes=30)
    assert given.enrolment.last_lesson_id == given.lesson.id


def test_without_shuffling_options_stand_as_written(session: Session) -> None:
    attempt = start(make_class([QuestionKind.SINGLE] * 3, shuffles=False))
    assert [item.order for item in queries.load_items(attempt.id)] == [[0, 1, 2]] * 3


def test_who_begins_twice_goes_on_with_the_first(session: Session) -> None:
    given = make_class()
    assert start(given).id == start(given).id


def test_every_kind_is_marked_and_a_pass_completes_lesson_and_course(session: Session) -> None:
    given = make_class(
        [
            QuestionKind.SINGLE,
            QuestionKind.MULTIPLE,
            QuestionKind.TRUE_FALSE,
            QuestionKind.FILL_IN,
        ],
        pass_percent=80,
    )
    attempt = start(given)
    answers: dict[str, Given] = {}
    for item in queries.load_items(attempt.id):
        kind = item.revision.question.kind
        right: Any = {
            QuestionKind.SINGLE: [item.order.index(0)] if item.order else None,
            QuestionKind.MULTIPLE: [item.order.index(1)] if item.order else None,  # half of it
            QuestionKind.TRUE_FALSE: [True],
            QuestionKind.FILL_IN: [" 保　密"],
        }[kind]
        answers[f"q{item.position}"] = Given(right, number=1)
    assert all(one.kept for one in save(given, attempt, **answers))
    submit(given, attempt)
    assert (attempt.status, attempt.marks, attempt.passed) == (
        AttemptStatus.MARKED,
        Decimal("3.5"),
        True,
    )
    progress = session.scalars(select(LessonProgress)).one()
    assert (progress.status, progress.score) == (LessonStatus.COMPLETED, Decimal("87.5"))
    assert given.enrolment.status is LearnerStatus.COMPLETED
    assert session.scalars(select(TrainingRecord)).one().hours == 10


def test_a_failed_attempt_completes_nothing_and_may_be_tried_again(session: Session) -> None:
    given = make_class(attempts=2)
    first = submit(given, start(given))
    assert (first.marks, first.passed) == (0, False)
    assert given.enrolment.done == 0
    second = start(given)
    assert second.number == 2
    submit(given, second)
    assert refusal(lambda: start(given)) == "no_attempts_left"


def test_a_better_attempt_raises_the_score(session: Session) -> None:
    given = make_class([QuestionKind.TRUE_FALSE] * 2, pass_percent=50)
    first = start(given)
    save(given, first, q1=Given([True], number=1))
    submit(given, first)
    second = start(given)
    save(given, second, q1=Given([True], number=1), q2=Given([True], number=1))
    submit(given, second)
    assert session.scalars(select(LessonProgress)).one().score == 100


def test_an_answer_is_kept_by_what_was_shown_where(session: Session) -> None:
    given = make_class()
    attempt = start(given)
    saved = save(given, attempt, q1=Given([place_of(attempt, 2)], number=5))
    assert saved == [Saved(1, True, 5, [place_of(attempt, 2)])]
    item = session.scalars(select(AttemptItem)).one()
    assert (item.answer, item.saved_number) == ([2], 5)


def test_an_answer_that_arrives_late_does_not_undo_a_newer_one(session: Session) -> None:
    given = make_class()
    attempt = start(given)
    newer, older = place_of(attempt, 0), place_of(attempt, 1)
    save(given, attempt, q1=Given([newer], number=9))
    assert save(given, attempt, q1=Given([older], number=4)) == [Saved(1, False, 9, [newer])]
    assert save(given, attempt, q1=Given([older], number=9))[0].kept is False
    assert save(given, attempt, q1=Given([newer], number=9))[0].kept is True
    assert save(given, attempt, q1=Given([older], number=10))[0].kept is True


def test_the_plain_form_takes_back_nothing_that_another_device_saved(session: Session) -> None:
    given = make_class([QuestionKind.TRUE_FALSE] * 2)
    attempt = start(given)
    save(given, attempt, q1=Given([True], number=30))
    saved = save(given, attempt, q1=Given([False], seen=0), q2=Given([True], seen=0))
    assert [(one.kept, one.answer) for one in saved] == [(False, [True]), (True, [True])]
    assert save(given, attempt, q1=Given([False], seen=30))[0].number == 31


def test_an_answer_can_be_taken_back(session: Session) -> None:
    given = make_class([QuestionKind.SINGLE])
    attempt = start(given)
    save(given, attempt, q1=Given([0], number=1))
    assert save(given, attempt, q1=Given([], number=2))[0].answer is None


@pytest.mark.parametrize("answer", [["A"], [7], "x", {"a": 1}, [0, 1]])
def test_what_is_no_answer_is_refused_and_nothing_of_it_kept(
    session: Session, answer: object
) -> None:
    given = make_class([QuestionKind.SINGLE] * 2)
    attempt = start(given)
    wrong = lambda: save(given, attempt, q1=Given([0], number=1), q2=Given(answer, number=1))  # noqa: E731
    assert refusal(wrong) == "not_an_answer"
    assert [item.answer for item in queries.load_items(attempt.id)] == [None, None]
    assert refusal(lambda: save(given, attempt, q9=Given([0], number=1))) == "not_an_answer"


def test_after_its_time_an_attempt_is_graded_as_saved_by_then(session: Session) -> None:
    given = make_class([QuestionKind.TRUE_FALSE] * 2, minutes=10)
    attempt = start(given)
    over = TODAY + timedelta(minutes=10)
    save(given, attempt, over - timedelta(seconds=1), q1=Given([True], number=1))
    assert refusal(lambda: save(given, attempt, over, q2=Given([True], number=2))) == "time_over"
    submit(given, attempt, over + timedelta(hours=2))
    assert (attempt.marks, attempt.submitted_at) == (1, over)


def test_a_second_submission_gives_the_first_result(session: Session) -> None:
    given = make_class([QuestionKind.TRUE_FALSE])
    attempt = start(given)
    submit(given, attempt)
    late = lambda: save(given, attempt, q1=Given([True], number=1))  # noqa: E731
    assert refusal(late) == "attempt_over"
    again = submit(given, attempt, TODAY + timedelta(hours=1))
    assert (again.marks, again.submitted_at) == (0, TODAY)


def test_overdue_attempts_are_closed_by_the_worker(session: Session) -> None:
    given = make_class([QuestionKind.TRUE_FALSE], minutes=10)
    other = enrolled(given.lesson, given.bank)
    attempt = start(given)
    save(given, attempt, q1=Given([True], number=1))
    start(other, TODAY + timedelta(minutes=5))
    with clock.frozen(TODAY + timedelta(minutes=11)):
        assert close_overdue_attempts() == 1
        assert close_overdue_attempts() == 0
    session.rollback()
    assert (attempt.status, attempt.marks) == (AttemptStatus.MARKED, 1)
    assert attempt.submitted_at == TODAY + timedelta(minutes=10)
    assert given.enrolment.status is LearnerStatus.COMPLETED


def test_one_overdue_attempt_that_fails_keeps_no_other_waiting(
    session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    given = make_class([QuestionKind.TRUE_FALSE], minutes=10)
    other = enrolled(given.lesson, given.bank)
    broken, sound = start(given), start(other)
    broken_id = broken.id

    def lock(attempt_id: int, *, actor: Actor) -> tuple[QuizAttempt, CourseEnrolment]:
        if attempt_id == broken_id:
            raise RuntimeError("李梅")
        return grading_attempts_lock(attempt_id, actor=actor)

    grading_attempts_lock = grading_attempts.lock_attempt
    monkeypatch.setattr(grading_attempts, "lock_attempt", lock)
    with clock.frozen(TODAY + timedelta(minutes=11)):
        assert close_overdue_attempts() == 1
    session.rollback()
    assert (broken.status, sound.status) == (AttemptStatus.RUNNING, AttemptStatus.MARKED)
    assert f"attempt {broken_id} was not closed: RuntimeError" in caplog.text
    assert "李梅" not in caplog.text


def test_beginning_anew_closes_what_is_overdue_first(session: Session) -> None:
    given = make_class([QuestionKind.TRUE_FALSE], minutes=10)
    first = start(given)
    second = start(given, TODAY + timedelta(minutes=20))
    assert (first.status, second.number) == (AttemptStatus.MARKED, 2)


def test_others_neither_answer_nor_submit(session: Session) -> None:
    given = make_class()
    other = enrolled(given.lesson, given.bank)
    trainer = make.actor_of(courses.make_course_trainer(given.lesson.version.course))
    attempt = start(given)
    for actor in (other.actor, trainer, make.make_actor(Role.BUREAU, make.LINCANG)):
        with pytest.raises(NotFound), atomic():
            save_answers(attempt.id, {1: Given([0], number=1)}, actor=actor, now=TODAY)
        with pytest.raises(NotFound), atomic():
            submit_attempt(attempt.id, actor=actor, now=TODAY)
    assert queries.get_attempt(attempt.id, actor=trainer).id == attempt.id
    school = make.make_actor(Role.SCHOOL, given.enrolment.unit)
    for actor in (other.actor, school):
        with pytest.raises(NotFound):
            queries.get_attempt(attempt.id, actor=actor)


def test_a_quiz_opens_after_what_comes_before_it(session: Session) -> None:
    given = make_class()
    before = courses.make_lesson(given.lesson.version, title="先学")
    make.save(LessonPrerequisite(lesson_id=given.lesson.id, requires_id=before.id))
    assert refusal(lambda: start(given)) == "lesson_closed"


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"closes_on": TODAY.date() - timedelta(days=1)}, "course_over"),
        ({"opens_on": TODAY.date() + timedelta(days=1)}, "not_open_yet"),
        ({"status": CourseStatus.ENDED}, "course_over"),
        ({"status": CourseStatus.CANCELLED}, "not_enrolled"),
    ],
)
def test_a_quiz_is_taken_while_the_course_can_be_learnt(
    session: Session, columns: dict[str, Any], code: str
) -> None:
    given = make_class()
    running = start(given)
    with atomic():
        for name, value in columns.items():
            setattr(given.lesson.version.course, name, value)
    assert refusal(lambda: save(given, running, q1=Given([0], number=1))) == code
    submit(given, running)
    assert refusal(lambda: start(given)) == code


def test_who_is_not_in_the_course_begins_nothing(session: Session) -> None:
    given = make_class()
    stranger = make.make_actor(Role.TEACHER, given.enrolment.unit)
    with pytest.raises(NotFound), atomic():
        start_attempt(given.course_id, given.lesson.id, actor=stranger, now=TODAY)
    with pytest.raises(NotFound), atomic():
        start_attempt(given.course_id, 987654, actor=given.actor, now=TODAY)


def test_a_bank_that_shrank_is_told_instead_of_asking_fewer(session: Session) -> None:
    given = make_class([QuestionKind.SINGLE] * 2)
    question = queries.load_items(start(given).id)[0].revision.question
    submit(given, session.scalars(select(QuizAttempt)).one())
    with atomic():
        question.retired_at = TODAY
    assert refusal(lambda: start(given)) == "nothing_to_ask"
    assert why_not_ready(queries.find_quiz(given.lesson.id)) == "too_few_questions"


def test_a_question_that_is_revised_stays_as_it_was_asked(session: Session) -> None:
    given = make_class([QuestionKind.TRUE_FALSE])
    attempt = start(given)
    revision = queries.load_items(attempt.id)[0].revision
    with atomic():
        revision.current = False
        session.flush()
        newer = type(revision)(
            question_id=revision.question_id, number=2, current=True, stem="新", options=[],
            answer=[False], created_at=TODAY,
        )  # fmt: skip
        session.add(newer)
    save(given, attempt, q1=Given([True], number=1))
    assert submit(given, attempt).marks == 1


# ---- short answers ------------------------------------------------------------------------------


def written(given: Class) -> QuizAttempt:
    attempt = start(given)
    save(given, attempt, q1=Given(["先倾听，再报告"], number=1))
    return submit(given, attempt)


def test_a_short_answer_waits_for_a_trainer_who_is_told_once(session: Session) -> None:
    given = make_class([QuestionKind.SHORT_ANSWER])
    trainer = courses.make_course_trainer(given.lesson.version.course)
    attempt = written(given)
    assert (attempt.status, attempt.marks, attempt.passed) == (AttemptStatus.SUBMITTED, None, None)
    written(enrolled(given.lesson, given.bank))
    told = session.scalars(select(Notice.account_id).where(Notice.kind == "courses.answers_wait"))
    assert list(told) == [trainer.id]
    page = queries.list_waiting_answers(given.course_id)
    assert [(one.answer, one.expected, one.maximum) for one in page.items] == [
        ("先倾听，再报告", "要点", 1)
    ] * 2
    assert queries.count_waiting_answers(given.course_id, given.lesson.id) == 2


def test_an_empty_short_answer_needs_nobody(session: Session) -> None:
    given = make_class([QuestionKind.SHORT_ANSWER])
    assert submit(given, start(given)).status is AttemptStatus.MARKED


def mark(
    given: Class, item_id: int, marks: str, actor: Actor | None = None, feedback: str = ""
) -> int:
    trainer = actor or make.actor_of(courses.make_course_trainer(given.lesson.version.course))
    with atomic():
        answer = AnswerMark(item_id, Decimal(marks), feedback)
        return mark_answers(given.course_id, [answer], actor=trainer, now=TODAY)


def test_marks_settle_the_attempt_and_the_person_is_told(session: Session) -> None:
    given = make_class([QuestionKind.SHORT_ANSWER])
    item = queries.load_items(written(given).id)[0]
    assert mark(given, item.id, "0.75", feedback="要点齐全") == 1
    attempt = session.scalars(select(QuizAttempt)).one()
    assert (attempt.marks, attempt.passed, item.feedback) == (Decimal("0.75"), True, "要点齐全")
    assert given.enrolment.status is LearnerStatus.COMPLETED
    kinds = session.scalars(
        select(Notice.kind).where(Notice.account_id == given.actor.account_id)
    ).all()
    assert sorted(kinds) == ["courses.completed", "courses.quiz_passed"]


def test_two_answers_of_an_attempt_are_marked_before_it_is_settled(session: Session) -> None:
    given = make_class([QuestionKind.SHORT_ANSWER] * 2)
    attempt = start(given)
    save(given, attempt, q1=Given(["一"], number=1), q2=Given(["二"], number=1))
    submit(given, attempt)
    first, second = queries.load_items(attempt.id)
    assert mark(given, first.id, "1") == 0
    assert attempt.status is AttemptStatus.SUBMITTED
    assert mark(given, second.id, "0") == 1
    assert (attempt.marks, attempt.passed) == (1, False)


@pytest.mark.parametrize("marks", ["1.01", "-1", "0.333"])
def test_marks_lie_between_nothing_and_the_maximum(session: Session, marks: str) -> None:
    given = make_class([QuestionKind.SHORT_ANSWER])
    item = queries.load_items(written(given).id)[0]
    assert refusal(lambda: mark(given, item.id, marks)) == "out_of_range"


def test_only_who_teaches_the_course_marks(session: Session) -> None:
    given = make_class([QuestionKind.SHORT_ANSWER])
    item = queries.load_items(written(given).id)[0]
    other = make.actor_of(courses.make_course_trainer(courses.make_course("另一门课")))
    for actor in (given.actor, other, make.make_actor(Role.BUREAU, make.CHUXIONG)):
        with pytest.raises(NotFound):
            mark(given, item.id, "1", actor)
    with pytest.raises(NotFound):
        mark(given, 987654, "1")


def test_of_two_trainers_who_mark_at_once_one_is_told(app: Flask, session: Session) -> None:
    given = make_class([QuestionKind.SHORT_ANSWER])
    item_id = queries.load_items(written(given).id)[0].id
    course_id = given.course_id
    trainers = [
        make.actor_of(courses.make_course_trainer(given.lesson.version.course)) for _ in range(2)
    ]
    acts = [
        partial(mark_answers, course_id, [AnswerMark(item_id, ONE)], actor=one, now=TODAY)
        for one in trainers
    ]
    session.rollback()
    assert at_once(app, *acts) == ["already_marked", "done"]


def correct(
    attempt_id: int, actor: Actor, marks: str, seen: str = "0", reason: str = "另一种写法也对"
) -> QuizAttempt:
    with atomic():
        return correct_mark(
            attempt_id, 1, Decimal(marks), seen=Decimal(seen), reason=reason, actor=actor, now=TODAY
        )


def test_a_trainer_corrects_marks_and_the_result_follows(session: Session) -> None:
    given = make_class([QuestionKind.FILL_IN])
    trainer = make.actor_of(courses.make_course_trainer(given.lesson.version.course))
    attempt = start(given)
    save(given, attempt, q1=Given(["守密"], number=1))
    assert submit(given, attempt).passed is False
    corrected = correct(attempt.id, trainer, "1")
    assert (corrected.marks, corrected.passed) == (1, True)
    assert given.enrolment.status is LearnerStatus.COMPLETED
    assert correct(attempt.id, trainer, "0.5", seen="1").passed is False
    assert given.enrolment.status is LearnerStatus.COMPLETED
    entries = session.scalars(
        select(AuditEntry.reason).where(AuditEntry.action == "courses.correct_mark")
    ).all()
    assert entries == ["另一种写法也对"] * 2
    kinds = session.scalars(select(Notice.kind).order_by(Notice.id)).all()
    assert kinds == ["courses.completed", "courses.quiz_passed", "courses.quiz_failed"]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"marks": "2"}, "out_of_range"),
        ({"marks": "1", "seen": "0.5"}, "stale_version"),
        ({"marks": "1", "reason": " "}, "reason_missing"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    session: Session, facts: dict[str, str], code: str
) -> None:
    given = make_class([QuestionKind.FILL_IN])
    trainer = make.actor_of(courses.make_course_trainer(given.lesson.version.course))
    attempt = submit(given, start(given))
    assert refusal(lambda: correct(attempt.id, trainer, **facts)) == code
    for actor in (given.actor, make.make_actor(Role.BUREAU, make.CHUXIONG)):
        with pytest.raises(NotFound):
            correct(attempt.id, actor, "1")


def test_what_has_no_result_yet_is_marked_and_not_corrected(session: Session) -> None:
    given = make_class([QuestionKind.SHORT_ANSWER])
    trainer = make.actor_of(courses.make_course_trainer(given.lesson.version.course))
    attempt = written(given)
    assert refusal(lambda: correct(attempt.id, trainer, "1")) == "not_marked_yet"


# ---- at the same moment -------------------------------------------------------------------------


def test_two_devices_that_begin_at_once_share_an_attempt(app: Flask, session: Session) -> None:
    given = make_class()
    act = partial(start_attempt, given.course_id, given.lesson.id, actor=given.actor, now=TODAY)
    session.rollback()
    assert at_once(app, act, act, act) == ["done"] * 3
    session.rollback()
    assert session.scalar(select(func.count(QuizAttempt.id))) == 1


def test_answers_to_different_questions_from_two_devices_are_all_kept(
    app: Flask, session: Session
) -> None:
    given = make_class([QuestionKind.TRUE_FALSE] * 8)
    attempt_id = start(given).id
    acts = [
        partial(
            save_answers, attempt_id, {position: Given([True], number=1)},
            actor=given.actor, now=TODAY,
        )
        for position in range(1, 9)
    ]  # fmt: skip
    session.rollback()
    assert at_once(app, *acts) == ["done"] * 8
    session.rollback()
    assert [item.answer for item in queries.load_items(attempt_id)] == [[True]] * 8


def test_the_newest_answer_wins_in_whichever_order_they_arrive(
    app: Flask, session: Session
) -> None:
    given = make_class([QuestionKind.FILL_IN])
    attempt_id = start(given).id
    acts = [
        partial(
            save_answers, attempt_id, {1: Given([str(number)], number=number)},
            actor=given.actor, now=TODAY,
        )
        for number in (3, 1, 5, 2, 4)
    ]  # fmt: skip
    session.rollback()
    assert at_once(app, *acts) == ["done"] * 5
    session.rollback()
    assert queries.load_items(attempt_id)[0].answer == ["5"]


def test_submitting_twice_at_once_gives_one_result(app: Flask, session: Session) -> None:
    given = make_class([QuestionKind.TRUE_FALSE])
    attempt_id = start(given).id
    act = partial(submit_attempt, attempt_id, actor=given.actor, now=TODAY)
    session.rollback()
    assert at_once(app, act, act, act) == ["done"] * 3
    session.rollback()
    assert session.scalars(select(QuizAttempt.status)).all() == [AttemptStatus.MARKED]


# ---- conditions ---------------------------------------------------------------------------------


def facts(bank: QuestionBank, count: int = 1, **conditions: Any) -> QuizFacts:
    return QuizFacts(draws=[Draw(bank.id, None, count, ONE)], **conditions)


def drafted(kind: LessonKind = LessonKind.QUIZ) -> tuple[Lesson, QuestionBank]:
    version = courses.make_version(courses.make_course(), VersionStatus.DRAFT)
    bank = courses.make_bank()
    for number in range(3):
        make_question(bank, QuestionKind.SINGLE, f"第{number}题", topic="伦理")
    return courses.make_lesson(version, kind), bank


def set_by(actor: Actor, lesson: Lesson, wanted: QuizFacts) -> None:
    with atomic():
        set_quiz(lesson.id, wanted, actor=actor)


def test_conditions_are_set_and_set_again(session: Session) -> None:
    lesson, bank = drafted()
    actor = make.make_actor(Role.BUREAU, make.LINCANG)
    set_by(actor, lesson, facts(bank, 2))
    again = QuizFacts(
        draws=[Draw(bank.id, "伦理", 1, Decimal("2.5")), Draw(bank.id, None, 2, ONE)],
        attempts=3,
        minutes=45,
        pass_percent=75,
        answers_shown=AnswersShown.NEVER,
        shuffles=False,
    )
    set_by(actor, lesson, again)
    session.expire_all()
    quiz = queries.find_quiz(lesson.id)
    assert quiz is not None
    assert queries.draws_of(quiz) == again.draws
    assert (quiz.attempts, quiz.minutes, quiz.pass_percent) == (3, 45, 75)
    assert (quiz.answers_shown, quiz.shuffles) == (AnswersShown.NEVER, False)
    assert why_not_ready(quiz) is None
    assert why_not_ready(None) == "no_draws"


@pytest.mark.parametrize(
    ("count", "conditions", "code", "field"),
    [
        (4, {}, "too_few_questions", "draws"),
        (0, {}, "out_of_range", "draws"),
        (201, {}, "out_of_range", "draws"),
        (1, {"attempts": 0}, "out_of_range", "attempts"),
        (1, {"minutes": 601}, "out_of_range", "minutes"),
        (1, {"pass_percent": 101}, "out_of_range", "pass_percent"),
    ],
)
def test_conditions_that_cannot_be_are_refused(
    session: Session, count: int, conditions: dict[str, Any], code: str, field: str
) -> None:
    lesson, bank = drafted()
    actor = make.make_actor(Role.BUREAU, make.LINCANG)
    with pytest.raises(DomainError) as refused:
        set_by(actor, lesson, facts(bank, count, **conditions))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_quiz_draws_something(session: Session) -> None:
    lesson, _bank = drafted()
    actor = make.make_actor(Role.BUREAU, make.LINCANG)
    assert refusal(lambda: set_by(actor, lesson, QuizFacts([]))) == "no_draws"


def test_a_retired_bank_is_drawn_from_only_where_it_was(session: Session) -> None:
    lesson, bank = drafted()
    actor = make.make_actor(Role.BUREAU, make.LINCANG)
    with atomic():
        bank.retired_at = TODAY
    assert refusal(lambda: set_by(actor, lesson, facts(bank))) == "bank_retired"
    with atomic():
        bank.retired_at = None
    set_by(actor, lesson, facts(bank))
    with atomic():
        bank.retired_at = TODAY
    set_by(actor, lesson, facts(bank, 2))


def test_what_is_published_stays_as_it_is(session: Session) -> None:
    given = make_class()
    actor = make.make_actor(Role.BUREAU, make.LINCANG)
    assert refusal(lambda: set_by(actor, given.lesson, facts(given.bank))) == "version_published"


def test_another_kind_of_lesson_is_no_quiz(session: Session) -> None:
    lesson, bank = drafted(LessonKind.TEXT)
    actor = make.make_actor(Role.BUREAU, make.LINCANG)
    assert refusal(lambda: set_by(actor, lesson, facts(bank))) == "not_a_quiz"


def test_neither_others_lessons_nor_others_banks_are_used(session: Session) -> None:
    lesson, bank = drafted()
    with pytest.raises(NotFound):
        set_by(make.make_actor(Role.BUREAU, make.CHUXIONG), lesson, facts(bank))
    foreign = courses.make_bank(make.CHUXIONG)
    with pytest.raises(NotFound):
        set_by(make.make_actor(Role.BUREAU, make.LINCANG), lesson, facts(foreign))


# ---- figures ------------------------------------------------------------------------------------


def test_figures_come_from_first_attempts_and_tell_good_questions_from_bad(
    session: Session,
) -> None:
    """Twelve learners; the best six have the first question right, only the worst ones the second."""
    given = make_class([QuestionKind.TRUE_FALSE] * 3, shuffles=False)
    learners = [given, *(enrolled(given.lesson, given.bank) for _ in range(11))]
    for place, learner in enumerate(learners):
        attempt = start(learner)
        good = place < 6
        said = {"第0题": good, "第1题": not good and place > 9, "第2题": good}
        answers = {
            f"q{item.position}": Given([said[item.revision.stem]], number=1)
            for item in queries.load_items(attempt.id)
        }
        save(learner, attempt, **answers)
        submit(learner, attempt)
    again = start(given)
    submit(given, again)
    figures = analyse_quiz(given.course_id, given.lesson.key)
    assert (figures.attempts, figures.passed, figures.mean_percent) == (12, 6, 38.89)
    by_stem = {one.stem: one for one in figures.items}
    assert (by_stem["第0题"].difficulty, by_stem["第0题"].discrimination) == (0.5, 1.0)
    assert by_stem["第0题"].verdict is Verdict.GOOD
    assert (by_stem["第1题"].asked, by_stem["第1题"].difficulty) == (12, 0.167)
    assert analyse_quiz(given.course_id, "unknown").items == ()
