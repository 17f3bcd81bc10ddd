"""Units, their dated versions, aliases, base-school periods and facility returns."""

from __future__ import annotations

import enum
from datetime import date
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
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, enum_column


class UnitKind(enum.StrEnum):
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    SPECIAL_ZONE = "special_zone"
    SCHOOL = "school"


class SchoolStage(enum.StrEnum):
    PRIMARY = "primary"
    JUNIOR = "junior"
    NINE_YEAR = "nine_year"
    COMPLETE_SECONDARY = "complete_secondary"
    SENIOR = "senior"
    VOCATIONAL = "vocational"
    SPECIAL = "special"
    TEACHING_POINT = "teaching_point"
    KINDERGARTEN = "kindergarten"


class AliasKind(enum.StrEnum):
    SHORT_NAME = "short_name"
    OLD_NAME = "old_name"
    OLD_CODE = "old_code"


class Unit(Base):
    """A node of the tree as it is now; what it was on another day is in its versions.

    ``path`` is ``/1/5/17/``: the ids from the root down to the unit itself, so that a subtree is a prefix.
    """

    __tablename__ = "units"
    __counted__ = True
    __table_args__ = (
        Index("ix_units_path", "path", postgresql_ops={"path": "text_pattern_ops"}),
        Index("ix_units_name_key", "name_key"),
        CheckConstraint(
            "closed_on IS NULL OR opened_on IS NULL OR closed_on >= opened_on", name="life"
        ),
        CheckConstraint("(kind = 'school') = (stage IS NOT NULL)", name="stage_of_schools"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[UnitKind] = mapped_column(enum_column(UnitKind, "kind"))
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120))
    stage: Mapped[SchoolStage | None] = mapped_column(enum_column(SchoolStage, "stage"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), default="/")
    opened_on: Mapped[date | None] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    parent: Mapped[Unit | None] = relationship(remote_side=[id], foreign_keys=[parent_id])
    versions: Mapped[list[UnitVersion]] = relationship(
        back_populates="unit", order_by="UnitVersion.id", foreign_keys="UnitVersion.unit_id"
    )
    aliases: Mapped[list[UnitAlias]] = relationship(back_populates="unit", order_by="UnitAlias.id")

    @property
    def is_school(self) -> bool:
        return self.kind is UnitKind.SCHOOL


class UnitVersion(Base):
    """What a unit was called, which stage it had and where it hung, from one day until another (inclusive).

    No ``valid_from``: as far back as anybody asks. No ``valid_until``: until now.
    """

    __tablename__ = "unit_versions"
    __counted__ = True
    __table_args__ = (
        Index("ix_unit_versions_path", "path", postgresql_ops={"path": "text_pattern_ops"}),
        Index(
            "uq_unit_versions_open",
            "unit_id",
            unique=True,
            sqlite_where=text("valid_until IS NULL"),
            postgresql_where=text("valid_until IS NULL"),
        ),
        CheckConstraint(
            "valid_until IS NULL OR valid_from IS NULL OR valid_until >= valid_from", name="period"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    stage: Mapped[SchoolStage | None] = mapped_column(enum_column(SchoolStage, "stage"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    path: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(Text)

    unit: Mapped[Unit] = relationship(back_populates="versions", foreign_keys=[unit_id])


class UnitAlias(Base):
    """Another name or code by which workbooks call a unit."""

    __tablename__ = "unit_aliases"
    __counted__ = (
        True  # no figure stands on it, but kept pages and import plans find their unit by it
    )
    __table_args__ = (UniqueConstraint("unit_id", "key"), Index("ix_unit_aliases_key", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[AliasKind] = mapped_column(enum_column(AliasKind, "kind"))
    alias: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(120))

    unit: Mapped[Unit] = relationship(back_populates="aliases")


class BaseSchoolPeriod(Base):
    """From when until when a school is a base school (规培基地)."""

    __tablename__ = "base_school_periods"
    __table_args__ = (
        Index(
            "uq_base_school_periods_open",
            "unit_id",
            unique=True,
            sqlite_where=text("valid_until IS NULL"),
            postgresql_where=text("valid_until IS NULL"),
        ),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    basis: Mapped[str | None] = mapped_column(Text)


class UnitLocation(Base):
    """Where a unit's seat lies, in degrees (WGS 84); a school without one lies where its county or prefecture does."""

    __tablename__ = "unit_locations"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), unique=True)
    latitude: Mapped[float] = mapped_column()
    longitude: Mapped[float] = mapped_column()


class FacilityReturn(Base):
    """What a school reported of its counseling rooms on a day: rooms, square metres, pupils."""

    __tablename__ = "facility_returns"
    __counted__ = True
    __table_args__ = (
        UniqueConstraint("unit_id", "returned_on"),
        CheckConstraint("rooms >= 0", name="rooms"),
        CheckConstraint("room_area IS NULL OR room_area >= 0", name="room_area"),
        CheckConstraint("pupils IS NULL OR pupils >= 0", name="pupils"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    returned_on: Mapped[date] = mapped_column(Date)
    rooms: Mapped[int] = mapped_column(Integer)
    room_area: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    pupils: Mapped[int | None] = mapped_column(Integer)
    import_id: Mapped[int | None] = mapped_column(Integer, index=True)
