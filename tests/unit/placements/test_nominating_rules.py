"""Who may be nominated, one refusal after the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.placements.rules import nominating as rules
from app.domain.placements.rules.nominating import Call, Nominee
from app.domain.placements.rules.words import CohortStatus, NominationStatus

COUNTY = "/1/2/7/"
TODAY = date(2023, 7, 1)
CALL = Call(CohortStatus.OPEN, date(2023, 6, 1), date(2023, 8, 1), quota=2, nominated=1)
SOMEBODY = Nominee(
    posting_paths=("/1/2/7/31/",),
    is_lead_teacher=False,
    was_placed=False,
    is_placed=False,
    is_nominated=False,
)


def refusals(nominee: Nominee = SOMEBODY, call: Call = CALL, today: date = TODAY) -> list[str]:
    return rules.why_cannot_be_nominated(nominee, COUNTY, call, today)


def test_a_counselor_of_the_county_can_be_nominated() -> None:
    assert refusals() == []


@pytest.mark.parametrize("day", [date(2023, 6, 1), date(2023, 8, 1)])
def test_the_window_includes_its_first_and_last_day(day: date) -> None:
    assert refusals(today=day) == []


def test_a_posting_at_two_units_counts_when_one_lies_within() -> None:
    assert refusals(replace(SOMEBODY, posting_paths=("/1/2/8/40/", "/1/2/7/31/"))) == []


@pytest.mark.parametrize(
    ("nominee", "reason"),
    [
        (replace(SOMEBODY, posting_paths=()), "no_counselor"),
        (replace(SOMEBODY, posting_paths=("/1/2/8/40/",)), "other_unit"),
        (replace(SOMEBODY, posting_paths=("/1/2/71/40/",)), "other_unit"),
        (replace(SOMEBODY, is_lead_teacher=True), "lead_teacher"),
        (replace(SOMEBODY, was_placed=True), "placed_before"),
        (replace(SOMEBODY, is_placed=True), "placed_now"),
        (replace(SOMEBODY, is_nominated=True), "nominated_already"),
    ],
)
def test_who_cannot_be_nominated(nominee: Nominee, reason: str) -> None:
    assert refusals(nominee) == [reason]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (replace(CALL, status=CohortStatus.DRAFT), "not_published"),
        (replace(CALL, status=CohortStatus.CANCELLED), "cancelled"),
        (replace(CALL, status=CohortStatus.CONFIRMED), "settled"),
        (replace(CALL, status=CohortStatus.COMPLETED), "settled"),
        (replace(CALL, opens_on=date(2023, 7, 2)), "not_yet_open"),
        (replace(CALL, opens_on=None, closes_on=None), "not_yet_open"),
        (replace(CALL, closes_on=date(2023, 6, 30)), "closed"),
        (replace(CALL, nominated=2), "quota_full"),
        (replace(CALL, quota=0, nominated=0), "quota_full"),
    ],
)
def test_when_nobody_can_be_nominated(call: Call, reason: str) -> None:
    assert refusals(call=call) == [reason]


def test_without_quotas_a_unit_sends_as_many_as_it_likes() -> None:
    assert refusals(call=replace(CALL, quota=None, nominated=40)) == []


def test_every_reason_is_told_at_once() -> None:
    nominee = replace(SOMEBODY, posting_paths=(), is_lead_teacher=True, was_placed=True)
    found = refusals(nominee, replace(CALL, closes_on=date(2023, 6, 30), nominated=2))
    assert found == ["closed", "no_counselor", "lead_teacher", "placed_before", "quota_full"]


def test_the_bureau_approves_who_was_released_and_still_fits() -> None:
    status = NominationStatus.SUBMITTED
    assert rules.why_cannot_be_approved(status, SOMEBODY, COUNTY, released=True) == []


@pytest.mark.parametrize(
    ("status", "nominee", "released", "reasons"),
    [
        (NominationStatus.SUBMITTED, SOMEBODY, False, ["not_released"]),
        (NominationStatus.SENT_BACK, SOMEBODY, True, ["not_waiting"]),
        (NominationStatus.APPROVED, SOMEBODY, True, ["not_waiting"]),
        (NominationStatus.WITHDRAWN, SOMEBODY, True, ["not_waiting"]),
        (
            NominationStatus.SUBMITTED,
            replace(SOMEBODY, is_lead_teacher=True),
            True,
            ["lead_teacher"],
        ),
    ],
)
def test_what_the_bureau_cannot_approve(
    status: NominationStatus, nominee: Nominee, released: bool, reasons: list[str]
) -> None:
    assert rules.why_cannot_be_approved(status, nominee, COUNTY, released=released) == reasons


def test_what_is_closed_stays_closed() -> None:
    closed = (NominationStatus.REJECTED, NominationStatus.WITHDRAWN)
    assert not any(rules.may_become(now, then) for now in closed for then in NominationStatus)


def test_what_was_sent_back_is_handed_in_again_before_it_is_approved() -> None:
    assert rules.may_become(NominationStatus.SENT_BACK, NominationStatus.SUBMITTED)
    assert not rules.may_become(NominationStatus.SENT_BACK, NominationStatus.APPROVED)


def test_a_new_order_names_everybody_once() -> None:
    assert rules.ranked([4, 9, 2], [9, 2, 4]) == [9, 2, 4]
    assert rules.ranked([4, 9, 2], [9, 2]) is None
    assert rules.ranked([4, 9, 2], [9, 2, 2]) is None
    assert rules.ranked([4, 9, 2], [9, 2, 5]) is None
