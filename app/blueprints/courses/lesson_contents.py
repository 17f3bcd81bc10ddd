"""What the pages of texts, videos, PDFs and links show beside the lesson."""

from __future__ import annotations

import json
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.blueprints.courses.lesson_views import LessonContext, shows
from app.core.rich_text import render_markdown
from app.domain.courses.models import Lesson
from app.domain.courses.operations.progressing import find_video, stretches
from app.domain.courses.queries.learning import find_progress
from app.domain.courses.rules import progress as rules
from app.domain.courses.rules.words import LessonKind, LessonStatus


def body_of(lesson: Lesson) -> Markup:
    """The Markdown of a lesson, sanitised."""
    return Markup(render_markdown(lesson.body or ""))


@shows(LessonKind.TEXT)
@shows(LessonKind.LINK)
def _text(context: LessonContext) -> dict[str, Any]:
    return {"body": body_of(context.lesson)}


@shows(LessonKind.PDF)
def _pdf(context: LessonContext) -> dict[str, Any]:
    return {"body": body_of(context.lesson), "file_url": _file_url(context.lesson)}


@shows(LessonKind.VIDEO)
def _video(context: LessonContext) -> dict[str, Any]:
    lesson, enrolment = context.lesson, context.enrolment
    video = find_video(lesson)
    known = None if enrolment is None else find_progress(enrolment.id, lesson.id)
    watched = () if known is None else stretches(known.watched)
    done = known is not None and known.status is LessonStatus.COMPLETED
    return {
        "body": body_of(lesson),
        "file_url": _file_url(lesson),
        "video": video,
        "percent": rules.percent(video, watched) if video else 0,
        "player": {
            "enrolment": None if enrolment is None else enrolment.id,
            "watched": json.dumps(watched),
            "position": 0 if known is None else known.position,
            "seconds": video.seconds if video else 0,
            "free": lesson.seek_ahead or done or enrolment is None,
            "done": done,
        },
        "player_texts": {
            "kept": _("No connection: what you watch is kept on this device and sent later."),
            "sent": _("Saved."),
            "done": _("Lesson completed."),
            "ahead": _("Watch this part first: seeking ahead is not possible in this video."),
            "speed": _("The video plays at its normal speed, because the time watched is counted."),
            "signed_out": _("You were signed out. Sign in again; what you watched is kept here."),
            "refused": _("The server did not take this: "),
        },
    }


def _file_url(lesson: Lesson) -> str | None:
    return None if lesson.media is None else url_for("courses.media", media_id=lesson.media.id)
