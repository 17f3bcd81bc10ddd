"""The lessons of a course as who writes them sees them: the outline, drafts, publishing."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_number
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.content_forms import PublishForm, RemoveForm
from app.blueprints.courses.lesson_kinds import KIND_ICONS, KINDS
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course
from app.domain.courses.operations import drafts, publishing
from app.domain.courses.queries.content import read_content
from app.domain.courses.queries.versions import VersionLine, count_waiting, list_versions
from app.domain.courses.queries.visibility import get_course, may_teach
from app.domain.courses.rules.content import MOST_SECTIONS
from app.domain.courses.rules.words import CourseKind, CourseStatus, VersionStatus

VERSION_WORDS = {
    VersionStatus.DRAFT: ("neutral", lambda: _("Draft")),
    VersionStatus.PUBLISHED: ("info", lambda: _("Published")),
    VersionStatus.RETIRED: ("neutral", lambda: _("Replaced")),
}


def written(course_id: int) -> Course:
    """A course whose lessons the reader writes; NotFound for others and for one that is held elsewhere."""
    course = get_course(course_id, actor=current_actor())
    if not may_teach(course, current_actor()) or course.kind is CourseKind.EXTERNAL:
        raise NotFound(_("There is no such course within your unit."))
    return course


def content_address(course_id: int, anchor: str | None = None) -> str:
    return url_for("courses.content", course_id=course_id, _anchor=anchor)


def is_writable(course: Course) -> bool:
    return course.status not in {CourseStatus.ENDED, CourseStatus.CANCELLED}


@blueprint.get("/<int:course_id>/content")
@requires("courses.teach")
def content(course_id: int) -> str:
    """The draft, else the newest version; ``?version=`` another one."""
    course = written(course_id)
    versions = list_versions(course_id)
    number = asked_number("version", 1, 100_000)
    shown = _shown(versions, number)
    return render_template(
        "courses/content/show.html", versions=versions, **outline_values(course, shown)
    )


def _shown(versions: list[VersionLine], number: int | None) -> VersionLine | None:
    if number is None:
        return versions[0] if versions else None
    found = next((one for one in versions if one.number == number), None)
    if found is None:
        raise NotFound(_("This course has no such version."))
    return found


def outline_values(course: Course, shown: VersionLine | None) -> dict[str, Any]:
    """What the outline of a version shows."""
    writable = is_writable(course)
    draft = shown is not None and shown.status is VersionStatus.DRAFT
    return {
        "course": course,
        "version": shown,
        "outline": None if shown is None else read_content(shown.id),
        "writable": writable,
        "draft": draft and writable,
        "kinds": KINDS,
        "kind_icons": KIND_ICONS,
        "version_words": VERSION_WORDS,
        "most_sections": MOST_SECTIONS,
    }


def outline_answer(course_id: int, anchor: str, told: str) -> ResponseReturnValue:
    """After a change of the order: the outline anew for htmx, else the page again."""
    if not request.headers.get("HX-Request"):
        return redirect(content_address(course_id, anchor))
    course = written(course_id)
    values = outline_values(course, _shown(list_versions(course_id), None))
    return render_template("courses/content/_outline.html", told=told, alone=True, **values)


def refused_answer(course_id: int, error: DomainError) -> Response:
    """A refusal of an act of one button: told on the page, which is loaded anew."""
    flash(str(error.message), "danger")
    if request.headers.get("HX-Request"):
        answer = make_response("")
        answer.headers["HX-Redirect"] = content_address(course_id)
        return answer
    return make_response(redirect(content_address(course_id)))


@blueprint.post("/<int:course_id>/content/draft")
@requires("courses.teach")
def make_draft(course_id: int) -> Response:
    """A draft of the published lessons, or an empty one."""
    written(course_id)
    try:
        with acting() as actor:
            drafts.make_draft(course_id, actor=actor, now=clock.now())
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return refused_answer(course_id, error)
    flash(_("Here is the draft. Nobody learns by it until you publish it."), "success")
    return make_response(redirect(content_address(course_id)))


@blueprint.route("/<int:course_id>/content/discard", methods=["GET", "POST"])
@requires("courses.teach")
def discard_draft(course_id: int) -> Answer:
    """Throw the draft away; what is published stays."""
    shown = _draft(course_id)
    form = RemoveForm(data={"row_version": shown.row_version})

    def act(actor: Actor) -> str:
        drafts.discard_draft(course_id, actor=actor, expected_version=seen_version(form))
        return content_address(course_id)

    def context() -> dict[str, Any]:
        return {
            "course": written(course_id),
            "title": _("Throw the draft away"),
            "consequence": _(
                "Version %(number)s with its %(lessons)s lessons is gone, with everything that was changed in it."
                " What is published stays, and so do the files of the course.",
                number=shown.number,
                lessons=shown.lessons,
            ),
            "label": _("Throw it away"),
        }

    return form_page(form, "courses/content/remove.html", act, _("The draft is gone."), context)


def _draft(course_id: int) -> VersionLine:
    written(course_id)
    versions = list_versions(course_id)
    if not versions or versions[0].status is not VersionStatus.DRAFT:
        raise NotFound(_("This course has no draft."))
    return versions[0]


@blueprint.route("/<int:course_id>/content/publish", methods=["GET", "POST"])
@requires("courses.teach")
def publish_version(course_id: int) -> Answer:
    """What is missing, what will happen, and the button."""
    shown = _draft(course_id)
    form = PublishForm()
    if request.method == "GET":
        form.row_version.data = str(shown.row_version)

    def act(actor: Actor) -> str:
        publishing.publish_version(
            course_id,
            form.note.data or "",
            actor=actor,
            now=clock.now(),
            expected_version=seen_version(form),
        )
        return content_address(course_id)

    def context() -> dict[str, Any]:
        draft = _draft(course_id)
        waiting, begun = count_waiting(course_id)
        return {
            "course": written(course_id),
            "version": draft,
            "faults": read_content(draft.id).faults,
            "waiting": waiting,
            "begun": begun,
        }

    return form_page(
        form, "courses/content/publish.html", act, _("The lessons are published."), context
    )
