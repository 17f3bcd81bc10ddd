"""Reports of players against real databases: from two devices, twice, late, too fast, for somebody else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, NotFound
from app.domain.courses.models import Course, CourseEnrolment, Lesson, LessonProgress
from app.domain.courses.operations.progressing import Reached, mark_read, report_progress
from app.domain.courses.operations.progressing_together import Report, report_together
from app.domain.courses.rules.progress import Told
from app.domain.courses.rules.words import (
    CourseStatus,
    LearnerStatus,
    LessonKind,
    LessonStatus,
)
from app.domain.people.models import TrainingRecord
from tests import factories
from tests.concurrency import at_once
from tests.conftest import TODAY
from tests.course_factories import make_course_trainer, make_lesson
from tests.lesson_factories import Learned, another_learner, make_learned


@pytest.fixture
def learned(session: Session) -> Learned:
    return make_learned()


def later(seconds: float) -> datetime:
    return TODAY + timedelta(seconds=seconds)


def report(learned: Learned, *watched: tuple[float, float], passed: float = 60, **told) -> Reached:
    with clock.frozen(later(passed)), atomic():
        return report_progress(
            learned.enrolment_id,
            learned.video_id,
            Told(watched, **told),
            actor=learned.actor,
            now=clock.now(),
        )


def report_as_many(
    learned: Learned, *watched: tuple[float, float], passed: float = 60
) -> list[Reached | None]:
    one = Report(
        learned.course_id, learned.enrolment_id, learned.video_id, Told(watched), learned.actor
    )
    with clock.frozen(later(passed)), atomic():
        return report_together([one])


def progress(learned: Learned) -> LessonProgress:
    db.session.rollback()
    return db.session.scalars(
        select(LessonProgress).where(LessonProgress.lesson_id == learned.video_id)
    ).one()


def enrolment(learned: Learned) -> CourseEnrolment:
    db.session.rollback()
    return db.session.get_one(CourseEnrolment, learned.enrolment_id)


def refused(act, *args, **kwargs) -> str:
    with pytest.raises(DomainError) as caught:
        act(*args, **kwargs)
    db.session.rollback()
    return caught.value.code


def test_keeps_what_was_watched_and_where_to_go_on(learned: Learned) -> None:
    reached = report(learned, (0, 10), (20, 30), position=30.0)
    assert (reached.percent, reached.watched_seconds, reached.position) == (10, 20, 10)
    kept = progress(learned)
    assert (kept.watched, kept.watched_seconds) == ([[0, 10], [20, 30]], 20)
    assert enrolment(learned).last_lesson_id == learned.video_id
    assert enrolment(learned).last_active_at == later(60)


def test_the_same_report_twice_changes_nothing(learned: Learned) -> None:
    report(learned, (0, 30))
    clock_before = enrolment(learned).watch_at, enrolment(learned).watch_ahead
    assert report(learned, (0, 30), passed=61).watched_seconds == 30
    assert (enrolment(learned).watch_at, enrolment(learned).watch_ahead) == clock_before


def test_reports_out_of_order_lead_to_the_same(learned: Learned) -> None:
    report(learned, (10, 20), at=later(20), position=20.0)
    assert report(learned, (0, 10), at=later(10), position=10.0).percent == 20
    assert progress(learned).watched == [[0, 20]]


def test_refuses_more_than_the_time_that_passed_and_takes_it_later(learned: Learned) -> None:
    assert refused(report, learned, (0, 95), passed=20) == "too_fast"
    assert db.session.scalar(select(LessonProgress.id)) is None, "a refused report leaves nothing"
    assert report(learned, (0, 95), passed=65).status is LessonStatus.COMPLETED


def test_enough_watched_completes_the_lesson_and_opens_the_next(learned: Learned) -> None:
    assert refused(read, learned, learned.text_id) == "lesson_closed"
    assert report(learned, (0, 88), passed=100).status is LessonStatus.STARTED
    reached = report(learned, (88, 89), passed=100)
    assert (reached.status, reached.done, reached.required) == (LessonStatus.COMPLETED, 1, 2)
    assert read(learned, learned.text_id).course_status is LearnerStatus.COMPLETED


def read(learned: Learned, lesson_id: int, **kwargs) -> Reached:
    with atomic():
        return mark_read(
            learned.enrolment_id,
            lesson_id,
            actor=kwargs.get("actor", learned.actor),
            now=clock.now(),
        )


def test_the_last_required_lesson_writes_the_hours(learned: Learned) -> None:
    report(learned, (0, 100), passed=100)
    read(learned, learned.text_id)
    record = db.session.scalars(select(TrainingRecord)).one()
    assert (record.person_id, record.hours) == (learned.person_id, Decimal(10))
    assert enrolment(learned).training_record_id == record.id


def test_a_lesson_that_is_not_required_counts_nothing(learned: Learned) -> None:
    assert (read(learned, learned.pdf_id).done, enrolment(learned).done) == (0, 0)


def test_a_video_is_not_completed_by_saying_so(learned: Learned) -> None:
    assert refused(read, learned, learned.video_id) == "not_readable"


def test_a_lesson_without_a_video_takes_no_stretches(learned: Learned) -> None:
    def tell() -> None:
        with atomic():
            report_progress(
                learned.enrolment_id,
                learned.pdf_id,
                Told(((0, 10),)),
                actor=learned.actor,
                now=clock.now(),
            )

    assert refused(tell) == "not_a_video"


def test_opening_a_text_is_remembered(learned: Learned) -> None:
    with atomic():
        report_progress(
            learned.enrolment_id, learned.pdf_id, Told(), actor=learned.actor, now=clock.now()
        )
    assert enrolment(learned).last_lesson_id == learned.pdf_id


def test_a_report_that_comes_late_leads_nobody_back(learned: Learned) -> None:
    with clock.frozen(later(600)), atomic():
        report_progress(
            learned.enrolment_id, learned.pdf_id, Told(), actor=learned.actor, now=clock.now()
        )
    report(learned, (0, 10), passed=620, at=later(60))
    assert enrolment(learned).last_lesson_id == learned.pdf_id


def test_nobody_reports_for_somebody_else(learned: Learned) -> None:
    _other, actor = another_learner(learned)
    assert refused(read, learned, learned.pdf_id, actor=actor) == "not_found"
    stranger = factories.make_actor("school", factories.make_school(factories.LINXIANG))
    assert refused(read, learned, learned.pdf_id, actor=stranger) == "not_found"


def test_who_teaches_the_course_reports_for_its_learners(learned: Learned) -> None:
    course = db.session.get_one(Course, learned.course_id)
    trainer = factories.actor_of(make_course_trainer(course))
    assert read(learned, learned.pdf_id, actor=trainer).status is LessonStatus.COMPLETED


def test_a_school_sees_its_people_and_does_not_learn_for_them(learned: Learned) -> None:
    school = factories.make_actor("school", enrolment(learned).unit)
    assert refused(read, learned, learned.pdf_id, actor=school) == "not_found"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"opens_on": date(2023, 8, 18)}, "not_open_yet"),
        ({"closes_on": date(2023, 8, 16)}, "course_over"),
        ({"status": CourseStatus.ENDED}, "course_over"),
        ({"status": CourseStatus.CANCELLED}, "not_enrolled"),
    ],
)
def test_outside_the_days_of_the_course_nothing_counts(
    learned: Learned, changes: dict, code: str
) -> None:
    report(learned, (0, 10))
    with atomic():
        course = db.session.get_one(Course, learned.course_id)
        for name, value in changes.items():
            setattr(course, name, value)
    assert refused(report, learned, (10, 20), passed=70) == code
    assert report_as_many(learned, (10, 20), passed=70) == [None]


def test_a_lesson_of_another_version_is_not_found(learned: Learned) -> None:
    elsewhere = make_learned(factories.CHUXIONG)
    assert refused(read, learned, elsewhere.text_id) == "not_found"


def test_the_quick_way_says_and_leaves_exactly_what_the_single_one_does(learned: Learned) -> None:
    other, actor = another_learner(learned)
    for watched, passed in (
        ((0, 10), 10),
        ((10, 20), 20),
        ((5, 25), 30),
        ((40, 50), 40),
        ((0, 50), 41),
    ):
        alone = report(learned, watched, passed=passed, position=watched[1])
        told = Told((watched,), position=watched[1])
        with clock.frozen(later(passed)), atomic():
            (together,) = report_together(
                [Report(learned.course_id, other.id, learned.video_id, told, actor)]
            )
        assert together == alone
    db.session.rollback()
    rows = db.session.execute(
        select(
            LessonProgress.watched,
            LessonProgress.watched_seconds,
            LessonProgress.position,
            LessonProgress.position_at,
            LessonProgress.started_at,
            LessonProgress.last_at,
            LessonProgress.status,
            CourseEnrolment.started_at,
            CourseEnrolment.watch_at,
            CourseEnrolment.watch_ahead,
            CourseEnrolment.last_active_at,
            CourseEnrolment.last_lesson_id,
        ).join(CourseEnrolment, CourseEnrolment.id == LessonProgress.enrolment_id)
    ).all()
    assert rows[0] == rows[1]
    assert rows[0].watched == [[0, 50]]


def test_only_what_is_plain_is_noted_the_quick_way(learned: Learned) -> None:
    closed = Report(learned.course_id, learned.enrolment_id, learned.text_id, Told(), learned.actor)
    with atomic():
        assert report_together([closed]) == [None], "who enters a lesson that is not open"
    report(learned, (0, 10), passed=10)
    assert report_as_many(learned, (0, 95), passed=200) == [None], "who completes it"
    assert report_as_many(learned, (0, 88), passed=57) == [None], "who is too fast"
    assert report_as_many(learned, (9, 5), passed=57) == [None], "who sends nonsense"
    _other, stranger = another_learner(learned)
    theirs = Report(
        learned.course_id, learned.enrolment_id, learned.video_id, Told(((10, 20),)), stranger
    )
    with atomic():
        assert report_together([theirs]) == [None], "who reports for somebody else"
    assert progress(learned).watched == [[0, 10]]


def test_a_lesson_is_entered_the_quick_way_too(learned: Learned) -> None:
    entered = report_as_many(learned, (0, 10))[0]
    assert entered is not None
    assert (entered.status, entered.percent) == (LessonStatus.STARTED, 10)
    opened = Report(learned.course_id, learned.enrolment_id, learned.pdf_id, Told(), learned.actor)
    with clock.frozen(later(70)), atomic():
        (reached,) = report_together([opened])
    assert reached is not None
    assert (reached.lesson_id, reached.percent) == (learned.pdf_id, 0)
    assert enrolment(learned).last_lesson_id == learned.pdf_id


def test_every_page_that_shows_progress_is_told_that_it_changed(learned: Learned) -> None:
    report(learned, (0, 10))
    stamp = enrolment(learned).stamp
    report_as_many(learned, (10, 20))
    assert enrolment(learned).stamp == stamp + 1


def test_two_devices_at_once_lose_nothing(app: Flask, learned: Learned) -> None:
    """Each thread watches its own minute of an hour, by both ways, all in one moment."""
    with atomic():
        lesson = db.session.get_one(Lesson, learned.video_id)
        lesson.media.seconds, lesson.seek_ahead = Decimal(3600), True
    report(learned, (0, 1), passed=0)
    db.session.rollback()
    moment = later(3000)

    def single(begin: float) -> None:
        told = Told(((begin, begin + 60),))
        report_progress(
            learned.enrolment_id, learned.video_id, told, actor=learned.actor, now=moment
        )

    def together(begin: float) -> None:
        told = Told(((begin, begin + 60),))
        one = Report(learned.course_id, learned.enrolment_id, learned.video_id, told, learned.actor)
        with clock.frozen(moment):
            assert report_together([one])[0] is not None

    acts = [lambda n=n: (single if n % 2 else together)(n * 100.0) for n in range(1, 9)]
    assert at_once(app, *acts) == ["done"] * 8
    assert progress(learned).watched == [[0, 1]] + [[n * 100, n * 100 + 60] for n in range(1, 9)]
    assert enrolment(learned).watch_ahead == pytest.approx(481 - 3000)


def test_the_first_reports_of_two_devices_make_one_progress(app: Flask, learned: Learned) -> None:
    db.session.rollback()

    def first(begin: float) -> None:
        told = Told(((begin, begin + 10),))
        report_progress(
            learned.enrolment_id, learned.video_id, told, actor=learned.actor, now=later(60)
        )

    assert at_once(app, lambda: first(0), lambda: first(10)) == ["done", "done"]
    assert progress(learned).watched == [[0, 20]]


def test_the_last_stretch_from_two_devices_completes_once(app: Flask, learned: Learned) -> None:
    report(learned, (0, 80), passed=100)
    read(learned, learned.pdf_id)
    with atomic():
        db.session.get_one(Lesson, learned.text_id).required = False
        db.session.get_one(CourseEnrolment, learned.enrolment_id).required = 1

    def last() -> None:
        told = Told(((80, 100),))
        report_progress(
            learned.enrolment_id, learned.video_id, told, actor=learned.actor, now=later(200)
        )

    assert at_once(app, last, last, last) == ["done"] * 3
    assert (enrolment(learned).done, enrolment(learned).status) == (1, LearnerStatus.COMPLETED)
    assert len(db.session.scalars(select(TrainingRecord)).all()) == 1


def test_a_package_or_quiz_is_not_completed_by_reading(learned: Learned) -> None:
    version = db.session.get_one(Lesson, learned.video_id).version
    quiz = make_lesson(version, LessonKind.QUIZ, "测验")
    assert refused(read, learned, quiz.id) == "not_readable"


def test_not_found_for_a_lesson_that_does_not_exist(learned: Learned) -> None:
    with pytest.raises(NotFound), atomic():
        mark_read(learned.enrolment_id, 999_999, actor=learned.actor, now=clock.now())
