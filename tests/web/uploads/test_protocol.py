"""The tus 1.0 protocol as a script meets it, and how a form takes the file that came so."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.blueprints.uploads import purposes
from app.blueprints.uploads.purposes import Allowance
from app.core.errors import NotFound
from app.domain.accounts.rules import Actor, Role
from tests import factories as make

SignIn = Callable[[int], FlaskClient]
SPEAKS = {"Tus-Resumable": "1.0.0"}
LARGEST = 100


@pytest.fixture(autouse=True)
def purpose() -> Iterator[None]:
    """Trainers may bring files of at most 100 bytes for thing 1."""

    def gate(number: int, actor: Actor) -> Allowance:
        if number != 1 or actor.role != Role.TRAINER:
            raise NotFound
        return Allowance(LARGEST, ("mp4", "pdf"))

    purposes.accepts("thing")(gate)
    yield
    purposes._gates.pop("thing")


@pytest.fixture
def trainer(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        account_id = make.make_account(Role.TRAINER, make.LINCANG).id
    return sign_in(account_id)


def metadata(name: str = "第一课.mp4", purpose: str = "thing:1") -> str:
    def coded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    return f"filename {coded(name)},purpose {coded(purpose)}"


def begin(client: FlaskClient, size: object = 10, **said: str) -> TestResponse:
    headers = {"Upload-Length": str(size), "Upload-Metadata": metadata(**said)}
    return client.post("/uploads/", headers=SPEAKS | headers)


def send(client: FlaskClient, address: str, data: bytes, offset: int = 0) -> TestResponse:
    return client.patch(
        address,
        data=data,
        headers=SPEAKS | {"Upload-Offset": str(offset)},
        content_type="application/offset+octet-stream",
    )


def test_a_file_is_begun_sent_in_pieces_and_asked_after(trainer: FlaskClient) -> None:
    begun = begin(trainer)
    assert (begun.status_code, begun.headers["Tus-Resumable"]) == (201, "1.0.0")
    assert begun.headers["Upload-Expires"] == "Thu, 24 Aug 2023 02:00:00 GMT"
    address = begun.headers["Location"]
    first = send(trainer, address, b"01234")
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "5")
    asked = trainer.head(address, headers=SPEAKS)
    assert asked.status_code == 200
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == ("5", "10")
    assert asked.headers["Cache-Control"] == "no-store"
    assert send(trainer, address, b"56789", 5).headers["Upload-Offset"] == "10"


def test_what_is_too_large_is_refused_before_it_travels(trainer: FlaskClient) -> None:
    assert begin(trainer, LARGEST).status_code == 201
    assert begin(trainer, LARGEST + 1).status_code == 413


def test_what_is_of_no_kind_that_is_taken_is_refused_before_it_travels(
    trainer: FlaskClient,
) -> None:
    refused = begin(trainer, name="a.exe")
    assert refused.status_code == 422
    assert "mp4, pdf" in refused.get_data(as_text=True)


@pytest.mark.parametrize(
    "what", ["thing:2", "thing:x", "thing", "other:1", "", "thing:99999999999"]
)
def test_what_may_not_be_uploaded_for_is_not_found(trainer: FlaskClient, what: str) -> None:
    assert begin(trainer, purpose=what).status_code == 404


def test_who_may_not_is_refused(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        teacher = make.make_account(Role.TEACHER, make.LINCANG).id
    assert begin(sign_in(teacher)).status_code == 404


def test_another_account_finds_nothing(app: Flask, trainer: FlaskClient, sign_in: SignIn) -> None:
    address = begin(trainer).headers["Location"]
    with app.app_context():
        other = sign_in(make.make_account(Role.TRAINER, make.LINCANG).id)
    assert other.head(address, headers=SPEAKS).status_code == 404
    assert send(other, address, b"0").status_code == 404
    assert other.delete(address, headers=SPEAKS).status_code == 404
    assert trainer.head(address, headers=SPEAKS).headers["Upload-Offset"] == "0"


def test_a_piece_for_another_place_is_a_conflict(trainer: FlaskClient) -> None:
    address = begin(trainer).headers["Location"]
    send(trainer, address, b"012")
    assert send(trainer, address, b"012").status_code == 409
    assert send(trainer, address, b"0" * 8, 3).status_code == 422
    assert trainer.head(address, headers=SPEAKS).headers["Upload-Offset"] == "3"


def test_a_cancelled_upload_is_gone(trainer: FlaskClient) -> None:
    address = begin(trainer).headers["Location"]
    send(trainer, address, b"012")
    assert trainer.delete(address, headers=SPEAKS).status_code == 204
    assert trainer.head(address, headers=SPEAKS).status_code == 404
    assert trainer.delete(address, headers=SPEAKS).status_code == 404
    assert trainer.delete("/uploads/nonsense", headers=SPEAKS).status_code == 404


def test_malformed_requests_are_refused_in_words(trainer: FlaskClient) -> None:
    address = begin(trainer).headers["Location"]
    assert trainer.post("/uploads/").status_code == 412
    assert trainer.head(address, headers={"Tus-Resumable": "0.2.2"}).status_code == 412
    for size in ("", "-1", "1.5", "９", "9" * 30):
        assert begin(trainer, size.encode().decode("latin-1")).status_code == 422, size
    headers = SPEAKS | {"Upload-Length": "5", "Upload-Metadata": "filename ???"}
    assert trainer.post("/uploads/", headers=headers).status_code == 422
    assert trainer.patch(address, data=b"x", headers=SPEAKS).status_code == 415
    wrong = trainer.patch(address, headers=SPEAKS, content_type="application/offset+octet-stream")
    assert wrong.status_code == 422


def test_says_what_it_can(trainer: FlaskClient) -> None:
    answer = trainer.options("/uploads/")
    assert answer.status_code == 204
    assert answer.headers["Tus-Extension"] == "creation,expiration,termination"


def test_who_was_signed_out_is_told_so_and_not_sent_elsewhere(
    app: Flask, client: FlaskClient
) -> None:
    headers = SPEAKS | {"HX-Request": "true"}
    assert client.post("/uploads/", headers=headers).status_code == 401
