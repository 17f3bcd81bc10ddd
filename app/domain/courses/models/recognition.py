"""Hours that were learnt elsewhere and are recognised by a county or bureau (学时认定)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, UTCDateTime, enum_column
from app.domain.courses.models.catalogue import Course
from app.domain.courses.rules.words import RecognitionStatus
from app.domain.people.models import Person
from app.domain.people.rules import TrainingLevel
from app.domain.units.models import Unit

_STANDING = "status IN ('submitted', 'checked', 'recognised')"


class Recognition(Base):
    """Hours somebody asks to have recognised: submitted, checked, recognised or sent back with a reason.

    ``event_key`` names the course (people.rules.trainings.online_event_key): per person and course at most one stands.
    """

    __tablename__ = "hour_recognitions"
    __table_args__ = (
        Index(
            "uq_hour_recognitions_standing",
            "person_id",
            "event_key",
            unique=True,
            sqlite_where=text(_STANDING),
            postgresql_where=text(_STANDING),
        ),
        Index("ix_hour_recognitions_queue", "status", "unit_path", "id"),
        CheckConstraint("hours_claimed > 0", name="hours_claimed"),
        CheckConstraint(
            "hours_recognised IS NULL OR hours_recognised >= 0", name="hours_recognised"
        ),
        CheckConstraint("started_on IS NULL OR finished_on >= started_on", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    unit_path: Mapped[str] = mapped_column(String(200))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    event_key: Mapped[str] = mapped_column(String(200))
    platform: Mapped[str] = mapped_column(String(120))
    level: Mapped[TrainingLevel] = mapped_column(enum_column(TrainingLevel, "level"))
    started_on: Mapped[date | None] = mapped_column(Date)
    finished_on: Mapped[date] = mapped_column(Date)
    hours_claimed: Mapped[Decimal] = mapped_column(Numeric(6, 1))
    hours_recognised: Mapped[Decimal | None] = mapped_column(Numeric(6, 1))
    note: Mapped[str | None] = mapped_column(Text)
    file_key: Mapped[str | None] = mapped_column(String(40))
    file_name: Mapped[str | None] = mapped_column(String(200))
    content_type: Mapped[str | None] = mapped_column(String(100))
    status: Mapped[RecognitionStatus] = mapped_column(
        enum_column(RecognitionStatus, "status"), default=RecognitionStatus.SUBMITTED
    )
    submitted_by: Mapped[int | None] = mapped_column(Integer)
    submitted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    checked_by: Mapped[int | None] = mapped_column(Integer)
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(Integer)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str | None] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(Integer, index=True)
    training_record_id: Mapped[int | None] = mapped_column(
        ForeignKey("training_records.id"), index=True
    )
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    person: Mapped[Person] = relationship()
    unit: Mapped[Unit] = relationship()
    course: Mapped[Course | None] = relationship()
