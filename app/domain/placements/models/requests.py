"""What a base school or mentor asks the bureau to change about a placement."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, UTCDateTime, enum_column
from app.domain.placements.models.placements import Placement
from app.domain.placements.rules.words import ChangeKind, LeaveStatus


class ChangeRequest(Base):
    """A change somebody asks for; the bureau makes it, or refuses with an answer. One open one of a kind at a time."""

    __tablename__ = "placement_change_requests"
    __table_args__ = (
        Index(
            "uq_placement_change_requests_open",
            "placement_id",
            "kind",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(enum_column(ChangeKind, "kind"))
    wanted_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[LeaveStatus] = mapped_column(
        enum_column(LeaveStatus, "status"), default=LeaveStatus.OPEN
    )
    asked_by: Mapped[int | None] = mapped_column(Integer)
    asked_by_name: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_by: Mapped[int | None] = mapped_column(Integer)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answer: Mapped[str | None] = mapped_column(String(500))

    placement: Mapped[Placement] = relationship()
