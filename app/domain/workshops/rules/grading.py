"""From marks to a grade: values, agreement of two markers, the weighted total, bounds. Source: issue 3 (5).

Values are points of a criterion (0 … its maximum, at most two decimals), totals are points of 100. Every rounding
is half up to two places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from app.core.text import plain_number
from app.domain.workshops.rules.words import CriterionKind, EnrolmentStatus, Grade

FIRST, SECOND, AGREED = 1, 2, 0
MODERATION_LIMIT = Decimal(10)
CENT = Decimal("0.01")
HUNDRED = Decimal(100)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．。－＋", "0123456789..-+")
GRADED = frozenset(
    {EnrolmentStatus.CONFIRMED, EnrolmentStatus.COMPLETED, EnrolmentStatus.NOT_COMPLETED}
)


class NotAMark(ValueError):
    """What was entered is no mark: ``not_a_number``, ``too_many_decimals`` or ``out_of_range``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Weighted:
    """A criterion as the sums need it."""

    id: int
    kind: CriterionKind
    weight: Decimal
    maximum: Decimal


@dataclass(frozen=True, slots=True)
class Standard:
    """How a workshop judges: bounds of the grades (points of 100), whether two mark, how far they may differ."""

    pass_bound: int = 60
    excellent_bound: int = 90
    second_marking: bool = False
    agree_within: Decimal = Decimal(10)


def half_up(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def read_value(text: str, maximum: Decimal) -> Decimal | None:
    """The points somebody typed, None for nothing. Full-width digits and a trailing 分 are read.

    Raises NotAMark.
    """
    plain = text.translate(_FULL_WIDTH).strip().removesuffix("分").strip()
    if not plain:
        return None
    if not (plain.isascii() and set(plain) <= set("0123456789.+-")):
        raise NotAMark("not_a_number")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise NotAMark("not_a_number") from None
    if not 0 <= value <= maximum:
        raise NotAMark("out_of_range")
    if value != value.quantize(CENT):
        raise NotAMark("too_many_decimals")
    return value.quantize(CENT)


def plain(value: Decimal | None) -> str:
    """Points as people write them: 85, 85.5; nothing for None."""
    return plain_number(value)


def differ_too_much(
    first: Decimal, second: Decimal, maximum: Decimal, agree_within: Decimal
) -> bool:
    """Whether two markers differ by more than ``agree_within`` points of 100."""
    return abs(first - second) * HUNDRED > agree_within * maximum


@dataclass(frozen=True, slots=True)
class Decided:
    """What a criterion comes to for a person: a value, or why there is none (``missing``, ``to_agree``)."""

    value: Decimal | None
    why_not: str | None = None


def decide_value(marks: Mapping[int, Decimal], criterion: Weighted, standard: Standard) -> Decided:
    """The value that counts, from the marks by marker (1, 2, and 0 for the one agreed on).

    An agreed mark wins. With two markers, both must have marked; their mean counts unless they differ by more than
    the standard allows: then a mark must be agreed on. Attendance has one marker only.
    """
    if AGREED in marks:
        return Decided(marks[AGREED])
    first, second = marks.get(FIRST), marks.get(SECOND)
    if not standard.second_marking or criterion.kind is CriterionKind.ATTENDANCE:
        return Decided(first, None if first is not None else "missing")
    if first is None or second is None:
        return Decided(None, "missing")
    if differ_too_much(first, second, criterion.maximum, standard.agree_within):
        return Decided(None, "to_agree")
    return Decided(half_up((first + second) / 2))


def weighted_total(values: Mapping[int, Decimal], criteria: Sequence[Weighted]) -> Decimal:
    """Points of 100: each criterion's share of its maximum, times its weight."""
    return half_up(sum((values[c.id] / c.maximum * c.weight for c in criteria), start=Decimal(0)))


def moderated(total: Decimal, points: Decimal) -> Decimal:
    """The total with the points of moderation, within 0 … 100."""
    return half_up(min(HUNDRED, max(Decimal(0), total + points)))


def grade_of(total: Decimal, standard: Standard) -> Grade:
    """优秀, 合格 or 不合格; a bound itself belongs to the better grade."""
    if total >= standard.excellent_bound:
        return Grade.EXCELLENT
    return Grade.PASSED if total >= standard.pass_bound else Grade.FAILED


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a person's marks come to. ``total`` and ``grade`` are None until every criterion is decided."""

    values: dict[int, Decimal]
    missing: tuple[int, ...]
    to_agree: tuple[int, ...]
    total: Decimal | None
    grade: Grade | None

    @property
    def complete(self) -> bool:
        return self.total is not None


def assess(
    marks: Mapping[int, Mapping[int, Decimal]],
    criteria: Sequence[Weighted],
    standard: Standard,
    *,
    attendance: Decimal | None = None,
    moderation: Decimal = Decimal(0),
) -> Assessment:
    """Total and grade of one person from ``marks[criterion][marker]``.

    ``attendance``: percentage of the sessions; it gives the value of an attendance criterion that nobody has
    marked by hand.
    """
    values: dict[int, Decimal] = {}
    missing: list[int] = []
    to_agree: list[int] = []
    for criterion in criteria:
        decided = decide_value(marks.get(criterion.id, {}), criterion, standard)
        value = decided.value
        if value is None and criterion.kind is CriterionKind.ATTENDANCE and attendance is not None:
            value = attendance_value(attendance, criterion.maximum)
        if value is not None:
            values[criterion.id] = value
        elif decided.why_not == "to_agree":
            to_agree.append(criterion.id)
        else:
            missing.append(criterion.id)
    if missing or to_agree or not criteria:
        return Assessment(values, tuple(missing), tuple(to_agree), None, None)
    total = moderated(weighted_total(values, criteria), moderation)
    return Assessment(values, (), (), total, grade_of(total, standard))


def both_marked(marks: Mapping[int, Mapping[int, Decimal]], criteria: Sequence[Weighted]) -> bool:
    """Whether both markers have marked everything of a person: from then on each sees the other's marks."""
    markable = [c.id for c in criteria if c.kind is not CriterionKind.ATTENDANCE]
    return bool(markable) and all({FIRST, SECOND} <= set(marks.get(c, {})) for c in markable)


def attendance_value(percentage: Decimal, maximum: Decimal) -> Decimal:
    return half_up(percentage * maximum / HUNDRED)


def level_of(value: Decimal, levels: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The described level that a value reaches: the highest ``from`` not above it."""
    reached = [level for level in levels if Decimal(str(level["from"])) <= value]
    return max(reached, key=lambda level: Decimal(str(level["from"])), default=None)


def why_not_levels(levels: Sequence[Mapping[str, Any]], maximum: Decimal) -> str | None:
    """``level_untitled``, ``level_outside`` (begins outside 0 … maximum) or ``level_twice``."""
    bounds = [Decimal(str(level["from"])) for level in levels]
    if any(not str(level["title"]).strip() for level in levels):
        return "level_untitled"
    if any(not 0 <= bound <= maximum for bound in bounds):
        return "level_outside"
    return "level_twice" if len(set(bounds)) < len(bounds) else None


def why_not_moderation(points: Decimal) -> str | None:
    """``moderation_limit`` beyond 10 points either way, ``no_points`` for none at all."""
    if not points.is_finite():
        return "moderation_limit"
    if abs(points) > MODERATION_LIMIT:
        return "moderation_limit"
    return "no_points" if half_up(points) == 0 else None
