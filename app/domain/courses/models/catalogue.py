"""Courses, who teaches in them, and to which groups they are assigned."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
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
from app.domain.courses.rules.words import CourseKind, CourseStatus, EnrolmentWay
from app.domain.people.rules import Audience, TrainingLevel
from app.domain.units.models import Unit


class Course(Base):
    """An online course (网络课程). Its lessons stand in its versions; ``platform`` says where an external one is held.

    ``opens_on`` and ``closes_on`` are the days on which it may be learnt, both inclusive; None: always.
    ``taken`` counts the enrolments that hold a place, kept under the lock of this row, where there is a capacity.
    ``eligible_unit_id``: only people of that subtree; None: of the organiser's.
    """

    __tablename__ = "courses"
    __table_args__ = (
        Index("ix_courses_organiser", "organiser_id", "status"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        CheckConstraint("taken >= 0 AND (capacity IS NULL OR taken <= capacity)", name="taken"),
        CheckConstraint(
            "opens_on IS NULL OR closes_on IS NULL OR closes_on >= opens_on", name="window"
        ),
        CheckConstraint("credit_hours >= 0", name="credit_hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organiser_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[CourseKind] = mapped_column(enum_column(CourseKind, "kind"))
    platform: Mapped[str | None] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(String(500))
    level: Mapped[TrainingLevel] = mapped_column(enum_column(TrainingLevel, "level"))
    audiences: Mapped[list[str]] = mapped_column(JSON, default=list)
    credit_hours: Mapped[Decimal] = mapped_column(Numeric(6, 1), default=Decimal(0))
    contact: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[CourseStatus] = mapped_column(
        enum_column(CourseStatus, "status"), default=CourseStatus.DRAFT
    )
    way: Mapped[EnrolmentWay] = mapped_column(
        enum_column(EnrolmentWay, "way"), default=EnrolmentWay.SELF
    )
    opens_on: Mapped[date | None] = mapped_column(Date)
    closes_on: Mapped[date | None] = mapped_column(Date, index=True)
    capacity: Mapped[int | None] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer, default=0)
    eligible_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    created_by: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    end_reason: Mapped[str | None] = mapped_column(Text)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    organiser: Mapped[Unit] = relationship(foreign_keys=[organiser_id])
    eligible_unit: Mapped[Unit | None] = relationship(foreign_keys=[eligible_unit_id])
    trainers: Mapped[list[CourseTrainer]] = relationship(order_by="CourseTrainer.id")


class CourseTrainer(Base):
    """An account that teaches in a course: marks short answers and hand-ins, sees who is stuck where."""

    __tablename__ = "course_trainers"
    __table_args__ = (UniqueConstraint("course_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)


class Requirement(Base):
    """A course is assigned to a group: everybody of an audience in a unit's subtree, due by a day.

    Who joins the group while it stands is enrolled too. ``reminders``: days before the due day (0: on it).
    """

    __tablename__ = "course_requirements"
    __table_args__ = (
        Index("ix_course_requirements_course", "course_id", "ended_at"),
        Index(
            "uq_course_requirements_standing",
            "course_id",
            "unit_id",
            "audience",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("due_on >= assigned_on", name="due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    audience: Mapped[Audience] = mapped_column(enum_column(Audience, "audience"))
    assigned_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    reminders: Mapped[list[int]] = mapped_column(JSON, default=list)
    note: Mapped[str | None] = mapped_column(Text)
    assigned_by: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    looked_after_on: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    end_reason: Mapped[str | None] = mapped_column(Text)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    course: Mapped[Course] = relationship()
    unit: Mapped[Unit] = relationship()
