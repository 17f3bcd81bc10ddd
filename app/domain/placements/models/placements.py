"""Placements, where somebody stayed with whom from when until when, and what happened on the way."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, UTCDateTime, enum_column
from app.domain.people.models import PERIOD, LeadTeacherDesignation, Person, TrainingRecord
from app.domain.placements.models.base_schools import Mentor
from app.domain.placements.models.cohorts import Cohort, CohortSeats
from app.domain.placements.models.matching import Nomination
from app.domain.placements.rules.words import ChangeKind, PlacementResult, PlacementStatus
from app.domain.units.models import Unit


class Placement(Base):
    """Somebody's semester at a base school. ``unit_id``: the school they come from, where the training counts.

    A completed one has a result and the training record it led to; one that was passed also the designation.
    ``proposed_by`` and ``confirmed_by``: the officers of the outcome, two different ones where a condition was not met.
    """

    __tablename__ = "placements"
    __table_args__ = (
        Index(
            "uq_placements_person",
            "cohort_id",
            "person_id",
            unique=True,
            sqlite_where=text("status <> 'withdrawn'"),
            postgresql_where=text("status <> 'withdrawn'"),
        ),
        Index("ix_placements_nominating_unit", "nominating_unit_id", "status"),
        CheckConstraint("ends_on >= starts_on", name="period"),
        CheckConstraint("(status = 'completed') = (result IS NOT NULL)", name="has_result"),
        CheckConstraint(
            "exception_reason IS NULL OR confirmed_by IS NULL OR confirmed_by <> proposed_by",
            name="two_officers",
        ),
        # An undone import deletes placements; their ids must not pass to others (files, commitments).
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("placement_cohorts.id"))
    nomination_id: Mapped[int | None] = mapped_column(
        ForeignKey("placement_nominations.id"), unique=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    nominating_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    status: Mapped[PlacementStatus] = mapped_column(
        enum_column(PlacementStatus, "status"), default=PlacementStatus.ACTIVE
    )
    result: Mapped[PlacementResult | None] = mapped_column(enum_column(PlacementResult, "result"))
    proposed_result: Mapped[PlacementResult | None] = mapped_column(
        enum_column(PlacementResult, "proposed_result")
    )
    proposed_by: Mapped[int | None] = mapped_column(Integer)
    proposed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    exception_reason: Mapped[str | None] = mapped_column(Text)
    confirmed_by: Mapped[int | None] = mapped_column(Integer)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    training_record_id: Mapped[int | None] = mapped_column(
        ForeignKey("training_records.id"), unique=True
    )
    designation_id: Mapped[int | None] = mapped_column(ForeignKey("lead_teacher_designations.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    import_id: Mapped[int | None] = mapped_column(Integer, index=True)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    cohort: Mapped[Cohort] = relationship()
    nomination: Mapped[Nomination | None] = relationship()
    person: Mapped[Person] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    nominating_unit: Mapped[Unit] = relationship(foreign_keys=[nominating_unit_id])
    training_record: Mapped[TrainingRecord | None] = relationship()
    designation: Mapped[LeadTeacherDesignation | None] = relationship()
    stays: Mapped[list[Stay]] = relationship(
        back_populates="placement", order_by="Stay.valid_from, Stay.id"
    )


class Stay(Base):
    """At which base school, on which seat, with which mentor, from a day until a day (inclusive).

    No ``valid_until``: until the placement ends. One from a workbook has neither seat nor mentor.
    """

    __tablename__ = "placement_stays"
    __table_args__ = (
        Index(
            "uq_placement_stays_open",
            "placement_id",
            unique=True,
            sqlite_where=text("valid_until IS NULL"),
            postgresql_where=text("valid_until IS NULL"),
        ),
        CheckConstraint(PERIOD, name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id", ondelete="CASCADE"))
    base_school_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    seats_id: Mapped[int | None] = mapped_column(ForeignKey("placement_seats.id"))
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("mentors.id"), index=True)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    import_id: Mapped[int | None] = mapped_column(Integer, index=True)

    placement: Mapped[Placement] = relationship(back_populates="stays")
    base_school: Mapped[Unit] = relationship()
    seats: Mapped[CohortSeats | None] = relationship()
    mentor: Mapped[Mentor | None] = relationship()


class PlacementChange(Base):
    """An extension, interruption, resumption, withdrawal, change of mentor or base school: when, why, by whom."""

    __tablename__ = "placement_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(enum_column(ChangeKind, "kind"))
    effective_on: Mapped[date] = mapped_column(Date)
    old_value: Mapped[str | None] = mapped_column(Text)
    new_value: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int | None] = mapped_column(Integer)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
