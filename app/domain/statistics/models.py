"""Dated settings of counting: policies, targets, hour cycles."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class CountingPolicy(Base):
    """How something is counted from a day until a day, for one unit's subtree or (no unit) for all.

    Names: ``lead_teacher_moved`` ({"counts": "while_posted" | "always"}), ``hours_cycle`` ({"first_year": 2021,
    "years": 5, "hours": 360}), ``hours_year`` ({"hours": 90}), ``target_counselor_coverage`` ({"ratio": 0.95,
    "by": 2025}), ``target_lead_teachers`` ({"per_county": 1}), ``target_counselors`` ({"per_school": 1}).
    """

    __tablename__ = "counting_policies"
    __counted__ = True
    __table_args__ = (
        Index("ix_counting_policies_name", "name", "unit_id"),
        CheckConstraint(
            "valid_until IS NULL OR valid_from IS NULL OR valid_until >= valid_from", name="period"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    basis: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
