"""What may be handed in, and until when."""

from __future__ import annotations

from datetime import datetime

from app.domain.workshops.rules.words import EnrolmentStatus


def why_not_hand_in(
    status: EnrolmentStatus,
    due_at: datetime | None,
    accepts_late: bool,
    now: datetime,
    *,
    published: bool = False,
) -> str | None:
    """``not_enrolled``, ``result_published`` or ``too_late``; None while a file is taken."""
    if status is not EnrolmentStatus.CONFIRMED:
        return "not_enrolled"
    if published:
        return "result_published"
    return "too_late" if is_late(due_at, now) and not accepts_late else None


def is_late(due_at: datetime | None, now: datetime) -> bool:
    """After the minute it was due."""
    return due_at is not None and now > due_at


def names_in_archive(names: list[str]) -> list[str]:
    """The names as they stand in a ZIP: those that come twice get a number."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        count = seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        stem, dot, suffix = name.rpartition(".") if "." in name else (name, "", "")
        made.append(name if count == 1 else f"{stem} ({count}){dot}{suffix}")
    return made
