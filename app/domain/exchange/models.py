"""An import: the file, its staged rows, what it changed, and the queue of people an officer must pick."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, UTCDateTime, enum_column
from app.domain.units.models import Unit


class ImportKind(enum.StrEnum):
    SCHOOLS = "schools"
    COUNSELORS = "counselors"
    PLACEMENTS = "placements"
    TRAININGS = "trainings"
    STUDIO = "studio"
    ONLINE = "online"


class ImportState(enum.StrEnum):
    UPLOADED = "uploaded"
    CHECKING = "checking"
    PREVIEW = "preview"
    REJECTED = "rejected"
    APPLYING = "applying"
    LANDED = "landed"
    UNDONE = "undone"
    DISCARDED = "discarded"
    FAILED = "failed"


class RowState(enum.StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    UNRESOLVED = "unresolved"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class Import(Base):
    """One workbook somebody brought: who, when, for which unit and day, and what became of it."""

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_unit_id", "unit_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ImportKind] = mapped_column(enum_column(ImportKind, "kind"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    state: Mapped[ImportState] = mapped_column(
        enum_column(ImportState, "state"), default=ImportState.UPLOADED
    )
    date_given: Mapped[date | None] = mapped_column(Date)
    speaks_of: Mapped[date | None] = mapped_column(Date)
    complete: Mapped[bool] = mapped_column(Boolean, default=False)
    file_name: Mapped[str] = mapped_column(String(200))
    file_key: Mapped[str] = mapped_column(String(40))
    file_digest: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[str | None] = mapped_column(String(200))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    notes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    job_id: Mapped[int | None] = mapped_column(Integer)
    data_version: Mapped[int | None] = mapped_column(Integer)
    created_by: Mapped[int | None] = mapped_column(Integer)
    created_by_name: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    landed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str | None] = mapped_column(Text)

    unit: Mapped[Unit] = relationship()


class ImportRow(Base):
    """A row of the workbook that somebody must see: rejected, unresolved, warned, created or changed.

    ``sealed``: JSON of the cells and the changes (old and new), encrypted; unchanged rows are only counted.
    """

    __tablename__ = "import_rows"
    __table_args__ = (
        UniqueConstraint("import_id", "row_number"),
        Index("ix_import_rows_state", "import_id", "state", "row_number"),
        Index("ix_import_rows_queue", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    row_number: Mapped[int] = mapped_column(Integer)
    state: Mapped[RowState] = mapped_column(enum_column(RowState, "state"))
    codes: Mapped[list[str]] = mapped_column(JSON, default=list)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    resolved_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    resolved_by: Mapped[int | None] = mapped_column(Integer)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    batch: Mapped[Import] = relationship()


class ImportChange(Base):
    """One row an import wrote, in order, so that it can be taken back: created, or changed from ``before``."""

    __tablename__ = "import_changes"
    __table_args__ = (Index("ix_import_changes_import", "import_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    table_name: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int] = mapped_column(Integer)
    before: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed JSON; empty: the row is new
    after: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed JSON of the changed columns
