"""Kinds, states and facts of imports in the reader's language."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.blueprints.units.words import STAGE_NAMES
from app.domain.accounts.rules import Actor
from app.domain.exchange.models import ImportKind, ImportState, RowState
from app.domain.people.rules import PostingRole, Sex, StudioRole, TrainingLevel

KIND_NAMES = {
    ImportKind.SCHOOLS: _l("Schools and counseling rooms"),
    ImportKind.COUNSELORS: _l("Roster of counselors"),
    ImportKind.PLACEMENTS: _l("Placements"),
    ImportKind.TRAININGS: _l("Trainings attended"),
    ImportKind.STUDIO: _l("Studio members"),
    ImportKind.ONLINE: _l("Online training export"),
}
STATE_NAMES = {
    ImportState.UPLOADED: (_l("Uploaded"), "neutral"),
    ImportState.CHECKING: (_l("Being checked"), "info"),
    ImportState.PREVIEW: (_l("To be confirmed"), "warning"),
    ImportState.REJECTED: (_l("Rejected"), "danger"),
    ImportState.APPLYING: (_l("Being imported"), "info"),
    ImportState.LANDED: (_l("Imported"), "success"),
    ImportState.UNDONE: (_l("Taken back"), "neutral"),
    ImportState.DISCARDED: (_l("Discarded"), "neutral"),
    ImportState.FAILED: (_l("Failed"), "danger"),
}
ROW_STATE_NAMES = {
    RowState.CREATED: (_l("New"), "success"),
    RowState.CHANGED: (_l("Changed"), "info"),
    RowState.UNCHANGED: (_l("Unchanged"), "neutral"),
    RowState.REJECTED: (_l("Rejected"), "danger"),
    RowState.UNRESOLVED: (_l("Waits for you"), "warning"),
    RowState.RESOLVED: (_l("Settled"), "success"),
    RowState.DISMISSED: (_l("Left out"), "neutral"),
    RowState.ENDED: (_l("Missing, posting ends"), "warning"),
}
FACT_NAMES = {
    "person": _l("Person"),
    "posting": _l("Posting"),
    "posting_from": _l("From"),
    "posting_until": _l("Until"),
    "unit": _l("Unit"),
    "role": _l("Full or part time"),
    "subject": _l("Subject"),
    "post_title": _l("Professional title"),
    "recruited_on": _l("Openly recruited on"),
    "sex": _l("Sex"),
    "ethnicity": _l("Ethnicity"),
    "born_on": _l("Born on"),
    "email": _l("Mail address"),
    "education": _l("Education"),
    "graduated_from": _l("Graduated from"),
    "major": _l("Major"),
    "work_began_on": _l("Work began on"),
    "note": _l("Note"),
    "id_number": _l("Identity number"),
    "phone": _l("Phone"),
    "credential": _l("Credential"),
    "credential_number": _l("Number of the credential"),
    "credential_issuer": _l("Issuer of the credential"),
    "credential_issued_on": _l("Credential issued on"),
    "training": _l("Training"),
    "recognition": _l("Hours to recognise"),
    "title": _l("Training"),
    "level": _l("Level"),
    "started_on": _l("Began on"),
    "ended_on": _l("Ended on"),
    "hours": _l("Credit hours"),
    "result": _l("Result"),
    "lead_teacher": _l("Lead teacher, nominated by"),
    "studio_role": _l("Role in the studio"),
    "school": _l("School"),
    "school_name": _l("Name"),
    "stage": _l("School stage"),
    "county": _l("County"),
    "opened_on": _l("Opened on"),
    "closed_on": _l("Closed on"),
    "rooms": _l("Counseling rooms"),
    "room_area": _l("Room area (m²)"),
    "pupils": _l("Pupils"),
}
VALUE_NAMES = {
    **{stage.value: name for stage, name in STAGE_NAMES.items()},
    PostingRole.FULL_TIME.value: _l("Full time"),
    PostingRole.PART_TIME.value: _l("Part time"),
    Sex.FEMALE.value: _l("Female"),
    Sex.MALE.value: _l("Male"),
    StudioRole.HOST.value: _l("Host"),
    StudioRole.MEMBER.value: _l("Member"),
    TrainingLevel.NATIONAL.value: _l("National"),
    TrainingLevel.PROVINCIAL.value: _l("Provincial"),
    TrainingLevel.PREFECTURE.value: _l("Prefecture"),
    TrainingLevel.COUNTY.value: _l("County level"),
    TrainingLevel.SCHOOL.value: _l("School level"),
    TrainingLevel.ABROAD.value: _l("Abroad"),
}
MAPPED_NAMES: dict[str, Any] = {
    "name": _l("Full name"),
    "school": _l("School or unit"),
    "county": _l("County"),
    "id_number": _l("Identity number"),
    "phone": _l("Phone"),
    "title": _l("Training"),
    "verdict": _l("Finished or not"),
    "progress": _l("Progress"),
    "completed_at": _l("Finished on"),
    "hours": _l("Credit hours"),
    "level": _l("Level"),
    "score": _l("Score"),
}
CODED_FACTS = frozenset({"role", "sex", "studio_role", "level", "stage"})
TABLE_NAMES = {
    "people": _l("personal data"),
    "postings": _l("posting"),
    "credentials": _l("credential"),
    "training_records": _l("training record"),
    "hour_recognitions": _l("request for hours"),
    "lead_teacher_designations": _l("lead-teacher designation"),
    "studios": _l("studio"),
    "studio_memberships": _l("studio membership"),
    "units": _l("unit"),
    "unit_versions": _l("name or place of the unit"),
    "unit_aliases": _l("alias of the unit"),
    "facility_returns": _l("facility return"),
    "posting_changes": _l("proposed change"),
    "base_school_periods": _l("base school"),
    "grants": _l("role of an account"),
    "mentors": _l("post as a mentor of a base school"),
    "placement_cohorts": _l("cohort"),
    "placement_nominations": _l("nomination for a cohort"),
    "placement_stays": _l("stay at a base school"),
    "placements": _l("placement in a cohort"),
}


def kinds_for(actor: Actor) -> list[ImportKind]:
    """The kinds a role may import and see; whoever only keeps the unit tree: lists of schools."""
    return list(ImportKind) if actor.may("imports.use") else [ImportKind.SCHOOLS]
