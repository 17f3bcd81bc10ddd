"""Cohorts (第×期): a term with its seats, quotas, plan and what has to be done in it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

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
from app.domain.placements.models.base_schools import Mentor
from app.domain.placements.rules.words import CohortStatus, LogRhythm, Phase, SeatPolicy
from app.domain.units.models import SchoolStage, Unit


class Cohort(Base):
    """A term of placements of a prefecture. ``event_key`` is what its training records share.

    Hours are of 45 minutes. ``imported``: known from a workbook only, so nothing was planned or logged here.
    """

    __tablename__ = "placement_cohorts"
    __table_args__ = (
        UniqueConstraint("unit_id", "event_key"),
        Index("ix_placement_cohorts_starts_on", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="period"),
        CheckConstraint("nominations_close_on >= nominations_open_on", name="nominations"),
        CheckConstraint("required_hours >= 0 AND credit_hours >= 0", name="hours"),
        CheckConstraint(
            "required_observations >= 0 AND required_lessons >= 0 AND required_group_sessions >= 0 "
            "AND required_case_sessions >= 0",
            name="counters",
        ),
        CheckConstraint("required_attendance BETWEEN 0 AND 100", name="attendance"),
        CheckConstraint("log_grace_days BETWEEN 0 AND 60", name="log_grace_days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    title: Mapped[str] = mapped_column(String(120))
    event_key: Mapped[str] = mapped_column(String(200))
    status: Mapped[CohortStatus] = mapped_column(
        enum_column(CohortStatus, "status"), default=CohortStatus.DRAFT
    )
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    nominations_open_on: Mapped[date | None] = mapped_column(Date)
    nominations_close_on: Mapped[date | None] = mapped_column(Date)
    seat_policy: Mapped[SeatPolicy] = mapped_column(
        enum_column(SeatPolicy, "seat_policy"), default=SeatPolicy.GAP_FIRST
    )
    required_hours: Mapped[Decimal] = mapped_column(Numeric(6, 1), default=Decimal(0))
    credit_hours: Mapped[Decimal] = mapped_column(Numeric(6, 1), default=Decimal(0))
    required_observations: Mapped[int] = mapped_column(Integer, default=0)
    required_lessons: Mapped[int] = mapped_column(Integer, default=0)
    required_group_sessions: Mapped[int] = mapped_column(Integer, default=0)
    required_case_sessions: Mapped[int] = mapped_column(Integer, default=0)
    required_attendance: Mapped[int] = mapped_column(Integer, default=0)
    log_rhythm: Mapped[LogRhythm] = mapped_column(
        enum_column(LogRhythm, "log_rhythm"), default=LogRhythm.WEEK
    )
    log_grace_days: Mapped[int] = mapped_column(Integer, default=3)
    mid_term_on: Mapped[date | None] = mapped_column(Date)
    plan: Mapped[str | None] = mapped_column(Text)
    imported: Mapped[bool] = mapped_column(Boolean, default=False)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    import_id: Mapped[int | None] = mapped_column(Integer, index=True)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    unit: Mapped[Unit] = relationship()


class CohortSeats(Base):
    """What a base school offers in a cohort; ``taken`` is never above ``seats``: the database refuses it."""

    __tablename__ = "placement_seats"
    __table_args__ = (
        Index("ix_placement_seats_cohort", "cohort_id", "base_school_id"),
        CheckConstraint("seats >= 0", name="seats"),
        CheckConstraint("taken BETWEEN 0 AND seats", name="taken"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("placement_cohorts.id", ondelete="CASCADE"))
    base_school_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    stage: Mapped[SchoolStage | None] = mapped_column(enum_column(SchoolStage, "stage"))
    subject: Mapped[str | None] = mapped_column(String(40))
    seats: Mapped[int] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer, default=0)

    base_school: Mapped[Unit] = relationship()


class MentorLoad(Base):
    """How many trainees a mentor guides in a cohort; never above the limit: the database refuses it."""

    __tablename__ = "placement_mentor_loads"
    __table_args__ = (
        UniqueConstraint("cohort_id", "mentor_id"),
        CheckConstraint("trainees BETWEEN 0 AND trainee_limit", name="trainees"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("placement_cohorts.id", ondelete="CASCADE"))
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentors.id"), index=True)
    trainee_limit: Mapped[int] = mapped_column(Integer)
    trainees: Mapped[int] = mapped_column(Integer, default=0)

    mentor: Mapped[Mentor] = relationship()


class CohortQuota(Base):
    """How many a nominating unit may send in a cohort (名额分配)."""

    __tablename__ = "placement_quotas"
    __table_args__ = (
        UniqueConstraint("cohort_id", "unit_id"),
        CheckConstraint("seats >= 0", name="seats"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("placement_cohorts.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    seats: Mapped[int] = mapped_column(Integer)

    unit: Mapped[Unit] = relationship()


class AppraisalCriterion(Base):
    """A criterion of the mid-term or final appraisal. ``levels``: [{"title", "from", "description"}]."""

    __tablename__ = "placement_criteria"
    __table_args__ = (
        UniqueConstraint("cohort_id", "phase", "position"),
        CheckConstraint("weight > 0 AND weight <= 100", name="weight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("placement_cohorts.id", ondelete="CASCADE"))
    phase: Mapped[Phase] = mapped_column(enum_column(Phase, "phase"))
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(120))
    weight: Mapped[int] = mapped_column(Integer)
    levels: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


class CohortFile(Base):
    """A paper of the cohort: the plan (培养方案), the agreement (协议), the notice."""

    __tablename__ = "placement_cohort_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(
        ForeignKey("placement_cohorts.id", ondelete="CASCADE"), index=True
    )
    file_key: Mapped[str] = mapped_column(String(40))
    file_name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    uploaded_by: Mapped[int | None] = mapped_column(Integer)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
