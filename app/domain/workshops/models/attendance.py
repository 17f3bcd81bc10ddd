"""Who was there, session by session, and who asked for leave."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, UTCDateTime, enum_column
from app.domain.workshops.models.planning import WorkshopSession
from app.domain.workshops.models.seats import Enrolment
from app.domain.workshops.rules.words import AttendanceMethod, AttendanceState, RequestState


class Attendance(Base):
    """What is recorded of one person in one session; no row means nothing is recorded yet."""

    __tablename__ = "attendances"
    __table_args__ = (
        UniqueConstraint("session_id", "enrolment_id"),
        Index("ix_attendances_enrolment", "enrolment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("workshop_sessions.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    state: Mapped[AttendanceState] = mapped_column(enum_column(AttendanceState, "state"))
    method: Mapped[AttendanceMethod] = mapped_column(enum_column(AttendanceMethod, "method"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str | None] = mapped_column(Text)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    session: Mapped[WorkshopSession] = relationship()
    enrolment: Mapped[Enrolment] = relationship()


class LeaveRequest(Base):
    """A person asks for leave from a session; granted, it counts as leave, not as absence."""

    __tablename__ = "leave_requests"
    __table_args__ = (
        Index(
            "uq_leave_requests_open",
            "session_id",
            "enrolment_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("workshop_sessions.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[RequestState] = mapped_column(
        enum_column(RequestState, "state"), default=RequestState.OPEN
    )
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(Integer)
    answer: Mapped[str | None] = mapped_column(String(500))

    session: Mapped[WorkshopSession] = relationship()
    enrolment: Mapped[Enrolment] = relationship()
