"""The videos and PDFs of a course: bring them (in pieces that resume), see which lessons show them, remove."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.access.guards import acting, requires
from app.blueprints.asking import asked_page, refuse_beyond
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.content import is_writable, written
from app.blueprints.courses.content_forms import MediaForm, RemoveForm
from app.blueprints.people.acts import Answer, form_page
from app.blueprints.units.acts import show_refusal
from app.blueprints.uploads.bringing import Brought, brought_file
from app.blueprints.uploads.protocol import plain_limit
from app.blueprints.uploads.purposes import Allowance, accepts
from app.config import Settings
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.courses.media_files import SUFFIXES, seldom_playable, take_over
from app.domain.courses.models import Course, CourseMedia
from app.domain.courses.operations.media import add_media, remove_media
from app.domain.courses.queries.media import get_media, page_of_media
from app.domain.courses.queries.visibility import get_course, may_teach
from app.domain.courses.rules.words import MediaKind

MEGABYTE = 1024 * 1024
MEDIA_SUFFIX = {MediaKind.VIDEO: ("mp4",), MediaKind.PDF: ("pdf",)}


def purpose_of(course_id: int) -> str:
    return f"course:{course_id}"


def media_allowance(kind: MediaKind | None = None) -> Allowance:
    """How large a file may be (XINYU_VIDEO_MEGABYTES); ``kind``: only of that one."""
    settings = cast(Settings, current_app.extensions["settings"])
    suffixes = SUFFIXES if kind is None else MEDIA_SUFFIX[kind]
    return Allowance(settings.video_megabytes * MEGABYTE, suffixes)


@accepts("course")
def _may_bring(course_id: int, actor: Actor) -> Allowance:
    course = get_course(course_id, actor=actor)
    if not may_teach(course, actor):
        raise NotFound(_("There is no such course within your unit."))
    return media_allowance()


def length(seconds: Decimal) -> str:
    """4:05 or 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def add_brought(brought: Brought) -> Callable[[int, Actor], int]:
    """Look at the file and keep it; then the function that, inside the act, makes it a file of the course: its id."""
    facts = take_over(brought.path, brought.twin(), brought.name)

    def add(course_id: int, actor: Actor) -> int:
        brought.use()
        return add_media(course_id, facts, actor=actor, now=clock.now()).id

    return add


@blueprint.route("/<int:course_id>/files", methods=["GET", "POST"])
@requires("courses.teach")
def files(course_id: int) -> Answer:
    """The files, and a form for one more."""
    course = written(course_id)
    form = MediaForm()
    refused = False
    if form.validate_on_submit():
        try:
            with brought_file(purpose_of(course_id)) as brought:
                add = add_brought(brought)
                with acting() as actor:
                    add(course_id, actor)
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
            refused = True
            course = written(course_id)
        else:
            flash(_("Added. Choose it in a lesson now."), "success")
            return redirect(url_for("courses.files", course_id=course_id))
    page = _page(course, form)
    return (page, 422) if refused or form.errors else page


def _page(course: Course, form: MediaForm) -> str:
    page = page_of_media(course.id, asked_page())
    refuse_beyond(page)
    return render_template(
        "courses/content/files.html",
        course=course,
        form=form,
        page=page,
        writable=is_writable(course),
        video=MediaKind.VIDEO,
        seldom_playable=seldom_playable,
        length=length,
        purpose=purpose_of(course.id),
        allowance=media_allowance(),
        plain_most=plain_limit(),
    )


@blueprint.route("/<int:course_id>/files/<int:media_id>/remove", methods=["GET", "POST"])
@requires("courses.teach")
def remove_file(course_id: int, media_id: int) -> Answer:
    """A file that no lesson shows."""
    written(course_id)
    file: CourseMedia = get_media(media_id, course_id)
    name = file.file_name

    def act(actor: Actor) -> str:
        remove_media(course_id, media_id, actor=actor, now=clock.now())
        return url_for("courses.files", course_id=course_id)

    def context() -> dict[str, Any]:
        return {
            "course": written(course_id),
            "title": _("Remove “%(title)s”", title=name),
            "consequence": _("The file is gone for good; to have it back, upload it again."),
            "label": _("Remove it"),
            "back": url_for("courses.files", course_id=course_id),
        }

    return form_page(RemoveForm(), "courses/content/remove.html", act, _("Removed."), context)
