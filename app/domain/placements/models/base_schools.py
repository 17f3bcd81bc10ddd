"""What a base school offers: how many trainees at once, and its mentors. Since when it is one is the units' fact."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, enum_column
from app.domain.people.models import PERIOD, Person
from app.domain.units.models import SchoolStage, Unit


class BaseSchoolCapacity(Base):
    """How many trainees a base school can take in one term, from a day until a day.

    ``stage`` and ``subject`` narrow a row to what it offers there; a row without both is for anybody.
    """

    __tablename__ = "base_school_capacities"
    __table_args__ = (
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint(PERIOD, name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    stage: Mapped[SchoolStage | None] = mapped_column(enum_column(SchoolStage, "stage"))
    subject: Mapped[str | None] = mapped_column(String(40))
    seats: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)

    unit: Mapped[Unit] = relationship()


class Mentor(Base):
    """A person guides trainees (导师) at a base school, at most so many at once, from a day until a day."""

    __tablename__ = "mentors"
    __table_args__ = (
        Index(
            "uq_mentors_open",
            "unit_id",
            "person_id",
            unique=True,
            sqlite_where=text("valid_until IS NULL"),
            postgresql_where=text("valid_until IS NULL"),
        ),
        CheckConstraint("trainee_limit > 0", name="trainee_limit"),
        CheckConstraint(PERIOD, name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    trainee_limit: Mapped[int] = mapped_column(Integer)
    stage: Mapped[SchoolStage | None] = mapped_column(enum_column(SchoolStage, "stage"))
    subject: Mapped[str | None] = mapped_column(String(40))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    end_reason: Mapped[str | None] = mapped_column(Text)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    unit: Mapped[Unit] = relationship()
    person: Mapped[Person] = relationship()
