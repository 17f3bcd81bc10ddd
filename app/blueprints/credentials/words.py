"""Doubts, life and columns of credentials in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.domain.certificates.queries.credentials import Life
from app.domain.certificates.rules import CountsAs, Doubt

DOUBTS = {
    Doubt.NUMBER_MISSING: lazy_gettext("no number"),
    Doubt.NUMBER_MISFIT: lazy_gettext("number does not fit its pattern"),
    Doubt.RENEWAL_OVERDUE: lazy_gettext("registration overdue"),
    Doubt.ISSUED_TOO_YOUNG: lazy_gettext("issued before the age of 18"),
    Doubt.EXPIRED: lazy_gettext("expired"),
}
LIVES = {
    Life.EXPIRES_SOON: lazy_gettext("Expires within 90 days"),
    Life.EXPIRED: lazy_gettext("Expired"),
    Life.RENEWAL_OVERDUE: lazy_gettext("Registration overdue"),
    Life.REVOKED: lazy_gettext("Revoked"),
}
COUNTS_AS = {
    CountsAs.PSYCH_2: lazy_gettext("Psychological counselor level 2"),
    CountsAs.PSYCH_3: lazy_gettext("Psychological counselor level 3"),
    CountsAs.OTHER: lazy_gettext("Other certificates"),
}
