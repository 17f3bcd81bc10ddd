"""Finding a certificate as a stranger does: only who knows something of it is told anything; on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.core.db import atomic
from app.domain.certificates.models import Certificate
from app.domain.certificates.queries.published import list_ended, published_stamp
from app.domain.certificates.queries.verifying import (
    find_by_digest,
    find_by_name,
    find_known,
    find_public,
)
from app.domain.certificates.rules.verifying import Happened, Standing, proof_digest
from app.domain.certificates.rules.words import CertificateAction, CertificateState
from tests import factories as make
from tests.issued_factories import end_certificate, make_certificate


@pytest.fixture
def certificate(session: Session) -> Certificate:
    school = make.make_school(make.CHUXIONG_CITY)
    return make_certificate(make.make_counselor(school, "李桃艳"), sequence=7)


def test_number_and_code_tell_what_the_paper_says_with_the_name_masked(
    certificate: Certificate,
) -> None:
    facts = find_public("楚教培〔2023〕第0007号", certificate.code)
    assert facts is not None
    assert (facts.number, facts.holder, facts.hours) == ("楚教培〔2023〕第0007号", "李＊＊", "24")
    assert (facts.title, facts.issuer) == ("心理健康教育骨干教师培训", "楚雄彝族自治州")
    assert (facts.started_on, facts.ended_on) == ("2023-03-01", "2023-03-05")
    assert facts.standing is Standing.VALID
    assert facts.history == (
        Happened("楚教培〔2023〕第0007号", CertificateAction.ISSUED, date(2023, 3, 10)),
    )


@pytest.mark.parametrize(
    "typed",
    [
        "楚教培[2023]7",
        "楚教培（２０２３）第７号",
        " 楚教培 〔2023〕 第 0007 号 ",
        "楚教培【2023】0007",
    ],
)
def test_a_number_is_understood_however_it_is_typed(certificate: Certificate, typed: str) -> None:
    assert find_public(typed, certificate.code) is not None
    assert find_by_name(typed, "李 桃艳") is not None


def test_a_code_is_understood_in_small_letters_and_groups(certificate: Certificate) -> None:
    code = certificate.code.lower()
    assert find_public(certificate.number, f"{code[:4]}-{code[4:8]} {code[8:]}") is not None


@pytest.mark.parametrize("code", ["", "0", "A" * 12, "x" * 5000, "\0", "＊"])
def test_a_wrong_code_finds_nothing(certificate: Certificate, code: str) -> None:
    assert find_public(certificate.number, code) is None
    assert find_known(certificate.number, code) is None


@pytest.mark.parametrize("name", ["", "李", "李＊＊", "李桃", "王小明"])
def test_part_of_a_name_finds_nothing(certificate: Certificate, name: str) -> None:
    assert find_by_name(certificate.number, name) is None


@pytest.mark.parametrize("number", ["", "\0", "楚教培〔2023〕第0008号", "9" * 9000, "%", "\ud800"])
def test_an_unknown_number_finds_nothing(certificate: Certificate, number: str) -> None:
    assert find_public(number, certificate.code) is None
    assert find_by_name(number, "李桃艳") is None


def test_a_reissue_has_its_own_code_and_both_show_the_whole_history(
    session: Session, certificate: Certificate
) -> None:
    end_certificate(certificate, CertificateState.REPLACED)
    again = make_certificate(
        certificate.person, sequence=7, copy=1, issued_on=date(2023, 6, 1),
        replaces_id=certificate.id,
    )  # fmt: skip
    old = find_public(certificate.number, certificate.code)
    new = find_public(certificate.number, again.code)
    assert old is not None
    assert new is not None
    assert (old.standing, old.ceased_on) == (Standing.REPLACED, date(2023, 6, 1))
    assert (new.standing, new.number) == (Standing.VALID, "楚教培〔2023〕第0007号（补）")
    assert old.history == new.history
    assert [one.action for one in new.history] == [
        CertificateAction.ISSUED, CertificateAction.REPLACED, CertificateAction.ISSUED,
    ]  # fmt: skip
    assert find_by_name(certificate.number, "李桃艳") == new


def test_every_act_changes_the_stamp(session: Session, certificate: Certificate) -> None:
    before = find_known(certificate.number, certificate.code)
    published = published_stamp()
    end_certificate(certificate, CertificateState.REVOKED)
    after = find_known(certificate.number, certificate.code)
    assert before is not None
    assert after is not None
    assert (before.number, before.code) == (after.number, after.code)
    assert before.stamp != after.stamp
    assert published_stamp() != published


def test_what_has_ended_is_published_without_number_or_name(
    session: Session, certificate: Certificate
) -> None:
    assert list_ended() == []
    end_certificate(certificate, CertificateState.REVOKED)
    (ended,) = list_ended()
    assert ended.digest == proof_digest(certificate.signature)
    assert (ended.state, ended.on) == (CertificateState.REVOKED, date(2023, 6, 1))


def test_the_file_itself_is_recognised(session: Session, certificate: Certificate) -> None:
    with atomic():
        certificate.file_digest = "ab" * 32
    found = find_by_digest(certificate.number, "ab" * 32)
    assert found is not None
    assert found.certificate_id == certificate.id
    assert find_by_digest(certificate.number, "cd" * 32) is None
