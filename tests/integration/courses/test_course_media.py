"""Videos and PDFs of a course: looked at by their content, kept once, kept while a lesson shows them."""

from __future__ import annotations

import hashlib
import os
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, media
from app.core.db import atomic, db
from app.core.errors import DomainError, NotFound
from app.domain.accounts.rules import Actor, Role
from app.domain.courses.media_files import MediaFacts, look_at, seldom_playable, take_over
from app.domain.courses.models import Course, CourseMedia
from app.domain.courses.operations import drafts, lessons
from app.domain.courses.operations.lessons import LessonFacts
from app.domain.courses.operations.media import add_media, forget_unused_media, remove_media
from app.domain.courses.queries.content import list_faults
from app.domain.courses.queries.media import list_media, page_of_media
from app.domain.courses.rules.words import LessonKind, MediaKind, VersionStatus
from tests import course_factories as courses
from tests import factories as make
from tests.concurrency import at_once
from tests.movies import PDF, make_movie


@pytest.fixture
def course(session: Session) -> Course:
    course = courses.make_course()
    courses.make_lesson(
        courses.make_version(course, VersionStatus.DRAFT), LessonKind.VIDEO, "第一课"
    )
    return course


@pytest.fixture
def actor(session: Session) -> Actor:
    return make.actor_of(make.make_account(Role.BUREAU, make.LINCANG))


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def taken(folder: Path, data: bytes, name: str = "第一课.mp4") -> MediaFacts:
    """The facts of a file that came and was taken over."""
    return take_over(write(folder, "came", data), write(folder, "twin", data), name)


def add(course_id: int, facts: MediaFacts, actor: Actor) -> int:
    with atomic():
        return add_media(course_id, facts, actor=actor, now=clock.now()).id


def test_a_video_is_kept_under_its_digest_with_its_length(
    course: Course, actor: Actor, tmp_path: Path
) -> None:
    data = make_movie(1234.56)
    facts = taken(tmp_path, data)
    assert facts == MediaFacts(
        kind=MediaKind.VIDEO,
        file_key=hashlib.sha256(data).hexdigest(),
        file_name="第一课.mp4",
        content_type="video/mp4",
        size=len(data),
        seconds=Decimal("1234.56"),
    )
    assert media.path_of(facts.file_key).read_bytes() == data
    assert sorted(one.name for one in tmp_path.iterdir()) == ["came"]
    made = db.session.get_one(CourseMedia, add(course.id, facts, actor))
    assert (made.seconds, made.uploaded_by) == (Decimal("1234.56"), actor.account_id)


def test_a_pdf_has_no_length(tmp_path: Path) -> None:
    facts = taken(tmp_path, PDF, "讲义.pdf")
    assert (facts.kind, facts.seconds, facts.content_type) == (
        MediaKind.PDF,
        None,
        "application/pdf",
    )


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.mp4", PDF, "file_type"),
        ("a.pdf", make_movie(), "file_type"),
        ("a.mp4", b"<html><script>alert(1)</script>", "file_type"),
        ("a.html", make_movie(), "file_type"),
        ("a.mov", make_movie(), "file_type"),
        ("a.mp4", make_movie()[:-20], "movie_broken"),
        ("a.mp4", make_movie(codec=b"mp4v"), "movie_coding"),
    ],
)
def test_what_is_not_what_it_says_or_cannot_be_played_is_refused_and_not_kept(
    app: Flask, tmp_path: Path, name: str, data: bytes, why: str
) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    before = sorted(media.untouched_since(later))
    with app.app_context(), pytest.raises(DomainError) as error:
        taken(tmp_path, data, name)
    assert error.value.code == why
    assert sorted(media.untouched_since(later)) == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["came"]


def test_what_many_browsers_cannot_play_is_marked(tmp_path: Path) -> None:
    looked = look_at(write(tmp_path, "a", make_movie(codec=b"hvc1")), "a.mp4")
    assert looked.content_type == 'video/mp4; codecs="hvc1"'
    assert seldom_playable(looked.content_type)
    assert not seldom_playable("video/mp4")


def test_the_same_content_again_is_the_same_file(
    course: Course, actor: Actor, tmp_path: Path
) -> None:
    first = add(course.id, taken(tmp_path, make_movie()), actor)
    assert add(course.id, taken(tmp_path, make_movie(), "副本.mp4"), actor) == first
    other = courses.make_course("另一门")
    assert add(other.id, taken(tmp_path, make_movie()), actor) != first
    page = page_of_media(course.id, 1)
    assert [line.media.file_name for line in page.items] == ["第一课.mp4"]


