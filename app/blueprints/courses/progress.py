"""Where the player of a lesson's page reports: JSON in, JSON out, refusals too."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask import Response, jsonify, request

from app.access.guards import current_actor, requires
from app.access.reporting import report
from app.blueprints.courses.blueprint import blueprint
from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.courses.queries.learning import get_own_learning
from app.domain.courses.rules.progress import OLDEST, Stretch, Told

_LARGEST_ID = 2**31 - 1


@blueprint.post("/<int:course_id>/lessons/<int:lesson_id>/progress")
@requires("courses.learn")
def report_progress(course_id: int, lesson_id: int) -> tuple[Response, int]:
    """{"enrolment": id, "watched": [[from, to], …], "position": seconds, "age": seconds since it was noted}"""
    try:
        try:
            enrolment_id, told = _read(request.get_json(silent=True))
        except InvalidInput:
            get_own_learning(course_id, current_actor())  # a stranger learns nothing, not even this
            raise
        reached = report(course_id, enrolment_id, lesson_id, told)
    except DomainError as error:
        db.session.rollback()
        answer = {"code": error.code, "message": str(error.message), **error.details}
        return jsonify(answer), error.status
    return jsonify(asdict(reached)), 200


def _read(body: Any) -> tuple[int, Told]:
    if not isinstance(body, dict) or not _is_id(body.get("enrolment")):
        raise _unreadable()
    age, position = body.get("age", 0), body.get("position")
    if not _is_number(age) or not (position is None or _is_number(position)):
        raise _unreadable()
    noted = clock.now() - timedelta(seconds=min(max(float(age), 0.0), OLDEST.total_seconds()))
    watched = tuple(_stretch(item) for item in _listed(body.get("watched", [])))
    return body["enrolment"], Told(watched, None if position is None else float(position), noted)


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _unreadable()
    return value


def _stretch(item: Any) -> Stretch:
    if not (isinstance(item, list) and len(item) == 2 and all(map(_is_number, item))):
        raise _unreadable()
    return float(item[0]), float(item[1])


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 < value <= _LARGEST_ID


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < 1e9


def _unreadable() -> InvalidInput:
    return InvalidInput(_("This is not a report of a player."), "unreadable_report", "watched")
