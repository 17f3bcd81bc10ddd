"""Roles, statuses, reasons and fields of the registry in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.domain.certificates.rules import CredentialState
from app.domain.people.queries.visibility import Status
from app.domain.people.rules import (
    Audience,
    ChangeAction,
    ChangeState,
    Duty,
    EndReason,
    PostingRole,
    Sex,
    StudioRole,
    TrainingKind,
    TrainingLevel,
)

ROLES = {
    PostingRole.FULL_TIME: lazy_gettext("Full time"),
    PostingRole.PART_TIME: lazy_gettext("Part time"),
}
SEXES = {Sex.FEMALE: lazy_gettext("Female"), Sex.MALE: lazy_gettext("Male")}
STATUSES = {
    Status.CURRENT: lazy_gettext("Serving"),
    Status.FORMER: lazy_gettext("Former"),
    Status.EXTERNAL: lazy_gettext("External experts"),
}
END_REASONS = {
    EndReason.TRANSFERRED: lazy_gettext("Transferred"),
    EndReason.MISSING_FROM_ROSTER: lazy_gettext("Missing from a complete roster"),
    EndReason.LEFT: lazy_gettext("Left the post"),
    EndReason.RETIRED: lazy_gettext("Retired"),
    EndReason.ROLE_CHANGED: lazy_gettext("Role or title changed"),
    EndReason.UNIT_CLOSED: lazy_gettext("Unit closed"),
    EndReason.CORRECTED: lazy_gettext("Entered by mistake"),
    EndReason.OTHER: lazy_gettext("Other reason"),
}
# What an officer may give as the reason; the others follow from an act.
GIVEN_END_REASONS = (
    EndReason.LEFT,
    EndReason.RETIRED,
    EndReason.TRANSFERRED,
    EndReason.CORRECTED,
    EndReason.OTHER,
)
ACTIONS = {
    ChangeAction.ADD: lazy_gettext("New posting"),
    ChangeAction.END: lazy_gettext("End of the posting"),
    ChangeAction.CHANGE: lazy_gettext("Changed posting"),
}
CHANGE_STATES = {
    ChangeState.PROPOSED: lazy_gettext("Waiting"),
    ChangeState.CONFIRMED: lazy_gettext("Confirmed"),
    ChangeState.SENT_BACK: lazy_gettext("Sent back"),
    ChangeState.WITHDRAWN: lazy_gettext("Withdrawn"),
}
CHANGE_TONES = {
    ChangeState.PROPOSED: "warning",
    ChangeState.CONFIRMED: "success",
    ChangeState.SENT_BACK: "danger",
    ChangeState.WITHDRAWN: "neutral",
}
LEVELS = {
    TrainingLevel.NATIONAL: lazy_gettext("National"),
    TrainingLevel.PROVINCIAL: lazy_gettext("Provincial"),
    TrainingLevel.PREFECTURE: lazy_gettext("Prefecture level"),
    TrainingLevel.COUNTY: lazy_gettext("County level"),
    TrainingLevel.SCHOOL: lazy_gettext("School level"),
    TrainingLevel.ABROAD: lazy_gettext("Abroad"),
}
TRAINING_KINDS = {
    TrainingKind.TRAINING: lazy_gettext("Face-to-face training"),
    TrainingKind.PLACEMENT: lazy_gettext("Placement"),
    TrainingKind.ONLINE: lazy_gettext("Online training"),
}
STUDIO_ROLES = {
    StudioRole.HOST: lazy_gettext("Host"),
    StudioRole.MEMBER: lazy_gettext("Member"),
}
CREDENTIAL_STATES = {
    CredentialState.CLAIMED: lazy_gettext("To be verified"),
    CredentialState.VERIFIED: lazy_gettext("Verified"),
    CredentialState.SENT_BACK: lazy_gettext("Sent back"),
    CredentialState.REJECTED: lazy_gettext("Not accepted"),
}
CREDENTIAL_TONES = {
    CredentialState.CLAIMED: "warning",
    CredentialState.VERIFIED: "success",
    CredentialState.SENT_BACK: "warning",
    CredentialState.REJECTED: "danger",
}
FIELDS = {
    "name": lazy_gettext("Full name"),
    "id_number": lazy_gettext("Identity number"),
    "phone": lazy_gettext("Phone"),
    "sex": lazy_gettext("Sex"),
    "ethnicity": lazy_gettext("Ethnic group"),
    "born_on": lazy_gettext("Born on"),
    "email": lazy_gettext("Mail"),
    "education": lazy_gettext("Highest education"),
    "graduated_from": lazy_gettext("Graduated from"),
    "major": lazy_gettext("Field of study"),
    "work_began_on": lazy_gettext("Began work on"),
    "note": lazy_gettext("Remarks"),
    "role": lazy_gettext("Full or part time"),
    "subject": lazy_gettext("Subject taught"),
    "title": lazy_gettext("Professional title"),
    "recruited_on": lazy_gettext("Openly recruited on"),
    "valid_from": lazy_gettext("From"),
    "valid_until": lazy_gettext("Last day"),
    "end_reason": lazy_gettext("Reason for the end"),
    "text": lazy_gettext("What is wrong"),
}
DUTIES = {
    Duty.HOMEROOM_TEACHER: lazy_gettext("Homeroom teacher"),
    Duty.MORAL_EDUCATION_OFFICER: lazy_gettext("Moral-education officer"),
    Duty.PRINCIPAL: lazy_gettext("Principal"),
    Duty.BACKBONE_TEACHER: lazy_gettext("Backbone teacher"),
    Duty.SUBJECT_TEACHER: lazy_gettext("Subject teacher"),
}
AUDIENCES = {
    Audience.COUNSELORS: lazy_gettext("Counselors"),
    Audience.HOMEROOM_TEACHERS: lazy_gettext("Homeroom teachers"),
    Audience.MORAL_EDUCATION_OFFICERS: lazy_gettext("Moral-education staff"),
    Audience.PRINCIPALS: lazy_gettext("Principals"),
    Audience.BACKBONE_TEACHERS: lazy_gettext("Backbone teachers"),
    Audience.SUBJECT_TEACHERS: lazy_gettext("Subject teachers"),
    Audience.TRAINERS: lazy_gettext("Trainers of the trainer teams"),
}
