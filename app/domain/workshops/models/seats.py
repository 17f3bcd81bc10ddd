"""Seats and who holds them: pools with counters the database itself bounds, and enrolments in order of arrival."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, UTCDateTime, enum_column
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.workshops.models.planning import Workshop
from app.domain.workshops.rules.words import EnrolmentStatus

ACTIVE = "status IN ('pending', 'confirmed', 'waitlisted', 'completed', 'not_completed')"


class SeatPool(Base):
    """Seats of a workshop: reserved for a unit's subtree (a quota, 名额分配), or open (no unit).

    ``taken`` is never above ``seats``: the database refuses it, whatever comes at once.
    """

    __tablename__ = "seat_pools"
    __table_args__ = (
        UniqueConstraint("workshop_id", "unit_id"),
        Index(
            "uq_seat_pools_open",
            "workshop_id",
            unique=True,
            sqlite_where=text("unit_id IS NULL"),
            postgresql_where=text("unit_id IS NULL"),
        ),
        CheckConstraint("seats >= 0", name="seats"),
        CheckConstraint("taken BETWEEN 0 AND seats", name="taken"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    seats: Mapped[int] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer, default=0)
    planned: Mapped[int | None] = mapped_column(Integer)  # the quota before its release

    unit: Mapped[Unit | None] = relationship()


class Enrolment(Base):
    """A person's place in a workshop: on a seat of a pool, or (no pool) in the line, by order of arrival.

    A pending one holds its seat or its place in line exactly as if approved.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        Index(
            "uq_enrolments_active",
            "workshop_id",
            "person_id",
            unique=True,
            sqlite_where=text(ACTIVE),
            postgresql_where=text(ACTIVE),
        ),
        UniqueConstraint("workshop_id", "number"),
        Index("ix_enrolments_person", "person_id", "status"),
        Index("ix_enrolments_line", "workshop_id", "status", "number"),
        Index("ix_enrolments_unit", "unit_id", "status"),
        CheckConstraint("status <> 'confirmed' OR pool_id IS NOT NULL", name="confirmed_has_seat"),
        CheckConstraint(
            "status IN ('pending', 'confirmed', 'completed', 'not_completed') OR pool_id IS NULL",
            name="seat_is_held",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    unit_path: Mapped[str] = mapped_column(String(200))
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("seat_pools.id"))
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[EnrolmentStatus] = mapped_column(enum_column(EnrolmentStatus, "status"))
    approval_step: Mapped[str | None] = mapped_column(String(10))
    applied_at: Mapped[datetime] = mapped_column(UTCDateTime)
    applied_by: Mapped[int | None] = mapped_column(Integer)
    nominated: Mapped[bool] = mapped_column(default=False)
    needs_lodging: Mapped[bool | None] = mapped_column()
    note: Mapped[str | None] = mapped_column(Text)
    seated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    end_reason: Mapped[str | None] = mapped_column(Text)
    substitutes_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"))
    credit_hours: Mapped[Decimal | None] = mapped_column(Numeric(6, 1))
    unmet: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    training_record_id: Mapped[int | None] = mapped_column(ForeignKey("training_records.id"))
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    workshop: Mapped[Workshop] = relationship()
    person: Mapped[Person] = relationship()
    unit: Mapped[Unit] = relationship()
    pool: Mapped[SeatPool | None] = relationship()


class EnrolmentDecision(Base):
    """One step of the approval chain: who decided what, when, why."""

    __tablename__ = "enrolment_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    step: Mapped[str] = mapped_column(String(10))
    approved: Mapped[bool] = mapped_column()
    decided_by: Mapped[int | None] = mapped_column(Integer)
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str | None] = mapped_column(Text)
