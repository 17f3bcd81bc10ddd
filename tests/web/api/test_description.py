"""The API does what its own description says, also with input nobody expects (schemathesis)."""

from __future__ import annotations

import hypothesis
import pytest
import schemathesis
from flask import Flask
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests import factories
from tests.web.api.conftest import Program

DESCRIPTION = "/api/v1/openapi.json"


# Not asked: that whatever has the right shape is accepted. A unit's code has one and must still exist.
def test_every_answer_is_as_described(app: Flask, program: Program) -> None:
    bureau = program("bureau", factories.CHUXIONG)
    with app.app_context():
        school = factories.make_school()
        factories.make_counselor(school)
    headers = {"Authorization": f"Bearer {bureau.token}"}  # type: ignore[attr-defined]
    schema = schemathesis.openapi.from_wsgi(DESCRIPTION, app)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert operations
    for operation in operations:
        _try(operation, headers)


def _try(operation: schemathesis.APIOperation, headers: dict[str, str]) -> None:
    @hypothesis.given(case=operation.as_strategy())
    @hypothesis.settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    def check(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

    check()


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_every_operation_wants_a_token(app: Flask, method: str) -> None:
    document = app.test_client().get(DESCRIPTION).get_json()
    for path, operations in document["paths"].items():
        if method in operations:
            address = path.replace("{", "").replace("}", "")
            answer = app.test_client().open(address, method=method.upper())
            assert answer.status_code in {401, 404}, address
            assert answer.content_type == "application/problem+json"
