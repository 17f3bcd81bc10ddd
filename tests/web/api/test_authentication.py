"""Who may ask the API, and how it refuses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import ApiToken
from tests import factories
from tests.web.api.conftest import Program, ProgramClient, make_token


def check_problem(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = response.get_json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:xinyu:problem:{code}"
    assert body["title"]
    assert body["detail"]
    return body


def with_token(app: Flask, text: str) -> FlaskClient:
    client = ProgramClient(app, app.response_class, use_cookies=False)
    client.token = text
    return client


def test_says_who_the_token_is(program: Program) -> None:
    body = program("county", factories.LUFENG).get("/api/v1/me").get_json()
    assert body["role"] == "county"
    assert body["unit"] == {"code": "532302", "name": "禄丰市", "kind": "county"}
    assert body["grants"] == [{"role": "county", "unit": body["unit"]}]
    assert "people.read" in body["permissions"]
    assert body["unread"] == 0


def test_refuses_a_request_without_a_token(stranger: FlaskClient) -> None:
    response = stranger.get("/api/v1/me")
    check_problem(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Basic abc", "Bearer 李", "Bearer x y", "x"]
)
def test_refuses_a_header_that_holds_no_token(stranger: FlaskClient, header: str) -> None:
    response = stranger.get(
        "/api/v1/me", headers={"Authorization": header.encode().decode("latin1")}
    )
    check_problem(response, 401, "unauthenticated")


def test_refuses_an_unknown_token(app: Flask) -> None:
    check_problem(with_token(app, "nobody").get("/api/v1/me"), 401, "unauthenticated")


def test_refuses_a_revoked_token(app: Flask) -> None:
    with app.app_context():
        account = factories.make_account("bureau", factories.CHUXIONG)
        make_token(account.id, "revoked", revoked_at=clock.now())
    check_problem(with_token(app, "revoked").get("/api/v1/me"), 401, "unauthenticated")


def test_refuses_an_expired_token(app: Flask) -> None:
    with app.app_context():
        account = factories.make_account("bureau", factories.CHUXIONG)
        make_token(account.id, "old", expires_at=clock.now() - timedelta(seconds=1))
    check_problem(with_token(app, "old").get("/api/v1/me"), 401, "unauthenticated")


def test_refuses_a_token_of_a_disabled_account(app: Flask) -> None:
    with app.app_context():
        account = factories.make_account("bureau", factories.CHUXIONG)
        make_token(account.id, "disabled")
        with atomic():
            account.disabled_at = clock.now()
    check_problem(with_token(app, "disabled").get("/api/v1/me"), 401, "unauthenticated")


def test_refuses_a_token_whose_role_has_ended(app: Flask) -> None:
    with app.app_context():
        account = factories.make_account(
            "bureau", factories.CHUXIONG, valid_until=date(2023, 8, 16)
        )
        make_token(account.id, "ended", grant_id=account.grants[0].id)
    check_problem(with_token(app, "ended").get("/api/v1/me"), 401, "role_ended")


def test_does_not_fall_back_to_another_role_of_the_account(app: Flask) -> None:
    with app.app_context():
        account = factories.make_account(
            "school", factories.CHUXIONG_CITY, valid_until=date(2023, 8, 16)
        )
        other = factories.make_account("bureau", factories.CHUXIONG)
        make_token(account.id, "bound", grant_id=account.grants[0].id)
        with atomic():
            other.grants[0].account_id = account.id
    check_problem(with_token(app, "bound").get("/api/v1/me"), 401, "role_ended")


def test_does_not_read_the_cookie_of_a_signed_in_browser(app: Flask, sign_in: Any) -> None:
    with app.app_context():
        account_id = factories.make_account("bureau", factories.CHUXIONG).id
    check_problem(sign_in(account_id).get("/api/v1/me"), 401, "unauthenticated")


def test_sets_no_cookie(program: Program) -> None:
    response = program("bureau", factories.CHUXIONG).get("/api/v1/me")
    assert "Set-Cookie" not in response.headers


def test_answers_an_unknown_address_with_a_problem(program: Program, stranger: FlaskClient) -> None:
    check_problem(program("bureau", factories.CHUXIONG).get("/api/v1/nothing"), 404, "not_found")
    check_problem(stranger.get("/api/v1/nothing"), 404, "not_found")


def test_names_the_methods_an_address_knows(program: Program) -> None:
    response = program("bureau", factories.CHUXIONG).post("/api/v1/me")
    check_problem(response, 405, "method_not_allowed")
    assert "GET" in response.headers["Allow"]


def test_speaks_the_language_asked_for(stranger: FlaskClient) -> None:
    english = stranger.get("/api/v1/me", headers={"Accept-Language": "en-GB,en;q=0.8"}).get_json()
    assert english["detail"] == "Send a valid token in the header: Authorization: Bearer TOKEN."
    chinese = stranger.get("/api/v1/me", headers={"Accept-Language": "zh-CN"}).get_json()
    assert "Bearer TOKEN" in chinese["detail"]
    assert chinese["detail"] != english["detail"]


def test_keeps_pages_for_errors_outside_the_api(client: FlaskClient) -> None:
    response = client.get("/nothing-here")
    assert response.status_code == 404
    assert response.mimetype == "text/html"


def test_describes_itself(stranger: FlaskClient) -> None:
    document = stranger.get("/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.")
    assert document["security"] == [{"bearer": []}]
    operation = document["paths"]["/api/v1/me"]["get"]
    assert operation["tags"] == ["me"]
    reference = operation["responses"]["default"]["$ref"]
    named = document["components"]["responses"][reference.rsplit("/", 1)[1]]
    assert list(named["content"]) == ["application/problem+json"]


def test_shows_its_documentation_without_inline_scripts(client: FlaskClient) -> None:
    page = client.get("/api/v1/docs").get_data(as_text=True)
    assert "/static/vendor/swagger-ui/swagger-ui-bundle.js" in page
    assert "<script>" not in page


def test_notes_when_a_token_was_used_to_the_hour(app: Flask) -> None:
    with app.app_context():
        account = factories.make_account("bureau", factories.CHUXIONG)
        make_token(account.id, "used")
    start = clock.now()
    used = []
    for minutes in (0, 59, 60):
        with clock.frozen(start + timedelta(minutes=minutes)):
            assert with_token(app, "used").get("/api/v1/me").status_code == 200
        with app.app_context():
            used.append(db.session.scalar(select(ApiToken.last_used_at)))
    assert used == [start, start, start + timedelta(minutes=60)]
