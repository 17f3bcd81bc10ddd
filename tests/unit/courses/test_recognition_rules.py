"""Which act may follow on which state of a request for hours, whose it is, how many hours."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.courses.rules.recognition import (
    RecognitionAct,
    may_follow,
    permission_for,
    state_after,
    why_not_recognised_hours,
)
from app.domain.courses.rules.words import RecognitionStatus as Status


@pytest.mark.parametrize(
    ("act", "states"),
    [
        (RecognitionAct.CHECK, {Status.SUBMITTED}),
        (RecognitionAct.RECOGNISE, {Status.SUBMITTED, Status.CHECKED}),
        (RecognitionAct.SEND_BACK, {Status.SUBMITTED, Status.CHECKED}),
        (RecognitionAct.TAKE_BACK, {Status.RECOGNISED}),
        (RecognitionAct.RESUBMIT, {Status.SENT_BACK}),
        (RecognitionAct.WITHDRAW, {Status.SUBMITTED, Status.CHECKED, Status.SENT_BACK}),
    ],
)
def test_each_act_follows_only_on_its_states(act: RecognitionAct, states: set[Status]) -> None:
    assert {status for status in Status if may_follow(act, status)} == states


def test_each_act_leads_to_its_state() -> None:
    assert {act: state_after(act) for act in RecognitionAct} == {
        RecognitionAct.CHECK: Status.CHECKED,
        RecognitionAct.RECOGNISE: Status.RECOGNISED,
        RecognitionAct.SEND_BACK: Status.SENT_BACK,
        RecognitionAct.TAKE_BACK: Status.SENT_BACK,
        RecognitionAct.RESUBMIT: Status.SUBMITTED,
        RecognitionAct.WITHDRAW: Status.WITHDRAWN,
    }


@pytest.mark.parametrize(
    ("act", "status", "permission"),
    [
        (RecognitionAct.CHECK, Status.SUBMITTED, "recognitions.check"),
        (RecognitionAct.SEND_BACK, Status.SUBMITTED, "recognitions.check"),
        (RecognitionAct.SEND_BACK, Status.CHECKED, "recognitions.decide"),
        (RecognitionAct.TAKE_BACK, Status.RECOGNISED, "recognitions.decide"),
        (RecognitionAct.RECOGNISE, Status.SUBMITTED, "recognitions.decide"),
        (RecognitionAct.RESUBMIT, Status.SENT_BACK, "recognitions.submit"),
        (RecognitionAct.WITHDRAW, Status.CHECKED, "recognitions.submit"),
    ],
)
def test_a_school_looks_first_and_whoever_decides_does_the_rest(
    act: RecognitionAct, status: Status, permission: str
) -> None:
    assert permission_for(act, status) == permission


@pytest.mark.parametrize(
    ("claimed", "granted", "reason", "why"),
    [
        ("40", "40", "", None),
        ("40.3", "40.3", "", None),
        ("40", "32.5", "只认定前四章", None),
        ("40", "32", " ", "fewer_without_reason"),
        ("40", "32.3", "只认定前四章", "not_half"),
        ("40", "41", "", "more_than_claimed"),
        ("40", "0", "没有", "not_positive"),
        ("40", "-1", "没有", "not_positive"),
    ],
)
def test_hours_are_those_asked_for_or_fewer_with_a_reason(
    claimed: str, granted: str, reason: str, why: str | None
) -> None:
    assert why_not_recognised_hours(Decimal(claimed), Decimal(granted), reason) == why
