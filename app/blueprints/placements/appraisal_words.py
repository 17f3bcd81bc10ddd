"""What is measured in a placement, in the reader's language."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

MEASURES: dict[str, Any] = {
    "hours": _l("Hours (of 45 minutes)"),
    "observations": _l("Lessons observed"),
    "lessons": _l("Lessons given"),
    "group_sessions": _l("Group sessions"),
    "case_sessions": _l("Case sessions"),
    "attendance": _l("Attendance, per cent"),
}
