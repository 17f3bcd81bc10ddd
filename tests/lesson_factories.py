"""Videos and PDFs of lessons, and who learns them, for tests."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.core import clock, media
from app.domain.accounts.rules import Actor
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseMedia,
    CourseVersion,
    Lesson,
    LessonPrerequisite,
)
from app.domain.courses.rules.words import LessonKind, MediaKind
from tests import factories
from tests.course_factories import (
    make_course,
    make_learner,
    make_learner_account,
    make_lesson,
    make_version,
)

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"x" * 5000


def make_media(
    course: Course, kind: MediaKind = MediaKind.VIDEO, data: bytes | None = None, **columns: Any
) -> CourseMedia:
    """A file of a course, kept as uploads keep it; a video lasts 100 seconds."""
    data = data if data is not None else PDF if kind is MediaKind.PDF else b"\0\0\0\x18ftypmp42"
    with tempfile.NamedTemporaryFile(delete=False) as handle:
        handle.write(data)
    key = media.keep_file(Path(handle.name))
    values: dict[str, Any] = {
        "course_id": course.id,
        "kind": kind,
        "file_key": key,
        "file_name": "情绪.mp4" if kind is MediaKind.VIDEO else "讲义.pdf",
        "content_type": "video/mp4" if kind is MediaKind.VIDEO else "application/pdf",
        "size": len(data),
        "digest": key,
        "seconds": Decimal(100) if kind is MediaKind.VIDEO else None,
        "uploaded_at": clock.now(),
    }
    return factories.save(CourseMedia(**(values | columns)))


def make_video(version: CourseVersion, title: str = "认识情绪", **columns: Any) -> Lesson:
    """A required video of 100 seconds, of which 90 have to be watched in order."""
    seconds = Decimal(columns.pop("seconds", 100))
    made = make_media(version_course(version), seconds=seconds)
    return make_lesson(version, LessonKind.VIDEO, title, media_id=made.id, **columns)


def version_course(version: CourseVersion) -> Course:
    return factories.db.session.get_one(Course, version.course_id)


def make_prerequisite(lesson: Lesson, requires: Lesson) -> None:
    factories.save(LessonPrerequisite(lesson_id=lesson.id, requires_id=requires.id))


@dataclass(frozen=True)
class Learned:
    """A course of a video, a text after it and an optional PDF; somebody in it."""

    course_id: int
    version_id: int
    video_id: int
    text_id: int
    pdf_id: int
    enrolment_id: int
    person_id: int
    account_id: int
    actor: Actor


def make_learned(unit: str = factories.LINCANG, **columns: Any) -> Learned:
    """The text opens once the video is completed; both are required."""
    course = make_course(unit=unit, **columns)
    version = make_version(course)
    video = make_video(version)
    text = make_lesson(version, title="倾听的技术", body="## 倾听\n\n先听，**再说**。")
    pdf = make_lesson(
        version,
        LessonKind.PDF,
        "讲义",
        required=False,
        media_id=make_media(course, MediaKind.PDF).id,
    )
    make_prerequisite(text, video)
    enrolment = make_learner(course)
    account = make_learner_account(enrolment)
    return Learned(
        course.id,
        version.id,
        video.id,
        text.id,
        pdf.id,
        enrolment.id,
        enrolment.person_id,
        account.id,
        factories.actor_of(account),
    )


def another_learner(learned: Learned, name: str = "王芳") -> tuple[CourseEnrolment, Actor]:
    """Somebody else in the same course."""
    course = factories.db.session.get_one(Course, learned.course_id)
    school = factories.make_school(course.organiser.code, f"{name}的学校")
    enrolment = make_learner(course, factories.make_counselor(school, name), school)
    return enrolment, factories.actor_of(make_learner_account(enrolment))
