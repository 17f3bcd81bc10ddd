"""What verification says, in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.blueprints.certificates.words import KINDS
from app.domain.certificates.rules.verifying import Standing
from app.domain.certificates.rules.words import CertificateAction

STANDINGS = {
    Standing.VALID: lazy_gettext("Valid"),
    Standing.EXPIRED: lazy_gettext("Certificate expired"),
    Standing.REPLACED: lazy_gettext("Reissued (this copy is void)"),
    Standing.REVOKED: lazy_gettext("Certificate revoked"),
}
TONES = {
    Standing.VALID: "success",
    Standing.EXPIRED: "warning",
    Standing.REPLACED: "warning",
    Standing.REVOKED: "danger",
}
ICONS = {
    Standing.VALID: "circle-check",
    Standing.EXPIRED: "hourglass",
    Standing.REPLACED: "refresh",
    Standing.REVOKED: "ban",
}
SENTENCES = {
    Standing.VALID: lazy_gettext(
        "This certificate was issued by the unit named below and is in force today."
    ),
    Standing.EXPIRED: lazy_gettext("This certificate was issued, and its time is over."),
    Standing.REPLACED: lazy_gettext(
        "This number was issued again (补). The copy that you hold counts no more."
    ),
    Standing.REVOKED: lazy_gettext("This certificate was taken back and proves nothing any more."),
}
ACTIONS = {
    CertificateAction.ISSUED: lazy_gettext("Certificate issued"),
    CertificateAction.REVOKED: lazy_gettext("Certificate revoked"),
    CertificateAction.REPLACED: lazy_gettext("Reissued; the copy before is void"),
    CertificateAction.CORRECTED: lazy_gettext("Certificate corrected"),
}
EVERYTHING = {
    "standings": STANDINGS,
    "tones": TONES,
    "icons": ICONS,
    "sentences": SENTENCES,
    "kinds": KINDS,
    "actions": ACTIONS,
}
