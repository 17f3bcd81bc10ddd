"""From an issued paper back to what was certified: the code on the page, the file itself."""

from __future__ import annotations

import base64
import io

from flask import Flask
from flask.testing import FlaskClient
from nacl.signing import VerifyKey

from app.core import addresses, files, jobs
from app.domain.certificates.rules.signed import signed_text, unpack
from tests import certificate_factories as certs
from tests import factories as make
from tests.papers import read_codes


def issued_paper(app: Flask) -> bytes:
    """The PDF of a certificate on the ready-made template, sealed, issued to somebody of a rare name."""
    with app.app_context():
        bureau = make.make_actor("bureau", make.CHUXIONG)
        people, _key = certs.make_trained(names=["李䶮"])
        template = certs.make_sealed_template(make.get_unit(make.CHUXIONG))
        batch_id = certs.draft(bureau, template, person_ids=[people[0].id])
        certs.issue(batch_id, bureau)
        assert jobs.run_pending() == 1
        (made,) = certs.of_batch(batch_id)
        return files.load(made.file_key or "")


def test_the_code_on_the_page_leads_to_the_certificate_and_proves_it(
    app: Flask, client: FlaskClient
) -> None:
    (read,) = read_codes(issued_paper(app))
    assert read.startswith(f"{addresses.base_url()}/verify/")
    page = client.get(read.removeprefix(addresses.base_url()).partition("#")[0])
    assert page.status_code == 200
    assert "有效" in page.text
    assert "李＊" in page.text
    facts, signature = unpack(read.partition("#")[2]) or (None, b"")
    assert facts is not None
    assert facts.holder == "李䶮"
    published = client.get("/verify/keys.json").json
    assert published is not None
    (key,) = (one for one in published["keys"] if one["kid"] == facts.key)
    public = base64.urlsafe_b64decode(key["x"] + "=")
    VerifyKey(public).verify(signed_text(facts), signature)


def test_the_file_dropped_is_the_very_one_and_a_changed_one_is_not(
    app: Flask, client: FlaskClient
) -> None:
    data = issued_paper(app)
    at = data.index(b"/MediaBox") + 30
    for brought, told in (
        (data, "就是发放的原文件"),
        (data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], "文件签名后被改动，内容不可信"),
    ):
        sent = {"file": (io.BytesIO(brought), "证书.pdf")}
        assert told in client.post("/verify/file", data=sent).text
