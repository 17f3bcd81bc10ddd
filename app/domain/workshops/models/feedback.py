"""Feedback after the end: the answers say nothing of who gave them; the receipt says only that somebody did."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class FeedbackAnswer(Base):
    """One filled-in questionnaire, anonymous: only the day; its id is drawn by lot, so that it tells no order."""

    __tablename__ = "feedback_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id"), index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    given_on: Mapped[date] = mapped_column(Date)


class FeedbackQuestion(Base):
    """A question of the organiser's own beside the usual ones: 1 to 5, or in words."""

    __tablename__ = "feedback_questions"
    __table_args__ = (UniqueConstraint("workshop_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(String(200))
    rated: Mapped[bool] = mapped_column(Boolean, default=True)


class FeedbackReceipt(Base):
    """That a person has given feedback, so that nobody gives it twice; not which."""

    __tablename__ = "feedback_receipts"
    __table_args__ = (UniqueConstraint("workshop_id", "enrolment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    given_on: Mapped[date] = mapped_column(Date)
