"""Certificates we issue: templates and their versions, numbers, batches, the certificates and what became of them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, UTCDateTime, enum_column
from app.domain.certificates.models.keys import SigningKey
from app.domain.certificates.rules.words import (
    BatchState,
    CertificateAction,
    CertificateKind,
    CertificateState,
    ImagePurpose,
    SourceKind,
    TemplateStatus,
)
from app.domain.people.models import Person
from app.domain.units.models import Unit


class CertificateTemplate(Base):
    """A template of a unit; without a unit it is ready-made and for everybody. How it looks stands in its versions."""

    __tablename__ = "certificate_templates"
    __table_args__ = (UniqueConstraint("unit_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    code: Mapped[str | None] = mapped_column(String(40), unique=True)  # of a ready-made one
    title: Mapped[str] = mapped_column(String(80))
    kind: Mapped[CertificateKind] = mapped_column(enum_column(CertificateKind, "kind"))
    created_by: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    unit: Mapped[Unit | None] = relationship()


class TemplateVersion(Base):
    """How a template looks since a change; a published one stays as it is. ``design``: rules.designs.Design as JSON."""

    __tablename__ = "certificate_template_versions"
    __table_args__ = (
        UniqueConstraint("template_id", "number"),
        Index(
            "uq_certificate_template_versions_draft",
            "template_id",
            unique=True,
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
        Index(
            "uq_certificate_template_versions_published",
            "template_id",
            unique=True,
            sqlite_where=text("status = 'published'"),
            postgresql_where=text("status = 'published'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("certificate_templates.id"))
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[TemplateStatus] = mapped_column(
        enum_column(TemplateStatus, "status"), default=TemplateStatus.DRAFT
    )
    design: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_by: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    template: Mapped[CertificateTemplate] = relationship()


class CertificateImage(Base):
    """A background or a seal that templates of a unit use; kept encrypted (core.files)."""

    __tablename__ = "certificate_images"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    purpose: Mapped[ImagePurpose] = mapped_column(enum_column(ImagePurpose, "purpose"))
    title: Mapped[str] = mapped_column(String(80))
    file_key: Mapped[str] = mapped_column(String(40))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    uploaded_by: Mapped[int | None] = mapped_column(Integer)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class NumberSeries(Base):
    """The numbers prefix〔year〕sequence of a unit; who takes the next ones locks the row, so there is no gap."""

    __tablename__ = "number_series"
    __table_args__ = (
        UniqueConstraint("prefix_key", "year"),
        CheckConstraint("next_number > 0", name="next_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    prefix: Mapped[str] = mapped_column(String(40))
    prefix_key: Mapped[str] = mapped_column(String(40))
    year: Mapped[int] = mapped_column(Integer)
    next_number: Mapped[int] = mapped_column(Integer, default=1)

    unit: Mapped[Unit] = relationship()


class CertificateBatch(Base):
    """Certificates issued in one act. ``source_key``: the training's event key, for instance; ``facts``: what is the
    same for everybody (title, period, level, organiser, hours, wording).
    """

    __tablename__ = "certificate_batches"
    __table_args__ = (Index("ix_certificate_batches_unit", "unit_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("certificate_template_versions.id"))
    kind: Mapped[CertificateKind] = mapped_column(enum_column(CertificateKind, "kind"))
    source: Mapped[SourceKind] = mapped_column(enum_column(SourceKind, "source"))
    source_key: Mapped[str] = mapped_column(String(200), default="")
    title: Mapped[str] = mapped_column(String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    prefix: Mapped[str] = mapped_column(String(40))
    issued_on: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    state: Mapped[BatchState] = mapped_column(
        enum_column(BatchState, "state"), default=BatchState.DRAFT
    )
    job_id: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[int | None] = mapped_column(Integer)
    created_by_name: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    unit: Mapped[Unit] = relationship()
    version: Mapped[TemplateVersion] = relationship()


class BatchEntry(Base):
    """Somebody chosen for a batch. ``source_id``: their training record or designation."""

    __tablename__ = "certificate_batch_entries"
    __table_args__ = (UniqueConstraint("batch_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("certificate_batches.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    source_id: Mapped[int | None] = mapped_column(Integer)

    person: Mapped[Person] = relationship()


class Certificate(Base):
    """A certificate as it was issued; its facts are frozen.

    ``copy``: 0, and one more with each reissue (补) of the same number. ``sealed``: JSON of what the paper says of the
    person, encrypted; ``public``: what anyone who verifies is told (title, period, hours, issuer, masked name).
    ``code`` is part of the address in the QR code. ``signature``: Ed25519 of ``key`` over the signed facts
    (rules.signed). ``file_key``: the PDF once it was made. ``unit_id``: who issued it.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("series_id", "sequence", "copy"),
        Index(
            "uq_certificates_source",
            "kind",
            "source",
            "source_id",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'valid' AND source_id IS NOT NULL"),
            postgresql_where=text("state = 'valid' AND source_id IS NOT NULL"),
        ),
        Index("ix_certificates_number_key", "number_key"),
        Index("ix_certificates_unit", "unit_id", "id"),
        Index("ix_certificates_batch", "batch_id", "id"),
        CheckConstraint("sequence > 0 AND copy >= 0", name="number"),
        CheckConstraint("(state = 'valid') = (ended_on IS NULL)", name="ended"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("certificate_batches.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("certificate_template_versions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    person_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    person_unit_path: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[CertificateKind] = mapped_column(enum_column(CertificateKind, "kind"))
    source: Mapped[SourceKind] = mapped_column(enum_column(SourceKind, "source"))
    source_id: Mapped[int | None] = mapped_column(Integer)
    series_id: Mapped[int] = mapped_column(ForeignKey("number_series.id"))
    sequence: Mapped[int] = mapped_column(Integer)
    copy: Mapped[int] = mapped_column(Integer, default=0)
    number: Mapped[str] = mapped_column(String(80))
    number_key: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    holder: Mapped[str] = mapped_column(String(80))
    hours: Mapped[Decimal | None] = mapped_column(Numeric(6, 1))
    public: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    issued_on: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    code: Mapped[str] = mapped_column(String(20))
    key_id: Mapped[int] = mapped_column(ForeignKey("signing_keys.id"))
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[CertificateState] = mapped_column(
        enum_column(CertificateState, "state"), default=CertificateState.VALID
    )
    ended_on: Mapped[date | None] = mapped_column(Date)
    end_reason: Mapped[str | None] = mapped_column(Text)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"), index=True)
    file_key: Mapped[str | None] = mapped_column(String(40))
    file_digest: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    batch: Mapped[CertificateBatch] = relationship()
    version: Mapped[TemplateVersion] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    person_unit: Mapped[Unit] = relationship(foreign_keys=[person_unit_id])
    person: Mapped[Person] = relationship()
    key: Mapped[SigningKey] = relationship()


class CertificateEvent(Base):
    """What happened to a certificate: the history that anyone who verifies it may see (without the account)."""

    __tablename__ = "certificate_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), index=True)
    action: Mapped[CertificateAction] = mapped_column(enum_column(CertificateAction, "action"))
    on: Mapped[date] = mapped_column("happened_on", Date)
    reason: Mapped[str | None] = mapped_column(Text)
    by_account_id: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column("noted_at", UTCDateTime)
