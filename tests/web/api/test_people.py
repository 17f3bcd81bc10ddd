"""GET /people and /people/<id>: the token's subtree, masked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests import factories
from tests.web.api.conftest import Program


@pytest.fixture
def people(app: Flask) -> dict[str, int]:
    with app.app_context():
        school = factories.make_school(name="鹿城小学", code="5323010777")
        far = factories.make_school(factories.LINCANG)
        li = factories.make_counselor(school, "李桃艳", number=factories.id_number(1))
        factories.make_training(li, school, title="省级骨干培训")
        factories.make_counselor(school, "曾小贤")
        factories.make_counselor(school, "王一")
        stranger = factories.make_counselor(far, "王远")
        return {"li": li.id, "stranger": stranger.id}


@pytest.fixture
def ask(program: Program, people: dict[str, int]) -> Callable[[str], Any]:
    client = program("bureau", factories.CHUXIONG)
    return lambda path: client.get(f"/api/v1{path}")


def test_lists_people_in_the_order_of_their_pinyin_and_in_parts(ask: Callable[[str], Any]) -> None:
    first = ask("/people?limit=2").json
    assert [item["name"] for item in first["items"]] == ["李桃艳", "王一"]
    second = ask(f"/people?limit=2&cursor={first['next_cursor']}").json
    assert [item["name"] for item in second["items"]] == ["曾小贤"]
    assert second["next_cursor"] is None


def test_masks_numbers(ask: Callable[[str], Any]) -> None:
    item = ask("/people?q=lty").json["items"][0]
    number = factories.id_number(1)
    assert item["id_number"] == f"{number[:6]}********{number[-4:]}"
    assert item["unit"] == {"code": "5323010777", "name": "鹿城小学"}


def test_finds_by_a_whole_identity_number(ask: Callable[[str], Any]) -> None:
    answer = ask(f"/people?q={factories.id_number(1)}").json
    assert [item["name"] for item in answer["items"]] == ["李桃艳"]


def test_shows_one_person(ask: Callable[[str], Any], people: dict[str, int]) -> None:
    record = ask(f"/people/{people['li']}").json
    assert [posting["unit"]["code"] for posting in record["postings"]] == ["5323010777"]
    assert [training["title"] for training in record["trainings"]] == ["省级骨干培训"]
    assert factories.id_number(1) not in str(record)


def test_hides_people_outside_the_scope_like_unknown_ones(
    ask: Callable[[str], Any], people: dict[str, int]
) -> None:
    assert ask(f"/people/{people['stranger']}").status_code == 404
    assert ask("/people/999999").status_code == 404


@pytest.mark.parametrize("unit", ["530900", "999999"])
def test_refuses_a_unit_outside_the_scope(ask: Callable[[str], Any], unit: str) -> None:
    assert ask(f"/people?unit={unit}").status_code == 403


@pytest.mark.parametrize("query", ["role=boss", "status=x", "limit=0", "cursor=abc", "who=1"])
def test_refuses_what_it_does_not_understand(ask: Callable[[str], Any], query: str) -> None:
    assert ask(f"/people?{query}").status_code == 422


def test_a_teacher_lists_nobody(program: Program, people: dict[str, int]) -> None:
    client = program("teacher", factories.CHUXIONG_CITY)
    assert client.get("/api/v1/people").status_code == 403
