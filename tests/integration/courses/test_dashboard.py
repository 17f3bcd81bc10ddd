"""A course in figures on both databases: exact sums, each opening into exactly the people it counts, and its scope."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import Role
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseVersion,
    Lesson,
    LessonProgress,
)
from app.domain.courses.queries.dashboard import Totals, read_dashboard
from app.domain.courses.queries.learner_places import Place
from app.domain.courses.queries.learners import LearnerFilter, list_learners
from app.domain.courses.rules.words import LearnerStatus, LessonKind, LessonStatus, VersionStatus
from tests import factories
from tests.course_factories import (
    make_course,
    make_course_trainer,
    make_learner,
    make_lesson,
    make_version,
)
from tests.factories import LINCANG, LINXIANG, make_counselor, make_school

FENGQING = "530921"
DAY = timedelta(days=1)


def begin(
    learner: CourseEnrolment, *lessons: Lesson, done: int = 0, days_ago: int = 1
) -> CourseEnrolment:
    """Opens lessons, the first ``done`` of them finished; last seen so many days ago."""
    now = clock.now()
    for index, lesson in enumerate(lessons):
        finished = index < done
        factories.save(
            LessonProgress(
                enrolment_id=learner.id,
                lesson_id=lesson.id,
                status=LessonStatus.COMPLETED if finished else LessonStatus.STARTED,
                started_at=now - days_ago * DAY,
                last_at=now - days_ago * DAY,
            )
        )
    return learner


def fill(unit: str = LINCANG) -> tuple[Course, list[Lesson]]:
    """Seven people: two finished after 4 and 10 days, one active, two stuck, one not begun, one left."""
    course = make_course(unit=unit)
    version = make_version(course)
    first = make_lesson(version, title="认识情绪")
    second = make_lesson(version, LessonKind.VIDEO, "倾听的方法")
    now = clock.now()
    here, there = make_school(FENGQING, "凤庆一中"), make_school(LINXIANG, "临翔一中")

    def join(name: str, school: object, **columns: object) -> CourseEnrolment:
        return make_learner(
            course,
            make_counselor(school, name),
            school,
            **({"enrolled_at": now - 40 * DAY} | columns),
        )

    for name, school, days in (("李梅", here, 4), ("王芳", there, 10)):
        done = join(
            name,
            school,
            status=LearnerStatus.COMPLETED,
            started_at=now - (days + 2) * DAY,
            last_active_at=now - 2 * DAY,
            completed_at=now - 2 * DAY,
            completed_on=(clock.local(now) - 2 * DAY).date(),
            done=2,
        )
        begin(done, first, second, done=2)
    active = join("赵云", here, started_at=now - 3 * DAY, last_active_at=now - 1 * DAY)
    begin(active, first)
    for name in ("钱红", "孙丽"):
        stuck = join(
            name,
            here,
            started_at=now - 30 * DAY,
            last_active_at=now - 20 * DAY,
            last_lesson_id=second.id,
            done=1,
        )
        begin(stuck, first, second, done=1, days_ago=20)
    join("周敏", there, enrolled_at=now)
    join("吴静", there, status=LearnerStatus.WITHDRAWN, started_at=now - 9 * DAY)
    return course, [first, second]


def names(course: Course, **wanted: object) -> set[str]:
    actor = factories.actor_of(factories.make_account(Role.BUREAU, LINCANG))
    page = list_learners(course, LearnerFilter(**wanted), actor=actor, today=clock.today())  # type: ignore[arg-type]
    return {row.name for row in page.items}


def test_who_plans_reads_everybody_in_figures(session: Session) -> None:
    course, _lessons = fill()
    bureau = factories.actor_of(factories.make_account(Role.BUREAU, LINCANG))
    read = read_dashboard(course, actor=bureau, now=clock.now())
    assert read.totals == Totals(
        enrolled=6, begun=5, active=3, finished=2, not_begun=1, stuck=2, left=1
    )
    assert read.totals.unfinished == 3 / 5
    assert read.median_days == 7.0
    assert [
        (one.title, one.begun, one.finished, one.stuck, one.unfinished) for one in read.lessons
    ] == [("认识情绪", 5, 4, 0, 0.2), ("倾听的方法", 4, 2, 2, 0.5)]
    assert [
        (one.code, one.enrolled, one.begun, one.active, one.finished, one.stuck)
        for one in read.parts
    ] == [(LINXIANG, 2, 1, 1, 1, 0), (FENGQING, 4, 4, 2, 1, 2)]
    assert len(read.weeks) == 12
    assert (sum(week.enrolled for week in read.weeks), read.weeks[-1].enrolled) == (6, 1)
    assert sum(week.finished for week in read.weeks) == 2


def test_each_figure_opens_into_the_people_it_counts(session: Session) -> None:
    course, (first, second) = fill()
    now = clock.now()
    assert names(course, active=now) == {"李梅", "王芳", "赵云"}
    assert names(course, stuck=now) == {"钱红", "孙丽"}
    assert names(course, status=LearnerStatus.ENROLLED, not_begun=True) == {"周敏"}
    assert names(course, lesson=(first.key, Place.UNFINISHED, now)) == {"赵云"}
    assert names(course, lesson=(second.key, Place.BEGUN, now)) == {"李梅", "王芳", "钱红", "孙丽"}
    assert names(course, lesson=(second.key, Place.FINISHED, now)) == {"李梅", "王芳"}
    assert names(course, lesson=(second.key, Place.STUCK, now)) == {"钱红", "孙丽"}
    monday = clock.today() - clock.today().weekday() * DAY
    assert names(course, came_in=monday) == {"周敏"}
    two_days_ago = (clock.local(now) - 2 * DAY).date()
    week = two_days_ago - two_days_ago.weekday() * DAY
    assert names(course, finished_in=week) == {"李梅", "王芳"}


def test_a_county_and_a_school_read_their_own_people_and_no_questions(session: Session) -> None:
    course, _lessons = fill()
    county = factories.actor_of(factories.make_account(Role.COUNTY, FENGQING))
    read = read_dashboard(course, actor=county, now=clock.now())
    assert (read.totals.enrolled, read.totals.finished, read.totals.stuck) == (4, 1, 2)
    assert [(part.name, part.enrolled) for part in read.parts] == [("凤庆一中", 4)]
    assert read.median_days == 4.0
    assert read.lessons[1].begun == 3
    assert read.quizzes == ()


def test_a_trainer_reads_everybody_by_county(session: Session) -> None:
    course, _lessons = fill()
    trainer = factories.actor_of(make_course_trainer(course))
    read = read_dashboard(course, actor=trainer, now=clock.now())
    assert read.totals.enrolled == 6
    assert [part.code for part in read.parts] == [LINXIANG, FENGQING]


def test_a_lesson_is_one_over_all_versions_and_a_dropped_one_stands_last(session: Session) -> None:
    course, (first, second) = fill()
    with_draft = make_version(course, VersionStatus.DRAFT, number=3)
    make_lesson(with_draft, title="未发布")
    with atomic():
        db.session.get_one(CourseVersion, first.version_id).status = VersionStatus.RETIRED
    newer = make_version(course, number=2)
    kept = make_lesson(newer, title="认识情绪（新）", key=first.key)
    begin(make_learner(course), kept, done=1)
    bureau = factories.actor_of(factories.make_account(Role.BUREAU, LINCANG))
    read = read_dashboard(course, actor=bureau, now=clock.now())
    assert [(one.title, one.current, one.begun) for one in read.lessons] == [
        ("认识情绪（新）", True, 6),
        ("倾听的方法", False, 4),
    ]
    assert second.key == read.lessons[1].key


def test_a_course_without_learners_has_no_figures(session: Session) -> None:
    course = make_course()
    make_lesson(make_version(course))
    bureau = factories.actor_of(factories.make_account(Role.BUREAU, LINCANG))
    read = read_dashboard(course, actor=bureau, now=clock.now())
    assert read.totals == Totals(0, 0, 0, 0, 0, 0, 0)
    assert (read.totals.unfinished, read.median_days, read.parts) == (None, None, ())
    assert [one.unfinished for one in read.lessons] == [None]
