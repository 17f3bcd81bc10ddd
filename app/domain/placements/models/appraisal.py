"""The appraisal (鉴定): four opinions in order, each signed by its role."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, UTCDateTime, enum_column
from app.domain.placements.models.placements import Placement
from app.domain.placements.rules.words import Opinion, Phase, PlacementResult


class AppraisalOpinion(Base):
    """A signed opinion. A wrong one is taken back with a reason and kept; another may then be signed.

    ``marks``: what each criterion was given, by its id as text, 0 to 100; ``result``: the grade it proposes.
    """

    __tablename__ = "placement_opinions"
    __table_args__ = (
        Index(
            "uq_placement_opinions_standing",
            "placement_id",
            "phase",
            "opinion",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    phase: Mapped[Phase] = mapped_column(enum_column(Phase, "phase"))
    opinion: Mapped[Opinion] = mapped_column(enum_column(Opinion, "opinion"))
    text: Mapped[str] = mapped_column(Text)
    marks: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    result: Mapped[PlacementResult | None] = mapped_column(enum_column(PlacementResult, "result"))
    signed_by: Mapped[int | None] = mapped_column(Integer)
    signed_by_name: Mapped[str] = mapped_column(String(80))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(Integer)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    placement: Mapped[Placement] = relationship()
