"""An import: the file, its staged rows, what it changed, and the queue of people an officer must pick."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, UTCDateTime, enum_column
from app.domain.people.rules import TrainingLevel
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
    """What became of a row; ``ended``: no row at all, but somebody missing from a complete roster."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    UNRESOLVED = "unresolved"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    ENDED = "ended"


class Import(Base):
    """One workbook somebody brought: who, when, for which unit and day, and what became of it.

    ``signature``: digest of what the preview showed, so that nothing else lands than what was confirmed.
    """

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
    mapping_id: Mapped[int | None] = mapped_column(ForeignKey("platform_mappings.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(Integer)
    signature: Mapped[str | None] = mapped_column(String(64))
    created_by: Mapped[int | None] = mapped_column(Integer)
    created_by_name: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    landed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_reason: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)

    unit: Mapped[Unit] = relationship()
    mapping: Mapped[PlatformMapping | None] = relationship()


class ImportRow(Base):
    """A row of the workbook that somebody must see: rejected, unresolved, warned, created or changed.

    ``sealed``: JSON of the cells, remarks and changes (old and new), encrypted; unchanged rows are only counted.
    ``row_key``: keyed digest of what the row says, by which the same row is known again in another file.
    """

    __tablename__ = "import_rows"
    __table_args__ = (
        UniqueConstraint("import_id", "position"),
        Index("ix_import_rows_state", "import_id", "state", "position"),
        Index("ix_import_rows_queue", "state", "id"),
        Index("ix_import_rows_row_key", "row_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    row_number: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[RowState] = mapped_column(enum_column(RowState, "state"))
    warned: Mapped[bool] = mapped_column(Boolean, default=False)
    row_key: Mapped[str | None] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    resolved_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    resolved_by: Mapped[int | None] = mapped_column(Integer)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str | None] = mapped_column(Text)

    batch: Mapped[Import] = relationship()


class ImportChange(Base):
    """Some hundred rows of one table that an import wrote, in order, so that they can be taken back.

    ``sealed``: compressed JSON ``[[id, before or null, after], …]``; a new row has no ``before``, and its ``after``
    is a digest by which a later change is noticed.
    """

    __tablename__ = "import_changes"
    __table_args__ = (Index("ix_import_changes_import", "import_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    table_name: Mapped[str] = mapped_column(String(40))
    rows: Mapped[int] = mapped_column(Integer)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class PlatformMapping(Base):
    """How the exports of a platform are read: which of their columns is which field of the ``online`` workbook.

    ``columns``: {field: header as it stands there}; ``finished_words``: what its status column says of who has
    finished. ``title`` and ``hours`` hold for every row of an export without such a column. ``recognised``: what lands
    counts at once; else it waits for its recognition.
    """

    __tablename__ = "platform_mappings"
    __table_args__ = (
        Index(
            "uq_platform_mappings_name",
            "unit_id",
            "name",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
        CheckConstraint("hours IS NULL OR hours > 0", name="hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str] = mapped_column(String(80))
    platform: Mapped[str] = mapped_column(String(120))
    columns: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    finished_words: Mapped[list[str]] = mapped_column(JSON, default=list)
    level: Mapped[TrainingLevel] = mapped_column(enum_column(TrainingLevel, "level"))
    title: Mapped[str | None] = mapped_column(String(200))
    hours: Mapped[Decimal | None] = mapped_column(Numeric(6, 1))
    recognised: Mapped[bool] = mapped_column(Boolean, default=True)
    created_by: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    unit: Mapped[Unit] = relationship()
