"""Feedback after the end: the answers say nothing of who gave them; the receipt says only that somebody did."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class FeedbackAnswer(Base):
    """One filled-in questionnaire, anonymous: only the day, no order of arrival beyond the id's."""

    __tablename__ = "feedback_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id"), index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    given_on: Mapped[date] = mapped_column(Date)


class FeedbackReceipt(Base):
    """That a person has given feedback, so that nobody gives it twice; not which."""

    __tablename__ = "feedback_receipts"
    __table_args__ = (UniqueConstraint("workshop_id", "enrolment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    given_on: Mapped[date] = mapped_column(Date)
