"""Question banks, quizzes drawn from them, attempts and answers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
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
from app.domain.courses.models.content import Lesson
from app.domain.courses.models.learning import CourseEnrolment
from app.domain.courses.rules.words import AnswersShown, AttemptStatus, QuestionKind
from app.domain.units.models import Unit


class QuestionBank(Base):
    """Questions of a unit, by topic, for the quizzes of any of its courses."""

    __tablename__ = "question_banks"
    __table_args__ = (UniqueConstraint("unit_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    title: Mapped[str] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    unit: Mapped[Unit] = relationship()


class Question(Base):
    """A question of a bank; what it says stands in its revisions. A retired one is drawn no more.

    ``code``: names it in a workbook, so that it is known again when it comes back.
    """

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("bank_id", "code"),
        Index("ix_questions_bank", "bank_id", "topic"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_banks.id"))
    code: Mapped[str] = mapped_column(String(40))
    topic: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[QuestionKind] = mapped_column(enum_column(QuestionKind, "kind"))
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": row_version}

    bank: Mapped[QuestionBank] = relationship()


class QuestionRevision(Base):
    """What a question says since a change; attempts keep the revision they were asked.

    ``options``: texts in order. ``answer``: single and multiple: indexes of the right options; true_false: [true]
    or [false]; fill_in: for each blank the accepted texts; short_answer: [what a good answer says].
    """

    __tablename__ = "question_revisions"
    __table_args__ = (
        UniqueConstraint("question_id", "number"),
        Index(
            "uq_question_revisions_current",
            "question_id",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    current: Mapped[bool] = mapped_column(Boolean, default=True)
    stem: Mapped[str] = mapped_column(Text)
    options: Mapped[list[str]] = mapped_column(JSON, default=list)
    answer: Mapped[list[Any]] = mapped_column(JSON, default=list)
    explanation: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    question: Mapped[Question] = relationship()


class Quiz(Base):
    """The conditions of a lesson of kind quiz. ``attempts``, ``minutes``: None is no limit."""

    __tablename__ = "quizzes"
    __table_args__ = (
        CheckConstraint("attempts IS NULL OR attempts > 0", name="attempts"),
        CheckConstraint("minutes IS NULL OR minutes > 0", name="minutes"),
        CheckConstraint("pass_percent BETWEEN 0 AND 100", name="pass_percent"),
    )

    lesson_id: Mapped[int] = mapped_column(
        ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True
    )
    attempts: Mapped[int | None] = mapped_column(Integer)
    minutes: Mapped[int | None] = mapped_column(Integer)
    pass_percent: Mapped[int] = mapped_column(Integer, default=60)
    answers_shown: Mapped[AnswersShown] = mapped_column(
        enum_column(AnswersShown, "answers_shown"), default=AnswersShown.AFTER_ATTEMPT
    )
    shuffles: Mapped[bool] = mapped_column(Boolean, default=True)

    lesson: Mapped[Lesson] = relationship()
    draws: Mapped[list[QuizDraw]] = relationship(order_by="(QuizDraw.position, QuizDraw.id)")


class QuizDraw(Base):
    """So many questions are drawn at random from a topic of a bank (None: any topic), each worth so many marks."""

    __tablename__ = "quiz_draws"
    __table_args__ = (
        CheckConstraint("count > 0", name="count"),
        CheckConstraint("marks > 0", name="marks"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(
        ForeignKey("quizzes.lesson_id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(Integer)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_banks.id"), index=True)
    topic: Mapped[str | None] = mapped_column(String(80))
    count: Mapped[int] = mapped_column(Integer)
    marks: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(1))

    bank: Mapped[QuestionBank] = relationship()


class QuizAttempt(Base):
    """One attempt at a quiz. ``deadline_at`` is kept by the server; at most one runs at a time."""

    __tablename__ = "quiz_attempts"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "lesson_id", "number"),
        Index(
            "uq_quiz_attempts_running",
            "enrolment_id",
            "lesson_id",
            unique=True,
            sqlite_where=text("status = 'running'"),
            postgresql_where=text("status = 'running'"),
        ),
        Index("ix_quiz_attempts_lesson", "lesson_id", "status"),
        Index("ix_quiz_attempts_deadline", "status", "deadline_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("course_enrolments.id", ondelete="CASCADE")
    )
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[AttemptStatus] = mapped_column(
        enum_column(AttemptStatus, "status"), default=AttemptStatus.RUNNING
    )
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    deadline_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    marked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    marks: Mapped[Decimal | None] = mapped_column(Numeric(7, 2))
    maximum: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    passed: Mapped[bool | None] = mapped_column(Boolean)

    enrolment: Mapped[CourseEnrolment] = relationship()
    lesson: Mapped[Lesson] = relationship()
    items: Mapped[list[AttemptItem]] = relationship(
        back_populates="attempt", order_by="AttemptItem.position"
    )


class AttemptItem(Base):
    """A question in an attempt and the answer as it was given. ``order``: the options as they were shown, by index.

    ``saved_number`` rises with each saved answer of the page, so that one that arrives late does not undo a newer one.
    """

    __tablename__ = "attempt_items"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position"),
        Index("ix_attempt_items_revision", "revision_id"),
        CheckConstraint("marks IS NULL OR (marks >= 0 AND marks <= maximum)", name="marks"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("quiz_attempts.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    revision_id: Mapped[int] = mapped_column(ForeignKey("question_revisions.id"))
    order: Mapped[list[int]] = mapped_column("shown_order", JSON, default=list)
    answer: Mapped[list[Any] | None] = mapped_column(JSON)
    saved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    saved_number: Mapped[int] = mapped_column(Integer, default=0)
    maximum: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    marks: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    marked_by: Mapped[int | None] = mapped_column(Integer)
    feedback: Mapped[str | None] = mapped_column(Text)

    attempt: Mapped[QuizAttempt] = relationship(back_populates="items")
    revision: Mapped[QuestionRevision] = relationship()
