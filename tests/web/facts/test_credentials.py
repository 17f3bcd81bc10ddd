"""Pages of credentials."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.db import db
from app.domain.certificates.models import Credential, CredentialKind, CredentialKindRule
from app.domain.certificates.rules import CredentialState
from tests import factories as make

SignIn = Callable[[int], FlaskClient]
CLAIMED = CredentialState.CLAIMED


@pytest.fixture
def ids(app: Flask) -> dict[str, int]:
    with app.app_context():
        school = make.make_school(make.LUFENG, "禄丰第一小学")
        elsewhere = make.make_school(make.LINXIANG, "临翔第一小学")
        first = make.make_counselor(school, "李桃艳")
        second = make.make_counselor(school, "王小红")
        theirs = make.make_counselor(elsewhere, "王外人")
        kinds = {kind.code: kind.id for kind in db.session.scalars(select(CredentialKind))}
        return {
            "bureau": make.make_account("bureau", make.CHUXIONG).id,
            "county": make.make_account("county", make.LUFENG).id,
            "school": make.make_account("school", school).id,
            "first": first.id,
            "second": second.id,
            "claim": make.make_credential(first, number="1511000000212345", state=CLAIMED).id,
            "other_claim": make.make_credential(second, number="X1", state=CLAIMED).id,
            "same_number": make.make_credential(theirs, number="1511000000212345").id,
            **{f"kind_{code}": kind_id for code, kind_id in kinds.items()},
        }


def _credential(app: Flask, credential_id: int) -> Credential:
    with app.app_context():
        return db.session.get_one(Credential, credential_id)


def _newest(app: Flask) -> Credential:
    with app.app_context():
        return db.session.scalars(select(Credential).order_by(Credential.id.desc()).limit(1)).one()


def test_school_claims_and_cannot_verify(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["school"])
    address = f"/credentials/new?person_id={ids['second']}"
    assert 'name="evidence"' not in client.get(address).get_data(as_text=True)
    data = {
        "kind_id": str(ids["kind_psych_3"]),
        "number": "１５１１ 0000 0031 2345",
        "issued_on": "2015-05-01",
        "evidence": "自己说的",
    }
    assert client.post(address, data=data).status_code == 302
    made = _newest(app)
    assert (made.state, made.number_key, made.evidence) == (CLAIMED, "1511000000312345", None)
    assert client.get("/credentials/queue").status_code == 403
    assert client.post(f"/credentials/{made.id}/verify", data={"evidence": "x"}).status_code == 403


def test_county_verifies_at_once(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["county"])
    data = {"kind_id": str(ids["kind_psych_2"]), "number": "1", "evidence": "查看原件"}
    answer = client.post(f"/credentials/new?person_id={ids['second']}", data=data)
    assert answer.status_code == 302
    made = _newest(app)
    assert (made.state, made.evidence) == (CredentialState.VERIFIED, "查看原件")
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "编号不符合规则" in page


def test_queue_verifies_one_after_another(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["county"])
    first = client.get("/credentials/queue").get_data(as_text=True)
    assert "待核验2份" in first
    assert "李桃艳" in first
    answer = client.post(
        f"/credentials/{ids['claim']}/verify", data={"evidence": "查看原件", "queue": "1"}
    )
    second = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "王小红" in second
    assert 'value="查看原件"' in second
    answer = client.post(
        f"/credentials/{ids['other_claim']}/send-back", data={"reason": "看不清", "queue": "1"}
    )
    assert "没有待核验的证书" in client.get(answer.headers["Location"]).get_data(as_text=True)
    sent_back = _credential(app, ids["other_claim"])
    assert (sent_back.state, sent_back.decision_reason) == (CredentialState.SENT_BACK, "看不清")
    assert _credential(app, ids["claim"]).decided_by == ids["county"]


def test_queue_says_what_was_skipped(ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["county"])
    page = client.get(f"/credentials/queue?after={ids['other_claim']}").get_data(as_text=True)
    assert "跳过的2份仍待核验" in page


def test_keeps_a_claim_without_evidence_in_the_queue(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["county"])
    answer = client.post(
        f"/credentials/{ids['claim']}/verify", data={"evidence": " ", "queue": "1"}
    )
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "请填写核验依据" in page
    assert "李桃艳" in page
    assert _credential(app, ids["claim"]).state is CLAIMED


def test_tells_that_a_number_stands_elsewhere_without_saying_where(
    ids: dict[str, int], sign_in: SignIn
) -> None:
    page = sign_in(ids["county"]).get(f"/credentials/{ids['claim']}").get_data(as_text=True)
    assert "同一编号在您的单位范围之外也有登记" in page
    assert "王外人" not in page
    unseen = sign_in(ids["school"]).get(f"/credentials/{ids['claim']}").get_data(as_text=True)
    assert "同一编号" not in unseen


def test_verifies_several_by_one_evidence(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["county"])
    client.post(f"/credentials/{ids['claim']}/verify", data={"evidence": "原件"})
    data = {"id": [ids["claim"], ids["other_claim"]], "evidence": "集中查验原件"}
    answer = client.post("/credentials/verify", data=data)
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "已核验1份资格证书" in page
    assert "另有1份此前已处理" in page
    assert _credential(app, ids["claim"]).evidence == "原件"
    assert _credential(app, ids["other_claim"]).evidence == "集中查验原件"


def test_refuses_to_verify_several_when_one_is_out_of_scope(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    data = {"id": [ids["claim"], ids["same_number"]], "evidence": "原件"}
    assert sign_in(ids["county"]).post("/credentials/verify", data=data).status_code == 404
    assert _credential(app, ids["claim"]).state is CLAIMED


def test_revokes_unrevokes_renews_and_reopens(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["county"])
    base = f"/credentials/{ids['claim']}"
    client.post(f"{base}/verify", data={"evidence": "原件"})
    for act in ("revoke", "renew", "reopen", "correct"):
        assert client.get(f"{base}/{act}").status_code == 200
    client.post(f"{base}/revoke", data={"on": "2023-02-01", "reason": "造假"})
    assert _credential(app, ids["claim"]).revoked_on == date(2023, 2, 1)
    assert client.post(f"{base}/reopen", data={"reason": "误"}).status_code == 422
    assert client.get(f"{base}/unrevoke").status_code == 200
    client.post(f"{base}/unrevoke", data={"reason": "查实无误"})
    client.post(f"{base}/renew", data={"on": "2023-03-01"})
    client.post(f"{base}/reopen", data={"reason": "重新核验"})
    row = _credential(app, ids["claim"])
    assert (row.revoked_on, row.renewed_on, row.state, row.evidence) == (
        None,
        date(2023, 3, 1),
        CLAIMED,
        None,
    )


def test_correcting_one_sent_back_lets_it_wait_again(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    sign_in(ids["county"]).post(f"/credentials/{ids['claim']}/send-back", data={"reason": "编号"})
    data = {"kind_id": str(ids["kind_psych_2"]), "number": "2", "reason": "照证书更正"}
    address = f"/credentials/{ids['claim']}/correct"
    assert sign_in(ids["school"]).post(address, data=data).status_code == 302
    row = _credential(app, ids["claim"])
    assert (row.state, row.number_key, row.decision_reason) == (CLAIMED, "2", None)


def test_filters_by_state_kind_life_and_number(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    with app.app_context():
        second = db.session.get_one(make.Person, ids["second"])
        make.make_credential(
            second, "social_worker", issued_on=date(2019, 1, 1), number="SOCIALWORK-1"
        )
        make.make_credential(
            second, "counseling_skill", expires_on=date(2023, 9, 1), number="EXPIRES-1"
        )
    client = sign_in(ids["bureau"])

    def shown(query: str) -> str:
        return client.get(f"/credentials/?{query}").get_data(as_text=True)

    assert "SOCIALWORK-1" in shown("life=renewal_overdue")
    assert "EXPIRES-1" not in shown("life=renewal_overdue")
    assert "EXPIRES-1" in shown("life=expires_soon")
    assert "1511000000212345" in shown("q=15110000")
    assert "SOCIALWORK-1" not in shown("state=claimed")
    assert "SOCIALWORK-1" in shown(f"kind={ids['kind_social_worker']}")
    assert "没有符合条件的资格证书" in shown("life=revoked")
    assert client.get("/credentials/?kind=x&state=y&life=z").status_code == 200
    assert client.get(f"/credentials/?unit={make.LINXIANG}").status_code == 403
    assert client.get("/credentials/export").data[:2] == b"PK"


def test_hides_credentials_outside_the_scope(ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["county"])
    assert client.get(f"/credentials/{ids['same_number']}").status_code == 404
    answer = client.post(f"/credentials/{ids['same_number']}/verify", data={"evidence": "x"})
    assert answer.status_code == 404


def test_bureau_gives_a_kind_a_new_rule(app: Flask, ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["bureau"])
    kind = ids["kind_cas_training"]
    assert client.get("/credentials/kinds").status_code == 200
    address = f"/credentials/kinds/{kind}/rules/new"
    assert client.get(address).status_code == 200
    data = {
        "valid_from": "2023-09-01",
        "counts_as": "other",
        "nationally_recognised": "y",
        "basis": "新文件",
        "number_pattern": "(",
        "renewal_years": "",
    }
    assert client.post(address, data=data).status_code == 422
    data["number_pattern"] = r"\d{8}"
    assert client.post(address, data=data).status_code == 302
    with app.app_context():
        rules = db.session.scalars(
            select(CredentialKindRule)
            .where(CredentialKindRule.kind_id == kind)
            .order_by(CredentialKindRule.id)
        ).all()
        assert [(r.valid_from, r.valid_until, r.rank) for r in rules] == [
            (None, date(2023, 8, 31), 0),
            (date(2023, 9, 1), None, 10),
        ]
    assert sign_in(ids["county"]).get(address).status_code == 403


def test_home_counts_what_waits(ids: dict[str, int], sign_in: SignIn) -> None:
    assert "份资格证书待核验" in sign_in(ids["county"]).get("/").get_data(as_text=True)
