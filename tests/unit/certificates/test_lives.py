"""How long credentials live, when their holders are reminded, what renews what."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.certificates.rules import (
    CredentialState,
    expiry_of,
    is_address,
    may_mend,
    reminder_due,
    why_not_renewal,
)
from app.domain.certificates.rules.chains import Chain

TODAY = date(2023, 8, 17)


def test_a_kind_that_lives_three_years_ends_the_day_before() -> None:
    assert expiry_of(date(2020, 6, 1), 3) == date(2023, 5, 31)
    assert expiry_of(date(2020, 2, 29), 3) == date(2023, 2, 27)
    assert expiry_of(date(2020, 6, 1), None) is None
    assert expiry_of(None, 3) is None


@pytest.mark.parametrize(
    ("expires_on", "days"),
    [
        (date(2023, 11, 16), None),  # in 91 days
        (date(2023, 11, 15), 90),
        (date(2023, 9, 17), 90),  # in 31 days
        (date(2023, 9, 16), 30),
        (date(2023, 8, 25), 30),
        (date(2023, 8, 24), 7),
        (TODAY, 7),
        (date(2023, 8, 16), None),
    ],
)
def test_the_nearest_reminder_is_due(expires_on: date, days: int | None) -> None:
    assert reminder_due(expires_on, TODAY) == days


def test_refuses_to_renew_what_was_not_accepted_or_is_newer() -> None:
    old, new = date(2020, 1, 1), date(2023, 1, 1)
    assert why_not_renewal(CredentialState.REJECTED, old, new) == "not_held"
    assert why_not_renewal(CredentialState.SENT_BACK, old, new) == "not_held"
    assert why_not_renewal(CredentialState.VERIFIED, new, old) == "not_later"
    assert why_not_renewal(CredentialState.VERIFIED, old, new) is None
    assert why_not_renewal(CredentialState.CLAIMED, None, new) is None


def test_a_chain_knows_what_came_before_and_after() -> None:
    chain = Chain({1: None, 2: 1, 3: 2, 9: None})
    assert chain.earlier(3) == [3, 2, 1]
    assert chain.renewal_of(1) == 2
    assert chain.renewal_of(3) is None
    assert sorted(chain.family(2, 1)) == [1, 2, 3]
    assert chain.family(None, 9) == [9]
    assert chain.family(None, None) == []


def test_only_what_waits_or_was_sent_back_is_mended_by_its_holder() -> None:
    assert [state for state in CredentialState if may_mend(state)] == [
        CredentialState.CLAIMED,
        CredentialState.SENT_BACK,
    ]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://www.jszg.edu.cn/", True),
        ("http://zscx.osta.org.cn", True),
        ("https://zscx.osta.org.cn/path?x=1", True),
        ("javascript:alert(1)", False),
        ("https://user@evil.example/", False),
        ("www.jszg.edu.cn", False),
        ("https://", False),
        ("https://a.cn/ x", False),
    ],
)
def test_knows_the_address_of_a_website(text: str, is_one: bool) -> None:
    assert is_address(text) is is_one
