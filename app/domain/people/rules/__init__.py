"""Plain values of the registry: enums here by name, further rules in the modules of this package."""

from app.domain.people.rules.enums import (
    Audience,
    ChangeAction,
    ChangeState,
    Duty,
    EndReason,
    PostingRole,
    Sex,
    StudioKind,
    StudioRole,
    TrainingKind,
    TrainingLevel,
)

__all__ = [
    "Audience",
    "ChangeAction",
    "ChangeState",
    "Duty",
    "EndReason",
    "PostingRole",
    "Sex",
    "StudioKind",
    "StudioRole",
    "TrainingKind",
    "TrainingLevel",
]
