"""Packages in lessons, and what they save of somebody's learning, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock, media
from app.core.db import atomic, db
from app.core.errors import DomainError, NotFound
from app.domain.accounts.rules import Actor, Role
from app.domain.audit.models import AuditEntry
from app.domain.courses.models import (
    CourseEnrolment,
    CoursePackage,
    Lesson,
    LessonProgress,
    PackageState,
)
from app.domain.courses.operations.packages import (
    SavedState,
    StateReport,
    add_package,
    choose_package,
    save_state,
)
from app.domain.courses.queries.packages import read_launch
from app.domain.courses.rules.words import (
    CourseStatus,
    LearnerStatus,
    LessonKind,
    LessonStatus,
    VersionStatus,
)
from app.domain.courses.unpacking import unpacked
from tests import factories as make
from tests.concurrency import at_once
from tests.conftest import TODAY
from tests.course_factories import (
    make_course,
    make_learner,
    make_learner_account,
    make_lesson,
    make_version,
)
from tests.package_factories import make_package
from tests.packages import archive_at, files_of_scorm_12, files_of_scorm_2004

MB = 1024 * 1024
RUN_A, RUN_B = "a" * 24, "b" * 24


class Scene:
    """A learner in a course with one lesson, a package, on which they are about to begin."""

    def __init__(self, files: dict[str, str], tmp_path: Path) -> None:
        self.course = make_course()
        version = make_version(self.course)
        self.package = make_package(self.course, files, tmp_path)
        self.lesson = make_lesson(version, LessonKind.PACKAGE, package_id=self.package.id)
        self.enrolment = make_learner(self.course)
        self.actor = make.actor_of(make_learner_account(self.enrolment))

    def save(self, item: str = "i1", after: int = 0, **facts: Any) -> SavedState:
        return save(self.enrolment.id, self.lesson.id, self.actor, item, after, **facts)

    def state(self, item: str = "i1") -> PackageState:
        return db.session.scalars(
            select(PackageState).where(
                PackageState.enrolment_id == self.enrolment.id, PackageState.item == item
            )
        ).one()


def save(
    enrolment_id: int, lesson_id: int, actor: Actor, item: str, after: int, **facts: Any
) -> SavedState:
    report = StateReport(
        item=item,
        run=facts.get("run", RUN_A),
        sequence=facts.get("sequence", 1),
        seen=facts.get("seen", 0),
        elements=facts.get("elements", {}),
        ended=facts.get("ended", False),
    )
    with atomic():
        return save_state(
            enrolment_id, lesson_id, report, actor=actor, now=TODAY + timedelta(seconds=after)
        )


@pytest.fixture
def one_item(session: Session, tmp_path: Path) -> Scene:
    return Scene(files_of_scorm_12(), tmp_path)


@pytest.fixture
def three_items(session: Session, tmp_path: Path) -> Scene:
    return Scene(files_of_scorm_2004(), tmp_path)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as caught:
        act()
    db.session.rollback()
    return caught.value.code


PASSED = {"cmi.core.lesson_status": "passed", "cmi.core.score.raw": "85"}


def test_completes_lesson_and_course_with_the_score(one_item: Scene) -> None:
    first = one_item.save(elements={"cmi.core.lesson_status": "incomplete"})
    assert (first.part.done, first.lesson_done, first.course_done) == (False, False, False)
    last = one_item.save(sequence=2, after=60, elements=PASSED)
    assert (last.part.done, last.part.score, last.lesson_done, last.course_done) == (
        True,
        85,
        True,
        True,
    )
    progress = db.session.scalars(select(LessonProgress)).one()
    assert (progress.status, progress.score) == (LessonStatus.COMPLETED, Decimal(85))
    enrolment = db.session.get_one(CourseEnrolment, one_item.enrolment.id)
    assert (enrolment.status, enrolment.done, enrolment.score) == (LearnerStatus.COMPLETED, 1, 85)


def test_completes_only_once_all_parts_are_done_with_the_mean_of_their_scores(
    three_items: Scene,
) -> None:
    done = three_items.save("a", elements={"cmi.progress_measure": "0.8", "cmi.score.raw": "70"})
    assert (done.part.done, done.lesson_done) == (True, False)
    failed = three_items.save(
        "b", elements={"cmi.score.scaled": "0.5", "cmi.completion_status": "completed"}
    )
    assert (failed.part.done, failed.part.failed) == (False, True)
    read = three_items.save("c")
    assert (read.part.done, read.lesson_done) == (True, False)
    passed = three_items.save(
        "b", sequence=2, elements={"cmi.score.scaled": "0.9", "cmi.completion_status": "completed"}
    )
    assert (passed.part.done, passed.lesson_done, passed.course_done) == (True, True, True)
    assert db.session.scalars(select(LessonProgress)).one().score == 80


def test_keeps_what_was_done_and_the_best_score(one_item: Scene) -> None:
    one_item.save(elements=PASSED)
    worse = {"cmi.core.lesson_status": "failed", "cmi.core.score.raw": "20"}
    again = one_item.save(sequence=2, elements=worse)
    assert (again.part.done, again.part.failed, again.part.score) == (True, False, 85)
    better = {"cmi.core.lesson_status": "passed", "cmi.core.score.raw": "95"}
    assert one_item.save(sequence=3, elements=better).part.score == 95
    assert db.session.scalars(select(LessonProgress)).one().score == 95


def test_ignores_reports_that_are_repeated_or_overtaken(one_item: Scene) -> None:
    one_item.save(sequence=2, elements={"cmi.core.lesson_location": "4"})
    one_item.save(sequence=2, elements={"cmi.core.lesson_location": "9"})
    one_item.save(sequence=1, elements={"cmi.core.lesson_location": "3"})
    state = one_item.state()
    assert (state.number, state.data["elements"]) == (1, {"cmi.core.lesson_location": "4"})


def test_goes_on_on_another_device_and_refuses_the_one_left_behind(one_item: Scene) -> None:
    one_item.save(elements={"cmi.core.lesson_location": "2"})
    one_item.save(run=RUN_B, seen=1, elements={"cmi.core.lesson_location": "5"})
    assert refused(lambda: one_item.save(sequence=2, elements=PASSED)) == "package_elsewhere"
    assert refused(lambda: one_item.save(run="c" * 24, seen=1)) == "package_elsewhere"
    assert one_item.state().data["elements"] == {"cmi.core.lesson_location": "5"}


def test_adds_up_the_time_of_runs_but_no_more_than_has_passed(one_item: Scene) -> None:
    hour = {"cmi.core.session_time": "0001:00:00.00"}
    one_item.save(elements={})
    one_item.save(sequence=2, after=600, elements={"cmi.core.session_time": "0000:09:00.00"})
    assert one_item.state().seconds == 540
    one_item.save(sequence=3, after=700, elements=hour)
    assert one_item.state().seconds == 760, "700 seconds since the first report, and a minute"
    one_item.save(run=RUN_B, seen=3, after=4000, elements={})
    one_item.save(
        run=RUN_B, sequence=2, after=4100, elements={"cmi.core.session_time": "0000:01:30"}
    )
    assert one_item.state().seconds == 850


def launch(scene: Scene, item: str | None = None) -> Any:
    lesson = db.session.get_one(Lesson, scene.lesson.id)
    enrolment = db.session.get_one(CourseEnrolment, scene.enrolment.id)
    return read_launch(lesson, enrolment, item)[0]


def test_gives_back_what_was_saved_at_the_next_start(one_item: Scene) -> None:
    begun = launch(one_item)
    assert (begun.elements["cmi.core.entry"], begun.seen) == ("ab-initio", 0)
    assert begun.elements["cmi.launch_data"] == "chapter=1"
    one_item.save(
        elements={
            "cmi.core.lesson_location": "4",
            "cmi.suspend_data": "答案",
            "cmi.core.exit": "suspend",
        },
        ended=True,
    )
    again = launch(one_item)
    assert again.seen == 1
    assert again.elements["cmi.core.entry"] == "resume"
    assert again.elements["cmi.core.lesson_location"] == "4"
    assert again.elements["cmi.suspend_data"] == "答案"


def test_tells_a_package_nothing_of_who_learns(one_item: Scene) -> None:
    told = launch(one_item).elements
    assert told["cmi.core.student_name"] == "学员"
    assert told["cmi.core.student_id"] == f"learner-{one_item.enrolment.id}"
    assert not any("李梅" in value for value in told.values())


def test_begins_with_the_first_part_that_is_not_done(three_items: Scene) -> None:
    assert launch(three_items).part.identifier == "a"
    three_items.save("a", elements={"cmi.progress_measure": "1"})
    assert launch(three_items).part.identifier == "b"
    assert launch(three_items, "a").part.identifier == "a"
    with pytest.raises(NotFound):
        launch(three_items, "unknown")


def test_refuses_what_is_no_state_of_this_package(one_item: Scene) -> None:
    assert refused(lambda: one_item.save("other")) == "package_item"
    assert refused(lambda: one_item.save(elements=["cmi"])) == "package_state"
    large = {"cmi.suspend_data": "x" * 80_000}
    assert refused(lambda: one_item.save(elements=large)) == "package_state_too_large"
    assert db.session.scalar(select(func.count(PackageState.id))) == 0


def test_refuses_another_person_and_a_course_that_is_over(one_item: Scene) -> None:
    other = make.make_actor(Role.TEACHER, make.LINCANG)
    ids = one_item.enrolment.id, one_item.lesson.id
    assert refused(lambda: save(*ids, other, "i1", 0)) == "not_found"
    with atomic():
        one_item.course.status = CourseStatus.ENDED
    assert refused(lambda: one_item.save()) == "course_over"


def test_two_devices_at_once_leave_one_state(app: Flask, one_item: Scene) -> None:
    ids, actor = (one_item.enrolment.id, one_item.lesson.id), one_item.actor
    db.session.rollback()

    def device(run: str, page: str) -> Callable[[], object]:
        elements = {"cmi.core.lesson_location": page}
        return lambda: save(*ids, actor, "i1", 0, run=run, elements=elements)

    outcomes = at_once(app, device(RUN_A, "2"), device(RUN_B, "3"), device("c" * 24, "4"))
    assert outcomes == ["done", "package_elsewhere", "package_elsewhere"]
    assert one_item.state().number == 1


def draft(tmp_path: Path) -> tuple[Lesson, Actor]:
    course = make_course(status=CourseStatus.DRAFT)
    lesson = make_lesson(make_version(course, VersionStatus.DRAFT), LessonKind.PACKAGE)
    media.configure(tmp_path / "media")
    return lesson, make.make_actor(Role.BUREAU, make.LINCANG)


def bring(lesson: Lesson, actor: Actor, tmp_path: Path) -> CoursePackage:
    archive = archive_at(tmp_path, files_of_scorm_2004())
    with unpacked(archive, largest_archive=MB) as found:
        key = media.keep_folder(found.folder)
        with atomic():
            return add_package(
                lesson.version.course_id,
                lesson.id,
                found,
                folder_key=key,
                file_name="团辅.zip",
                actor=actor,
                now=clock.now(),
            )


def test_puts_a_package_into_a_lesson_of_a_draft(session: Session, tmp_path: Path) -> None:
    lesson, actor = draft(tmp_path)
    made = bring(lesson, actor, tmp_path)
    assert (made.title, made.files, made.file_name) == ("团体辅导", 6, "团辅.zip")
    assert [item["title"] for item in made.items] == ["理论", "练习", "阅读材料"]
    assert made.manifest["settings"]["b"] == {"kind": "sco", "passing": 0.7, "objectives": ["main"]}
    assert (media.path_of(made.folder_key) / "a" / "index.html").is_file()
    found = session.get_one(Lesson, lesson.id)
    assert (found.package_id, found.row_version) == (made.id, 2)
    assert session.scalars(select(AuditEntry.action)).all() == ["courses.package"]


def test_takes_a_package_that_the_course_has(session: Session, tmp_path: Path) -> None:
    lesson, actor = draft(tmp_path)
    made = bring(lesson, actor, tmp_path)
    second = make_lesson(lesson.version, LessonKind.PACKAGE, "第二课")
    with atomic():
        choose_package(made.course_id, second.id, made.id, actor=actor)
    assert session.get_one(Lesson, second.id).package_id == made.id
    elsewhere = make_package(make_course("另一门课"), files_of_scorm_12(), tmp_path)
    assert (
        refused(lambda: choose_package(made.course_id, second.id, elsewhere.id, actor=actor))
        == "not_found"
    )


def test_leaves_a_published_version_as_it_is(session: Session, tmp_path: Path) -> None:
    lesson, actor = draft(tmp_path)
    made = bring(lesson, actor, tmp_path)
    with atomic():
        lesson.version.status = VersionStatus.PUBLISHED
    assert (
        refused(lambda: choose_package(made.course_id, lesson.id, made.id, actor=actor))
        == "version_published"
    )


def test_lets_only_who_works_on_the_course_change_its_packages(
    session: Session, tmp_path: Path
) -> None:
    lesson, actor = draft(tmp_path)
    made = bring(lesson, actor, tmp_path)
    for outsider in (
        make.make_actor(Role.BUREAU, make.CHUXIONG),
        make.make_actor(Role.COUNTY, make.LINXIANG),
        make.make_actor(Role.TRAINER, make.LINCANG),
    ):
        assert (
            refused(
                lambda who=outsider: choose_package(made.course_id, lesson.id, made.id, actor=who)
            )
            == "not_found"
        )
