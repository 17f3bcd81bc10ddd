"""Lessons in the editor: add, write, remove, put in order; the text as learners will read it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.access.guards import acting, current_actor, requires
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.content import (
    content_address,
    outline_answer,
    refused_answer,
    written,
)
from app.blueprints.courses.content_files import add_brought, media_allowance, purpose_of
from app.blueprints.courses.content_forms import LessonForm, NewLessonForm, RemoveForm, fill
from app.blueprints.courses.content_sections import asked_id, asked_step
from app.blueprints.courses.lesson_kinds import KIND_ICONS, KINDS
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.units.acts import show_refusal
from app.blueprints.uploads.bringing import brought_file, has_file
from app.blueprints.uploads.protocol import plain_limit
from app.core.errors import DomainError, Forbidden, NotFound
from app.core.rich_text import render_markdown
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Lesson
from app.domain.courses.operations import lessons
from app.domain.courses.queries.content import (
    list_required_before,
    list_sections,
    list_siblings,
)
from app.domain.courses.queries.media import list_media
from app.domain.courses.queries.visibility import get_lesson
from app.domain.courses.rules.content import LONGEST_BODY
from app.domain.courses.rules.words import LessonKind, MediaKind, VersionStatus

_FILES = {LessonKind.VIDEO: MediaKind.VIDEO, LessonKind.PDF: MediaKind.PDF}


def _lesson(course_id: int, lesson_id: int) -> Lesson:
    """A lesson of the course, of any of its versions."""
    written(course_id)
    found = get_lesson(lesson_id, actor=current_actor())
    if found.version.course_id != course_id:
        raise NotFound(_("There is no such lesson in this course."))
    return found


def _address(course_id: int, lesson_id: int) -> str:
    return url_for("courses.edit_lesson", course_id=course_id, lesson_id=lesson_id)


@blueprint.route("/<int:course_id>/content/lessons/new", methods=["GET", "POST"])
@requires("courses.teach")
def add_lesson(course_id: int) -> Answer:
    """Its kind and title; what it says is written next."""
    written(course_id)
    offered = list_sections(course_id)
    if not offered:
        raise NotFound(_("The draft has no section yet; add one first."))
    chosen = request.args.get("section", offered[-1][0], type=int)
    form = NewLessonForm(data={"section_id": chosen}).offer(offered)

    def act(actor: Actor) -> str:
        made = lessons.add_lesson(
            course_id, form.section_id.data, form.kind.data, form.title.data or "", actor=actor
        )
        return _address(course_id, made.id)

    def context() -> dict[str, Any]:
        return {"course": written(course_id), "icons": KIND_ICONS}

    return form_page(
        form, "courses/content/new_lesson.html", act, _("Added. Now write it."), context
    )


@blueprint.route("/<int:course_id>/content/lessons/<int:lesson_id>/edit", methods=["GET", "POST"])
@requires("courses.teach")
def edit_lesson(course_id: int, lesson_id: int) -> Answer:
    """What the lesson says. A video or PDF comes with the form, or is one that the course has."""
    lesson = _lesson(course_id, lesson_id)
    if lesson.version.status is not VersionStatus.DRAFT:
        flash(
            _("Published lessons stay as they are. Make a draft of them and change that."), "info"
        )
        return redirect(url_for("courses.content", course_id=course_id))
    form = _form(lesson)
    if request.method == "GET":
        fill(form, lesson, list_required_before(lesson_id))
    if "preview" in request.form:
        return _page(course_id, lesson_id, form, previewed=True)
    refused = False
    if form.validate_on_submit():
        try:
            _save(course_id, lesson_id, form)
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
            refused = True
        else:
            flash(_("Saved."), "success")
            return redirect(_after_saving(course_id, lesson_id))
    page = _page(course_id, lesson_id, form)
    return (page, 422) if refused or form.errors else page


def _form(lesson: Lesson) -> LessonForm:
    kind = _FILES.get(lesson.kind)
    files = [] if kind is None else list_media(lesson.version.course_id, kind)
    return LessonForm().shaped(lesson.kind, files, list_siblings(lesson))


def _save(course_id: int, lesson_id: int, form: LessonForm) -> None:
    """The file is looked at and kept before the transaction; then it and the lesson land together."""
    with ExitStack() as stack:
        facts = None
        if "file" in form and has_file():
            brought = stack.enter_context(brought_file(purpose_of(course_id)))
            facts = add_brought(brought)
        with acting() as actor:
            media_id = None if facts is None else facts(course_id, actor)
            lessons.edit_lesson(
                course_id,
                lesson_id,
                form.facts(media_id),
                actor=actor,
                expected_version=seen_version(form),
            )


def _after_saving(course_id: int, lesson_id: int) -> str:
    if "stay" in request.form:
        return _address(course_id, lesson_id)
    return content_address(course_id, f"lesson-{lesson_id}")


def _page(course_id: int, lesson_id: int, form: LessonForm, *, previewed: bool = False) -> str:
    lesson = _lesson(course_id, lesson_id)
    text = (form.body.data or "") if "body" in form else ""
    return render_template(
        "courses/content/lesson.html",
        course=lesson.version.course,
        lesson=lesson,
        form=form,
        kinds=KINDS,
        icons=KIND_ICONS,
        preview=_rendered(text) if text else None,
        previewed=previewed,
        purpose=purpose_of(course_id),
        allowance=media_allowance(_FILES.get(lesson.kind)),
        plain_most=plain_limit(),
    )


def _rendered(text: str) -> Markup:
    return Markup(render_markdown(text[:LONGEST_BODY]))


@blueprint.post("/content/text-preview")
@requires("courses.teach")
def preview_text() -> str:
    """The text of a form as it will be read, while it is written (htmx)."""
    text = request.form.get("body", "")
    return render_template("courses/content/_text_preview.html", preview=_rendered(text))


@blueprint.route("/<int:course_id>/content/lessons/<int:lesson_id>/remove", methods=["GET", "POST"])
@requires("courses.teach")
def remove_lesson(course_id: int, lesson_id: int) -> Answer:
    """From the draft; its file stays."""
    lesson = _lesson(course_id, lesson_id)
    title = lesson.title
    form = RemoveForm(data={"row_version": lesson.row_version})

    def act(actor: Actor) -> str:
        lessons.remove_lesson(
            course_id, lesson_id, actor=actor, expected_version=seen_version(form)
        )
        return content_address(course_id)

    def context() -> dict[str, Any]:
        return {
            "course": written(course_id),
            "title": _("Remove “%(title)s”", title=title),
            "consequence": _(
                "The lesson leaves the draft with its text; lessons that waited for it wait no more. Its file stays"
                " among the files of the course, and what is published stays."
            ),
            "label": _("Remove it"),
        }

    return form_page(form, "courses/content/remove.html", act, _("Removed."), context)


@blueprint.post("/<int:course_id>/content/lessons/<int:lesson_id>/move")
@requires("courses.teach")
def move_lesson(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """Up or down by one, or into a section before another lesson."""
    title = _lesson(course_id, lesson_id).title
    try:
        step, section_id, before = asked_step(), asked_id("section"), asked_id("before")
        with acting() as actor:
            lessons.move_lesson(
                course_id, lesson_id, actor=actor, step=step, section_id=section_id, before=before
            )
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return refused_answer(course_id, error)
    return outline_answer(course_id, f"lesson-{lesson_id}", _("Moved: %(title)s", title=title))
