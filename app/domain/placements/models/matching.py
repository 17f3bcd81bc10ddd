"""Who is nominated (选派), and the proposal that matches nominees to seats."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, UTCDateTime, enum_column
from app.domain.people.models import Person
from app.domain.placements.models.base_schools import Mentor
from app.domain.placements.models.cohorts import Cohort, CohortSeats
from app.domain.placements.rules.words import NominationStatus
from app.domain.units.models import SchoolStage, Unit

STANDING = "status NOT IN ('withdrawn', 'rejected')"


class Nomination(Base):
    """A county or municipal school names somebody for a cohort, in a rank among its own.

    ``unit_id``: who nominates; ``school_id``: where the nominee is posted, which has to release them.
    ``preferences``: ids of base schools, the dearest first.
    """

    __tablename__ = "placement_nominations"
    __table_args__ = (
        Index(
            "uq_placement_nominations_person",
            "cohort_id",
            "person_id",
            unique=True,
            sqlite_where=text(STANDING),
            postgresql_where=text(STANDING),
        ),
        Index(
            "uq_placement_nominations_rank",
            "cohort_id",
            "unit_id",
            "rank",
            unique=True,
            sqlite_where=text(STANDING),
            postgresql_where=text(STANDING),
        ),
        Index("ix_placement_nominations_unit", "unit_id", "status"),
        CheckConstraint("rank > 0", name="rank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("placement_cohorts.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    rank: Mapped[int] = mapped_column(Integer)
    motivation: Mapped[str] = mapped_column(Text, default="")
    preferences: Mapped[list[int]] = mapped_column(JSON, default=list)
    stage: Mapped[SchoolStage | None] = mapped_column(enum_column(SchoolStage, "stage"))
    subject: Mapped[str | None] = mapped_column(String(40))
    status: Mapped[NominationStatus] = mapped_column(
        enum_column(NominationStatus, "status"), default=NominationStatus.SUBMITTED
    )
    nominated_by: Mapped[int | None] = mapped_column(Integer)
    nominated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    released_by: Mapped[int | None] = mapped_column(Integer)
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    release_note: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(Integer)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decision_reason: Mapped[str | None] = mapped_column(Text)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    cohort: Mapped[Cohort] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    school: Mapped[Unit] = relationship(foreign_keys=[school_id])
    person: Mapped[Person] = relationship()


class ProposalLine(Base):
    """Where the matching would place a nominee, or why nowhere; an officer may move and lock it.

    ``reasons``: stable codes with their values; ``cost``: what the line costs the whole, without a unit.
    """

    __tablename__ = "placement_proposal_lines"
    __table_args__ = (Index("ix_placement_proposal_lines_cohort", "cohort_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("placement_cohorts.id"))
    nomination_id: Mapped[int] = mapped_column(ForeignKey("placement_nominations.id"), unique=True)
    seats_id: Mapped[int | None] = mapped_column(ForeignKey("placement_seats.id"))
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("mentors.id"))
    locked: Mapped[bool] = mapped_column(Boolean, default=False)
    by_hand: Mapped[bool] = mapped_column(Boolean, default=False)
    cost: Mapped[float] = mapped_column(Float, default=0.0)
    reasons: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    nomination: Mapped[Nomination] = relationship()
    seats: Mapped[CohortSeats | None] = relationship()
    mentor: Mapped[Mentor | None] = relationship()


class MatchingRun(Base):
    """That the matching was run: over how many, with which weights, what it cost in all."""

    __tablename__ = "placement_matching_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("placement_cohorts.id"), index=True)
    weights: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    nominees: Mapped[int] = mapped_column(Integer)
    placed: Mapped[int] = mapped_column(Integer)
    cost: Mapped[float] = mapped_column(Float)
    input_digest: Mapped[str] = mapped_column(String(64))
    run_by: Mapped[int | None] = mapped_column(Integer)
    run_at: Mapped[datetime] = mapped_column(UTCDateTime)
