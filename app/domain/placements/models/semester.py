"""The semester: log entries with what was done, presence and leave, files, reminders."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
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
from app.domain.placements.models.placements import Placement
from app.domain.placements.rules.words import (
    ActivityKind,
    EntryStatus,
    LeaveStatus,
    PresenceState,
    ReminderKind,
)


class LogEntry(Base):
    """A day or a week of the trainee's log (跟岗日志), signed off by the mentor. Hours are of 45 minutes.

    ``warned``: the trainee kept a text that looks as if it named a pupil, after being warned.
    """

    __tablename__ = "placement_log_entries"
    __table_args__ = (
        UniqueConstraint("placement_id", "begins_on"),
        CheckConstraint("ends_on >= begins_on", name="period"),
        CheckConstraint("hours >= 0", name="hours"),
        CheckConstraint("(status = 'signed') = (signed_at IS NOT NULL)", name="signed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    begins_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    content: Mapped[str] = mapped_column(Text, default="")
    reflection: Mapped[str] = mapped_column(Text, default="")
    hours: Mapped[Decimal] = mapped_column(Numeric(5, 1), default=Decimal(0))
    status: Mapped[EntryStatus] = mapped_column(
        enum_column(EntryStatus, "status"), default=EntryStatus.DRAFT
    )
    late: Mapped[bool] = mapped_column(Boolean, default=False)
    warned: Mapped[bool] = mapped_column(Boolean, default=False)
    handed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    mentor_comment: Mapped[str | None] = mapped_column(Text)
    signed_by: Mapped[int | None] = mapped_column(Integer)
    signed_by_name: Mapped[str] = mapped_column(String(80), default="")
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    placement: Mapped[Placement] = relationship()
    activities: Mapped[list[Activity]] = relationship(
        back_populates="entry",
        order_by="Activity.held_on, Activity.id",
        cascade="all, delete-orphan",
    )


class Activity(Base):
    """A lesson observed or given, a group or case session; it counts once its entry is signed.

    ``count``: lessons of 45 minutes, or sessions. Never a pupil's name.
    """

    __tablename__ = "placement_activities"
    __table_args__ = (CheckConstraint("count BETWEEN 1 AND 40", name="count"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("placement_log_entries.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[ActivityKind] = mapped_column(enum_column(ActivityKind, "kind"))
    held_on: Mapped[date] = mapped_column(Date)
    count: Mapped[int] = mapped_column(Integer, default=1)
    topic: Mapped[str] = mapped_column(String(200), default="")
    remarks: Mapped[str] = mapped_column(Text, default="")

    entry: Mapped[LogEntry] = relationship(back_populates="activities")


class PlacementFile(Base):
    """A photo or paper of a log entry, or of the placement itself (总结, 协议). Kept when taken away."""

    __tablename__ = "placement_files"
    __table_args__ = (Index("ix_placement_files_placement", "placement_id", "entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("placement_log_entries.id", ondelete="SET NULL"), index=True
    )
    file_key: Mapped[str] = mapped_column(String(40))
    file_name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    uploaded_by: Mapped[int | None] = mapped_column(Integer)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Presence(Base):
    """Whether the trainee was there on a day (出勤); no row means nothing is recorded yet."""

    __tablename__ = "placement_presences"
    __table_args__ = (UniqueConstraint("placement_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    day: Mapped[date] = mapped_column(Date)
    state: Mapped[PresenceState] = mapped_column(enum_column(PresenceState, "state"))
    note: Mapped[str | None] = mapped_column(String(200))
    recorded_by: Mapped[int | None] = mapped_column(Integer)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}


class PlacementLeave(Base):
    """The trainee asks for leave from a day until a day; granted, those days count as leave, not as absence."""

    __tablename__ = "placement_leaves"
    __table_args__ = (
        Index("ix_placement_leaves_placement", "placement_id", "status"),
        CheckConstraint("ends_on >= begins_on", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    begins_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[LeaveStatus] = mapped_column(
        enum_column(LeaveStatus, "status"), default=LeaveStatus.OPEN
    )
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(Integer)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answer: Mapped[str | None] = mapped_column(String(500))

    placement: Mapped[Placement] = relationship()


class Reminder(Base):
    """That somebody was reminded of something due on a day, so that nobody is reminded twice."""

    __tablename__ = "placement_reminders"
    __table_args__ = (UniqueConstraint("placement_id", "kind", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    kind: Mapped[ReminderKind] = mapped_column(enum_column(ReminderKind, "kind"))
    due_on: Mapped[date] = mapped_column(Date)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
