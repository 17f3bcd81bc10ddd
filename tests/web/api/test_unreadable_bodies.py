"""What no program means to send is refused as a problem, and breaks nothing."""

from __future__ import annotations

import pytest

from tests import factories
from tests.web.api.conftest import Program


@pytest.mark.parametrize("body", ["[" * 100_000, '{"title":' * 20_000, '{"title"', ""])
def test_refuses_a_body_that_cannot_be_read(program: Program, body: str) -> None:
    bureau = program("bureau", factories.CHUXIONG)
    answer = bureau.post("/api/v1/courses", data=body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert answer.content_type == "application/problem+json"


def test_says_that_a_body_nested_without_end_is_a_bad_request(program: Program) -> None:
    bureau = program("bureau", factories.CHUXIONG)
    answer = bureau.post("/api/v1/courses", data="[" * 100_000, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")
