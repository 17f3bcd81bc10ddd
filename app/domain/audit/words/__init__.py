"""What audited actions are called, by area. A test fails when the code records one that has no words here."""

from __future__ import annotations

from typing import Any

from app.core.i18n import lazy_gettext as _l
from app.domain.audit.words import registry, training

AREAS: dict[str, Any] = {
    "accounts": _l("Accounts"),
    "people": _l("People"),
    "postings": _l("Postings"),
    "posting_changes": _l("Proposed changes"),
    "credentials": _l("Credentials"),
    "credential_kinds": _l("Kinds of credentials"),
    "certificates": _l("Certificates issued"),
    "keys": _l("Signing keys"),
    "wallets": _l("Shared certificates"),
    "designations": _l("Lead teachers"),
    "studios": _l("Studios and teams"),
    "trainings": _l("Training records"),
    "workshops": _l("Workshops"),
    "placements": _l("Placements"),
    "courses": _l("Online courses"),
    "recognitions": _l("Recognised hours"),
    "duties": _l("Duties"),
    "units": _l("Units"),
    "imports": _l("Imports"),
    "mappings": _l("Mappings of platforms"),
    "statistics": _l("Statistics"),
    "policies": _l("Counting policies"),
    "audit": _l("Audit log"),
    "jobs": _l("Background work"),
    "outbox": _l("Notices"),
}

ACTIONS: dict[str, Any] = {**registry.ACTIONS, **training.ACTIONS}

OBJECTS: dict[str, Any] = {
    "account": _l("account"),
    "audit_entry": _l("audit entry"),
    "certificate_image": _l("picture of certificate templates"),
    "certificate_template": _l("certificate template"),
    "certificate_batch": _l("batch of certificates"),
    "certificate": _l("certificate"),
    "course": _l("online course"),
    "course_enrolment": _l("enrolment in an online course"),
    "credential": _l("credential"),
    "quiz_attempt": _l("attempt at a quiz"),
    "question": _l("question"),
    "question_bank": _l("question bank"),
    "credential_kind": _l("kind of credential"),
    "delivery": _l("delivery"),
    "designation": _l("designation"),
    "enrolment": _l("enrolment"),
    "grant": _l("role"),
    "import": _l("import"),
    "platform_mapping": _l("mapping of a platform"),
    "recognition": _l("request for hours"),
    "job": _l("job"),
    "person": _l("person"),
    "posting": _l("posting"),
    "posting_change": _l("proposed change"),
    "programme": _l("programme"),
    "base_school_capacity": _l("capacity of a base school"),
    "cohort": _l("cohort"),
    "mentor": _l("mentor"),
    "nomination": _l("nomination"),
    "placement": _l("placement"),
    "studio": _l("studio or team"),
    "token": _l("API token"),
    "training_record": _l("training record"),
    "unit": _l("unit"),
    "workshop": _l("workshop"),
}


def action_words(action: str) -> str:
    """The action in the reader's language; its code while it has no words."""
    return str(ACTIONS.get(action, action))


def area_words(area: str) -> str:
    return str(AREAS.get(area, area))


def object_words(object_type: str) -> str:
    return str(OBJECTS.get(object_type, object_type))
