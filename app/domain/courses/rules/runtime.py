"""What a package reports while it runs, and what it means for the learner. Plain values in and out.

Sources: SCORM 1.2 Run-Time Environment 3.4; SCORM 2004 4th edition Run-Time Environment 4.2. The reports come from the
learner's browser as the package wrote them: their shape is checked here, what they claim can only be believed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from app.domain.courses.rules.words import PackageStandard

MOST_ELEMENTS = 5_000
LONGEST_VALUE = 70_000  # 64,000 characters of suspend_data, and some
MOST_CHARACTERS = 400_000
_ELEMENT = re.compile(r"(?:cmi|adl)(?:\.[A-Za-z0-9_:-]{1,60}){1,8}")
_TIMESPAN_12 = re.compile(r"(\d{1,4}):(\d{1,2}):(\d{1,2}(?:\.\d{1,2})?)")
_DURATION_2004 = re.compile(
    r"P(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,5})D)?"
    r"(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8}(?:\.\d{1,6})?)S)?)?"
)
_IN_SECONDS = (31_536_000, 2_592_000, 86_400, 3_600, 60, 1)
_HUNDRED = Decimal(100)

Elements = dict[str, str]


class StateFault(ValueError):
    """What was sent is no state of a package; the code says why."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a state says of the item: done or not, failed or not, 0 to 100 (None: no score), whether it is suspended."""

    done: bool
    failed: bool
    score: Decimal | None
    suspended: bool


def read_elements(sent: object) -> Elements:
    """The elements of the run-time, checked in shape and size. Raises StateFault."""
    if not isinstance(sent, Mapping):
        raise StateFault("package_state")
    if len(sent) > MOST_ELEMENTS:
        raise StateFault("package_state_too_large")
    elements: Elements = {}
    left = MOST_CHARACTERS
    for name, value in sent.items():
        text = _plain(value)
        if text is None or not _ELEMENT.fullmatch(name):
            raise StateFault("package_state")
        left -= len(name) + len(text)
        if len(text) > LONGEST_VALUE or left < 0:
            raise StateFault("package_state_too_large")
        elements[name] = text
    return elements


def _plain(value: object) -> str | None:
    """The value as text that any column keeps; None for what is no plain value."""
    if isinstance(value, bool) or value is None:
        return str(value or "").lower()
    if isinstance(value, (int, float)):
        return str(value)
    if not isinstance(value, str) or "\0" in value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value


def judge(
    standard: PackageStandard, elements: Elements, settings: Mapping[str, Any], *, ended: bool
) -> Verdict:
    """What the elements say of an item with these settings of its manifest."""
    if standard is PackageStandard.SCORM_12:
        return _judge_12(elements, settings, ended=ended)
    return _judge_2004(elements, settings)


def _judge_12(elements: Elements, settings: Mapping[str, Any], *, ended: bool) -> Verdict:
    """A mastery score decides once the item has ended (RTE 1.2, 3.4.4, lesson_status)."""
    status = elements.get("cmi.core.lesson_status", "")
    raw, mastery = _number(elements.get("cmi.core.score.raw")), settings.get("mastery")
    if ended and mastery is not None and raw is not None:
        status = "passed" if raw >= Decimal(str(mastery)) else "failed"
    return Verdict(
        done=status in {"passed", "completed"},
        failed=status == "failed",
        score=_percentage(elements, "cmi.core.score"),
        suspended=elements.get("cmi.core.exit") == "suspend",
    )


def _judge_2004(elements: Elements, settings: Mapping[str, Any]) -> Verdict:
    """Stated thresholds decide before what the item says of itself (RTE 4.2.4.1, 4.2.21.1)."""
    completion = elements.get("cmi.completion_status", "unknown")
    measure, threshold = _number(elements.get("cmi.progress_measure")), settings.get("threshold")
    if measure is not None and threshold is not None:
        completion = "completed" if measure >= Decimal(str(threshold)) else "incomplete"
    success = elements.get("cmi.success_status", "unknown")
    scaled, passing = _number(elements.get("cmi.score.scaled")), settings.get("passing")
    if scaled is not None and passing is not None:
        success = "passed" if scaled >= Decimal(str(passing)) else "failed"
    silent = completion in {"", "unknown", "not attempted"}
    return Verdict(
        done=success != "failed"
        and (completion == "completed" or (silent and success == "passed")),
        failed=success == "failed",
        score=_percentage(elements, "cmi.score") if scaled is None else _bounded(scaled * _HUNDRED),
        suspended=elements.get("cmi.exit") == "suspend",
    )


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**12 else None


def _bounded(score: Decimal) -> Decimal:
    return round(min(max(score, Decimal(0)), _HUNDRED), 2)


def _percentage(elements: Elements, prefix: str) -> Decimal | None:
    """The raw score between its least and its most; of 0 to 100 where these are not stated."""
    raw = _number(elements.get(f"{prefix}.raw"))
    if raw is None:
        return None
    least = _number(elements.get(f"{prefix}.min")) or Decimal(0)
    most = _number(elements.get(f"{prefix}.max")) or _HUNDRED
    if most <= least:
        return _bounded(raw)
    return _bounded((raw - least) / (most - least) * _HUNDRED)


def session_seconds(standard: PackageStandard, elements: Elements) -> float:
    """How long this run took, as the package says; 0 where it does not, or not in the form of its standard."""
    if standard is PackageStandard.SCORM_12:
        found = _TIMESPAN_12.fullmatch(elements.get("cmi.core.session_time", ""))
        parts = (None, None, None, *found.groups()) if found else ()
    else:
        found = _DURATION_2004.fullmatch(elements.get("cmi.session_time", ""))
        parts = found.groups() if found else ()
    return sum(float(part or 0) * weight for part, weight in zip(parts, _IN_SECONDS, strict=False))


def spell_total(standard: PackageStandard, seconds: float) -> str:
    """The time of all runs so far as the standard writes it."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if standard is PackageStandard.SCORM_12:
        return f"{min(hours, 9999):04d}:{minutes:02d}:{rest:02d}.00"
    return f"PT{hours}H{minutes}M{rest}S"
