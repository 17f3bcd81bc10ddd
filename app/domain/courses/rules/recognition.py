"""Recognising hours that were learnt elsewhere (学时认定): which act may follow on which state, and how many hours."""

from __future__ import annotations

import enum
from decimal import Decimal

from app.domain.courses.rules.words import RecognitionStatus


class RecognitionAct(enum.StrEnum):
    """What somebody does with a request. ``take_back``: a recognised one is sent back, and counts no longer."""

    CHECK = "check"
    RECOGNISE = "recognise"
    SEND_BACK = "send_back"
    TAKE_BACK = "take_back"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"


STANDING = frozenset(
    {RecognitionStatus.SUBMITTED, RecognitionStatus.CHECKED, RecognitionStatus.RECOGNISED}
)
WAITING = frozenset({RecognitionStatus.SUBMITTED, RecognitionStatus.CHECKED})
# Who decides may decide at once what nobody has checked: then both steps are theirs.
_MAY_FOLLOW: dict[RecognitionAct, frozenset[RecognitionStatus]] = {
    RecognitionAct.CHECK: frozenset({RecognitionStatus.SUBMITTED}),
    RecognitionAct.RECOGNISE: WAITING,
    RecognitionAct.SEND_BACK: WAITING,
    RecognitionAct.TAKE_BACK: frozenset({RecognitionStatus.RECOGNISED}),
    RecognitionAct.RESUBMIT: frozenset({RecognitionStatus.SENT_BACK}),
    RecognitionAct.WITHDRAW: WAITING | {RecognitionStatus.SENT_BACK},
}
_LEADS_TO = {
    RecognitionAct.CHECK: RecognitionStatus.CHECKED,
    RecognitionAct.RECOGNISE: RecognitionStatus.RECOGNISED,
    RecognitionAct.SEND_BACK: RecognitionStatus.SENT_BACK,
    RecognitionAct.TAKE_BACK: RecognitionStatus.SENT_BACK,
    RecognitionAct.RESUBMIT: RecognitionStatus.SUBMITTED,
    RecognitionAct.WITHDRAW: RecognitionStatus.WITHDRAWN,
}
HOURS_STEP = Decimal("0.5")


def may_follow(act: RecognitionAct, status: RecognitionStatus) -> bool:
    return status in _MAY_FOLLOW[act]


def state_after(act: RecognitionAct) -> RecognitionStatus:
    return _LEADS_TO[act]


def permission_for(act: RecognitionAct, status: RecognitionStatus) -> str:
    """What the role must hold: own acts ``submit``; the first look ``check``; whatever follows it ``decide``."""
    if act in {RecognitionAct.RESUBMIT, RecognitionAct.WITHDRAW}:
        return "recognitions.submit"
    if act is RecognitionAct.CHECK:
        return "recognitions.check"
    first_look = act is RecognitionAct.SEND_BACK and status is RecognitionStatus.SUBMITTED
    return "recognitions.check" if first_look else "recognitions.decide"


def why_not_recognised_hours(claimed: Decimal, recognised: Decimal, reason: str) -> str | None:
    """Why so many hours cannot be recognised: ``not_positive``, ``not_half``, ``more_than_claimed``,
    ``fewer_without_reason``; None when they can.
    """
    if not recognised.is_finite():
        return "not_half"
    if recognised <= 0:
        return "not_positive"
    if recognised > claimed:
        return "more_than_claimed"
    if recognised != claimed and recognised % HOURS_STEP != 0:
        return "not_half"
    if recognised < claimed and not reason.strip():
        return "fewer_without_reason"
    return None
