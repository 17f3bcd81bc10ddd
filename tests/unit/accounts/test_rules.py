"""Terms, separated duties, who may grant and manage, how long a lock lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.accounts.rules import (
    PERMISSIONS,
    Actor,
    Role,
    Term,
    clashing_duty,
    may_grant,
    may_manage,
    minutes_left,
    system_actor,
)

NOW = datetime(2023, 8, 17, 2, 0, tzinfo=UTC)
SPRING = Term(Role.ADMIN, date(2023, 1, 1), date(2023, 6, 30))


def actor(role: Role, path: str = "/1/5/") -> Actor:
    base = system_actor()
    return replace(
        base, account_id=7, role=role.value, unit_path=path, permissions=PERMISSIONS[role]
    )


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2023, 6, 30), None, True),
        (date(2023, 7, 1), None, False),
        (date(2022, 1, 1), date(2022, 12, 31), False),
        (date(2022, 1, 1), date(2023, 1, 1), True),
        (date(2022, 1, 1), None, True),
    ],
)
def test_terms_overlap_when_they_share_a_day(start: date, end: date | None, expected: bool) -> None:
    assert SPRING.overlaps(Term(Role.AUDITOR, start, end)) is expected
    assert Term(Role.AUDITOR, start, end).overlaps(SPRING) is expected


def test_refuses_two_administrator_duties_at_once() -> None:
    assert clashing_duty(Term(Role.AUDITOR, date(2023, 6, 1)), [SPRING]) is Role.ADMIN


def test_allows_another_duty_after_the_first_has_ended() -> None:
    assert clashing_duty(Term(Role.AUDITOR, date(2023, 7, 1)), [SPRING]) is None


def test_allows_the_same_duty_on_two_units() -> None:
    assert clashing_duty(Term(Role.ADMIN, date(2023, 1, 1)), [SPRING]) is None


def test_keeps_duties_apart_only_from_each_other() -> None:
    assert clashing_duty(Term(Role.BUREAU, date(2023, 1, 1)), [SPRING]) is None
    assert clashing_duty(SPRING, [Term(Role.BUREAU, date(2023, 1, 1))]) is None


@pytest.mark.parametrize("role", list(Role))
def test_security_grants_every_role(role: Role) -> None:
    assert may_grant(actor(Role.SECURITY), role)


def test_a_school_makes_teachers_and_nothing_else() -> None:
    granted = [role for role in Role if may_grant(actor(Role.SCHOOL), role)]
    assert granted == [Role.TEACHER]


@pytest.mark.parametrize("role", [Role.TEACHER, Role.AUDITOR, Role.ADMIN, Role.MENTOR])
def test_other_roles_grant_nothing(role: Role) -> None:
    assert not any(may_grant(actor(role), wanted) for wanted in Role)


def test_manages_an_account_that_holds_everything_within_the_unit() -> None:
    assert may_manage(actor(Role.SECURITY), 8, ["/1/5/", "/1/5/9/"])


def test_refuses_to_manage_an_account_with_a_role_elsewhere() -> None:
    assert not may_manage(actor(Role.SECURITY), 8, ["/1/5/9/", "/1/6/"])


def test_refuses_to_manage_ones_own_account() -> None:
    assert not may_manage(actor(Role.SECURITY), 7, ["/1/5/"])


@pytest.mark.parametrize(
    ("after", "minutes"),
    [
        (timedelta(minutes=30), 30),
        (timedelta(seconds=61), 2),
        (timedelta(0), 0),
        (-timedelta(1), 0),
    ],
)
def test_counts_the_minutes_of_a_lock_up(after: timedelta, minutes: int) -> None:
    assert minutes_left(NOW + after, NOW) == minutes
    assert minutes_left(None, NOW) == 0
