"""The words of the registry that are stored. Source: DOMAIN.md §8."""

from __future__ import annotations

import enum


class PostingRole(enum.StrEnum):
    FULL_TIME = "full_time"
    PART_TIME = "part_time"


class EndReason(enum.StrEnum):
    TRANSFERRED = "transferred"
    MISSING_FROM_ROSTER = "missing_from_roster"
    LEFT = "left"
    RETIRED = "retired"
    ROLE_CHANGED = "role_changed"
    UNIT_CLOSED = "unit_closed"
    CORRECTED = "corrected"
    OTHER = "other"


class TrainingLevel(enum.StrEnum):
    NATIONAL = "national"
    PROVINCIAL = "provincial"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    SCHOOL = "school"
    ABROAD = "abroad"


class TrainingKind(enum.StrEnum):
    TRAINING = "training"
    PLACEMENT = "placement"
    ONLINE = "online"


class ChangeAction(enum.StrEnum):
    ADD = "add"
    END = "end"
    CHANGE = "change"


class ChangeState(enum.StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


class StudioKind(enum.StrEnum):
    STUDIO = "studio"
    TRAINER_TEAM = "trainer_team"


class StudioRole(enum.StrEnum):
    HOST = "host"
    MEMBER = "member"


class Sex(enum.StrEnum):
    FEMALE = "female"
    MALE = "male"


class Audience(enum.StrEnum):
    """Groups of people that trainings are for, and that a course can be assigned to."""

    COUNSELORS = "counselors"
    HOMEROOM_TEACHERS = "homeroom_teachers"
    MORAL_EDUCATION_OFFICERS = "moral_education_officers"
    PRINCIPALS = "principals"
    BACKBONE_TEACHERS = "backbone_teachers"
    SUBJECT_TEACHERS = "subject_teachers"
    TRAINERS = "trainers"


class Duty(enum.StrEnum):
    """What somebody does at a school beside or instead of counseling; held from a day until a day."""

    HOMEROOM_TEACHER = "homeroom_teacher"
    MORAL_EDUCATION_OFFICER = "moral_education_officer"
    PRINCIPAL = "principal"
    BACKBONE_TEACHER = "backbone_teacher"
    SUBJECT_TEACHER = "subject_teacher"