def test_a_lesson_with_its_video_lacks_nothing(
    course: Course, actor: Actor, tmp_path: Path
) -> None:
    version = db.session.scalars(select(drafts.CourseVersion.id)).one()
    lesson = db.session.scalars(select(drafts.Lesson.id)).one()
    pdf = add(course.id, taken(tmp_path, PDF, "讲义.pdf"), actor)
    video = add(course.id, taken(tmp_path, make_movie()), actor)
    assert [one.code for one in list_faults(version)] == ["video_missing"]
    with pytest.raises(DomainError) as error, atomic():
        lessons.edit_lesson(course.id, lesson, LessonFacts("课", media_id=pdf), actor=actor)
    assert error.value.code == "no_such_file"
    with atomic():
        lessons.edit_lesson(course.id, lesson, LessonFacts("课", media_id=video), actor=actor)
    assert list_faults(version) == ()
    assert [one.id for one in list_media(course.id, MediaKind.VIDEO)] == [video]


def test_a_file_that_lessons_show_stays_and_they_are_named(
    course: Course, actor: Actor, tmp_path: Path
) -> None:
    lesson = db.session.scalars(select(drafts.Lesson.id)).one()
    video = add(course.id, taken(tmp_path, make_movie()), actor)
    with atomic():
        lessons.edit_lesson(course.id, lesson, LessonFacts("团体辅导", media_id=video), actor=actor)
    with pytest.raises(DomainError) as error, atomic():
        remove_media(course.id, video, actor=actor, now=clock.now())
    assert error.value.code == "in_use"
    assert "团体辅导" in str(error.value)
    [line] = page_of_media(course.id, 1).items
    assert [(one.title, one.version) for one in line.shown] == [("团体辅导", 1)]


def test_a_file_nobody_shows_is_removed_and_leaves_the_disk_a_day_later(
    course: Course, actor: Actor, tmp_path: Path
) -> None:
    facts = taken(tmp_path, make_movie(7, extra=b"removed"))
    kept = taken(tmp_path, make_movie(8, extra=b"kept"))
    video = add(course.id, facts, actor)
    add(course.id, kept, actor)
    with atomic():
        remove_media(course.id, video, actor=actor, now=clock.now())
    with pytest.raises(NotFound), atomic():
        remove_media(course.id, video, actor=actor, now=clock.now())
    real = datetime.now(UTC)
    forget_unused_media(real)
    assert media.path_of(facts.file_key).exists(), (
        "taken over just now, somebody may be about to use it"
    )
    moment = time.time() - timedelta(days=2).total_seconds()
    for key in (facts.file_key, kept.file_key):
        os.utime(media.path_of(key), (moment, moment))
    forget_unused_media(real)
    assert not media.path_of(facts.file_key).exists()
    assert media.path_of(kept.file_key).exists()


def test_a_file_that_is_taken_over_anew_is_young_again(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        facts = taken(tmp_path, make_movie(9, extra=b"young"))
        moment = time.time() - timedelta(days=2).total_seconds()
        os.utime(media.path_of(facts.file_key), (moment, moment))
        taken(tmp_path, make_movie(9, extra=b"young"))
        forget_unused_media(datetime.now(UTC))
        assert media.path_of(facts.file_key).exists()


def test_others_neither_add_nor_remove(course: Course, actor: Actor, tmp_path: Path) -> None:
    facts = taken(tmp_path, make_movie())
    video = add(course.id, facts, actor)
    stranger = make.actor_of(make.make_account(Role.BUREAU, make.CHUXIONG))
    with pytest.raises(NotFound), atomic():
        add_media(course.id, facts, actor=stranger, now=clock.now())
    with pytest.raises(NotFound), atomic():
        remove_media(course.id, video, actor=stranger, now=clock.now())
    other = courses.make_course("另一门")
    with pytest.raises(NotFound), atomic():
        remove_media(other.id, video, actor=actor, now=clock.now())


def test_who_removes_a_file_while_another_gives_it_to_a_lesson(app: Flask, tmp_path: Path) -> None:
    """Whichever comes first: no lesson shows a file that is gone."""
    with app.app_context():
        course = courses.make_course()
        version = courses.make_version(course, VersionStatus.DRAFT)
        lesson = courses.make_lesson(version, LessonKind.VIDEO, "课").id
        actor = make.actor_of(make.make_account(Role.BUREAU, make.LINCANG))
        course_id, version_id = course.id, version.id
        video = add(course_id, taken(tmp_path, make_movie()), actor)
    outcome = at_once(
        app,
        lambda: remove_media(course_id, video, actor=actor, now=clock.now()),
        lambda: lessons.edit_lesson(
            course_id, lesson, LessonFacts("课", media_id=video), actor=actor
        ),
    )
    assert outcome in (["done", "in_use"], ["done", "no_such_file"])
    with app.app_context():
        shown = db.session.get_one(drafts.Lesson, lesson).media_id is not None
        assert shown is ("in_use" in outcome)
        assert bool(list_faults(version_id)) is not shown
