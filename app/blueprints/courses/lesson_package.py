"""The package of a lesson, for who writes it: bring one, take one that the course has, see what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.guards import acting, current_actor, requires
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.packages import addresses
from app.blueprints.uploads.bringing import brought_file
from app.blueprints.uploads.purposes import Allowance, accepts
from app.config import Settings
from app.core import clock, media
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Lesson
from app.domain.courses.operations.packages import add_package, choose_package
from app.domain.courses.queries.packages import list_packages
from app.domain.courses.queries.visibility import get_lesson
from app.domain.courses.rules.words import LessonKind, PackageStandard, VersionStatus
from app.domain.courses.unpacking import Unpacked, unpacked

MEGABYTE = 1024 * 1024
STANDARDS = {
    PackageStandard.SCORM_12: _l("SCORM 1.2"),
    PackageStandard.SCORM_2004: _l("SCORM 2004"),
}


def largest_package() -> int:
    """The largest archive that is taken, in bytes (XINYU_PACKAGE_MEGABYTES)."""
    settings = cast(Settings, current_app.extensions["settings"])
    return settings.package_megabytes * MEGABYTE


@accepts("package")
def _may_bring(lesson_id: int, actor: Actor) -> Allowance:
    get_lesson(lesson_id, actor=actor)
    return Allowance(largest_package(), ("zip",))


def _get_lesson(course_id: int, lesson_id: int, actor: Actor) -> Lesson:
    found = get_lesson(lesson_id, actor=actor)
    if found.version.course_id != course_id or found.kind is not LessonKind.PACKAGE:
        raise NotFound(_("There is no such lesson in this course."))
    return found


@blueprint.route(
    "/<int:course_id>/content/lessons/<int:lesson_id>/package", methods=["GET", "POST"]
)
@requires("courses.read")
def lesson_package(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """Which package the lesson shows; a new archive is checked and unpacked before anything changes."""
    _get_lesson(course_id, lesson_id, current_actor())
    if request.method == "GET":
        return _page(course_id, lesson_id)
    try:
        title = _bring(lesson_id) if "package" not in request.form else _choose(lesson_id)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return _page(course_id, lesson_id, refusal=str(error.message)), 422
    flash(_("The lesson shows the package “%(title)s”.", title=title), "success")
    return redirect(url_for("courses.lesson_package", course_id=course_id, lesson_id=lesson_id))


def _bring(lesson_id: int) -> str:
    """Unpack what came with the form or before it, outside any transaction; then put it into the lesson."""
    with (
        brought_file(f"package:{lesson_id}") as brought,
        unpacked(brought.path, largest_archive=largest_package()) as package,
        _kept(package) as key,
        acting() as actor,
    ):
        brought.use()
        made = add_package(
            lesson_id,
            package,
            folder_key=key,
            file_name=brought.name,
            actor=actor,
            now=clock.now(),
        )
        return made.title


@contextmanager
def _kept(package: Unpacked) -> Iterator[str]:
    """The package under its key; gone again where the act does not land."""
    key = media.keep_folder(package.folder)
    try:
        yield key
    except BaseException:
        media.remove(key)
        raise


def _choose(lesson_id: int) -> str:
    wanted = request.form.get("package", "")
    with acting() as actor:
        if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 10):
            raise NotFound(_("There is no such package in this course."))
        return choose_package(lesson_id, int(wanted), actor=actor).title


def _page(course_id: int, lesson_id: int, refusal: str | None = None) -> str:
    lesson = _get_lesson(course_id, lesson_id, current_actor())
    package = lesson.package
    return render_template(
        "courses/content/package.html",
        course=lesson.version.course,
        lesson=lesson,
        package=package,
        others=[one for one in list_packages(course_id) if one.id != lesson.package_id],
        settings={} if package is None else package.manifest.get("settings", {}),
        standards=STANDARDS,
        editable=lesson.version.status is VersionStatus.DRAFT,
        playable=addresses().available,
        most=largest_package() // MEGABYTE,
        most_plain=current_app.config["MAX_CONTENT_LENGTH"] // MEGABYTE - 1,
        refusal=refusal,
    )
