"""Work handed in for lessons: replaced, accepted, returned; two who mark at once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError
from app.core.file_types import FileType
from app.domain.audit.models import AuditEntry
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseVersion,
    HandIn,
    LessonProgress,
)
from app.domain.courses.operations.handing_in import (
    Judgement,
    StoredFile,
    hand_in,
    mark_hand_in,
)
from app.domain.courses.queries.hand_ins import (
    count_waiting,
    find_next_waiting,
    list_hand_ins,
    page_of_work,
)
from app.domain.courses.rules.words import HandInStatus, LearnerStatus, LessonKind, LessonStatus
from app.domain.outbox.models import Notice
from tests import factories
from tests.concurrency import at_once
from tests.course_factories import make_course_trainer, make_lesson
from tests.lesson_factories import Learned, another_learner, make_learned

FILE = StoredFile("f" * 32, "../个案 报告.pdf", FileType("pdf", "application/pdf"), 1234)


class Given:
    """A course with a lesson that asks for work, somebody in it and a trainer."""

    def __init__(self) -> None:
        self.learned: Learned = make_learned()
        version = db.session.get_one(CourseVersion, self.learned.version_id)
        self.lesson_id = make_lesson(version, LessonKind.ASSIGNMENT, "个案报告", required=False).id
        course = db.session.get_one(Course, self.learned.course_id)
        self.trainer = factories.actor_of(make_course_trainer(course))

    def hand_in(self, text: str | None = "个案报告正文", file: StoredFile | None = None) -> int:
        with atomic():
            made = hand_in(
                self.learned.enrolment_id,
                self.lesson_id,
                text=text,
                file=file,
                actor=self.learned.actor,
                now=clock.now(),
            )
            return made.id

    def mark(self, hand_in_id: int, accept: bool = True, **more) -> None:
        with atomic():
            judgement = Judgement(accept, **more)
            mark_hand_in(hand_in_id, judgement, actor=self.trainer, now=clock.now())

    def work(self) -> list[HandIn]:
        db.session.rollback()
        return list_hand_ins(self.learned.enrolment_id, self.lesson_id)


@pytest.fixture
def given(session: Session) -> Given:
    return Given()


def refused(act, *args, **kwargs) -> str:
    with pytest.raises(DomainError) as caught:
        act(*args, **kwargs)
    db.session.rollback()
    return caught.value.code


def test_work_is_a_text_a_file_or_both(given: Given) -> None:
    given.hand_in(file=FILE)
    (one,) = given.work()
    assert (one.number, one.text, one.file_name) == (1, "个案报告正文", "个案 报告.pdf")
    assert (one.content_type, one.size) == ("application/pdf", 1234)
    assert refused(given.hand_in, "  ") == "nothing_handed_in"
    assert refused(given.hand_in, "字" * 20_001) == "too_long"


def test_a_newer_piece_takes_the_place_of_the_earlier_and_both_are_kept(given: Given) -> None:
    given.hand_in("第一稿")
    given.hand_in("第二稿")
    assert [(one.number, one.replaced_at is None) for one in given.work()] == [
        (2, True),
        (1, False),
    ]
    assert count_waiting(given.learned.course_id) == 1


def test_accepted_work_completes_the_lesson_with_its_marks(given: Given) -> None:
    work = given.hand_in()
    given.mark(work, marks=Decimal("87.5"), feedback="很好")
    progress = db.session.scalars(
        select(LessonProgress).where(LessonProgress.lesson_id == given.lesson_id)
    ).one()
    assert (progress.status, progress.score) == (LessonStatus.COMPLETED, Decimal("87.5"))
    assert given.work()[0].marked_by == given.trainer.account_id
    assert refused(given.hand_in) == "accepted"


def test_returned_work_says_what_is_missing_and_may_be_handed_in_anew(given: Given) -> None:
    work = given.hand_in()
    assert refused(given.mark, work, accept=False) == "feedback_missing"
    given.mark(work, accept=False, feedback="请补充反思")
    notice = db.session.scalars(
        select(Notice).where(Notice.kind == "courses.hand_in_returned")
    ).one()
    assert notice.parameters["feedback"] == "请补充反思"
    given.hand_in("第二稿")
    assert [one.status for one in given.work()] == [HandInStatus.HANDED_IN, HandInStatus.RETURNED]


def test_only_what_counts_and_waits_is_marked(given: Given) -> None:
    first = given.hand_in()
    second = given.hand_in()
    assert refused(given.mark, first) == "replaced"
    given.mark(second)
    assert refused(given.mark, second) == "marked"
    assert refused(given.mark, 999) == "not_found"


@pytest.mark.parametrize("marks", ["100.5", "-1", "NaN", "1.234"])
def test_refuses_marks_that_are_none(given: Given, marks: str) -> None:
    assert refused(given.mark, given.hand_in(), marks=Decimal(marks)) == "marks_out_of_range"


def test_nobody_hands_in_or_marks_for_somebody_else(given: Given) -> None:
    _other, actor = another_learner(given.learned)
    for who in (actor, given.trainer):
        with pytest.raises(DomainError) as caught, atomic():
            hand_in(
                given.learned.enrolment_id,
                given.lesson_id,
                text="x",
                file=None,
                actor=who,
                now=clock.now(),
            )
        assert caught.value.code == "not_found"
    work = given.hand_in()
    elsewhere = factories.make_actor("bureau", factories.CHUXIONG)
    for who in (given.learned.actor, actor, elsewhere):
        with pytest.raises(DomainError) as caught, atomic():
            mark_hand_in(work, Judgement(True), actor=who, now=clock.now())
        assert caught.value.code == "not_found"


def test_nothing_is_handed_in_for_another_kind_of_lesson(given: Given) -> None:
    given.lesson_id = given.learned.pdf_id
    assert refused(given.hand_in) == "not_an_assignment"


def test_both_acts_are_recorded_without_what_was_written(given: Given) -> None:
    given.mark(given.hand_in(), marks=Decimal(90), feedback="很好")
    rows = db.session.execute(
        select(AuditEntry.action, AuditEntry.details).where(
            AuditEntry.action.in_(("courses.hand_in", "courses.mark_hand_in"))
        )
    ).all()
    lesson = given.lesson_id
    assert [tuple(row) for row in rows] == [
        ("courses.hand_in", {"lesson": lesson, "number": 1}),
        (
            "courses.mark_hand_in",
            {"lesson": lesson, "number": 1, "status": "accepted", "marks": "90"},
        ),
    ]


def test_of_two_who_mark_at_once_one_is_told(app: Flask, given: Given) -> None:
    work = given.hand_in()
    db.session.rollback()

    def judge(accept: bool):
        return lambda: mark_hand_in(
            work, Judgement(accept, feedback="看过"), actor=given.trainer, now=clock.now()
        )

    assert at_once(app, judge(True), judge(False)) == ["done", "marked"]


def test_the_same_work_sent_twice_at_once_keeps_both_and_one_counts(
    app: Flask, given: Given
) -> None:
    learned = given.learned
    db.session.rollback()

    def send() -> None:
        hand_in(
            learned.enrolment_id,
            given.lesson_id,
            text="同一份",
            file=None,
            actor=learned.actor,
            now=clock.now(),
        )

    assert at_once(app, send, send, send) == ["done"] * 3
    assert [(one.number, one.replaced_at is None) for one in given.work()] == [
        (3, True),
        (2, False),
        (1, False),
    ]


def test_what_has_waited_longest_is_marked_first(given: Given) -> None:
    learned = given.learned
    given.hand_in()
    other, actor = another_learner(learned)
    with clock.frozen(clock.now() - timedelta(hours=1)), atomic():
        earlier = hand_in(
            other.id, given.lesson_id, text="早", file=None, actor=actor, now=clock.now()
        ).id
    page = page_of_work(learned.course_id, 1, status=HandInStatus.HANDED_IN, lesson_key=None)
    assert [one.name for one in page.items] == ["王芳", "李梅"]
    assert find_next_waiting(learned.course_id, earlier) == page.items[1].id
    with atomic():
        db.session.get_one(CourseEnrolment, other.id).status = LearnerStatus.WITHDRAWN
    assert count_waiting(learned.course_id) == 1
