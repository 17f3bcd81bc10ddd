"""Hand in work for a lesson (a text, a file of at most 50 MB or both), and get at what was handed in."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.access.guards import acting, current_actor, requires
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.hand_in_forms import HandInForm
from app.blueprints.courses.lesson_contents import body_of
from app.blueprints.courses.lesson_views import LessonContext, shows
from app.blueprints.courses.lessons import lesson_page
from app.blueprints.downloads import attachment
from app.blueprints.units.acts import show_refusal
from app.core import clock, files
from app.core.errors import DomainError, Forbidden, NotFound
from app.core.file_types import ALLOWED, LARGEST_WORK, clean_name
from app.core.uploads import check_stream
from app.domain.courses.operations import handing_in
from app.domain.courses.queries.hand_ins import get_readable_hand_in, list_hand_ins
from app.domain.courses.queries.learning import get_own_learning
from app.domain.courses.rules.hand_ins import why_not_hand_in
from app.domain.courses.rules.words import HandInStatus, LessonKind

_ROOM_FOR_THE_FORM = 1024 * 1024


@shows(LessonKind.ASSIGNMENT)
def _assignment(context: LessonContext) -> dict[str, Any]:
    lesson, enrolment = context.lesson, context.enrolment
    handed_in = [] if enrolment is None else list_hand_ins(enrolment.id, lesson.id)
    newest = handed_in[0].status if handed_in else None
    return {
        "body": body_of(lesson),
        "form": HandInForm(formdata=None),
        "handed_in": handed_in,
        "takes_work": why_not_hand_in(newest) is None,
        "waits": newest is HandInStatus.HANDED_IN,
        "most": LARGEST_WORK,
        "accept": ",".join(f".{suffix}" for suffix in ALLOWED),
    }


@blueprint.url_value_preprocessor
def _allow_large_work(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form: work handed in may be larger than what other pages take."""
    if endpoint == "courses.hand_in":
        request.max_content_length = LARGEST_WORK + _ROOM_FOR_THE_FORM


@blueprint.post("/<int:course_id>/lessons/<int:lesson_id>/hand-in")
@requires("courses.learn")
def hand_in(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """Hand in one's work; a newer piece counts instead of the earlier, which is kept."""
    actor = current_actor()
    enrolment_id = get_own_learning(course_id, actor).id
    form = HandInForm()
    if form.validate_on_submit():
        try:
            _keep(enrolment_id, lesson_id, form)
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
        else:
            flash(_("Handed in. You are told when it has been marked."), "success")
            return redirect(url_for("courses.lesson", course_id=course_id, lesson_id=lesson_id))
    return lesson_page(course_id, lesson_id, actor, form=form), 422


def _keep(enrolment_id: int, lesson_id: int, form: HandInForm) -> None:
    """Check and store the file, then hand in; the file of a refused piece is not kept."""
    stored = _store(form.file.data)
    try:
        with acting() as actor:
            handing_in.hand_in(
                enrolment_id,
                lesson_id,
                text=form.text.data,
                file=stored,
                actor=actor,
                now=clock.now(),
            )
    except BaseException:
        if stored is not None:
            files.remove(stored.key)
        raise


def _store(upload: FileStorage | None) -> handing_in.StoredFile | None:
    if upload is None or not upload.filename:
        return None
    kind, size = check_stream(upload.stream, upload.filename, LARGEST_WORK)
    key = files.store_stream(upload.stream)
    return handing_in.StoredFile(key, upload.filename, kind, size)


@blueprint.get("/<int:course_id>/hand-ins/<int:hand_in_id>/file")
@requires("courses.read")
def hand_in_file(course_id: int, hand_in_id: int) -> Response:
    """What somebody handed in: for themselves, and for who teaches the course."""
    actor = current_actor()
    found = get_readable_hand_in(hand_in_id, course_id, actor=actor)
    if found.file_key is None:
        raise NotFound(_("There is no file with this work."))
    own = actor.may("courses.learn")
    name = found.file_name if own else f"{found.enrolment.person.name}_{found.file_name}"
    response = attachment(b"", clean_name(str(name)), str(found.content_type))
    response.response = files.pieces(found.file_key)
    response.content_length = found.size or 0
    return response
