"""What may be missing, in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.domain.statistics.gaps import Gap

GAPS = {
    Gap.SCHOOLS_WITHOUT_COUNSELOR: lazy_gettext("Schools without a counselor"),
    Gap.SCHOOLS_WITHOUT_ROOM: lazy_gettext("Schools without a counseling room"),
    Gap.COUNTIES_WITHOUT_LEAD_TEACHER: lazy_gettext("Counties without a lead teacher"),
    Gap.WITHOUT_CREDENTIAL: lazy_gettext("Counselors without a recognised, verified certificate"),
    Gap.BELOW_HOURS: lazy_gettext("Counselors below the yearly hours"),
    Gap.WITHOUT_IDENTITY: lazy_gettext("Counselors without an identity number on record"),
    Gap.WITHOUT_PHONE: lazy_gettext("Counselors without a phone on record"),
    Gap.WITHOUT_TITLE: lazy_gettext("Postings without a professional title"),
    Gap.WITHOUT_SUBJECT: lazy_gettext("Postings without a subject"),
}
# The same as a column or a mark in a row.
SHORT = {
    Gap.SCHOOLS_WITHOUT_COUNSELOR: lazy_gettext("No counselor"),
    Gap.SCHOOLS_WITHOUT_ROOM: lazy_gettext("No counseling room"),
    Gap.COUNTIES_WITHOUT_LEAD_TEACHER: lazy_gettext("No lead teacher"),
    Gap.WITHOUT_CREDENTIAL: lazy_gettext("No certificate"),
    Gap.BELOW_HOURS: lazy_gettext("Too few hours"),
    Gap.WITHOUT_IDENTITY: lazy_gettext("No identity number"),
    Gap.WITHOUT_PHONE: lazy_gettext("No phone"),
    Gap.WITHOUT_TITLE: lazy_gettext("No title"),
    Gap.WITHOUT_SUBJECT: lazy_gettext("No subject"),
}
