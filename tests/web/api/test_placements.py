"""GET /placements and /placements/<id>: what the token's account sees."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.domain.placements.rules.words import PlacementStatus
from tests import factories, placement_factories
from tests.web.api.conftest import Program


@pytest.fixture
def placements(app: Flask) -> dict[str, Any]:
    """Two of Linxiang and one of Fengqing in the third cohort of Lincang."""
    with app.app_context():
        base = placement_factories.make_base_school()
        cohort = placement_factories.make_cohort(required_lessons=10)
        seats = placement_factories.make_seats(cohort, base, 3)
        mentor = placement_factories.make_mentor(base, limit=3)
        made = []
        for county, name in (("530902", "罗文"), ("530902", "杨柳"), ("530921", "李桃")):
            school = factories.make_school(county)
            made.append(
                placement_factories.make_placement(
                    cohort,
                    factories.make_counselor(school, name),
                    nominating=factories.get_unit(county),
                    school=school,
                    seats=seats,
                    mentor=mentor,
                    status=PlacementStatus.INTERRUPTED
                    if name == "杨柳"
                    else PlacementStatus.ACTIVE,
                ).id
            )
        return {"ids": made, "cohort": cohort.id, "base": base.code}


def _names(answer: Any) -> list[str]:
    return [item["person"]["name"] for item in answer.json["items"]]


def test_lists_in_parts(program: Program, placements: dict[str, Any]) -> None:
    client = program("bureau", factories.LINCANG)
    first = client.get("/api/v1/placements?limit=2")
    assert _names(first) == ["罗文", "杨柳"]
    rest = client.get(f"/api/v1/placements?cursor={first.json['next_cursor']}")
    assert _names(rest) == ["李桃"]
    assert rest.json["next_cursor"] is None


def test_narrows_by_cohort_status_and_unit(program: Program, placements: dict[str, Any]) -> None:
    client = program("bureau", factories.LINCANG)
    assert _names(client.get("/api/v1/placements?status=interrupted")) == ["杨柳"]
    assert _names(client.get("/api/v1/placements?unit=530921")) == ["李桃"]
    cohort = placements["cohort"]
    assert len(_names(client.get(f"/api/v1/placements?cohort={cohort}"))) == 3
    assert _names(client.get(f"/api/v1/placements?cohort={cohort + 1}")) == []
    assert client.get("/api/v1/placements?status=over").status_code == 422
    assert client.get("/api/v1/placements?unit=532301").status_code == 403


def test_shows_a_county_its_own_nominees_alone(
    program: Program, placements: dict[str, Any]
) -> None:
    client = program("county", "530921")
    assert _names(client.get("/api/v1/placements")) == ["李桃"]
    assert client.get(f"/api/v1/placements/{placements['ids'][0]}").status_code == 404
    stranger = program("bureau", factories.CHUXIONG)
    assert _names(stranger.get("/api/v1/placements")) == []


def test_shows_one_with_its_progress(program: Program, placements: dict[str, Any]) -> None:
    client = program("bureau", factories.LINCANG)
    record = client.get(f"/api/v1/placements/{placements['ids'][0]}").json
    assert record["nominating_unit"] == {"code": "530902", "name": "临翔区"}
    assert record["base_school"] == {"code": placements["base"], "name": "临沧市第一中学"}
    assert (record["mentor"], record["status"], record["result"]) == ("王导师", "active", None)
    lessons = next(one for one in record["progress"] if one["name"] == "lessons")
    assert lessons == {"name": "lessons", "required": 10.0, "reached": 0.0, "met": False}


def test_has_nothing_for_who_has_no_part_in_placements(program: Program) -> None:
    assert program("auditor", factories.LINCANG).get("/api/v1/placements").status_code == 403
