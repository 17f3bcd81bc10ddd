"""The public pages: what number, code, name and file prove, and that guessing tells nothing."""

from __future__ import annotations

import hashlib
import io
import re
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import RectangleObject
from werkzeug.test import TestResponse

from app.core import clock
from app.core.db import atomic, db
from app.core.documents.paper_keys import make_key
from app.core.documents.papers import Signing, sign_paper
from app.domain.certificates.models import Certificate
from app.domain.certificates.operations.paper_signing import paper_key
from app.domain.certificates.rules.words import CertificateState
from tests import factories as make
from tests.issued_factories import end_certificate, make_certificate

NUMBER = "楚教培〔2023〕第0007号"
TOKEN = re.compile(r'name="csrf[-_]token" (?:content|value)="[^"]+"')


@pytest.fixture
def code(app: Flask) -> str:
    with app.app_context():
        person = make.make_counselor(make.make_school(make.CHUXIONG_CITY), "李桃艳")
        return str(make_certificate(person, sequence=7).code)


def address(code: str, number: str = NUMBER) -> str:
    return f"/verify/{quote(number, safe='')}?code={code}"


def end(app: Flask, state: CertificateState) -> None:
    with app.app_context():
        end_certificate(db.session.query(Certificate).one(), state)


def test_the_address_of_the_qr_code_says_what_was_certified(client: FlaskClient, code: str) -> None:
    page = client.get(address(code))
    assert page.status_code == 200
    assert "有效" in page.text
    assert "李＊＊" in page.text
    assert "李桃艳" not in page.text
    assert "心理健康教育骨干教师培训" in page.text
    assert "楚雄彝族自治州" in page.text


@pytest.mark.parametrize(
    ("state", "word"),
    [(CertificateState.REVOKED, "已撤销"), (CertificateState.REPLACED, "已补发（原件作废）")],
)
def test_a_kept_page_follows_what_was_done_at_once(
    app: Flask, client: FlaskClient, code: str, state: CertificateState, word: str
) -> None:
    assert word not in client.get(address(code)).text
    end(app, state)
    page = client.get(address(code)).text
    assert word in page
    assert "2023-06-01" in page
    assert "信息有误" not in page  # why is nobody's business


def test_number_and_whole_name_do_as_well(client: FlaskClient, code: str) -> None:
    found = client.post("/verify/", data={"number": "楚教培[2023]7", "name": "李桃艳"})
    assert (found.status_code, "有效" in found.text) == (200, True)
    assert client.post("/verify/", data={"number": NUMBER, "name": "李桃"}).status_code == 404
    assert client.post("/verify/", data={"number": NUMBER}).status_code == 422


def test_a_wrong_code_and_an_unknown_number_get_the_same_answer(
    client: FlaskClient, code: str
) -> None:
    wrong = client.get(address("0" * 12))
    unknown = client.get(address("0" * 12, "楚教培〔2023〕第9999号"))
    strange = client.get(address("0" * 12, "a/b%c"))
    assert (wrong.status_code, unknown.status_code, strange.status_code) == (404, 404, 404)
    texts = {re.sub(r'name="next" value="[^"]*"', "", TOKEN.sub("", page.text))
             for page in (wrong, unknown, strange)}  # fmt: skip
    assert len(texts) == 1


def test_without_a_code_the_number_is_filled_in_and_nothing_told(
    client: FlaskClient, code: str
) -> None:
    page = client.get(f"/verify/{quote(NUMBER)}")
    assert f'value="{NUMBER}"' in page.text
    assert "李" not in page.text


def test_a_second_view_costs_one_read(client: FlaskClient, code: str, count_queries) -> None:
    client.get(address(code))
    assert count_queries(lambda: client.get(address(code))) == 1


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"%PDF-", b"%PDF-1.7\n%%EOF", b"%PDF-" + b"x" * 9999]
)
def test_what_is_no_pdf_is_refused_clearly(client: FlaskClient, data: bytes) -> None:
    answer = client.post("/verify/file", data={"file": (io.BytesIO(data), "证书.pdf")})
    assert answer.status_code == 422
    assert client.post("/verify/file").status_code == 422


