"""What certificates, batches and their states are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.domain.certificates.rules.verifying import Standing
from app.domain.certificates.rules.words import (
    BatchState,
    CertificateAction,
    CertificateKind,
    SourceKind,
    TemplateStatus,
)

KINDS = {
    CertificateKind.COMPLETION: _l("Certificate of completion"),
    CertificateKind.HOURS: _l("Certificate of hours"),
    CertificateKind.LEAD_TEACHER: _l("Lead teacher’s certificate"),
    CertificateKind.EXCELLENT: _l("Excellent participant"),
    CertificateKind.OTHER: _l("Other certificate"),
}
SOURCES = {
    SourceKind.TRAINING: _l("A finished training"),
    SourceKind.DESIGNATION: _l("Lead teachers"),
    SourceKind.HAND: _l("People chosen by hand"),
}
STANDINGS = {
    Standing.VALID: (_l("valid"), "success", "circle-check"),
    Standing.EXPIRED: (_l("expired"), "warning", "clock"),
    Standing.REVOKED: (_l("revoked"), "danger", "ban"),
    Standing.REPLACED: (_l("reissued, this one is void"), "neutral", "refresh"),
}
BATCH_STATES = {
    BatchState.DRAFT: (_l("being prepared"), "warning", "edit"),
    BatchState.ISSUING: (_l("papers are being made"), "info", "player-play"),
    BatchState.ISSUED: (_l("issued"), "success", "circle-check"),
    BatchState.FAILED: (_l("papers not made"), "danger", "circle-x"),
    BatchState.DISCARDED: (_l("discarded"), "neutral", "trash"),
}
TEMPLATE_STATES = {
    TemplateStatus.DRAFT: (_l("draft version"), "warning", "edit"),
    TemplateStatus.PUBLISHED: (_l("published version"), "success", "circle-check"),
    TemplateStatus.RETIRED: (_l("replaced by a later version"), "neutral", "history"),
}
ACTIONS = {
    CertificateAction.ISSUED: (_l("Issued"), "success", "certificate"),
    CertificateAction.REVOKED: (_l("Revoked"), "danger", "ban"),
    CertificateAction.REPLACED: (_l("Reissued; this one is void"), "warning", "refresh"),
    CertificateAction.CORRECTED: (
        _l("Reissued with corrections; this one is void"),
        "warning",
        "edit",
    ),
}
