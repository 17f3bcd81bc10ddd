"""The package of a lesson, for who writes it: bring one, take one that the course has, see what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_number
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.content import is_writable, written
from app.blueprints.courses.content_forms import RemoveForm
from app.blueprints.courses.packages import addresses
from app.blueprints.impossible import LARGEST_ID
from app.blueprints.people.acts import Answer, form_page
from app.blueprints.units.acts import show_refusal
from app.blueprints.uploads.bringing import brought_file
from app.blueprints.uploads.protocol import plain_limit
from app.blueprints.uploads.purposes import Allowance, accepts
from app.config import Settings
from app.core import clock, media
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Lesson
from app.domain.courses.operations.packages import (
    add_package,
    choose_package,
    remove_package,
)
from app.domain.courses.queries.packages import (
    get_package,
    list_packages,
    list_shown_ids,
    list_unmet,
)
from app.domain.courses.queries.visibility import get_lesson
from app.domain.courses.rules.sequencing import Wish
from app.domain.courses.rules.words import LessonKind, PackageStandard, VersionStatus
from app.domain.courses.unpacking import Unpacked, unpacked

MEGABYTE = 1024 * 1024
WISHES = {
    Wish.PREREQUISITES: _l("Some parts are to stay closed until others are completed."),
    Wish.FORWARD_ONLY: _l("Learners are not to go back to an earlier part."),
    Wish.NO_CHOICE: _l("Learners are not to choose parts by themselves."),
    Wish.BEFORE: _l(
        "Some parts are to be skipped, closed or hidden, depending on how learners are doing."
    ),
    Wish.AFTER: _l(
        "Some parts are to be repeated, left or followed by certain others, depending on their result."
    ),
    Wish.ATTEMPTS: _l("The number of attempts, or the time for them, is limited."),
    Wish.SHARED_OBJECTIVES: _l("Parts are to know of each other's results."),
    Wish.ROLLUP: _l("The whole is to be completed otherwise than by all its parts."),
    Wish.RANDOM: _l("Parts are to be drawn or shuffled at random."),
    Wish.CONSTRAINED: _l("Only parts close to the current one are to be opened."),
    Wish.UNTRACKED: _l("Some parts are not to count."),
}
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


class PackageForm(FlaskForm):
    """A new archive."""

    file = FileField(_l("ZIP archive"))


def _package_lesson(course_id: int, lesson_id: int) -> Lesson:
    written(course_id)
    found = get_lesson(lesson_id, actor=current_actor())
    if found.version.course_id != course_id or found.kind is not LessonKind.PACKAGE:
        raise NotFound(_("There is no such lesson in this course."))
    return found


@blueprint.route(
    "/<int:course_id>/content/lessons/<int:lesson_id>/package", methods=["GET", "POST"]
)
@requires("courses.teach")
def lesson_package(course_id: int, lesson_id: int) -> Answer:
    """Which package the lesson shows; a new archive is checked and unpacked before anything changes."""
    _package_lesson(course_id, lesson_id)
    form = PackageForm()
    if form.validate_on_submit():
        try:
            title = _bring(course_id, lesson_id)
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
        else:
            return _done(course_id, lesson_id, title)
    page = _page(course_id, lesson_id, form)
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/<int:course_id>/content/lessons/<int:lesson_id>/package/choose")
@requires("courses.teach")
def choose_lesson_package(course_id: int, lesson_id: int) -> Answer:
    """Show a package in this lesson that the course has already."""
    _package_lesson(course_id, lesson_id)
    wanted = request.form.get("package", type=int)
    with acting() as actor:
        title = choose_package(course_id, lesson_id, wanted or 0, actor=actor).title
    return _done(course_id, lesson_id, title)


@blueprint.route(
    "/<int:course_id>/content/lessons/<int:lesson_id>/package/remove", methods=["GET", "POST"]
)
@requires("courses.teach")
def remove_lesson_package(course_id: int, lesson_id: int) -> Answer:
    """A package (``?package=``) that no lesson shows; the lesson is the one from where it was looked at."""
    _package_lesson(course_id, lesson_id)
    package_id = asked_number("package", 1, LARGEST_ID) or 0
    title = get_package(package_id, course_id).title
    back = url_for("courses.lesson_package", course_id=course_id, lesson_id=lesson_id)

    def act(actor: Actor) -> str:
        remove_package(course_id, package_id, actor=actor, now=clock.now())
        return back

    def context() -> dict[str, Any]:
        return {
            "course": written(course_id),
            "title": _("Remove “%(title)s”", title=title),
            "consequence": _("The file is gone for good; to have it back, upload it again."),
            "label": _("Remove it"),
            "back": back,
        }

    return form_page(RemoveForm(), "courses/content/remove.html", act, _("Removed."), context)


def _done(course_id: int, lesson_id: int, title: str) -> Answer:
    flash(_("The lesson shows the package “%(title)s”.", title=title), "success")
    package = _package_lesson(course_id, lesson_id).package
    if package is not None and list_unmet(package):
        flash(
            _("Not all rules of its manifest are carried out: read below before you publish."),
            "warning",
        )
    return redirect(url_for("courses.lesson_package", course_id=course_id, lesson_id=lesson_id))


def _bring(course_id: int, lesson_id: int) -> str:
    """Unpack what came with the form or before it, outside any transaction; then put it into the lesson."""
    with (
        brought_file(f"package:{lesson_id}") as brought,
        unpacked(brought.path, largest_archive=largest_package()) as package,
        _kept(package) as key,
        acting() as actor,
    ):
        brought.use()
        made = add_package(
            course_id,
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


def _page(course_id: int, lesson_id: int, form: PackageForm) -> str:
    lesson = _package_lesson(course_id, lesson_id)
    package, course = lesson.package, lesson.version.course
    return render_template(
        "courses/content/package.html",
        course=course,
        lesson=lesson,
        form=form,
        package=package,
        others=[one for one in list_packages(course_id) if one.id != lesson.package_id],
        shown=list_shown_ids(course_id),
        settings={} if package is None else package.manifest.get("settings", {}),
        standards=STANDARDS,
        unmet={} if package is None else list_unmet(package),
        wishes=WISHES,
        editable=lesson.version.status is VersionStatus.DRAFT and is_writable(course),
        playable=addresses().available,
        purpose=f"package:{lesson_id}",
        allowance=Allowance(largest_package(), ("zip",)),
        plain_most=plain_limit(),
    )