def paper(address_in_it: str) -> bytes:
    """A PDF that leads to an address, as the QR code of a certificate does."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_annotation(0, Link(rect=RectangleObject((0, 0, 9, 9)), url=address_in_it))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def drop(client: FlaskClient, data: bytes) -> TestResponse:
    return client.post("/verify/file", data={"file": (io.BytesIO(data), "证书.pdf")})


def test_the_very_file_that_was_issued_is_told_from_a_changed_one(
    app: Flask, client: FlaskClient, code: str
) -> None:
    issued = paper(f"http://elsewhere{address(code)}#abc")
    with app.app_context(), atomic():
        db.session.query(Certificate).one().file_digest = hashlib.sha256(issued).hexdigest()
    same = drop(client, issued)
    assert (same.status_code, "就是发放的原文件" in same.text, "有效" in same.text) == (
        200, True, True,
    )  # fmt: skip
    changed = drop(client, issued + b"\n")
    assert "文件没有本系统的数字签名，内容不可信" in changed.text
    assert "李＊＊" in changed.text


def test_the_signature_of_a_file_tells_whether_it_was_changed_since(
    app: Flask, client: FlaskClient, code: str
) -> None:
    plain = paper(f"http://elsewhere{address(code)}#abc")
    with app.app_context():
        signed = sign_paper(plain, paper_key(), Signing("教体局", "楚雄", "颁发证书", clock.now()))
        db.session.rollback()
    assert "数字签名有效" in drop(client, signed).text
    changed = signed.replace(b"200", b"201", 1)  # the size of the page
    assert "文件签名后被改动，内容不可信" in drop(client, changed).text
    assert "文件签名后被改动，内容不可信" in drop(client, signed + b"\n%more").text
    foreign = sign_paper(plain, make_key("别处", clock.now()), Signing("", "", "", clock.now()))
    for unsigned in (foreign, plain):
        assert "文件没有本系统的数字签名，内容不可信" in drop(client, unsigned).text


def test_a_file_that_leads_nowhere_or_to_a_wrong_code_proves_nothing(
    client: FlaskClient, code: str
) -> None:
    assert drop(client, paper("https://example.cn/")).status_code == 422
    assert drop(client, paper(f"https://x{address('0' * 12)}")).status_code == 404
    assert drop(client, paper("https://[x/verify/1?code=1")).status_code == 404


def test_keys_and_what_ended_are_public_and_name_nobody(
    app: Flask, client: FlaskClient, code: str
) -> None:
    end(app, CertificateState.REVOKED)
    keys = client.get("/verify/keys.json")
    assert keys.headers["Access-Control-Allow-Origin"] == "*"
    assert keys.json is not None
    assert [key["crv"] for key in keys.json["keys"]] == ["Ed25519"]
    ended = client.get("/verify/revocations.json", headers={"Host": "elsewhere.example"})
    assert ended.json is not None
    assert ended.json["id"] == "http://localhost/verify/revocations.json"
    assert [one["revocationReason"] for one in ended.json["revokedCredential"]] == ["revoked"]
    assert code not in ended.text
    assert "楚教培" not in ended.text
    did = client.get("/.well-known/did.json").json
    assert did is not None
    assert [method["type"] for method in did["verificationMethod"]] == ["Multikey", "JsonWebKey"]


def test_the_offline_page_is_one_file_that_fetches_nothing(client: FlaskClient, code: str) -> None:
    page = client.get("/verify/offline")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert " src=" not in page.text
    assert "<link" not in page.text
    saved = client.get("/verify/offline.html")
    assert "attachment" in saved.headers["Content-Disposition"]
    assert saved.text == page.text
    worker = client.get("/verify/worker.js")
    assert '"/verify/offline"' in worker.text
