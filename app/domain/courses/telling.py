"""Where the notices of the area lead, and the words of those that several acts send."""

from __future__ import annotations

from app.core.i18n import lazy_gettext as _l
from app.domain.outbox.wording import register_notice

register_notice(
    "courses.completed",
    _l("Course completed: %(title)s"),
    _l("%(hours)s credit hours are in your record."),
)


def course_page(course_id: int) -> str:
    """The address of a course's page, for the link of a notice."""
    return f"/courses/{course_id}"
