"""People and every dated fact about them that figures stand on."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
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
from app.domain.people.rules import (
    ChangeAction,
    ChangeState,
    Duty,
    EndReason,
    PostingRole,
    Sex,
    StudioKind,
    StudioRole,
    TrainingKind,
    TrainingLevel,
)
from app.domain.units.models import Unit

# Pinyin sorts by its bytes on every database, so that a prefix is a range of the index.
PINYIN_200 = String(200).with_variant(String(200, collation="C"), "postgresql")
PINYIN_40 = String(40).with_variant(String(40, collation="C"), "postgresql")
PERIOD = "valid_until IS NULL OR valid_until >= valid_from"


def _unique_where(name: str, *columns: str, where: str) -> Index:
    return Index(
        name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where)
    )


class Person(Base):
    """Somebody the registry knows. Identity number and phone are sealed; their blind indexes find them.

    ``merged_into_id``: the record was merged into another one and is kept only so that this can be undone.
    """

    __tablename__ = "people"
    __counted__ = True
    __table_args__ = (
        _unique_where(
            "uq_people_id_number_index",
            "id_number_index",
            where="id_number_index IS NOT NULL AND merged_into_id IS NULL",
        ),
        Index("ix_people_sort", "sort_key", "id"),
        Index("ix_people_name_key", "name_key"),
        Index("ix_people_phone_index", "phone_index"),
        # An undone import deletes people: on SQLite their ids, and audit keys, must not pass to others.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(80))
    sort_key: Mapped[str] = mapped_column(PINYIN_200)
    initials: Mapped[str] = mapped_column(PINYIN_40, index=True)
    sex: Mapped[Sex | None] = mapped_column(enum_column(Sex, "sex"))
    ethnicity: Mapped[str | None] = mapped_column(String(20))
    born_on: Mapped[date | None] = mapped_column(Date)
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_index: Mapped[str | None] = mapped_column(String(32))
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[str | None] = mapped_column(String(32))
    email: Mapped[str | None] = mapped_column(String(200))
    education: Mapped[str | None] = mapped_column(String(40))
    graduated_from: Mapped[str | None] = mapped_column(String(120))
    major: Mapped[str | None] = mapped_column(String(80))
    work_began_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str | None] = mapped_column(Text)
    registered_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), unique=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    import_id: Mapped[int | None] = mapped_column(Integer, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    registered_unit: Mapped[Unit] = relationship(foreign_keys=[registered_unit_id])
    postings: Mapped[list[Posting]] = relationship(
        back_populates="person", order_by="Posting.valid_from"
    )


class Posting(Base):
    """A person serves as counselor at a unit, full time or part time, from a day until a day (inclusive).

    ``recruited_on``: the day of open recruitment (公开招聘), when the posting began by it.
    """

    __tablename__ = "postings"
    __counted__ = True
    __table_args__ = (
        _unique_where("uq_postings_open", "person_id", "unit_id", where="valid_until IS NULL"),
        Index("ix_postings_unit_id", "unit_id", "valid_from"),
        Index("ix_postings_person_id", "person_id", "valid_until"),
        CheckConstraint(PERIOD, name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    role: Mapped[PostingRole] = mapped_column(enum_column(PostingRole, "role"))
    subject: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str | None] = mapped_column(String(40))
    recruited_on: Mapped[date | None] = mapped_column(Date, index=True)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    end_reason: Mapped[EndReason | None] = mapped_column(enum_column(EndReason, "end_reason"))
    end_note: Mapped[str | None] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(Integer, index=True)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    person: Mapped[Person] = relationship(back_populates="postings")
    unit: Mapped[Unit] = relationship()


class PostingChange(Base):
    """What a school proposes for its own list; it takes effect when the county confirms it."""

    __tablename__ = "posting_changes"
    __table_args__ = (
        _unique_where(
            "uq_posting_changes_open",
            "posting_id",
            where="state = 'proposed' AND posting_id IS NOT NULL",
        ),
        Index("ix_posting_changes_unit_state", "unit_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    action: Mapped[ChangeAction] = mapped_column(enum_column(ChangeAction, "action"))
    state: Mapped[ChangeState] = mapped_column(
        enum_column(ChangeState, "state"), default=ChangeState.PROPOSED
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("postings.id"))
    effective_on: Mapped[date] = mapped_column(Date)
    payload: Mapped[bytes] = mapped_column(LargeBinary)  # sealed JSON: the facts proposed
    note: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[int | None] = mapped_column(Integer)
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(Integer)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decision_reason: Mapped[str | None] = mapped_column(Text)

    unit: Mapped[Unit] = relationship()
    person: Mapped[Person | None] = relationship()
    posting: Mapped[Posting | None] = relationship()


class PersonDuty(Base):
    """Somebody is homeroom teacher, moral-education officer … at a unit, from a day until a day (inclusive).

    Groups that trainings are meant for are made of these; the counting rules know only postings.
    """

    __tablename__ = "person_duties"
    __table_args__ = (
        _unique_where(
            "uq_person_duties_open", "person_id", "unit_id", "duty", where="valid_until IS NULL"
        ),
        Index("ix_person_duties_unit_id", "unit_id", "duty"),
        CheckConstraint(PERIOD, name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    duty: Mapped[Duty] = mapped_column(enum_column(Duty, "duty"))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    end_note: Mapped[str | None] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(Integer, index=True)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    person: Mapped[Person] = relationship()
    unit: Mapped[Unit] = relationship()


class LeadTeacherDesignation(Base):
    """A person is lead teacher (带头人) for the unit that nominated them, from a day until a day."""

    __tablename__ = "lead_teacher_designations"
    __counted__ = True
    __table_args__ = (
        _unique_where(
            "uq_lead_teacher_designations_open", "person_id", where="valid_until IS NULL"
        ),
        CheckConstraint(PERIOD, name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    nominating_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    basis: Mapped[str | None] = mapped_column(Text)
    end_reason: Mapped[str | None] = mapped_column(Text)
    training_record_id: Mapped[int | None] = mapped_column(ForeignKey("training_records.id"))
    import_id: Mapped[int | None] = mapped_column(Integer, index=True)

    person: Mapped[Person] = relationship()
    nominating_unit: Mapped[Unit] = relationship()


class Studio(Base):
    """A studio (工作室) or trainer team (师资团队) of a unit, running from a day until a day."""

    __tablename__ = "studios"
    __counted__ = True
    __table_args__ = (
        UniqueConstraint("unit_id", "name_key"),
        CheckConstraint(PERIOD, name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[StudioKind] = mapped_column(enum_column(StudioKind, "kind"))
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    end_reason: Mapped[str | None] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(Integer, index=True)

    unit: Mapped[Unit] = relationship()


class StudioMembership(Base):
    """Who hosts or belongs to a studio, from a day until a day."""

    __tablename__ = "studio_memberships"
    __counted__ = True
    __table_args__ = (
        _unique_where(
            "uq_studio_memberships_open", "studio_id", "person_id", where="valid_until IS NULL"
        ),
        CheckConstraint(PERIOD, name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    studio_id: Mapped[int] = mapped_column(ForeignKey("studios.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[StudioRole] = mapped_column(enum_column(StudioRole, "role"))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    end_reason: Mapped[str | None] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(Integer, index=True)

    studio: Mapped[Studio] = relationship()
    person: Mapped[Person] = relationship()


class TrainingRecord(Base):
    """A training a person took part in, for the unit stated then. Hours are of 45 minutes.

    The key is person + training, in placements person + cohort (``event_key``). A wrong record is withdrawn
    with a reason, never deleted.
    """

    __tablename__ = "training_records"
    __counted__ = True
    __table_args__ = (
        _unique_where(
            "uq_training_records_event", "person_id", "event_key", where="withdrawn_at IS NULL"
        ),
        Index("ix_training_records_unit_id", "unit_id", "ended_on"),
        Index("ix_training_records_ended_on", "ended_on"),
        CheckConstraint("started_on IS NULL OR ended_on >= started_on", name="period"),
        CheckConstraint("hours IS NULL OR hours >= 0", name="hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[TrainingKind] = mapped_column(enum_column(TrainingKind, "kind"))
    title: Mapped[str] = mapped_column(String(200))
    event_key: Mapped[str] = mapped_column(String(200))
    level: Mapped[TrainingLevel] = mapped_column(enum_column(TrainingLevel, "level"))
    organiser: Mapped[str | None] = mapped_column(String(120))
    place: Mapped[str | None] = mapped_column(String(120))
    started_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date] = mapped_column(Date)
    hours: Mapped[Decimal | None] = mapped_column(Numeric(6, 1))
    result: Mapped[str | None] = mapped_column(String(40))
    passed: Mapped[bool] = mapped_column(Boolean, default=True)
    cohort: Mapped[str | None] = mapped_column(String(40))
    base_school_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    nominating_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    note: Mapped[str | None] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(Integer, index=True)

    person: Mapped[Person] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    base_school: Mapped[Unit | None] = relationship(foreign_keys=[base_school_id])
    nominating_unit: Mapped[Unit | None] = relationship(foreign_keys=[nominating_unit_id])


class Commitment(Base):
    """When a person is bound by something planned; what clash checks of every area read.

    ``source``: ``workshop`` or ``placement``, with the id of the enrolment or placement it comes from.
    """

    __tablename__ = "commitments"
    __table_args__ = (
        UniqueConstraint("source", "source_id", "part_id"),
        Index("ix_commitments_person", "person_id", "ends_at"),
        CheckConstraint("ends_at > starts_at", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    source: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[int] = mapped_column(Integer)
    part_id: Mapped[int] = mapped_column(Integer, default=0)
    title: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
