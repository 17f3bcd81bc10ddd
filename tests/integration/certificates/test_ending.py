"""Revoke certificates and issue them anew: the number stays, the history too; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.domain.accounts.rules import Actor
from app.domain.audit.models import AuditEntry
from app.domain.audit.operations import open_personal
from app.domain.certificates.facts import frozen_of, signed_facts
from app.domain.certificates.models import Certificate
from app.domain.certificates.operations.ending import reissue_certificate, revoke_certificate
from app.domain.certificates.queries.issued import (
    CertificateFilter,
    get_certificate,
    list_certificates,
    list_history,
    list_of_number,
)
from app.domain.certificates.rules.verifying import Standing
from app.domain.certificates.rules.words import CertificateAction, CertificateState
from tests import certificate_factories as certs
from tests import factories as make
from tests.concurrency import at_once

DAY = date(2023, 8, 10)


@pytest.fixture
def bureau(session: Session) -> Actor:
    return make.make_actor("bureau", make.CHUXIONG)


@pytest.fixture
def issued(bureau: Actor) -> Certificate:
    return certs.issued_to(bureau)[0]


def _revoke(certificate_id: int, actor: Actor, on: date = DAY, reason: str = "冒名") -> None:
    with atomic():
        revoke_certificate(certificate_id, on=on, reason=reason, actor=actor)


def _reissue(certificate_id: int, actor: Actor, **asked: object) -> Certificate:
    with atomic():
        return reissue_certificate(
            certificate_id, **{"on": DAY, "reason": "遗失", "actor": actor} | asked
        )


def _events(certificate: Certificate) -> list[tuple[int, CertificateAction, date, str | None]]:
    return [
        (one.certificate_id, one.action, one.on, one.reason)
        for one in list_history(list_of_number(certificate))
    ]


def test_a_revoked_one_keeps_its_record_number_and_reason(
    bureau: Actor, issued: Certificate
) -> None:
    _revoke(issued.id, bureau)
    known = get_certificate(issued.id, scope=bureau.unit_path)
    assert known.number == "楚教培〔2023〕第0001号"
    assert (known.state, known.ended_on, known.end_reason) == (
        CertificateState.REVOKED,
        DAY,
        "冒名",
    )
    assert _events(known)[0] == (issued.id, CertificateAction.REVOKED, DAY, "冒名")


def test_revoking_twice_is_refused_and_changes_nothing(bureau: Actor, issued: Certificate) -> None:
    _revoke(issued.id, bureau)
    with pytest.raises(DomainError) as refused:
        _revoke(issued.id, bureau, reason="另一个原因")
    assert refused.value.code == "already_ended"
    assert get_certificate(issued.id, scope="/").end_reason == "冒名"


def test_two_revocations_at_once_leave_one(app: Flask, bureau: Actor, issued: Certificate) -> None:
    certificate_id = issued.id

    def act() -> None:
        revoke_certificate(certificate_id, on=DAY, reason="冒名", actor=bureau)

    assert at_once(app, act, act) == ["already_ended", "done"]
    db.session.rollback()
    assert len(_events(issued)) == 2


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"on": date(2023, 8, 18)}, "later"),
        ({"on": date(2023, 7, 31)}, "before_issue"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_a_day_that_cannot_be_or_no_reason_is_refused(
    bureau: Actor, issued: Certificate, asked: dict[str, object], code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        _reissue(issued.id, bureau, **asked)
    assert refused.value.code == code


def test_a_reissue_keeps_the_number_and_replaces_the_earlier_one(
    bureau: Actor, issued: Certificate
) -> None:
    first = _reissue(issued.id, bureau)
    second = _reissue(first.id, bureau, reason="又遗失")
    assert [one.number for one in list_of_number(issued)] == [
        "楚教培〔2023〕第0001号（补2）",
        "楚教培〔2023〕第0001号（补）",
        "楚教培〔2023〕第0001号",
    ]
    assert [one.state for one in list_of_number(issued)] == [
        CertificateState.VALID,
        CertificateState.REPLACED,
        CertificateState.REPLACED,
    ]
    assert second.replaces_id == first.id
    assert len({one.code for one in list_of_number(issued)}) == 3
    assert frozen_of(second) == frozen_of(issued)
    assert [one[1] for one in _events(issued)] == [
        CertificateAction.ISSUED,
        CertificateAction.REPLACED,
        CertificateAction.ISSUED,
        CertificateAction.REPLACED,
        CertificateAction.ISSUED,
    ]


def test_two_reissues_at_once_leave_one(app: Flask, bureau: Actor, issued: Certificate) -> None:
    certificate_id = issued.id

    def act() -> None:
        reissue_certificate(certificate_id, on=DAY, reason="遗失", actor=bureau)

    assert at_once(app, act, act) == ["already_ended", "done"]
    db.session.rollback()
    assert [one.copy for one in list_of_number(issued)] == [1, 0]


def test_a_correction_says_so_in_the_history_and_in_the_audit_under_the_holders_key(
    bureau: Actor, issued: Certificate
) -> None:
    said = replace(frozen_of(issued), name="李桃燕")
    new = _reissue(issued.id, bureau, corrected=said, reason="姓名写错")
    assert (new.holder, new.public["holder"]) == ("李桃燕", "李＊＊")
    assert get_certificate(issued.id, scope="/").holder == "李桃艳"
    assert _events(issued)[1] == (issued.id, CertificateAction.CORRECTED, DAY, "姓名写错")
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "certificates.correct")
    ).one()
    assert open_personal(entry) == {"name": {"before": "李桃艳", "after": "李桃燕"}}
    assert "李桃" not in str(entry.details)


def test_a_corrected_name_that_the_font_lacks_is_refused(
    bureau: Actor, issued: Certificate
) -> None:
    said = replace(frozen_of(issued), name="李\U000f0000")
    with pytest.raises(DomainError) as refused:
        _reissue(issued.id, bureau, corrected=said)
    assert refused.value.code == "missing_glyphs"
    assert get_certificate(issued.id, scope="/").state is CertificateState.VALID


def test_an_expired_one_is_issued_anew_only_with_a_later_end(bureau: Actor) -> None:
    people, key = certs.make_trained(title="有期限的培训")
    until = date(2023, 8, 5)
    batch_id = certs.draft(bureau, certs.make_template(), key, valid_until=until)
    (old,) = certs.issue(batch_id, bureau)
    for wanted in ({}, {"valid_until": DAY - timedelta(days=1)}):
        with pytest.raises(InvalidInput) as refused:
            _reissue(old.id, bureau, **wanted)
        assert (refused.value.code, refused.value.field) == ("valid_until", "valid_until")
    new = _reissue(old.id, bureau, valid_until=date(2026, 8, 9))
    assert (new.valid_until, new.person_id) == (date(2026, 8, 9), people[0].id)
    assert signed_facts(new, "k").valid_until == "2026-08-09"
    assert _events(new)[-2][1] is CertificateAction.CORRECTED


def test_corrected_hours_are_whole_or_half(bureau: Actor, issued: Certificate) -> None:
    with pytest.raises(InvalidInput) as refused:
        _reissue(issued.id, bureau, corrected=replace(frozen_of(issued), hours=Decimal("1.3")))
    assert refused.value.code == "hours"


def test_a_holder_who_moves_school_and_a_school_that_moves_county_are_told_apart(
    bureau: Actor, issued: Certificate
) -> None:
    """Seen by who answers for the unit of then, wherever that unit hangs now."""
    with atomic():
        school, city = issued.person_unit, make.get_unit(make.CHUXIONG_CITY)
        school.parent_id, school.path = city.id, f"{city.path}{school.id}/"
    seen = {
        code: list_certificates(CertificateFilter(make.get_unit(code).path)).total
        for code in (make.LUFENG, make.CHUXIONG_CITY)
    }
    assert seen == {make.LUFENG: 0, make.CHUXIONG_CITY: 1}
    assert list_certificates(CertificateFilter(issued.person_unit.path)).total == 1


def test_after_a_revocation_it_can_be_issued_again_under_a_new_number(bureau: Actor) -> None:
    _people, key = certs.make_trained()
    template = certs.make_template()
    first = certs.issue(certs.draft(bureau, template, key), bureau)[0]
    _revoke(first.id, bureau)
    again = certs.issue(certs.draft(bureau, template, key), bureau)[0]
    assert again.number == "楚教培〔2023〕第0002号"


def test_only_who_issued_it_or_stands_above_may_end_it(bureau: Actor, issued: Certificate) -> None:
    county = make.make_actor("county", make.LUFENG)
    acts: list[Callable[[], object]] = [
        lambda: _revoke(issued.id, county),
        lambda: _reissue(issued.id, county),
        lambda: _revoke(10**6, county),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    assert get_certificate(issued.id, scope=county.unit_path).holder == "李桃艳"


def test_the_list_follows_scope_state_year_and_number_however_it_is_written(
    bureau: Actor,
) -> None:
    first, second = certs.issued_to(bureau, ["李桃艳", "王小明"])
    _revoke(second.id, bureau)
    other = make.make_actor("county", make.CHUXIONG_CITY)

    def found(path: str = bureau.unit_path, **asked: object) -> list[str]:
        page = list_certificates(CertificateFilter(path, **asked))
        assert page.total == len(page.items)
        return [one.number[-5:] for one in page.items]

    assert found() == ["0002号", "0001号"]
    assert found(other.unit_path) == []
    assert found(standing=Standing.VALID) == ["0001号"]
    assert found(standing=Standing.REVOKED) == ["0002号"]
    assert found(year=2022) == []
    assert found(q="楚教培[2023]2") == ["0002号"]
    assert found(q="楚教培（２０２３） 第 0001 号") == ["0001号"]
    assert found(q="楚教培［２０２３］") == ["0002号", "0001号"]
    assert found(q="楚教培(2023)第000") == ["0002号", "0001号"]
    assert found(q="楚教培〔2022〕") == []
    assert found(q="第０００２号") == ["0002号"]
    assert found(q="王小明") == ["0002号"]
    assert found(batch_id=first.batch_id) == ["0001号", "0002号"]
