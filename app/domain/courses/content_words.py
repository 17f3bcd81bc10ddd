"""What is missing in lessons, in words."""

from __future__ import annotations

from app.core.i18n import gettext as _


def fault_words() -> dict[str, str]:
    """What a lesson lacks, by the rule's code."""
    return {
        "text_empty": _("it has no text yet"),
        "video_missing": _("it has no video yet"),
        "pdf_missing": _("it has no PDF yet"),
        "task_missing": _("it does not say yet what to do"),
        "link_missing": _("it has no address yet"),
        "package_missing": _("it has no package yet"),
        "no_draws": _("no questions are drawn for it yet"),
        "too_few_questions": _("it draws more questions than there are"),
    }


def version_fault_words() -> dict[str, str]:
    """What the version as a whole lacks."""
    return {
        "no_lessons": _("there are no lessons yet"),
        "nothing_required": _("no lesson is required, so nobody could complete the course"),
    }
