"""Certificates that their holders bring, and their renewal, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, files
from app.core.db import atomic, db
from app.core.errors import DomainError, InvalidInput, NotFound, StaleVersion
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Credential, CredentialFile, CredentialKind
from app.domain.certificates.operations.bringing import (
    bring_again,
    bring_credential,
    remove_own_picture,
)
from app.domain.certificates.operations.credentials import CredentialFacts, add_credential
from app.domain.certificates.operations.kinds import (
    KindRuleFacts,
    add_kind,
    add_kind_rule,
    rename_kind,
    take_back_rule,
)
from app.domain.certificates.operations.verification import (
    reject_credential,
    seen_as,
    send_back_credential,
    verify_credential,
)
from app.domain.certificates.queries.chains import list_chain, list_renewable
from app.domain.certificates.queries.credentials import list_rejected_before
from app.domain.certificates.queries.kinds import get_kind
from app.domain.certificates.queries.pictures import (
    find_same_picture,
    get_own_picture,
    get_picture,
    list_pictures,
)
from app.domain.certificates.rules import CountsAs, CredentialState
from app.domain.outbox.models import Notice
from app.domain.people.models import Person
from tests import factories as make
from tests.concurrency import at_once
from tests.pictures import phone_photo, stored_picture

NUMBER = "1511000000212345"


@pytest.fixture
def person(session: Session) -> Person:
    return make.make_counselor(make.make_school(make.LUFENG), "李桃艳")


@pytest.fixture
def teacher(person: Person) -> Actor:
    actor = make.make_actor("teacher", person.registered_unit)
    with atomic():
        person.account_id = actor.account_id
    return actor


@pytest.fixture
def county(session: Session) -> Actor:
    return make.make_actor("county", make.LUFENG)


def _kind(code: str = "psych_2") -> int:
    return db.session.scalars(select(CredentialKind.id).where(CredentialKind.code == code)).one()


def _facts(**facts: object) -> CredentialFacts:
    return CredentialFacts(**({"kind_id": _kind(), "number": NUMBER} | facts))  # type: ignore[arg-type]


def _bring(actor: Actor, data: bytes | None = None, **facts: object) -> int:
    picture = stored_picture(data)
    with atomic():
        return bring_credential(_facts(**facts), [picture], actor=actor).id


def test_a_teacher_brings_a_certificate_with_its_picture(teacher: Actor, person: Person) -> None:
    made = db.session.get_one(Credential, _bring(teacher))
    assert (made.person_id, made.state) == (person.id, CredentialState.CLAIMED)
    assert made.submitted_by == teacher.account_id
    (picture,) = list_pictures(made.id)
    assert (picture.file_name, picture.content_type) == ("证书.jpg", "image/jpeg")
    assert files.load(picture.file_key)[:3] == b"\xff\xd8\xff"


def test_refuses_a_certificate_without_a_picture(teacher: Actor) -> None:
    with pytest.raises(InvalidInput) as error, atomic():
        bring_credential(_facts(), [], actor=teacher)
    assert (error.value.code, error.value.field) == ("file_missing", "file")
    assert db.session.scalars(select(Credential)).all() == []


def test_refuses_a_seventh_picture(teacher: Actor) -> None:
    pictures = [stored_picture() for _ in range(7)]
    with pytest.raises(DomainError) as error, atomic():
        bring_credential(_facts(), pictures, actor=teacher)
    assert error.value.code == "too_many_files"


def test_an_account_of_nobody_brings_nothing(session: Session) -> None:
    stranger = make.make_actor("teacher", make.make_school(make.LUFENG))
    with pytest.raises(NotFound), atomic():
        bring_credential(_facts(), [stored_picture()], actor=stranger)


def test_what_was_sent_back_is_mended_and_waits_again(teacher: Actor, county: Actor) -> None:
    made = _bring(teacher)
    with atomic():
        send_back_credential(made, reason="看不清", actor=county)
    better = stored_picture(phone_photo("gray"))
    with atomic():
        bring_again(made, _facts(number="2"), [better], actor=teacher)
    row = db.session.get_one(Credential, made)
    assert (row.state, row.number_key, row.decision_reason) == (CredentialState.CLAIMED, "2", None)
    assert len(list_pictures(made)) == 2


@pytest.mark.parametrize("decide", ["verify", "reject"])
def test_what_was_decided_on_is_not_mended(decide: str, teacher: Actor, county: Actor) -> None:
    made = _bring(teacher)
    with atomic():
        if decide == "verify":
            verify_credential(made, evidence="原件", actor=county)
        else:
            reject_credential(made, reason="伪造", actor=county)
    with pytest.raises(DomainError) as error, atomic():
        bring_again(made, _facts(), [], actor=teacher)
    assert error.value.code == "decided_already"
    with pytest.raises(DomainError) as removed, atomic():
        remove_own_picture(made, list_pictures(made)[0].id, actor=teacher)
    assert removed.value.code == "decided_already"


def test_what_is_another_persons_is_not_found(teacher: Actor, person: Person) -> None:
    other = make.make_counselor(person.registered_unit, "王小红")
    theirs = make.make_credential(other, state=CredentialState.CLAIMED).id
    with pytest.raises(NotFound), atomic():
        bring_again(theirs, _facts(), [stored_picture()], actor=teacher)
    mine = _bring(teacher)
    picture = list_pictures(mine)[0].id
    elsewhere = make.make_actor("county", make.LINXIANG)
    with pytest.raises(NotFound):
        get_picture(picture, mine, scope=elsewhere.unit_path)
    with pytest.raises(NotFound):
        get_picture(picture, theirs, scope=teacher.unit_path)
    with pytest.raises(NotFound):
        get_own_picture(picture, mine, account_id=elsewhere.account_id)
    assert get_own_picture(picture, mine, account_id=teacher.account_id).id == picture


def test_a_removed_picture_is_gone_and_its_bytes_stay(teacher: Actor, county: Actor) -> None:
    made = _bring(teacher)
    picture = list_pictures(made)[0]
    picture_id, key = picture.id, picture.file_key
    with pytest.raises(DomainError) as last, atomic():
        remove_own_picture(made, picture_id, actor=teacher)
    assert last.value.code == "last_picture"
    with atomic():
        send_back_credential(made, reason="看不清", actor=county)
    with atomic():
        remove_own_picture(made, picture_id, actor=teacher)
    assert list_pictures(made) == []
    assert files.load(key)
    with pytest.raises(InvalidInput) as error, atomic():
        bring_again(made, _facts(), [], actor=teacher)
    assert error.value.code == "file_missing"


def test_what_changed_while_it_was_looked_at_is_not_verified(
    app: Flask, teacher: Actor, county: Actor
) -> None:
    made = _bring(teacher)
    with atomic():
        db.session.get_one(Credential, made).submitted_at = None
    seen = seen_as(db.session.get_one(Credential, made))
    with atomic():
        bring_again(made, _facts(number="别的"), [], actor=teacher)
    with pytest.raises(StaleVersion), atomic():
        verify_credential(made, evidence="原件", actor=county, seen=seen)
    seen = seen_as(db.session.get_one(Credential, made))
    with atomic():
        verify_credential(made, evidence="原件", actor=county, seen=seen)


def test_the_same_picture_is_found_at_others(teacher: Actor, person: Person, county: Actor) -> None:
    mine = db.session.get_one(Credential, _bring(teacher))
    assert not find_same_picture(mine, scope=county.unit_path)
    for unit, name in (
        (person.registered_unit, "王小红"),
        (make.make_school(make.LINXIANG), "外人"),
    ):
        claim = make.make_credential(make.make_counselor(unit, name), state=CredentialState.CLAIMED)
        copy = stored_picture(name="复印.jpg")
        make.save(
            CredentialFile(
                credential_id=claim.id, file_key=copy.key, file_name=copy.name, size=copy.size,
                content_type=copy.content_type, digest=copy.digest, uploaded_at=clock.now(),
            )
        )  # fmt: skip
    found = find_same_picture(mine, scope=county.unit_path)
    assert ([row.name for row in found.people], found.outside) == (["王小红"], True)


def test_a_rejected_one_tells_its_holder_why(teacher: Actor, county: Actor) -> None:
    made = _bring(teacher)
    with atomic():
        reject_credential(made, reason="官网查无此证", actor=county)
    notice = db.session.scalars(select(Notice).where(Notice.account_id == teacher.account_id)).one()
    assert (notice.kind, notice.parameters["reason"], notice.link) == (
        "credentials.rejected",
        "官网查无此证",
        f"/credentials/mine/{made}",
    )
    with pytest.raises(DomainError) as error, atomic():
        verify_credential(made, evidence="原件", actor=county)
    assert error.value.code == "already_decided"


def test_what_was_rejected_is_brought_again_by_an_officer_alone_and_shown_to_whoever_decides(
    teacher: Actor, person: Person, county: Actor
) -> None:
    first = _bring(teacher)
    with atomic():
        reject_credential(first, reason="官网查无此证", actor=county)
    with pytest.raises(DomainError) as refused:
        _bring(teacher)
    assert (refused.value.code, refused.value.field) == ("rejected_before", "number")
    other = _bring(teacher, number="别的")
    assert list_rejected_before(db.session.get_one(Credential, other)) == []
    with pytest.raises(DomainError), atomic():
        bring_again(other, _facts(), [], actor=teacher)
    with atomic():
        again = add_credential(person.id, _facts(), actor=county)
    assert [one.id for one in list_rejected_before(again)] == [first]


def test_a_corrected_day_of_issue_moves_the_end_that_the_kind_gave(
    teacher: Actor, county: Actor
) -> None:
    bureau = make.make_actor("bureau", make.CHUXIONG)
    with atomic():
        rule = KindRuleFacts(date(2020, 1, 1), CountsAs.OTHER, False, life_years=3, basis="文件")
        kind = add_kind("三年一换证", "", rule, actor=bureau).id
    made = _bring(teacher, kind_id=kind, issued_on=date(2021, 3, 1))
    credential = db.session.get_one(Credential, made)
    assert credential.expires_on == date(2024, 2, 29)
    shown = {"kind_id": kind, "expires_on": credential.expires_on}
    with atomic():
        bring_again(made, _facts(**shown, issued_on=date(2022, 3, 1)), [], actor=teacher)
    assert credential.expires_on == date(2025, 2, 28)
    with atomic():
        said = _facts(kind_id=kind, expires_on=date(2023, 1, 1), issued_on=date(2022, 3, 1))
        bring_again(made, said, [], actor=teacher)
        bring_again(
            made,
            _facts(kind_id=kind, expires_on=date(2023, 1, 1), issued_on=date(2022, 4, 1)),
            [],
            actor=teacher,
        )
    assert credential.expires_on == date(2023, 1, 1)


def test_a_renewal_may_bear_the_same_number(teacher: Actor, county: Actor, person: Person) -> None:
    old = _bring(teacher, issued_on=date(2018, 1, 1), expires_on=date(2020, 12, 31))
    new = _bring(teacher, issued_on=date(2021, 1, 1), renews_id=old)
    assert [one.id for one in list_chain(db.session.get_one(Credential, new))] == [old]
    assert [one.id for one in list_chain(db.session.get_one(Credential, old))] == [new]
    assert [one.id for one in list_renewable(person.id)] == [new]
    with pytest.raises(DomainError) as error:
        _bring(teacher, issued_on=date(2022, 1, 1), renews_id=old)
    assert error.value.code == "already_renewed"
    with pytest.raises(DomainError) as twice:
        _bring(teacher, issued_on=date(2022, 1, 1))
    assert twice.value.code == "already_recorded"
    newest = _bring(teacher, issued_on=date(2022, 1, 1), renews_id=new)
    chain = list_chain(db.session.get_one(Credential, old))
    assert [one.id for one in chain] == [new, newest]


def test_refuses_to_renew_another_kind_another_person_or_itself(
    teacher: Actor, person: Person
) -> None:
    other_kind = make.make_credential(person, "psych_3").id
    theirs = make.make_credential(make.make_counselor(person.registered_unit, "王小红")).id
    for wrong in (other_kind, theirs, 10**6):
        with pytest.raises(InvalidInput) as error:
            _bring(teacher, renews_id=wrong)
        assert (error.value.code, error.value.field) == ("other_certificate", "renews_id")
    first = _bring(teacher, number="1")
    second = _bring(teacher, number="2", renews_id=first)
    with pytest.raises(InvalidInput) as itself, atomic():
        bring_again(first, _facts(number="1", renews_id=second), [], actor=teacher)
    assert itself.value.code == "renews_itself"


def test_of_two_renewals_at_once_one_lands(
    app: Flask, session: Session, teacher: Actor, county: Actor, person: Person
) -> None:
    old = _bring(teacher)
    person_id = person.id
    facts = [_facts(number=number, renews_id=old) for number in ("甲", "乙")]
    session.rollback()
    outcomes = at_once(
        app, *[partial(add_credential, person_id, one, actor=county) for one in facts]
    )
    assert outcomes == ["already_renewed", "done"]


def _rule(**changes: object) -> KindRuleFacts:
    facts = {
        "valid_from": date(2022, 1, 1),
        "counts_as": CountsAs.OTHER,
        "nationally_recognised": True,
        "life_years": 3,
        "basis": "文件",
    }
    return KindRuleFacts(**facts | changes)  # type: ignore[arg-type]


def test_a_kind_that_lives_some_years_says_when_a_certificate_ends(
    teacher: Actor, person: Person
) -> None:
    bureau = make.make_actor("bureau", make.CHUXIONG)
    kind = _kind("counseling_skill")
    with atomic():
        add_kind_rule(kind, _rule(register_address="https://www.jszg.edu.cn/"), actor=bureau)
    before = _bring(teacher, kind_id=kind, number="A", issued_on=date(2021, 12, 31))
    after = _bring(teacher, kind_id=kind, number="B", issued_on=date(2022, 1, 1))
    own = _bring(
        teacher, kind_id=kind, number="C", issued_on=date(2022, 1, 1), expires_on=date(2024, 5, 5)
    )
    ends = [db.session.get_one(Credential, one).expires_on for one in (before, after, own)]
    assert ends == [None, date(2024, 12, 31), date(2024, 5, 5)]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"life_years": 51}, "bad_years", "life_years"),
        ({"register_address": "javascript:alert(1)"}, "bad_address", "register_address"),
    ],
)
def test_refuses_a_rule_that_cannot_be(
    changes: dict[str, object], code: str, field: str, session: Session
) -> None:
    bureau = make.make_actor("bureau", make.CHUXIONG)
    with pytest.raises(InvalidInput) as error, atomic():
        add_kind_rule(_kind(), _rule(**changes), actor=bureau)
    assert (error.value.code, error.value.field) == (code, field)


def test_a_rule_entered_wrongly_is_taken_back_before_it_held_a_day(session: Session) -> None:
    bureau = make.make_actor("bureau", make.CHUXIONG)
    today = clock.today()
    facts = KindRuleFacts(today, CountsAs.OTHER, True, life_years=30, basis="文件")
    with atomic():
        since = replace(facts, valid_from=date(2020, 1, 1))
        kind_id = add_kind("三年一换证", "", since, actor=bureau).id
        wrong = add_kind_rule(kind_id, facts, actor=bureau).id
    session.expire_all()
    first = get_kind(kind_id).rules[0].id
    for rule_id, reason, code in ((first, "录错", "not_last_rule"), (wrong, " ", "reason_missing")):
        with pytest.raises(DomainError) as refused, atomic():
            take_back_rule(kind_id, rule_id, reason=reason, actor=bureau)
        assert refused.value.code == code
    with atomic():
        take_back_rule(kind_id, wrong, reason="年限录错", actor=bureau)
    session.expire_all()
    assert [(one.id, one.valid_until) for one in get_kind(kind_id).rules] == [(first, None)]
    with pytest.raises(DomainError) as held, atomic():
        take_back_rule(kind_id, first, reason="录错", actor=bureau)
    assert held.value.code == "rule_held"
    with atomic():
        add_kind_rule(kind_id, replace(facts, life_years=3), actor=bureau)
    assert [one.life_years for one in get_kind(kind_id).rules] == [30, 3]


def test_the_bureau_adds_a_kind_and_renames_it(session: Session) -> None:
    bureau = make.make_actor("bureau", make.CHUXIONG)
    with atomic():
        kind_id = add_kind(
            "家庭教育指导师", "家教指导师\n 家庭 教育指导师证 ", _rule(), actor=bureau
        ).id
    with atomic():
        rename_kind(kind_id, "家庭教育指导师证书", "家教指导师", actor=bureau)
    kind = get_kind(kind_id)
    assert (kind.name, kind.aliases) == ("家庭教育指导师证书", "家教指导师")
    assert [rule.life_years for rule in kind.rules] == [3]
    for name in ("心理咨询师(二级)", "二级心理咨询师"):
        with pytest.raises(DomainError) as error, atomic():
            rename_kind(kind_id, name, "", actor=bureau)
        assert (error.value.code, error.value.field) == ("name_taken", "name")
    with pytest.raises(InvalidInput) as missing, atomic():
        add_kind(" ", "", _rule(), actor=bureau)
    assert missing.value.code == "name_missing"


def test_nobody_verifies_their_own(teacher: Actor, county: Actor) -> None:
    made = _bring(teacher)
    officer = replace(county, account_id=teacher.account_id)
    with pytest.raises(DomainError) as error, atomic():
        verify_credential(made, evidence="原件", actor=officer)
    assert error.value.code == "own_credential"
