"""The marking guide, the marks, what comes of them, and appeals."""

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
from app.domain.workshops.models.seats import Enrolment
from app.domain.workshops.rules.words import CriterionKind, Grade, RequestState


class Criterion(Base):
    """One weighted criterion of a marking guide (评分标准). ``levels``: [{"title", "from", "description"}]."""

    __tablename__ = "criteria"
    __table_args__ = (
        UniqueConstraint("workshop_id", "position"),
        CheckConstraint("weight > 0 AND weight <= 100", name="weight"),
        CheckConstraint("maximum > 0", name="maximum"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[CriterionKind] = mapped_column(enum_column(CriterionKind, "kind"))
    weight: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    maximum: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    levels: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


class Mark(Base):
    """A mark for one criterion by one marker: 1 the first, 2 the second, 0 the mark agreed on."""

    __tablename__ = "marks"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "criterion_id", "marker"),
        CheckConstraint("marker BETWEEN 0 AND 2", name="marker"),
        CheckConstraint("value >= 0", name="value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criteria.id"), index=True)
    marker: Mapped[int] = mapped_column(Integer, default=1)
    value: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    comment: Mapped[str | None] = mapped_column(Text)
    marked_by: Mapped[int | None] = mapped_column(Integer)
    marked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}


class MarkChange(Base):
    """A mark that was changed after publication: old, new, by whom, why."""

    __tablename__ = "mark_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criteria.id"))
    old_value: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    new_value: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    reason: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Result(Base):
    """What a person's marks come to; published, the person sees it and it is locked."""

    __tablename__ = "results"
    __table_args__ = (CheckConstraint("total BETWEEN 0 AND 100", name="total"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), unique=True)
    total: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    moderation: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    moderation_reason: Mapped[str | None] = mapped_column(Text)
    grade: Mapped[Grade | None] = mapped_column(enum_column(Grade, "grade"))
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    enrolment: Mapped[Enrolment] = relationship()


class Appeal(Base):
    """A person appeals (申诉) against a published result within some days; answered with a reason."""

    __tablename__ = "appeals"
    __table_args__ = (
        Index(
            "uq_appeals_open",
            "enrolment_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[RequestState] = mapped_column(
        enum_column(RequestState, "state"), default=RequestState.OPEN
    )
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[int | None] = mapped_column(Integer)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    enrolment: Mapped[Enrolment] = relationship()
