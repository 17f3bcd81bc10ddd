"""The appraisal on its page: who signs when, marks that are kept, the outcome, the paper."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import db
from app.domain.placements.models import Placement
from app.domain.placements.queries.appraisal import signed_opinions
from app.domain.placements.rules.words import (
    CohortStatus,
    Opinion,
    Phase,
    PlacementResult,
    PlacementStatus,
)
from tests import factories
from tests.placement_appraisals import LAST_DAY, Cast, make_cast, on, sign, sign_all

SignIn = Callable[[int], FlaskClient]
SELF, MENTOR, BASE_SCHOOL, BUREAU = Opinion


@pytest.fixture
def cast(app: Flask) -> Iterator[Cast]:
    """A placement on its last day, with nothing signed."""
    with on(LAST_DAY):
        with app.app_context():
            made = make_cast(status=CohortStatus.CONFIRMED, credit_hours=Decimal(160))
        yield made


def _client(cast: Cast, sign_in: SignIn, opinion: Opinion) -> FlaskClient:
    account_id = cast.actors[opinion].account_id
    assert account_id is not None
    return sign_in(account_id)


def _page(client: FlaskClient, cast: Cast, query: str = "") -> str:
    answer = client.get(f"/placements/{cast.placement_id}/appraisal{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _sign(client: FlaskClient, cast: Cast, opinion: Opinion, **data: str) -> tuple[int, str]:
    values = {"phase": "final", "opinion": opinion.value, "text": "认真负责。"} | {
        name.replace("_", "-", 1) if name.startswith("mark") else name: text
        for name, text in data.items()
    }
    answer = client.post(f"/placements/{cast.placement_id}/appraisal/sign", data=values)
    return answer.status_code, answer.get_data(as_text=True)


def test_offers_the_form_to_whose_turn_it_is_alone(cast: Cast, sign_in: SignIn) -> None:
    assert 'name="text"' in _page(_client(cast, sign_in, SELF), cast)
    for opinion in (MENTOR, BASE_SCHOOL, BUREAU):
        assert 'name="text"' not in _page(_client(cast, sign_in, opinion), cast)


def test_signs_and_moves_on_to_the_next(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    assert _sign(_client(cast, sign_in, SELF), cast, SELF)[0] == 302
    with app.app_context():
        assert signed_opinions([cast.placement_id], Phase.FINAL)[cast.placement_id] == {SELF}
    assert 'name="mark-' in _page(_client(cast, sign_in, MENTOR), cast)


def test_keeps_what_was_typed_when_a_mark_is_wrong(cast: Cast, app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        sign(cast, SELF)
    first, second = cast.criteria.values()
    client = _client(cast, sign_in, MENTOR)
    marks = {f"mark_{first}": "九十", f"mark_{second}": "88"}
    status, page = _sign(client, cast, MENTOR, text="踏实肯干", **marks)
    assert status == 422
    assert "踏实肯干" in page
    assert 'value="九十"' in page
    assert "“九十”不是数字" in page


def test_refuses_an_opinion_that_is_none(cast: Cast, sign_in: SignIn) -> None:
    client = _client(cast, sign_in, SELF)
    data = {"phase": "final", "opinion": "pope", "text": "好"}
    answer = client.post(f"/placements/{cast.placement_id}/appraisal/sign", data=data)
    assert answer.status_code == 422


def test_confirms_and_takes_back(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        sign_all(cast, result=PlacementResult.EXCELLENT)
    client = _client(cast, sign_in, BUREAU)
    assert "确认考核结果" in _page(client, cast)
    answer = client.post(f"/placements/{cast.placement_id}/confirm", data={"row_version": ""})
    assert answer.status_code == 302
    with app.app_context():
        placement = db.session.get_one(Placement, cast.placement_id)
        assert (placement.status, placement.result) == (
            PlacementStatus.COMPLETED,
            PlacementResult.EXCELLENT,
        )
    assert "撤回考核结果" in _page(client, cast)
    client.post(f"/placements/{cast.placement_id}/revoke", data={"reason": "核对有误"})
    with app.app_context():
        placement = db.session.get_one(Placement, cast.placement_id)
        assert placement.status is PlacementStatus.ACTIVE


def test_refuses_to_confirm_what_somebody_else_changed_meanwhile(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        sign_all(cast)
    client = _client(cast, sign_in, BUREAU)
    client.post(f"/placements/{cast.placement_id}/confirm", data={"row_version": "1"})
    with app.app_context():
        placement = db.session.get_one(Placement, cast.placement_id)
        assert placement.status is PlacementStatus.ACTIVE


def test_lets_nobody_but_the_bureau_confirm(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        sign_all(cast)
    for opinion in (SELF, MENTOR, BASE_SCHOOL):
        answer = _client(cast, sign_in, opinion).post(f"/placements/{cast.placement_id}/confirm")
        assert answer.status_code == 403


def test_hides_the_appraisal_from_who_does_not_see_the_placement(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        stranger = factories.make_account("bureau", factories.CHUXIONG).id
    client = sign_in(stranger)
    for address in ("appraisal", "papers/appraisal.pdf", "papers/appraisal.docx"):
        assert client.get(f"/placements/{cast.placement_id}/{address}").status_code == 404
    answer = client.post(f"/placements/{cast.placement_id}/appraisal/sign", data={})
    assert answer.status_code == 404


def test_gives_the_form_as_pdf_and_word(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        sign_all(cast)
    client = _client(cast, sign_in, BASE_SCHOOL)
    pdf = client.get(f"/placements/{cast.placement_id}/papers/appraisal.pdf")
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF-")
    word = client.get(f"/placements/{cast.placement_id}/papers/appraisal.docx")
    with zipfile.ZipFile(io.BytesIO(word.data)) as document:
        text = document.read("word/document.xml").decode()
    for fact in ("罗文", "王导师", "临翔区", "认真负责，圆满完成跟岗任务。", "2024年1月12日"):
        assert fact in text
