"""A package as it is played: what the page shows of it, with what a part begins, and what it saves (JSON)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from flask import Response, current_app, jsonify, request
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.lesson_contents import body_of
from app.blueprints.courses.lesson_views import LessonContext, shows
from app.blueprints.package_site import PackageAddresses
from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.domain.courses.operations.packages import SavedState, StateReport, save_state
from app.domain.courses.package_refusals import state_refusal
from app.domain.courses.queries.learning import find_held_enrolment_id
from app.domain.courses.queries.packages import (
    Launch,
    Part,
    get_package_lesson,
    list_parts,
    read_launch,
    read_states,
    where_to_begin,
)
from app.domain.courses.rules.words import LessonKind, PackageStandard

_RUN = re.compile(r"[0-9a-f]{8,64}")
_MOST = 2**31 - 1
_RUN_TIMES = {PackageStandard.SCORM_12: "scorm12", PackageStandard.SCORM_2004: "scorm2004"}


def addresses() -> PackageAddresses:
    return cast(PackageAddresses, current_app.extensions["package_addresses"])


def part_words(part: Part) -> str:
    """How far somebody is in a part."""
    if part.done and part.score is not None:
        return _("completed, %(score)s points", score=f"{part.score.normalize():f}")
    if part.done:
        return _("completed")
    if part.failed:
        return _("not passed yet")
    return _("in progress") if part.number else _("not opened yet")


@shows(LessonKind.PACKAGE)
def _package(context: LessonContext) -> dict[str, Any]:
    lesson, enrolment = context.lesson, context.enrolment
    package = lesson.package
    states = {} if enrolment is None else read_states(enrolment.id, lesson.id)
    parts = [] if package is None else list_parts(package, states)
    begin = where_to_begin(parts, request.args.get("item")) or where_to_begin(parts, None)
    return {
        "body": body_of(lesson),
        "package": package,
        "parts": parts,
        "part_words": part_words,
        "begin": begin,
        "playable": addresses().available,
        "package_texts": json.dumps(
            {
                "opening": _("Opening …"),
                "saved": _("Saved."),
                "unsaved": _("Nothing is saved here."),
                "lesson_done": _("Lesson completed."),
                "course_done": _("You have completed the course. Its hours are in your record."),
                "kept": _("No connection: what you did is kept on this device and sent later."),
                "signed_out": _(
                    "You were signed out. Sign in again and open this lesson anew; what you did is kept on this device."
                ),
                "unreachable": _(
                    "The package could not be opened. Check the connection and open it again."
                ),
            },
            ensure_ascii=False,
        ),
    }


@blueprint.get("/<int:course_id>/lessons/<int:lesson_id>/package")
@requires("courses.read")
def package_launch(course_id: int, lesson_id: int) -> tuple[Response, int]:
    """With what a part (``?item=``; none: where to go on) is started, and the address of its frame."""
    try:
        lesson, enrolment = get_package_lesson(course_id, lesson_id, current_actor())
        launch, _parts = read_launch(lesson, enrolment, request.args.get("item") or None)
    except DomainError as error:
        return _refused(error)
    if not addresses().available:
        return _refused(
            NotFound(_("Packages cannot be played here yet. Tell who runs the system."))
        )
    return jsonify(_launch_answer(launch, saves=enrolment is not None)), 200


def _launch_answer(launch: Launch, *, saves: bool) -> dict[str, Any]:
    where, standard = addresses(), _RUN_TIMES[launch.standard]
    token, origin = where.token(launch.folder_key), where.origin(request.host)
    return {
        "item": launch.part.identifier,
        "seen": launch.seen,
        "saves": saves,
        "origin": origin,
        "frame": origin + where.frame_path(token, standard),
        "order": {
            "standard": standard,
            "kind": launch.part.kind,
            "title": launch.part.title,
            "address": where.file_path(token, launch.part.href),
            "start": launch.elements,
            "mastery": launch.settings.get("mastery") is not None,
        },
    }


@blueprint.post("/<int:course_id>/lessons/<int:lesson_id>/package/state")
@requires("courses.learn")
def save_package_state(course_id: int, lesson_id: int) -> tuple[Response, int]:
    """What a part saves: {"item", "run", "sequence", "seen", "elements", "ended"}"""
    try:
        sent = request.get_json(silent=True)
        with acting() as actor:
            enrolment_id = find_held_enrolment_id(course_id, account_id=actor.account_id)
            if enrolment_id is None:
                raise NotFound(_("You are not in this course. Take part in it first."))
            report = _read(sent)
            saved = save_state(enrolment_id, lesson_id, report, actor=actor, now=clock.now())
            answer = _saved_answer(saved)
    except DomainError as error:
        db.session.rollback()
        return _refused(error)
    return jsonify(answer), 200


def _saved_answer(saved: SavedState) -> dict[str, Any]:
    return {
        "item": saved.part.identifier,
        "number": saved.part.number,
        "word": part_words(saved.part),
        "done": saved.part.done,
        "lesson_done": saved.lesson_done,
        "course_done": saved.course_done,
    }


def _read(body: Any) -> StateReport:
    if not isinstance(body, Mapping):
        raise _unreadable()
    item, run = body.get("item"), body.get("run")
    sequence, seen = body.get("sequence"), body.get("seen")
    if not isinstance(item, str) or not isinstance(run, str) or not _RUN.fullmatch(run):
        raise _unreadable()
    if not all(type(number) is int and 0 <= number <= _MOST for number in (sequence, seen)):
        raise _unreadable()
    return StateReport(
        item=item,
        run=run,
        sequence=cast(int, sequence),
        seen=cast(int, seen),
        elements=body.get("elements"),
        ended=body.get("ended") is True,
    )


def _unreadable() -> DomainError:
    return state_refusal("package_state")


def _refused(error: DomainError) -> tuple[Response, int]:
    return jsonify(code=error.code, message=str(error.message)), error.status
