"""What is learnt: versions of a course with sections and lessons, their media and packages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
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
from app.domain.courses.models.catalogue import Course
from app.domain.courses.rules.words import LessonKind, MediaKind, PackageStandard, VersionStatus


class CourseVersion(Base):
    """The lessons of a course as of one publication. A published one is never changed: a new draft is made of it,
    and who is in the course finishes the version they started.
    """

    __tablename__ = "course_versions"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        Index(
            "uq_course_versions_draft",
            "course_id",
            unique=True,
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
        Index(
            "uq_course_versions_published",
            "course_id",
            unique=True,
            sqlite_where=text("status = 'published'"),
            postgresql_where=text("status = 'published'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[VersionStatus] = mapped_column(
        enum_column(VersionStatus, "status"), default=VersionStatus.DRAFT
    )
    note: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    course: Mapped[Course] = relationship()
    sections: Mapped[list[Section]] = relationship(
        back_populates="version", order_by="(Section.position, Section.id)"
    )


class Section(Base):
    """A part of a version; its lessons in order."""

    __tablename__ = "course_sections"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(
        ForeignKey("course_versions.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str | None] = mapped_column(Text)

    version: Mapped[CourseVersion] = relationship(back_populates="sections")
    lessons: Mapped[list[Lesson]] = relationship(
        back_populates="section", order_by="(Lesson.position, Lesson.id)"
    )


class Lesson(Base):
    """One lesson. ``key`` is the same in every version, so that statistics can follow it.

    ``body``: Markdown (the text itself, or what to do). ``complete_at``: per cent of a video that must have been
    watched. ``seek_ahead``: whether a video may be sought beyond what has been watched.
    """

    __tablename__ = "lessons"
    __table_args__ = (
        UniqueConstraint("version_id", "key"),
        Index("ix_lessons_section", "section_id", "position"),
        CheckConstraint("complete_at BETWEEN 1 AND 100", name="complete_at"),
        CheckConstraint("minutes IS NULL OR minutes > 0", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("course_versions.id", ondelete="CASCADE"))
    section_id: Mapped[int] = mapped_column(ForeignKey("course_sections.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(String(32))
    kind: Mapped[LessonKind] = mapped_column(enum_column(LessonKind, "kind"))
    title: Mapped[str] = mapped_column(String(200))
    required: Mapped[bool] = mapped_column(Boolean, default=True)
    minutes: Mapped[int | None] = mapped_column(Integer)
    body: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(String(500))
    media_id: Mapped[int | None] = mapped_column(ForeignKey("course_media.id"), index=True)
    package_id: Mapped[int | None] = mapped_column(ForeignKey("course_packages.id"), index=True)
    seek_ahead: Mapped[bool] = mapped_column(Boolean, default=False)
    complete_at: Mapped[int] = mapped_column(Integer, default=90)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    section: Mapped[Section] = relationship(back_populates="lessons")
    version: Mapped[CourseVersion] = relationship()
    media: Mapped[CourseMedia | None] = relationship()
    package: Mapped[CoursePackage | None] = relationship()


class LessonPrerequisite(Base):
    """A lesson opens once another one of the same version is completed."""

    __tablename__ = "lesson_prerequisites"
    __table_args__ = (CheckConstraint("lesson_id <> requires_id", name="itself"),)

    lesson_id: Mapped[int] = mapped_column(
        ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True
    )
    requires_id: Mapped[int] = mapped_column(
        ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class CourseMedia(Base):
    """A video or PDF of a course, shared by its versions. ``file_key``: in core.media. ``seconds``: of a video."""

    __tablename__ = "course_media"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    kind: Mapped[MediaKind] = mapped_column(enum_column(MediaKind, "kind"))
    file_key: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    seconds: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    uploaded_by: Mapped[int | None] = mapped_column(Integer)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class CoursePackage(Base):
    """A SCORM package, unpacked under ``folder_key``. ``items``: [{identifier, title, href}] in the order of its
    organisation; ``manifest``: what else the player needs of it (mastery score, launch data).
    """

    __tablename__ = "course_packages"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    standard: Mapped[PackageStandard] = mapped_column(enum_column(PackageStandard, "standard"))
    folder_key: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    files: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    manifest: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    uploaded_by: Mapped[int | None] = mapped_column(Integer)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
