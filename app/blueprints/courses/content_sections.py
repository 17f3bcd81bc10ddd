"""Sections in the editor: add, change, remove, put in order."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, requires
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.content import (
    content_address,
    outline_answer,
    refused_answer,
    written,
)
from app.blueprints.courses.content_forms import RemoveForm, SectionForm
from app.blueprints.people.acts import Answer, form_page
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Section
from app.domain.courses.operations import drafts, sections
from app.domain.courses.queries.content import get_section


def _section(course_id: int, section_id: int) -> Section:
    written(course_id)
    return get_section(section_id, course_id)


@blueprint.route("/<int:course_id>/content/sections/new", methods=["GET", "POST"])
@requires("courses.teach")
def add_section(course_id: int) -> Answer:
    """A section at the end; the first one of a course begins its first draft."""
    written(course_id)
    form = SectionForm()

    def act(actor: Actor) -> str:
        drafts.begin_where_nothing_is(course_id, actor=actor, now=clock.now())
        made = sections.add_section(
            course_id, form.title.data or "", form.summary.data or "", actor=actor
        )
        return content_address(course_id, f"section-{made.id}")

    return form_page(
        form,
        "courses/content/section.html",
        act,
        _("Added."),
        lambda: {"course": written(course_id), "section": None},
    )


@blueprint.route("/<int:course_id>/content/sections/<int:section_id>/edit", methods=["GET", "POST"])
@requires("courses.teach")
def edit_section(course_id: int, section_id: int) -> Answer:
    """Its title and what it is about."""
    form = SectionForm(obj=_section(course_id, section_id))

    def act(actor: Actor) -> str:
        sections.edit_section(
            course_id, section_id, form.title.data or "", form.summary.data or "", actor=actor
        )
        return content_address(course_id, f"section-{section_id}")

    return form_page(
        form,
        "courses/content/section.html",
        act,
        _("Saved."),
        lambda: {"course": written(course_id), "section": _section(course_id, section_id)},
    )


@blueprint.route(
    "/<int:course_id>/content/sections/<int:section_id>/remove", methods=["GET", "POST"]
)
@requires("courses.teach")
def remove_section(course_id: int, section_id: int) -> Answer:
    """With the lessons in it, as they were seen."""
    section = _section(course_id, section_id)
    titles = [lesson.title for lesson in section.lessons]
    form = RemoveForm(data={"lessons": len(titles)})

    def act(actor: Actor) -> str:
        seen = str(form.lessons.data or "")
        count = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 6 else -1
        sections.remove_section(course_id, section_id, actor=actor, lessons=count)
        return content_address(course_id)

    def context() -> dict[str, Any]:
        return {
            "course": written(course_id),
            "title": _("Remove “%(title)s”", title=_section(course_id, section_id).title),
            "consequence": _(
                "The section leaves the draft with its lessons: %(lessons)s. What is published stays.",
                lessons=_(", ").join(titles),
            )
            if titles
            else _("The section has no lessons. It leaves the draft; what is published stays."),
            "label": _("Remove it"),
        }

    return form_page(form, "courses/content/remove.html", act, _("Removed."), context)


@blueprint.post("/<int:course_id>/content/sections/<int:section_id>/move")
@requires("courses.teach")
def move_section(course_id: int, section_id: int) -> ResponseReturnValue:
    """Up or down by one, or before another one."""
    title = _section(course_id, section_id).title
    try:
        step, before = asked_step(), asked_id("before")
        with acting() as actor:
            sections.move_section(course_id, section_id, actor=actor, step=step, before=before)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return refused_answer(course_id, error)
    return outline_answer(course_id, f"section-{section_id}", _("Moved: %(title)s", title=title))


def asked_step() -> int | None:
    """−1 or 1 from the form; None: the place is said otherwise."""
    return {"-1": -1, "1": 1}.get(request.form.get("step", ""))


def asked_id(name: str) -> int | None:
    """An id from the form; what is none becomes one that nothing has."""
    text = request.form.get(name, "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
