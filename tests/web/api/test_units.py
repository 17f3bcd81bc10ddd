"""GET /units and /units/<code>: the token's subtree, page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests import factories
from tests.web.api.conftest import Program


@pytest.fixture
def ask(app: Flask, program: Program) -> Callable[[str], Any]:
    with app.app_context():
        factories.make_school(name="楚雄市白河小学", code="5323010777")
    client = program("bureau", factories.CHUXIONG)
    return lambda path: client.get(f"/api/v1{path}")


def test_lists_the_subtree_in_order_and_in_parts(ask: Callable[[str], Any]) -> None:
    first = ask("/units?limit=2").json
    assert [item["code"] for item in first["items"]] == ["532300", "532301"]
    second = ask(f"/units?limit=2&cursor={first['next_cursor']}").json
    assert [item["code"] for item in second["items"]] == ["5323010777", "532302"]


def test_narrows_to_what_hangs_under_a_unit(ask: Callable[[str], Any]) -> None:
    answer = ask("/units?parent=532301&kind=school&stage=primary").json
    assert [(item["code"], item["parent"]) for item in answer["items"]] == [
        ("5323010777", "532301")
    ]
    assert answer["next_cursor"] is None


def test_shows_a_unit_with_its_history(ask: Callable[[str], Any]) -> None:
    record = ask("/units/532302").json
    assert [version["name"] for version in record["history"]] == ["禄丰县", "禄丰市"]
    assert "532331" in record["aliases"]


@pytest.mark.parametrize("code", ["530902", "539999"])
def test_refuses_units_outside_the_scope_known_or_not(ask: Callable[[str], Any], code: str) -> None:
    answer = ask(f"/units/{code}")
    assert (answer.status_code, answer.json["code"]) == (403, "unit_out_of_scope")
