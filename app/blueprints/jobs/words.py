"""What background work and its states are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.jobs import JobState
from app.domain.outbox.models import DeliveryState

JOB_STATES = {
    JobState.QUEUED: (_l("waiting"), "neutral", "clock"),
    JobState.RUNNING: (_l("running"), "info", "player-play"),
    JobState.DONE: (_l("done"), "success", "circle-check"),
    JobState.FAILED: (_l("failed"), "danger", "circle-x"),
}
DELIVERY_STATES = {
    DeliveryState.QUEUED: (_l("will be tried again"), "warning", "refresh"),
    DeliveryState.SENDING: (_l("being sent"), "info", "send"),
    DeliveryState.SENT: (_l("sent"), "success", "circle-check"),
    DeliveryState.FAILED: (_l("failed"), "danger", "circle-x"),
}
KINDS = {
    "certificates.make": _l("Make the papers of certificates"),
    "imports.check": _l("Check a workbook"),
    "imports.land": _l("Land an import"),
}
CHANNELS = {"mail": _l("mail")}


def kind_words(kind: str) -> str:
    return str(KINDS.get(kind, kind))
