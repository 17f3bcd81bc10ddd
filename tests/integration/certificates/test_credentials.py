"""Credentials and their verification, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.accounts.rules import Actor
from app.domain.audit.models import AuditEntry
from app.domain.audit.operations import open_personal
from app.domain.certificates.models import Credential, CredentialKind
from app.domain.certificates.operations.credentials import (
    CredentialFacts,
    add_credential,
    correct_credential,
)
from app.domain.certificates.operations.kinds import KindRuleFacts, add_kind_rule
from app.domain.certificates.operations.revoking import revoke_credential, unrevoke_credential
from app.domain.certificates.operations.verification import (
    reopen_credential,
    seen_as,
    send_back_credential,
    verify_credential,
    verify_credentials,
)
from app.domain.certificates.queries.credentials import (
    count_waiting,
    find_elsewhere,
    find_next_waiting,
)
from app.domain.certificates.queries.kinds import get_kind, rules_on
from app.domain.certificates.rules import CountsAs, CredentialState
from app.domain.outbox.models import Notice
from app.domain.people.models import Person
from tests import factories as make
from tests.concurrency import at_once

NUMBER = "1511000000212345"


@pytest.fixture
def county(session: Session) -> Actor:
    return make.make_actor("county", make.LUFENG)


@pytest.fixture
def person(session: Session) -> Person:
    return make.make_counselor(make.make_school(make.LUFENG), "李桃艳")


@pytest.fixture
def school(person: Person) -> Actor:
    return make.make_actor("school", person.registered_unit)


@pytest.fixture
def claim(person: Person) -> int:
    return make.make_credential(person, number=NUMBER, state=CredentialState.CLAIMED).id


def _kind(code: str = "psych_2") -> int:
    return db.session.scalars(select(CredentialKind.id).where(CredentialKind.code == code)).one()


def _add(person_id: int, actor: Actor, evidence: str | None = None, **facts: object) -> Credential:
    with atomic():
        known = {"kind_id": _kind(), "number": NUMBER} | facts
        return add_credential(person_id, CredentialFacts(**known), actor=actor, evidence=evidence)


def told(account_id: int | None) -> list[tuple[str, dict[str, str], str | None]]:
    rows = db.session.scalars(
        select(Notice).where(Notice.account_id == account_id).order_by(Notice.id)
    )
    return [(row.kind, row.parameters, row.link) for row in rows]


def test_the_person_is_told_what_became_of_a_certificate(
    person: Person, claim: int, county: Actor
) -> None:
    person_id = person.id
    account_id = make.make_account("teacher", person.registered_unit).id
    with atomic():
        db.session.get_one(Person, person_id).account_id = account_id
    name = db.session.get_one(Credential, claim).kind.name
    with atomic():
        send_back_credential(claim, reason="看不清", actor=county)
    with atomic():
        reopen_credential(claim, reason="补交", actor=county)
    with atomic():
        verify_credentials([claim], evidence="原件", actor=county)
    with atomic():
        assert verify_credentials([claim], evidence="原件", actor=county) == (0, 1, 0)
    with atomic():
        revoke_credential(claim, on=date(2023, 8, 1), reason="发证机关注销", actor=county)
    with atomic():
        unrevoke_credential(claim, reason="发证机关恢复", actor=county)
    assert told(account_id) == [
        (
            "credentials.sent_back",
            {"certificate": name, "reason": "看不清"},
            f"/credentials/mine/{claim}",
        ),
        (
            "credentials.reopened",
            {"certificate": name, "reason": "补交"},
            f"/credentials/mine/{claim}",
        ),
        ("credentials.verified", {"certificate": name, "reason": ""}, f"/credentials/mine/{claim}"),
        (
            "credentials.revoked",
            {"certificate": name, "reason": "发证机关注销", "day": "2023-08-01"},
            f"/credentials/mine/{claim}",
        ),
        (
            "credentials.unrevoked",
            {"certificate": name, "reason": "发证机关恢复"},
            f"/credentials/mine/{claim}",
        ),
    ]
    assert told(county.account_id) == []


def test_a_claim_waits_and_what_stands_on_it_is_sealed_in_the_audit(
    school: Actor, person: Person
) -> None:
    made = _add(person.id, school, number="1511 0000 0021 2345")
    assert (made.state, made.number_key) == (CredentialState.CLAIMED, NUMBER)
    assert made.recorded_for == date(2023, 8, 17)
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "credentials.add")
    ).one()
    assert entry.details == {"state": "claimed"}
    opened = open_personal(entry)
    assert opened is not None
    assert opened["after"]["number"] == "1511 0000 0021 2345"


def test_a_school_cannot_verify_by_adding(school: Actor, person: Person) -> None:
    with pytest.raises(Forbidden):
        _add(person.id, school, evidence="自己说的")


def test_who_may_verify_does_so_at_once(county: Actor, person: Person) -> None:
    made = _add(person.id, county, evidence="查看原件")
    assert (made.state, made.evidence, made.decided_by) == (
        CredentialState.VERIFIED,
        "查看原件",
        county.account_id,
    )


def test_refuses_the_same_number_twice_for_one_person(
    county: Actor, person: Person, claim: int
) -> None:
    with pytest.raises(DomainError) as error:
        _add(person.id, county, number="15110000 00212345")
    assert (error.value.code, error.value.field) == ("already_recorded", "number")


def test_one_sent_back_may_be_claimed_anew(county: Actor, person: Person, claim: int) -> None:
    with atomic():
        send_back_credential(claim, reason="看不清", actor=county)
    assert _add(person.id, county).id != claim


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"issued_on": date(2023, 8, 18)}, "future", "issued_on"),
        (
            {"issued_on": date(2015, 1, 1), "expires_on": date(2014, 1, 1)},
            "before_issue",
            "expires_on",
        ),
        ({"number": "1" * 61}, "number_too_long", "number"),
    ],
)
def test_refuses_facts_that_cannot_be(
    facts: dict[str, object], code: str, field: str, county: Actor, person: Person
) -> None:
    with pytest.raises(InvalidInput) as error:
        _add(person.id, county, **facts)
    assert (error.value.code, error.value.field) == (code, field)


def test_a_number_that_misfits_is_kept(county: Actor, person: Person) -> None:
    assert _add(person.id, county, number="不合规则").number == "不合规则"


def test_refuses_an_unknown_kind(county: Actor, person: Person) -> None:
    with pytest.raises(NotFound):
        _add(person.id, county, kind_id=999)


def test_verification_needs_evidence(county: Actor, claim: int) -> None:
    with pytest.raises(InvalidInput) as error, atomic():
        verify_credential(claim, evidence=" ", actor=county)
    assert (error.value.code, error.value.field) == ("evidence_missing", "evidence")


def test_a_decided_one_is_not_decided_again(county: Actor, claim: int) -> None:
    with atomic():
        verify_credential(claim, evidence="原件", actor=county)
    with pytest.raises(DomainError) as error, atomic():
        send_back_credential(claim, reason="看不清", actor=county)
    assert error.value.code == "already_decided"


def test_verifies_several_and_tells_those_decided_before(
    county: Actor, person: Person, claim: int
) -> None:
    other = make.make_credential(person, "psych_3").id
    with atomic():
        assert verify_credentials([claim, other], evidence="原件", actor=county) == (1, 1, 0)


def test_what_its_holder_changed_since_the_list_was_checked_is_not_verified_by_it(
    person: Person, claim: int, county: Actor
) -> None:
    other = make.make_credential(person, number="K2", state=CredentialState.CLAIMED).id
    with atomic():
        for one in (claim, other):
            db.session.get_one(Credential, one).submitted_at = clock.now()
    seen = {one: seen_as(db.session.get_one(Credential, one)) for one in (claim, other)}
    with atomic():
        db.session.get_one(Credential, other).submitted_at = clock.now() + timedelta(seconds=1)
    with atomic():
        done = verify_credentials([claim, other], evidence="名单", actor=county, seen=seen)
    assert done == (1, 0, 1)
    assert db.session.get_one(Credential, other).state is CredentialState.CLAIMED


def test_refuses_to_verify_nothing(county: Actor) -> None:
    with pytest.raises(InvalidInput) as error, atomic():
        verify_credentials([], evidence="原件", actor=county)
    assert error.value.code == "nothing_chosen"


def test_a_school_does_not_correct_what_is_verified(
    county: Actor, school: Actor, claim: int
) -> None:
    with atomic():
        verify_credential(claim, evidence="原件", actor=county)
    facts = CredentialFacts(_kind(), "2")
    with pytest.raises(DomainError) as error, atomic():
        correct_credential(claim, facts, reason="更正", actor=school)
    assert error.value.code == "verified_already"
    with atomic():
        corrected = correct_credential(claim, facts, reason="更正", actor=county)
        assert corrected.state is CredentialState.VERIFIED


def test_only_a_verified_one_is_revoked_and_only_once(county: Actor, claim: int) -> None:
    def revoke(on: date) -> None:
        with atomic():
            revoke_credential(claim, on=on, reason="造假", actor=county)

    with pytest.raises(DomainError) as error:
        revoke(date(2023, 1, 1))
    assert error.value.code == "not_verified"
    with atomic():
        verify_credential(claim, evidence="原件", actor=county)
    with pytest.raises(InvalidInput) as future:
        revoke(date(2023, 8, 18))
    assert (future.value.code, future.value.field) == ("future", "on")
    revoke(date(2023, 1, 1))
    with pytest.raises(DomainError) as again:
        revoke(date(2023, 2, 1))
    assert again.value.code == "already_revoked"
    with pytest.raises(DomainError) as reopened, atomic():
        reopen_credential(claim, reason="误", actor=county)
    assert reopened.value.code == "revoked"


def test_hides_credentials_of_people_elsewhere(claim: int) -> None:
    stranger = make.make_actor("county", make.LINXIANG)
    with pytest.raises(NotFound), atomic():
        verify_credential(claim, evidence="原件", actor=stranger)
    assert count_waiting(stranger.unit_path) == 0
    assert find_next_waiting(stranger.unit_path) is None


def test_finds_the_next_that_waits(county: Actor, person: Person, claim: int) -> None:
    later = make.make_credential(person, "psych_3", state=CredentialState.CLAIMED).id
    assert count_waiting(county.unit_path) == 2
    assert find_next_waiting(county.unit_path) == claim
    assert find_next_waiting(county.unit_path, after_id=claim) == later
    assert find_next_waiting(county.unit_path, after_id=later) is None


def test_names_who_else_has_the_number_only_within_the_scope(
    county: Actor, person: Person, claim: int
) -> None:
    credential = db.session.get_one(Credential, claim)
    assert not find_elsewhere(credential, scope=county.unit_path)
    near = make.make_counselor(person.registered_unit, "王小红")
    make.make_credential(near, number=NUMBER)
    make.make_credential(make.make_counselor(make.make_school(make.LINXIANG)), number=NUMBER)
    credential = db.session.get_one(Credential, claim)
    found = find_elsewhere(credential, scope=county.unit_path)
    assert ([row.name for row in found.people], found.outside) == (["王小红"], True)


def test_a_number_sent_back_elsewhere_is_no_duplicate(
    county: Actor, person: Person, claim: int
) -> None:
    near = make.make_counselor(person.registered_unit, "王小红")
    make.make_credential(near, number=NUMBER, state=CredentialState.REJECTED)
    credential = db.session.get_one(Credential, claim)
    assert not find_elsewhere(credential, scope=county.unit_path)


def test_of_two_officers_at_once_one_verifies(
    app: Flask, session: Session, county: Actor, claim: int
) -> None:
    other = make.make_actor("bureau", make.CHUXIONG)
    session.rollback()
    outcomes = at_once(
        app,
        lambda: verify_credential(claim, evidence="原件", actor=county),
        lambda: verify_credential(claim, evidence="官网", actor=other),
        lambda: send_back_credential(claim, reason="看不清", actor=county),
    )
    assert outcomes == ["already_decided", "already_decided", "done"]


def test_of_two_claims_at_once_one_lands(
    app: Flask, session: Session, county: Actor, person: Person
) -> None:
    person_id, facts = person.id, CredentialFacts(_kind(), NUMBER)
    session.rollback()

    def act() -> None:
        add_credential(person_id, facts, actor=county)

    assert at_once(app, act, act) == ["already_recorded", "done"]


def _rule(**changes: object) -> KindRuleFacts:
    facts = {
        "valid_from": date(2024, 1, 1),
        "counts_as": CountsAs.OTHER,
        "nationally_recognised": True,
        "basis": "文件",
    }
    return KindRuleFacts(**facts | changes)


def test_a_new_rule_ends_the_one_before(session: Session) -> None:
    bureau = make.make_actor("bureau", make.CHUXIONG)
    kind = _kind("cas_training")
    with atomic():
        add_kind_rule(kind, _rule(), actor=bureau)
    loaded = get_kind(kind)
    assert not rules_on([loaded], date(2023, 12, 31))[kind].nationally_recognised
    assert rules_on([loaded], date(2024, 1, 1))[kind].nationally_recognised
    with pytest.raises(DomainError) as error, atomic():
        add_kind_rule(kind, _rule(), actor=bureau)
    assert (error.value.code, error.value.field) == ("before_last_rule", "valid_from")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number_pattern": "("}, "bad_pattern"),
        ({"renewal_years": 0}, "bad_years"),
        ({"basis": " "}, "basis_missing"),
    ],
)
def test_refuses_rules_that_cannot_be(
    changes: dict[str, object], code: str, session: Session
) -> None:
    bureau = make.make_actor("bureau", make.CHUXIONG)
    with pytest.raises(InvalidInput) as error, atomic():
        add_kind_rule(_kind(), _rule(**changes), actor=bureau)
    assert error.value.code == code
