"""Programmes, workshops, their sessions, trainers and attachments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, UTCDateTime, enum_column
from app.domain.people.rules import TrainingLevel
from app.domain.units.models import Unit
from app.domain.workshops.rules.words import (
    Approval,
    SessionPart,
    TrainerRole,
    WorkshopKind,
    WorkshopStatus,
)


class Programme(Base):
    """A training programme (培训项目) of a unit in a year; its workshops are its cohorts."""

    __tablename__ = "programmes"
    __table_args__ = (UniqueConstraint("unit_id", "year", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    year: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(200))
    level: Mapped[TrainingLevel] = mapped_column(enum_column(TrainingLevel, "level"))
    audiences: Mapped[list[str]] = mapped_column(JSON, default=list)
    planned_workshops: Mapped[int | None] = mapped_column(Integer)
    planned_people: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    unit: Mapped[Unit] = relationship()


class Workshop(Base):
    """One workshop (培训班). Seats are in its pools, who takes part in its enrolments.

    ``next_number`` hands out the order of arrival. ``completion`` conditions are minimum percentages: of the
    sessions attended, and of the grade. ``credit_hours`` are of 45 minutes.
    """

    __tablename__ = "workshops"
    __table_args__ = (
        Index("ix_workshops_organiser", "organiser_id", "status"),
        Index("ix_workshops_status_closes", "status", "enrolment_closes_at"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint(
            "enrolment_opens_at IS NULL OR enrolment_closes_at IS NULL "
            "OR enrolment_closes_at > enrolment_opens_at",
            name="window",
        ),
        CheckConstraint("minimum_attendance BETWEEN 0 AND 100", name="minimum_attendance"),
        CheckConstraint("minimum_grade BETWEEN 0 AND 100", name="minimum_grade"),
        CheckConstraint(
            "pass_bound BETWEEN 0 AND 100 AND excellent_bound BETWEEN pass_bound AND 100",
            name="bounds",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"), index=True)
    organiser_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    title: Mapped[str] = mapped_column(String(200))
    cohort: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[WorkshopKind] = mapped_column(enum_column(WorkshopKind, "kind"))
    level: Mapped[TrainingLevel] = mapped_column(enum_column(TrainingLevel, "level"))
    audiences: Mapped[list[str]] = mapped_column(JSON, default=list)
    description: Mapped[str | None] = mapped_column(Text)
    contact: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[WorkshopStatus] = mapped_column(
        enum_column(WorkshopStatus, "status"), default=WorkshopStatus.DRAFT
    )
    capacity: Mapped[int] = mapped_column(Integer)
    approval: Mapped[Approval] = mapped_column(
        enum_column(Approval, "approval"), default=Approval.NONE
    )
    enrolment_opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    enrolment_closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdraw_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    quota_release_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    quotas_released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    next_number: Mapped[int] = mapped_column(Integer, default=1)
    # Eligibility: empty means anybody.
    eligible_roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    eligible_stages: Mapped[list[str]] = mapped_column(JSON, default=list)
    eligible_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    required_level: Mapped[TrainingLevel | None] = mapped_column(
        enum_column(TrainingLevel, "required_level")
    )
    not_trained_since: Mapped[date | None] = mapped_column(Date)
    credit_hours: Mapped[Decimal] = mapped_column(Numeric(6, 1), default=Decimal(0))
    minimum_attendance: Mapped[int] = mapped_column(Integer, default=80)
    minimum_grade: Mapped[int] = mapped_column(Integer, default=0)
    pass_bound: Mapped[int] = mapped_column(Integer, default=60)
    excellent_bound: Mapped[int] = mapped_column(Integer, default=90)
    second_marking: Mapped[bool] = mapped_column(Boolean, default=False)
    agree_within: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(10))
    appeal_days: Mapped[int] = mapped_column(Integer, default=7)
    place_check: Mapped[bool] = mapped_column(Boolean, default=False)
    grades_published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("workshops.id"))
    created_by: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    programme: Mapped[Programme | None] = relationship()
    organiser: Mapped[Unit] = relationship(foreign_keys=[organiser_id])
    eligible_unit: Mapped[Unit | None] = relationship(foreign_keys=[eligible_unit_id])
    sessions: Mapped[list[WorkshopSession]] = relationship(
        back_populates="workshop", order_by="WorkshopSession.starts_at"
    )
    trainers: Mapped[list[WorkshopTrainer]] = relationship(order_by="WorkshopTrainer.id")


class WorkshopSession(Base):
    """One session (场次): when, where, theory or practice. A make-up session names the one it makes up for."""

    __tablename__ = "workshop_sessions"
    __table_args__ = (
        Index("ix_workshop_sessions_workshop", "workshop_id", "starts_at"),
        Index("ix_workshop_sessions_starts_at", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="period"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id", ondelete="CASCADE"))
    title: Mapped[str | None] = mapped_column(String(200))
    part: Mapped[SessionPart] = mapped_column(
        enum_column(SessionPart, "part"), default=SessionPart.THEORY
    )
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    place: Mapped[str | None] = mapped_column(String(200))
    latitude: Mapped[float | None] = mapped_column()
    longitude: Mapped[float | None] = mapped_column()
    makes_up_for_id: Mapped[int | None] = mapped_column(ForeignKey("workshop_sessions.id"))
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    workshop: Mapped[Workshop] = relationship(back_populates="sessions")


class WorkshopTrainer(Base):
    """An account that trains in a workshop; ``session_id`` narrows it to one session."""

    __tablename__ = "workshop_trainers"
    __table_args__ = (UniqueConstraint("workshop_id", "account_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id", ondelete="CASCADE"))
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("workshop_sessions.id", ondelete="SET NULL")
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[TrainerRole] = mapped_column(
        enum_column(TrainerRole, "role"), default=TrainerRole.TRAINER
    )


class Attachment(Base):
    """A file handed out with a workshop (notice, timetable, materials)."""

    __tablename__ = "workshop_attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(
        ForeignKey("workshops.id", ondelete="CASCADE"), index=True
    )
    file_key: Mapped[str] = mapped_column(String(40))
    file_name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    uploaded_by: Mapped[int | None] = mapped_column(Integer)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
