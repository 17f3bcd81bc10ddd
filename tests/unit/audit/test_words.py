"""Every action and every notice that the code can write has words."""

from __future__ import annotations

import pytest

from app.domain.audit.words import ACTIONS, AREAS
from app.domain.outbox.wording import known_kinds
from tests.unit.audit.actions import Code


@pytest.fixture(scope="module")
def code() -> Code:
    return Code()


def test_every_recorded_action_has_words(code: Code) -> None:
    texts = code.texts("record", "action", 1) | code.texts("entry_values", "action", 1)
    recorded = {action for action in texts if "." in action}
    assert "people.reveal" in recorded, "the reader of the code finds actions"
    assert sorted(recorded - set(ACTIONS)) == []


def test_every_area_has_words() -> None:
    assert {action.partition(".")[0] for action in ACTIONS} <= set(AREAS)


def test_every_notice_has_words(code: Code) -> None:
    kinds = code.texts("notify", "kind", 1) | code.texts("Telling", "kind", 1)
    assert "password_reset" in kinds, "the reader of the code finds notices"
    registered = code.texts("register_notice", "kind", 0)
    assert sorted(kinds - known_kinds() - registered) == []
