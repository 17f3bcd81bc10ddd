"""Who may confirm the outcome, and when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.placements.rules.outcome import (
    Proposal,
    WhyNotConfirmed,
    why_cannot_confirm,
)
from app.domain.placements.rules.progress import Measure
from app.domain.placements.rules.words import Opinion, PlacementResult, PlacementStatus

ENDS_ON = date(2024, 1, 12)
MET = Measure("lessons", Decimal(10), Decimal(10))
UNMET = Measure("hours", Decimal("159.5"), Decimal(160))


def _why(
    result: PlacementResult | None = PlacementResult.PASSED,
    reason: str | None = None,
    **more: Any,
) -> WhyNotConfirmed | None:
    values: dict[str, Any] = {
        "signed": set(Opinion),
        "measures": [MET],
        "officer": 7,
        "today": ENDS_ON,
    }
    status = more.pop("status", PlacementStatus.ACTIVE)
    proposal = Proposal(result, 7, reason)
    return why_cannot_confirm(status, ENDS_ON, proposal=proposal, **(values | more))


def test_confirms_when_everything_is_met() -> None:
    assert _why() is None


def test_refuses_before_the_last_day() -> None:
    assert _why(today=date(2024, 1, 11)) is WhyNotConfirmed.NOT_ENDED


def test_refuses_while_an_opinion_is_missing() -> None:
    signed = {Opinion.SELF, Opinion.MENTOR, Opinion.BASE_SCHOOL}
    assert _why(signed=signed) is WhyNotConfirmed.OPINIONS_MISSING


def test_refuses_without_a_result() -> None:
    assert _why(None) is WhyNotConfirmed.NO_RESULT


def test_refuses_what_is_interrupted_or_over() -> None:
    for status in set(PlacementStatus) - {PlacementStatus.ACTIVE}:
        assert _why(status=status) is WhyNotConfirmed.NOT_ACTIVE


def test_refuses_passing_with_an_unmet_condition_without_a_reason() -> None:
    assert _why(measures=[MET, UNMET], reason="  ", officer=8) is WhyNotConfirmed.NEEDS_REASON


def test_refuses_the_same_officer_for_an_exception() -> None:
    why = _why(measures=[UNMET], reason="病假后补足", officer=7)
    assert why is WhyNotConfirmed.NEEDS_SECOND_OFFICER
    assert _why(measures=[UNMET], reason="病假后补足", officer=8) is None


def test_confirms_a_failure_whatever_is_unmet() -> None:
    assert _why(PlacementResult.FAILED, measures=[UNMET]) is None
