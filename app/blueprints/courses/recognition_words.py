"""States of a request for hours, and what happened to one, in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.domain.courses.rules.words import RecognitionStatus

STATES = {
    RecognitionStatus.SUBMITTED: _l("To be checked"),
    RecognitionStatus.CHECKED: _l("To be recognised"),
    RecognitionStatus.RECOGNISED: _l("Hours recognised"),
    RecognitionStatus.SENT_BACK: _l("Sent back"),
    RecognitionStatus.WITHDRAWN: _l("Request withdrawn"),
}
STATE_TONES = {
    RecognitionStatus.SUBMITTED: "warning",
    RecognitionStatus.CHECKED: "info",
    RecognitionStatus.RECOGNISED: "success",
    RecognitionStatus.SENT_BACK: "danger",
    RecognitionStatus.WITHDRAWN: "neutral",
}
