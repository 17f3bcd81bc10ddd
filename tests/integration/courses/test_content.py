"""Versions, sections and lessons of a course as they are written and published; several people at once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, NotFound
from app.domain.accounts.rules import Actor, Role
from app.domain.audit.models import AuditEntry
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseVersion,
    Lesson,
    LessonPrerequisite,
    Quiz,
    Section,
)
from app.domain.courses.operations import drafts, lessons, publishing, sections
from app.domain.courses.operations.lessons import LessonFacts
from app.domain.courses.queries.content import read_content
from app.domain.courses.queries.versions import list_versions
from app.domain.courses.rules.words import CourseKind, CourseStatus, LessonKind, VersionStatus
from app.domain.outbox.models import Notice
from tests import course_factories as courses
from tests import factories as make
from tests.concurrency import at_once


def bureau(unit: str = make.LINCANG) -> Actor:
    return make.actor_of(make.make_account(Role.BUREAU, unit))


@pytest.fixture
def course(session: Session) -> Course:
    """A published course with two text lessons, the second after the first, a quiz and a video."""
    course = courses.make_course()
    version = courses.make_version(course)
    first = courses.make_lesson(version, title="什么是心理健康")
    second = courses.make_lesson(version, title="情绪辅导")
    video = courses.make_lesson(
        version, LessonKind.LINK, "拓展阅读", address="https://a.cn/", required=False
    )
    quiz = courses.make_lesson(version, LessonKind.QUIZ, "结课测验")
    bank = courses.make_bank()
    courses.make_question(bank)
    courses.make_quiz(quiz, bank, attempts=3, pass_percent=80)
    with atomic():
        db.session.add(LessonPrerequisite(lesson_id=second.id, requires_id=first.id))
        db.session.add(LessonPrerequisite(lesson_id=quiz.id, requires_id=video.id))
    return course


def draft_of(course_id: int, actor: Actor) -> int:
    with atomic():
        return drafts.make_draft(course_id, actor=actor, now=clock.now()).id


def publish(course_id: int, actor: Actor, note: str = "", **seen: int) -> int:
    with atomic():
        return publishing.publish_version(course_id, note, actor=actor, now=clock.now(), **seen).id


def titles(version_id: int) -> list[list[str]]:
    return [[one.title for one in part.lessons] for part in read_content(version_id).sections]


def lesson_named(version_id: int, title: str) -> Lesson:
    return db.session.scalars(
        select(Lesson).where(Lesson.version_id == version_id, Lesson.title == title)
    ).one()


def edit(course_id: int, lesson_id: int, actor: Actor, **facts: object) -> None:
    with atomic():
        lessons.edit_lesson(
            course_id,
            lesson_id,
            LessonFacts(**{"title": "课", **facts}),
            actor=actor,  # type: ignore[arg-type]
        )


def code(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_a_draft_is_a_copy_with_everything_in_it(course: Course) -> None:
    old = list_versions(course.id)[0].id
    new = draft_of(course.id, bureau())
    assert titles(new) == titles(old) == [["什么是心理健康", "情绪辅导", "拓展阅读", "结课测验"]]
    keys = [
        list(
            db.session.scalars(
                select(Lesson.key).where(Lesson.version_id == one).order_by(Lesson.id)
            )
        )
        for one in (old, new)
    ]
    assert keys[0] == keys[1]
    outline = {one.title: one for one in read_content(new).lessons}
    assert outline["情绪辅导"].after == ("什么是心理健康",)
    assert outline["结课测验"].after == ("拓展阅读",)
    quiz = db.session.get_one(Quiz, lesson_named(new, "结课测验").id)
    assert (quiz.attempts, quiz.pass_percent, [one.count for one in quiz.draws]) == (3, 80, [1])
    assert lesson_named(new, "拓展阅读").address == "https://a.cn/"


def test_there_is_one_draft_whoever_asks(course: Course) -> None:
    actor = bureau()
    assert draft_of(course.id, actor) == draft_of(course.id, actor)
    assert [line.status.value for line in list_versions(course.id)] == ["draft", "published"]


def test_a_course_without_lessons_begins_with_an_empty_draft(session: Session) -> None:
    course, actor = courses.make_course(status=CourseStatus.DRAFT), bureau()
    draft = draft_of(course.id, actor)
    with atomic():
        section = sections.add_section(course.id, " 第一章 ", "概述", actor=actor)
        lesson = lessons.add_lesson(course.id, section.id, LessonKind.TEXT, "第一课", actor=actor)
        section_id, lesson_id = section.id, lesson.id
    edit(course.id, lesson_id, actor, title="第一课", body="正文")
    assert titles(draft) == [["第一课"]]
    assert read_content(draft).faults == ()
    assert db.session.get_one(Section, section_id).title == "第一章"
    publish(course.id, actor)
    assert list_versions(course.id)[0].status is VersionStatus.PUBLISHED


def test_publishing_retires_the_old_one_and_who_has_begun_keeps_it(course: Course) -> None:
    actor = bureau()
    old = list_versions(course.id)[0].id
    begun = courses.make_learner(course, started_at=clock.now())
    waiting = courses.make_learner(course)
    new = draft_of(course.id, actor)
    with atomic():
        lessons.remove_lesson(course.id, lesson_named(new, "情绪辅导").id, actor=actor)
    publish(course.id, actor, "删去一课")
    assert {one.number: one.status.value for one in list_versions(course.id)} == {
        2: "published",
        1: "retired",
    }
    rows = {one.id: one for one in db.session.scalars(select(CourseEnrolment))}
    assert (rows[begun.id].version_id, rows[begun.id].required) == (old, 3)
    assert (rows[waiting.id].version_id, rows[waiting.id].required) == (new, 2)
    assert rows[waiting.id].stamp == 2
    assert {one.number: one.learners for one in list_versions(course.id)} == {2: 1, 1: 1}


def test_who_teaches_is_told_of_new_lessons(course: Course) -> None:
    trainer = courses.make_course_trainer(course)
    actor = bureau()
    draft_of(course.id, actor)
    publish(course.id, actor, "补充案例")
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.account_id, notice.kind) == (trainer.id, "courses.version_published")


def test_what_is_missing_is_named_lesson_by_lesson(course: Course) -> None:
    actor = bureau()
    draft = draft_of(course.id, actor)
    with atomic():
        section = db.session.scalars(select(Section.id).where(Section.version_id == draft)).one()
        for kind in LessonKind:
            lessons.add_lesson(course.id, section, kind, f"空的{kind.value}", actor=actor)
    with pytest.raises(DomainError) as error:
        publish(course.id, actor)
    assert code(error) == "not_ready"
    assert error.value.details["faults"] == [
        "text_empty", "video_missing", "pdf_missing", "no_draws", "task_missing", "link_missing",
        "package_missing",
    ]  # fmt: skip
    assert "空的video" in str(error.value)


def test_a_version_nobody_could_complete_is_not_published(course: Course) -> None:
    actor = bureau()
    draft = draft_of(course.id, actor)
    for title in ("什么是心理健康", "情绪辅导", "结课测验"):
        with atomic():
            lessons.remove_lesson(course.id, lesson_named(draft, title).id, actor=actor)
    with pytest.raises(DomainError) as error:
        publish(course.id, actor)
    assert error.value.details["faults"] == ["nothing_required"]


def test_published_lessons_stay_as_they_are(course: Course) -> None:
    actor = bureau()
    version = list_versions(course.id)[0].id
    lesson = lesson_named(version, "情绪辅导")
    section_id = lesson.section_id
    acts = [
        lambda: lessons.remove_lesson(course.id, lesson.id, actor=actor),
        lambda: lessons.edit_lesson(course.id, lesson.id, LessonFacts("改"), actor=actor),
        lambda: lessons.move_lesson(course.id, lesson.id, actor=actor, step=1),
        lambda: lessons.add_lesson(course.id, section_id, LessonKind.TEXT, "新", actor=actor),
        lambda: sections.edit_section(course.id, section_id, "改", "", actor=actor),
        lambda: sections.remove_section(course.id, section_id, actor=actor, lessons=4),
    ]
    for _with_a_draft in range(2):
        for act in acts:
            with pytest.raises(DomainError) as error, atomic():
                act()
            assert code(error) == "version_published"
        draft_of(course.id, actor)
    assert titles(version) == [["什么是心理健康", "情绪辅导", "拓展阅读", "结课测验"]]


def test_without_a_draft_nothing_is_added_published_or_discarded(course: Course) -> None:
    actor = bureau()
    acts = [
        lambda: sections.add_section(course.id, "新", actor=actor),
        lambda: publishing.publish_version(course.id, "", actor=actor, now=clock.now()),
        lambda: drafts.discard_draft(course.id, actor=actor),
    ]
    for act in acts:
        with pytest.raises(DomainError) as error, atomic():
            act()
        assert code(error) == "no_draft"


def test_a_course_that_is_over_or_elsewhere_has_no_draft(session: Session) -> None:
    actor = bureau()
    for columns, why in (
        ({"status": CourseStatus.ENDED}, "course_over"),
        ({"status": CourseStatus.CANCELLED}, "course_over"),
        ({"kind": CourseKind.EXTERNAL, "platform": "国家平台"}, "external"),
    ):
        course = courses.make_course(**columns)
        with pytest.raises(DomainError) as error, atomic():
            drafts.make_draft(course.id, actor=actor, now=clock.now())
        assert code(error) == why


def test_others_find_nothing_to_write(course: Course) -> None:
    mine = bureau()
    draft = draft_of(course.id, mine)
    lesson_id = lesson_named(draft, "情绪辅导").id
    other = courses.make_course("另一门")
    outsiders = [
        bureau(make.CHUXIONG),
        make.actor_of(make.make_account(Role.TRAINER, make.LINCANG)),
    ]
    for actor in outsiders:
        with pytest.raises(NotFound), atomic():
            drafts.make_draft(course.id, actor=actor, now=clock.now())
        with pytest.raises(NotFound), atomic():
            lessons.remove_lesson(course.id, lesson_id, actor=actor)
    with pytest.raises(NotFound), atomic():
        lessons.remove_lesson(other.id, lesson_id, actor=mine)
    trainer = make.actor_of(courses.make_course_trainer(course))
    edit(course.id, lesson_id, trainer, title="讲师改的")
    assert lesson_named(draft, "讲师改的").id == lesson_id


def test_a_discarded_draft_leaves_what_is_published(course: Course) -> None:
    actor = bureau()
    draft_of(course.id, actor)
    with atomic():
        drafts.discard_draft(course.id, actor=actor)
    [line] = list_versions(course.id)
    assert (line.number, line.lessons) == (1, 4)
    assert draft_of(course.id, actor) != line.id
    assert db.session.scalar(select(db.func.count(Quiz.lesson_id))) == 2


def test_a_lesson_is_moved_by_steps_and_over_into_the_next_section(course: Course) -> None:
    actor = bureau()
    draft = draft_of(course.id, actor)
    with atomic():
        sections.add_section(course.id, "第二章", actor=actor)
    quiz = lesson_named(draft, "结课测验").id

    def step(by: int) -> list[list[str]]:
        with atomic():
            lessons.move_lesson(course.id, quiz, actor=actor, step=by)
        return titles(draft)

    assert step(-1) == [["什么是心理健康", "情绪辅导", "结课测验", "拓展阅读"], []]
    assert step(1) == [["什么是心理健康", "情绪辅导", "拓展阅读", "结课测验"], []]
    assert step(1) == [["什么是心理健康", "情绪辅导", "拓展阅读"], ["结课测验"]]
    assert step(1) == [["什么是心理健康", "情绪辅导", "拓展阅读"], ["结课测验"]]
    assert step(-1) == [["什么是心理健康", "情绪辅导", "拓展阅读", "结课测验"], []]


def test_a_lesson_is_put_before_another_in_any_section(course: Course) -> None:
    actor = bureau()
    draft = draft_of(course.id, actor)
    with atomic():
        second = sections.add_section(course.id, "第二章", actor=actor).id
    first = lesson_named(draft, "什么是心理健康").id
    link, quiz = lesson_named(draft, "拓展阅读").id, lesson_named(draft, "结课测验").id
    with atomic():
        lessons.move_lesson(course.id, quiz, actor=actor, section_id=second)
        lessons.move_lesson(course.id, link, actor=actor, section_id=second, before=quiz)
    assert titles(draft) == [["什么是心理健康", "情绪辅导"], ["拓展阅读", "结课测验"]]
    with pytest.raises(DomainError) as error, atomic():
        lessons.move_lesson(course.id, link, actor=actor, section_id=second, before=first)
    assert code(error) == "stale_version"
    assert titles(draft) == [["什么是心理健康", "情绪辅导"], ["拓展阅读", "结课测验"]]


def test_moving_does_not_make_what_somebody_writes_an_older_one(course: Course) -> None:
    actor = bureau()
    draft = draft_of(course.id, actor)
    lesson = lesson_named(draft, "情绪辅导")
    seen, lesson_id = lesson.row_version, lesson.id
    with atomic():
        lessons.move_lesson(course.id, lesson_id, actor=actor, step=-1)
    with atomic():
        lessons.edit_lesson(
            course.id, lesson_id, LessonFacts("情绪辅导"), actor=actor, expected_version=seen
        )
    with pytest.raises(DomainError) as error, atomic():
        lessons.edit_lesson(
            course.id, lesson_id, LessonFacts("又改"), actor=actor, expected_version=seen
        )
    assert code(error) == "stale_version"


def test_sections_are_moved_and_removed_with_what_was_seen_in_them(course: Course) -> None:
    actor = bureau()
    draft = draft_of(course.id, actor)
    with atomic():
        two = sections.add_section(course.id, "二", actor=actor).id
        three = sections.add_section(course.id, "三", actor=actor).id
        sections.move_section(course.id, three, actor=actor, step=-1)
        lessons.add_lesson(course.id, two, LessonKind.TEXT, "新课", actor=actor)
    assert [part.title for part in read_content(draft).sections] == ["第一章", "三", "二"]
    with atomic():
        sections.move_section(course.id, two, actor=actor, before=three)
    assert [part.title for part in read_content(draft).sections] == ["第一章", "二", "三"]
    with pytest.raises(DomainError) as error, atomic():
        sections.remove_section(course.id, two, actor=actor, lessons=0)
    assert code(error) == "stale_version"
    with atomic():
        sections.remove_section(course.id, two, actor=actor, lessons=1)
    assert [part.title for part in read_content(draft).sections] == ["第一章", "三"]


def test_lessons_that_wait_for_each_other_are_refused_by_name(course: Course) -> None:
    actor = bureau()
    draft = draft_of(course.id, actor)
    first, second = (lesson_named(draft, one).id for one in ("什么是心理健康", "情绪辅导"))
    with pytest.raises(DomainError) as error:
        edit(course.id, first, actor, title="什么是心理健康", requires=[second])
    assert code(error) == "circle"
    assert "什么是心理健康 → 情绪辅导 → 什么是心理健康" in str(error.value)
    with pytest.raises(DomainError) as error:
        edit(course.id, first, actor, requires=[first])
    assert code(error) == "circle"


def test_prerequisites_are_set_and_taken_back(course: Course) -> None:
    actor = bureau()
    draft = draft_of(course.id, actor)
    ids = {one.title: one.id for one in read_content(draft).lessons}
    edit(course.id, ids["结课测验"], actor, title="结课测验", requires=[ids["情绪辅导"]])
    outline = {one.title: one.after for one in read_content(draft).lessons}
    assert outline["结课测验"] == ("情绪辅导",)
    elsewhere = list_versions(course.id)[1].id
    with pytest.raises(DomainError) as error:
        edit(course.id, ids["结课测验"], actor, requires=[lesson_named(elsewhere, "情绪辅导").id])
    assert code(error) == "no_such_lesson"


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"title": "  "}, "title_missing"),
        ({"title": "长" * 201}, "too_long"),
        ({"body": "长" * 100_001}, "too_long"),
        ({"minutes": 0}, "out_of_range"),
        ({"complete_at": 101}, "out_of_range"),
        ({"complete_at": 0}, "out_of_range"),
        ({"address": "javascript:alert(1)"}, "address"),
        ({"media_id": 999}, "no_such_file"),
    ],
)
def test_refuses_what_cannot_be(course: Course, facts: dict[str, object], why: str) -> None:
    actor = bureau()
    draft = draft_of(course.id, actor)
    kinds = {"address": LessonKind.LINK, "body": LessonKind.TEXT}
    kind = next((kinds[one] for one in facts if one in kinds), LessonKind.VIDEO)
    section = db.session.scalars(select(Section.id).where(Section.version_id == draft)).one()
    with atomic():
        lesson_id = lessons.add_lesson(course.id, section, kind, "新课", actor=actor).id
    with pytest.raises(DomainError) as error:
        edit(course.id, lesson_id, actor, **facts)
    assert code(error) == why
    assert lesson_named(draft, "新课").id == lesson_id


def test_every_change_is_audited_and_makes_the_version_another_one(course: Course) -> None:
    actor = bureau()
    draft = draft_of(course.id, actor)
    before = db.session.get_one(CourseVersion, draft).row_version
    edit(course.id, lesson_named(draft, "情绪辅导").id, actor, title="情绪辅导（修订）")
    assert db.session.get_one(CourseVersion, draft).row_version == before + 1
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["courses.make_draft", "courses.edit_lesson"]


def test_an_outdated_look_does_not_publish(course: Course) -> None:
    actor = bureau()
    draft = draft_of(course.id, actor)
    seen = db.session.get_one(CourseVersion, draft).row_version
    edit(course.id, lesson_named(draft, "情绪辅导").id, actor, title="改了")
    with pytest.raises(DomainError) as error:
        publish(course.id, actor, expected_version=seen)
    assert code(error) == "stale_version"


def test_two_who_begin_a_draft_at_once_get_the_same_one(app: Flask) -> None:
    with app.app_context():
        course = courses.make_course()
        courses.make_lesson(courses.make_version(course))
        course_id, actor = course.id, bureau()
    act = lambda: drafts.make_draft(course_id, actor=actor, now=clock.now())  # noqa: E731
    assert at_once(app, act, act, act) == ["done", "done", "done"]
    with app.app_context():
        assert [line.lessons for line in list_versions(course_id)] == [1, 1]


def test_two_who_publish_at_once_publish_once(app: Flask) -> None:
    with app.app_context():
        course = courses.make_course()
        courses.make_lesson(courses.make_version(course))
        course_id, actor = course.id, bureau()
        draft_of(course_id, actor)
    act = lambda: publishing.publish_version(course_id, "", actor=actor, now=clock.now())  # noqa: E731
    assert at_once(app, act, act) == ["done", "no_draft"]
    with app.app_context():
        assert [line.status.value for line in list_versions(course_id)] == ["published", "retired"]


def test_two_who_make_lessons_wait_for_each_other_at_once_do_not(app: Flask) -> None:
    with app.app_context():
        course = courses.make_course()
        version = courses.make_version(course)
        for title in ("甲", "乙"):
            courses.make_lesson(version, title=title)
        course_id, actor = course.id, bureau()
        draft = draft_of(course_id, actor)
        one, two = lesson_named(draft, "甲").id, lesson_named(draft, "乙").id

    def require(lesson_id: int, title: str, other: int) -> None:
        lessons.edit_lesson(course_id, lesson_id, LessonFacts(title, requires=[other]), actor=actor)

    outcome = at_once(app, lambda: require(one, "甲", two), lambda: require(two, "乙", one))
    assert outcome == ["circle", "done"]


def test_many_who_change_the_order_at_once_lose_no_lesson(app: Flask) -> None:
    with app.app_context():
        course = courses.make_course()
        version = courses.make_version(course)
        for number in range(6):
            courses.make_lesson(version, title=f"第{number}课")
        course_id, actor = course.id, bureau()
        draft = draft_of(course_id, actor)
        with atomic():
            sections.add_section(course_id, "第二章", actor=actor)
        ids = [one.id for one in read_content(draft).lessons]

    def moves(lesson_id: int, by: int) -> None:
        lessons.move_lesson(course_id, lesson_id, actor=actor, step=by)

    acts = [lambda one=one, by=by: moves(one, by) for one, by in zip(ids, (1, -1) * 3, strict=True)]
    assert at_once(app, *acts) == ["done"] * 6
    with app.app_context():
        assert sorted(one.title for one in read_content(draft).lessons) == [
            f"第{number}课" for number in range(6)
        ]
        for part in read_content(draft).sections:
            rows = db.session.scalars(select(Lesson.position).where(Lesson.section_id == part.id))
            assert sorted(rows) == list(range(1, len(part.lessons) + 1))
