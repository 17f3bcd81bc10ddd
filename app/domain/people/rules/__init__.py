"""Plain values of the registry: enums here by name, further rules in the modules of this package."""

from app.domain.people.rules.enums import (
    ChangeAction,
    ChangeState,
    EndReason,
    PostingRole,
    Sex,
    StudioKind,
    StudioRole,
    TrainingKind,
    TrainingLevel,
)

__all__ = [
    "ChangeAction",
    "ChangeState",
    "EndReason",
    "PostingRole",
    "Sex",
    "StudioKind",
    "StudioRole",
    "TrainingKind",
    "TrainingLevel",
]
