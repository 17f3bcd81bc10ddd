"""A teacher's certificates: seen, exported, shown to somebody by a link; nobody else's."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from app.core.db import atomic, db
from app.domain.certificates.models import Certificate, SigningKey, WalletShare
from app.domain.certificates.operations.paper_signing import paper_key
from app.domain.certificates.rules.words import CertificateState
from tests import factories as make
from tests.issued_factories import end_certificate, make_certificate


@pytest.fixture
def account_id(app: Flask) -> int:
    """A teacher with a certificate, a training and a verified qualification."""
    with app.app_context():
        school = make.make_school(make.CHUXIONG_CITY, "鹿城小学")
        person = make.make_counselor(school, "李桃艳")
        account = make.make_account("teacher", school)
        with atomic():
            person.account_id = account.id
        make_certificate(person, sequence=7)
        make.make_credential(person, "psych_3", number="0912345678901234")
        return int(account.id)


@pytest.fixture
def teacher(account_id: int, sign_in) -> FlaskClient:
    return sign_in(account_id)


def certificate_id(app: Flask) -> int:
    with app.app_context():
        return int(db.session.query(Certificate).one().id)


def test_shows_what_was_issued_and_brought(teacher: FlaskClient) -> None:
    page = teacher.get("/certificates/mine")
    assert page.status_code == 200
    assert "楚教培〔2023〕第0007号" in page.text
    assert "0912345678901234" in page.text
    assert teacher.get("/certificates/", follow_redirects=True).text.count("楚教培") >= 1


def test_the_credential_is_for_its_holder_alone(app: Flask, teacher: FlaskClient, sign_in) -> None:
    address = f"/certificates/{certificate_id(app)}/badge.json"
    document = teacher.get(address).json
    assert document is not None
    assert document["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    assert document["credentialSubject"]["identifier"][0]["identityHash"] == "李桃艳"
    assert teacher.get(address.replace("json", "jwt")).text.count(".") == 2
    with app.app_context():
        other = make.make_account("teacher", make.LUFENG).id
    assert sign_in(other).get(address).status_code == 404


def test_the_passport_says_what_the_system_has(teacher: FlaskClient) -> None:
    answer = teacher.get("/certificates/passport.pdf")
    assert answer.mimetype == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    plain = "".join(text.split())
    for words in (
        "培训档案",
        "李桃艳",
        "鹿城小学",
        "楚教培〔2023〕第0007号",
        "有效",
        "0912345678901234",
    ):
        assert words in plain


def make_link(teacher: FlaskClient) -> str:
    page = teacher.post(
        "/certificates/mine/shares", data={"days": "30", "purpose": "应聘"}, follow_redirects=True
    )
    found = re.search(r"/verify/shared/[\w-]+", page.text)
    assert found is not None
    return found[0]


def test_a_link_shows_valid_ones_to_anybody_and_counts_views(
    app: Flask, teacher: FlaskClient, client: FlaskClient
) -> None:
    link = make_link(teacher)
    page = client.get(link)
    assert (page.status_code, page.headers["X-Robots-Tag"]) == (200, "noindex")
    assert "李桃艳" in page.text
    assert "楚教培〔2023〕第0007号" in page.text
    assert f'data-seen="{link}/seen"' in page.text
    client.get(link)
    for browser in (client, client, teacher):  # one's own look is none
        assert browser.post(f"{link}/seen").status_code == 204
    with app.app_context():
        assert db.session.query(WalletShare).one().seen == 2
        end_certificate(db.session.query(Certificate).one(), CertificateState.REVOKED)
    assert "楚教培" not in client.get(link).text


def test_a_withdrawn_link_is_as_one_that_never_was(
    app: Flask, teacher: FlaskClient, client: FlaskClient
) -> None:
    link = make_link(teacher)
    with app.app_context():
        share_id = db.session.query(WalletShare).one().id
    teacher.post(f"/certificates/mine/shares/{share_id}/withdraw")
    gone = client.get(link)
    never = client.get("/verify/shared/" + "x" * 32)
    assert (gone.status_code, never.status_code) == (404, 404)
    assert client.post(f"{link}/seen").status_code == 404
    assert "李桃艳" not in gone.text


@pytest.mark.parametrize("days", ["", "0", "-7", "8", "99999999999999999999", "²"])
def test_refuses_odd_times(teacher: FlaskClient, days: str) -> None:
    assert teacher.post("/certificates/mine/shares", data={"days": days}).status_code == 422


def test_an_administrator_makes_a_new_key_and_sees_the_old_one(
    app: Flask, account_id: int, sign_in, client: FlaskClient
) -> None:
    with app.app_context():
        admin = sign_in(make.make_account("admin", make.CHUXIONG).id)
    assert "使用中" in admin.get("/signing-keys/").text
    assert admin.get("/signing-keys/rotate").status_code == 200
    page = admin.post("/signing-keys/rotate", follow_redirects=True)
    assert page.status_code == 200
    with app.app_context():
        keys = db.session.query(SigningKey).order_by(SigningKey.id).all()
        assert [key.retired_at is None for key in keys] == [False, True]
        certificate = db.session.query(Certificate).one()
        number, code = certificate.number, certificate.code
    assert client.get(f"/verify/{number}?code={code}").status_code == 200
    assert len(client.get("/verify/keys.json").json["keys"]) == 2


def test_an_administrator_changes_the_key_of_pdf_files_alone(
    app: Flask, account_id: int, sign_in, client: FlaskClient
) -> None:
    with app.app_context():
        admin = sign_in(make.make_account("admin", make.CHUXIONG).id)
        before = paper_key().pem
        db.session.rollback()
    page = admin.post("/signing-keys/rotate", data={"use": "paper"}, follow_redirects=True)
    assert "今后的 PDF 文件用新密钥签名" in page.text
    with app.app_context():
        keys = db.session.query(SigningKey).order_by(SigningKey.id).all()
        assert [(key.use.value, key.retired_at is None) for key in keys] == [
            ("facts", True), ("paper", False), ("paper", True),
        ]  # fmt: skip
    public = client.get("/signing-keys/certificates.pem").text
    assert public.count("BEGIN CERTIFICATE") == 2
    assert public.endswith(before)
    assert "PRIVATE" not in public
    assert admin.post("/signing-keys/rotate", data={"use": "seal"}).status_code == 422
