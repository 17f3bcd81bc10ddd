"""Kinds of lessons, and how work handed in stands, in the reader's language, and their icons."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.domain.courses.rules.words import HandInStatus, LessonKind

KINDS = {
    LessonKind.TEXT: _l("Text"),
    LessonKind.VIDEO: _l("Video"),
    LessonKind.PDF: _l("PDF"),
    LessonKind.QUIZ: _l("Quiz"),
    LessonKind.ASSIGNMENT: _l("Work to hand in"),
    LessonKind.LINK: _l("Link"),
    LessonKind.PACKAGE: _l("Course package"),
}
KIND_ICONS = {
    LessonKind.TEXT: "file-text",
    LessonKind.VIDEO: "player-play",
    LessonKind.PDF: "file-type-pdf",
    LessonKind.QUIZ: "list-check",
    LessonKind.ASSIGNMENT: "edit",
    LessonKind.LINK: "link",
    LessonKind.PACKAGE: "presentation",
}
HAND_IN_STATUSES = {
    HandInStatus.HANDED_IN: _l("waits to be marked"),
    HandInStatus.ACCEPTED: _l("accepted"),
    HandInStatus.RETURNED: _l("returned"),
}
HAND_IN_TONES = {
    HandInStatus.HANDED_IN: "warning",
    HandInStatus.ACCEPTED: "success",
    HandInStatus.RETURNED: "danger",
}
