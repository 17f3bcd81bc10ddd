"""States of attendance and of requests for leave in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.domain.workshops.rules.words import AttendanceMethod, AttendanceState, RequestState

STATES = {
    AttendanceState.PRESENT: _l("Present"),
    AttendanceState.LATE: _l("Late"),
    AttendanceState.LEFT_EARLY: _l("Left early"),
    AttendanceState.LEAVE: _l("On leave"),
    AttendanceState.ABSENT: _l("Absent"),
}
TONES = {
    AttendanceState.PRESENT: "success",
    AttendanceState.LATE: "warning",
    AttendanceState.LEFT_EARLY: "warning",
    AttendanceState.LEAVE: "info",
    AttendanceState.ABSENT: "danger",
}
METHODS = {
    AttendanceMethod.QR: _l("by code"),
    AttendanceMethod.ROSTER: _l("by hand"),
    AttendanceMethod.WORKBOOK: _l("from a sign-in sheet"),
}
REQUESTS = {
    RequestState.OPEN: _l("Waits for an answer"),
    RequestState.GRANTED: _l("Granted"),
    RequestState.REFUSED: _l("Not granted"),
    RequestState.WITHDRAWN: _l("Withdrawn"),
}
REQUEST_TONES = {
    RequestState.OPEN: "warning",
    RequestState.GRANTED: "success",
    RequestState.REFUSED: "danger",
    RequestState.WITHDRAWN: "neutral",
}
TROUBLES = {
    "unknown": _l("Nobody of this name and unit is on the list."),
    "ambiguous": _l(
        "Several people of this name and unit are on the list; write the phone number."
    ),
    "twice": _l("This person stands in the sheet twice."),
    "other_day": _l("This line is about another day."),
}
