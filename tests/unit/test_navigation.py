"""The main menu: each place once, wherever a role may go; a teacher's first four fit the bottom of a phone."""

from __future__ import annotations

import pytest

from app.blueprints.navigation import ENTRIES, visible_entries
from app.domain.accounts.rules import PERMISSIONS, Role

EVERYTHING = {entry.endpoint: None for entry in ENTRIES}


def endpoints_of(role: Role) -> list[str]:
    may = PERMISSIONS[role].__contains__
    return [entry.endpoint for entry in visible_entries(EVERYTHING, may)]


@pytest.mark.parametrize("role", list(Role))
def test_leads_to_a_place_once(role: Role) -> None:
    found = endpoints_of(role)
    assert len(found) == len(set(found))
    assert ("counties.index" in found) == ("ledger.read" in PERMISSIONS[role])


def test_a_teacher_finds_trainings_and_certificates_first() -> None:
    assert endpoints_of(Role.TEACHER)[:4] == [
        "home.index",
        "workshops.open_to_me",
        "courses.index",
        "certificates.wallet",
    ]
