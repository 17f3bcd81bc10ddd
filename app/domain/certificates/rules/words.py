"""The enumerations of issued certificates. Source: DOMAIN.md §4, §8."""

from __future__ import annotations

import enum


class CertificateKind(enum.StrEnum):
    """结业证书, 学时证明, 带头人证书, 优秀学员; anything else is ``other``."""

    COMPLETION = "completion"
    HOURS = "hours"
    LEAD_TEACHER = "lead_teacher"
    EXCELLENT = "excellent"
    OTHER = "other"


class CertificateState(enum.StrEnum):
    """``replaced``: reissued with 补 under the same number; this copy counts no more."""

    VALID = "valid"
    REVOKED = "revoked"
    REPLACED = "replaced"


class CertificateAction(enum.StrEnum):
    ISSUED = "issued"
    REVOKED = "revoked"
    REPLACED = "replaced"
    CORRECTED = "corrected"


class SourceKind(enum.StrEnum):
    """What a certificate stands on: a training record, a designation as lead teacher, or somebody's word."""

    TRAINING = "training"
    DESIGNATION = "designation"
    HAND = "hand"


class BatchState(enum.StrEnum):
    """``draft``: people are chosen, nothing is issued; ``issuing``: numbers are given, papers are being made."""

    DRAFT = "draft"
    ISSUING = "issuing"
    ISSUED = "issued"
    FAILED = "failed"
    DISCARDED = "discarded"


class TemplateStatus(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class ImagePurpose(enum.StrEnum):
    BACKGROUND = "background"
    SEAL = "seal"


class KeyUse(enum.StrEnum):
    """``facts``: Ed25519 over what a certificate says; ``paper``: the digital signature in the PDF."""

    FACTS = "facts"
    PAPER = "paper"
