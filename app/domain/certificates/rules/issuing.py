"""Who may be given a certificate, and what becomes of one. Source: DOMAIN.md §4, §8."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.text import name_key
from app.domain.certificates.rules.words import CertificateKind, SourceKind

EXCELLENT = "优秀"
MOST_IN_A_BATCH = 2000
EARLIEST_YEAR = 1990


class Refusal(enum.StrEnum):
    """Why somebody cannot be given a certificate. ``gone``: took no part any more, or left the unit since."""

    GONE = "gone"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    OTHER_SOURCE = "other_source"
    NOT_PASSED = "not_passed"
    NOT_EXCELLENT = "not_excellent"
    NO_HOURS = "no_hours"
    NOT_OVER = "not_over"
    NOT_DESIGNATED = "not_designated"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a certificate would stand on: a training record, a designation, or somebody's word.

    ``source_key``: of the training. ``from_day`` and ``until_day``: of the training or designation.
    ``issued``: they hold a valid one of this kind for it already.
    """

    source_key: str = ""
    from_day: date | None = None
    until_day: date | None = None
    hours: Decimal | None = None
    result: str = ""
    passed: bool = True
    withdrawn: bool = False
    merged: bool = False
    issued: bool = False


def why_not_entry(
    kind: CertificateKind,
    source: SourceKind,
    source_key: str,
    issued_on: date,
    ground: Ground,
) -> Refusal | None:
    """Why somebody cannot be in a batch; None when they have fulfilled it and hold no such certificate yet."""
    if ground.merged:
        return Refusal.MERGED
    if source is SourceKind.TRAINING:
        refusal = _of_training(kind, source_key, issued_on, ground)
    elif source is SourceKind.DESIGNATION:
        refusal = None if _designated(issued_on, ground) else Refusal.NOT_DESIGNATED
    else:
        refusal = None
    if refusal is None and ground.issued:
        return Refusal.ISSUED
    return refusal


def _of_training(
    kind: CertificateKind, source_key: str, issued_on: date, ground: Ground
) -> Refusal | None:
    if ground.withdrawn:
        return Refusal.WITHDRAWN
    if ground.source_key != source_key:
        return Refusal.OTHER_SOURCE
    if not ground.passed:
        return Refusal.NOT_PASSED
    if ground.until_day is not None and ground.until_day > issued_on:
        return Refusal.NOT_OVER
    if kind is CertificateKind.EXCELLENT and EXCELLENT not in ground.result:
        return Refusal.NOT_EXCELLENT
    if kind is CertificateKind.HOURS and not ground.hours:
        return Refusal.NO_HOURS
    return None


def _designated(day: date, ground: Ground) -> bool:
    begun = ground.from_day is not None and ground.from_day <= day
    return begun and (ground.until_day is None or ground.until_day >= day)


def hand_key(title: str) -> int:
    """What stands for a title where no record does, so that nobody is given the same by hand twice (31 bits)."""
    digest = hashlib.sha256(name_key(title).encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def why_not_days(
    issued_on: date,
    valid_until: date | None,
    started_on: date | None,
    ended_on: date | None,
    *,
    today: date,
) -> str | None:
    """Why the days of a batch cannot be: ``issued_later``, ``issued_early``, ``valid_until``, ``period``."""
    if issued_on > today:
        return "issued_later"
    if issued_on.year < EARLIEST_YEAR:
        return "issued_early"
    if valid_until is not None and valid_until < issued_on:
        return "valid_until"
    if started_on is not None and ended_on is not None and ended_on < started_on:
        return "period"
    return None


def why_not_end(on: date, issued_on: date, *, today: date) -> str | None:
    """Why a certificate cannot end on a day: ``later`` than today, ``before_issue``."""
    if on > today:
        return "later"
    return "before_issue" if on < issued_on else None


def masked_name(name: str) -> str:
    """How a holder is named to strangers: the first character, the others hidden.

    王小明 → 王＊＊, 阿依·木乃 → 阿＊·＊＊ so that who knows the name can tell, and who does not learns nothing.
    """
    shown = False
    signs = []
    for sign in name:
        if sign in " ·-":
            signs.append(sign)
        elif not shown:
            signs.append(sign)
            shown = True
        else:
            signs.append("＊")
    return "".join(signs)
