"""Who learns what, and how far they are."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    Float,
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
from app.domain.courses.models.catalogue import Course, Requirement
from app.domain.courses.models.content import CourseVersion, Lesson
from app.domain.courses.rules.words import (
    EnrolmentSource,
    HandInStatus,
    LearnerStatus,
    LessonStatus,
    ReminderKind,
)
from app.domain.people.models import Person
from app.domain.units.models import Unit

_HELD = "status IN ('enrolled', 'completed')"


class CourseEnrolment(Base):
    """A person in a course, in the version that was current when they came; the unit is theirs of that day.

    ``done``/``required``: required lessons completed and how many there are, kept under the lock of this row.
    ``watch_at`` and ``watch_ahead`` are the clock of progress: when it was last set, and by how many seconds what
    was reported runs ahead of real time. ``stamp`` is another one after each change that a page shows.
    """

    __tablename__ = "course_enrolments"
    __table_args__ = (
        Index(
            "uq_course_enrolments_held",
            "course_id",
            "person_id",
            unique=True,
            sqlite_where=text(_HELD),
            postgresql_where=text(_HELD),
        ),
        Index("ix_course_enrolments_person", "person_id", "status"),
        Index("ix_course_enrolments_course", "course_id", "status", "id"),
        CheckConstraint("done >= 0 AND done <= required", name="done"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("course_versions.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    unit_path: Mapped[str] = mapped_column(String(200), index=True)
    source: Mapped[EnrolmentSource] = mapped_column(enum_column(EnrolmentSource, "source"))
    status: Mapped[LearnerStatus] = mapped_column(
        enum_column(LearnerStatus, "status"), default=LearnerStatus.ENROLLED
    )
    enrolled_at: Mapped[datetime] = mapped_column(UTCDateTime)
    enrolled_by: Mapped[int | None] = mapped_column(Integer)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_active_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lessons.id"))
    required: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    watch_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    watch_ahead: Mapped[float] = mapped_column(Float, default=0.0)
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    completed_on: Mapped[date | None] = mapped_column(Date)
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    credit_hours: Mapped[Decimal | None] = mapped_column(Numeric(6, 1))
    training_record_id: Mapped[int | None] = mapped_column(
        ForeignKey("training_records.id"), index=True
    )
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    end_reason: Mapped[str | None] = mapped_column(Text)
    stamp: Mapped[int] = mapped_column(Integer, default=1)

    course: Mapped[Course] = relationship()
    version: Mapped[CourseVersion | None] = relationship()
    person: Mapped[Person] = relationship()
    unit: Mapped[Unit] = relationship()

    @property
    def is_revoked(self) -> bool:
        """Whether it was completed, and an officer has revoked that; what it came to then still stands here."""
        return self.status is LearnerStatus.NOT_COMPLETED and self.completed_at is not None


class RequiredLearner(Base):
    """Somebody of a group to which a course is assigned, while they are in it."""

    __tablename__ = "required_learners"
    __table_args__ = (UniqueConstraint("requirement_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    requirement_id: Mapped[int] = mapped_column(
        ForeignKey("course_requirements.id", ondelete="CASCADE")
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("course_enrolments.id"), index=True)
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)

    requirement: Mapped[Requirement] = relationship()


class CourseReminder(Base):
    """A reminder that was given; never the same one twice."""

    __tablename__ = "course_reminders"
    __table_args__ = (UniqueConstraint("requirement_id", "person_id", "kind", "due_on", "days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    requirement_id: Mapped[int] = mapped_column(
        ForeignKey("course_requirements.id", ondelete="CASCADE")
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[ReminderKind] = mapped_column(enum_column(ReminderKind, "kind"))
    due_on: Mapped[date] = mapped_column(Date)
    days: Mapped[int] = mapped_column(Integer, default=0)
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LessonProgress(Base):
    """How far somebody is in one lesson. ``watched``: the watched stretches of a video, [[from, to], …] in seconds,
    sorted and apart; ``watched_seconds`` their sum. ``position``: where to go on, as the newest report says.
    """

    __tablename__ = "lesson_progress"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "lesson_id"),
        Index("ix_lesson_progress_lesson", "lesson_id", "status"),
        CheckConstraint("watched_seconds >= 0", name="watched_seconds"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("course_enrolments.id", ondelete="CASCADE")
    )
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    status: Mapped[LessonStatus] = mapped_column(
        enum_column(LessonStatus, "status"), default=LessonStatus.STARTED
    )
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    watched: Mapped[list[Any]] = mapped_column(JSON, default=list)
    watched_seconds: Mapped[float] = mapped_column(Float, default=0.0)
    position: Mapped[float] = mapped_column(Float, default=0.0)
    position_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))

    enrolment: Mapped[CourseEnrolment] = relationship()
    lesson: Mapped[Lesson] = relationship()


class HandIn(Base):
    """Work handed in for a lesson: a text, a file, or both; a newer one takes its place and both are kept."""

    __tablename__ = "lesson_hand_ins"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "lesson_id", "number"),
        Index("ix_lesson_hand_ins_lesson", "lesson_id", "status"),
        CheckConstraint("marks IS NULL OR marks BETWEEN 0 AND 100", name="marks"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("course_enrolments.id", ondelete="CASCADE")
    )
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    number: Mapped[int] = mapped_column(Integer)
    text: Mapped[str | None] = mapped_column(Text)
    file_key: Mapped[str | None] = mapped_column(String(40))
    file_name: Mapped[str | None] = mapped_column(String(200))
    content_type: Mapped[str | None] = mapped_column(String(100))
    size: Mapped[int | None] = mapped_column(Integer)
    handed_in_at: Mapped[datetime] = mapped_column(UTCDateTime)
    status: Mapped[HandInStatus] = mapped_column(
        enum_column(HandInStatus, "status"), default=HandInStatus.HANDED_IN
    )
    marks: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    feedback: Mapped[str | None] = mapped_column(Text)
    marked_by: Mapped[int | None] = mapped_column(Integer)
    marked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    enrolment: Mapped[CourseEnrolment] = relationship()
    lesson: Mapped[Lesson] = relationship()


class PackageState(Base):
    """What a package has saved of somebody's run through one of its items: the run-time data as it gave them."""

    __tablename__ = "package_states"
    __table_args__ = (UniqueConstraint("enrolment_id", "lesson_id", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("course_enrolments.id", ondelete="CASCADE")
    )
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    item: Mapped[str] = mapped_column(String(200))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    number: Mapped[int] = mapped_column(Integer, default=0)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
