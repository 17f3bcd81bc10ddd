"""What a newer roster says otherwise of a certificate that is known: a correction, unless something newer stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import atomic
from app.domain.accounts.rules import Role, system_actor
from app.domain.certificates.models import Credential, CredentialKind
from app.domain.certificates.operations.credentials import CredentialFacts, correct_credential
from app.domain.certificates.operations.kinds import KindRuleFacts, add_kind_rule
from app.domain.certificates.rules import CountsAs, CredentialState
from app.domain.exchange import operations
from app.domain.exchange.operations import preview
from app.domain.exchange.planning import Change, Plan
from app.domain.people.models import Person
from app.domain.units.models import Unit
from tests.factories import CHUXIONG, get_unit, make_actor, make_credential, make_school
from tests.integration.exchange.workbooks import (
    ROSTER,
    as_system,
    bring,
    codes,
    plan_of,
    submission,
    teacher,
    workbook,
)

ISSUED_BY = (*ROSTER, "发证机关")
KIND = "心理咨询师（三级）"
NUMBER = "1123000000300001"
OLDER, NEWER = "2022年8月10日", "2023年8月10日"


def roster(
    school: Unit, issued: str, *, number: str = NUMBER, issuer: str = "", filled: str = NEWER
) -> bytes:
    held = {"持有心理健康教育相关证书": "心理咨询师三级", "证书编号": number, "发证时间": issued}
    return workbook(ISSUED_BY, [[*teacher(1, school.name, **held), issuer]], filled=filled)


def changes(plan: Plan) -> list[Change]:
    return [change for outcome in plan.outcomes for change in outcome.changes]


def issued(session: Session) -> list[date | None]:
    session.expire_all()
    return list(session.scalars(select(Credential.issued_on).order_by(Credential.id)))


def test_a_newer_roster_corrects_day_and_issuer_and_is_the_evidence(session: Session) -> None:
    school = make_school()
    bring("counselors", roster(school, "2016-05-17", issuer="云南省人社厅", filled=OLDER))
    _batch, plan = bring("counselors", roster(school, "2017-05-17", issuer="人社部"))
    assert codes(plan) == []
    assert plan.counts()["changed"] == 1
    assert changes(plan) == [
        Change("credential_issuer", f"{KIND} 云南省人社厅", f"{KIND} 人社部"),
        Change("credential_issued_on", f"{KIND} 2016-05-17", f"{KIND} 2017-05-17"),
    ]
    session.expire_all()
    credential = session.scalars(select(Credential)).one()
    assert (credential.issued_on, credential.issuer) == (date(2017, 5, 17), "人社部")
    assert credential.evidence == "心理健康教育教师花名册（2023-08-10）"


def test_the_corrected_roster_again_changes_nothing(session: Session) -> None:
    school = make_school()
    bring("counselors", roster(school, "2016-05-17", filled=OLDER))
    bring("counselors", roster(school, "2017-05-17"))
    _batch, again = bring("counselors", roster(school, "2017-05-17"))
    assert again.counts()["unchanged"] == 1


def test_undo_brings_the_day_and_the_evidence_of_before_back(session: Session) -> None:
    school = make_school()
    bring("counselors", roster(school, "2016-05-17", filled=OLDER))
    before = session.execute(select(Credential.__table__)).one()
    batch, _plan = bring("counselors", roster(school, "2017-05-17"))
    assert batch is not None
    import_id = batch.id
    with as_system() as actor:
        operations.undo(import_id, "wrong file", actor=actor)
    assert session.execute(select(Credential.__table__)).one() == before


def test_another_number_for_the_same_kind_and_day_is_a_correction(session: Session) -> None:
    school = make_school()
    bring("counselors", roster(school, "2016-05-17", number="1123000000300010", filled=OLDER))
    _batch, plan = bring("counselors", roster(school, "2016-05-17"))
    assert changes(plan) == [
        Change("credential_number", f"{KIND} 1123000000300010", f"{KIND} {NUMBER}")
    ]
    rows = session.execute(select(Credential.number, Credential.number_key)).all()
    assert [tuple(row) for row in rows] == [(NUMBER, NUMBER)]


def test_another_number_with_another_day_is_a_second_certificate(session: Session) -> None:
    school = make_school()
    bring("counselors", roster(school, "2016-05-17", number="1123000000300010", filled=OLDER))
    _batch, plan = bring("counselors", roster(school, "2017-05-17"))
    assert codes(plan) == ["credential_second"]
    assert issued(session) == [date(2016, 5, 17), date(2017, 5, 17)]


@pytest.mark.parametrize("vague", ["2016.05", "2016年"])
def test_a_month_or_a_year_says_nothing_against_the_day_that_is_known(
    session: Session, vague: str
) -> None:
    school = make_school()
    bring("counselors", roster(school, "2016-05-17", filled=OLDER))
    _batch, plan = bring("counselors", roster(school, vague))
    assert plan.counts()["unchanged"] == 1
    assert issued(session) == [date(2016, 5, 17)]


def test_an_older_roster_changes_nothing_and_says_what_stands(session: Session) -> None:
    school = make_school()
    bring("counselors", roster(school, "2017-05-17"))
    _batch, plan = bring("counselors", roster(school, "2016-05-17", filled=OLDER))
    problem = next(plan.problems())
    assert (problem.code, problem.row, problem.column, problem.value) == (
        "credential_stands",
        4,
        "发证时间",
        "2016-05-17",
    )
    assert problem.params == {"kind": KIND, "known": "2017-05-17"}
    assert issued(session) == [date(2017, 5, 17)]


def test_what_was_corrected_by_hand_since_stands(session: Session) -> None:
    school = make_school()
    data = roster(school, "2016-05-17")
    bring("counselors", data)
    credential = session.scalars(select(Credential)).one()
    facts = CredentialFacts(credential.kind_id, NUMBER, issued_on=date(2015, 5, 17))
    with atomic():
        correct_credential(credential.id, facts, reason="seen", actor=system_actor())
    _batch, plan = bring("counselors", data)
    assert codes(plan) == ["credential_stands"]
    assert issued(session) == [date(2015, 5, 17)]


def test_whoever_may_not_verify_corrects_no_verified_certificate(session: Session) -> None:
    school = make_school()
    bring("counselors", roster(school, "2016-05-17", filled=OLDER))
    brought = submission("counselors", roster(school, "2017-05-17"))
    unit = get_unit("532300")
    bureau = make_actor(Role.BUREAU, unit)
    actor = replace(bureau, permissions=bureau.permissions - {"credentials.verify"})
    plan = preview(brought, unit, actor=actor)
    assert codes(plan) == ["credential_verified_already"]
    assert plan.counts()["unchanged"] == 1


def test_a_claim_is_corrected_and_verified_in_one(session: Session) -> None:
    school = make_school()
    bring("counselors", workbook(ROSTER, [teacher(1, school.name)], filled=OLDER))
    person = session.scalars(select(Person)).one()
    make_credential(
        person,
        "psych_3",
        number=NUMBER,
        issued_on=date(2016, 5, 17),
        recorded_for=date(2022, 9, 1),
        state=CredentialState.CLAIMED,
    )
    bring("counselors", roster(school, "2017-05-17"))
    session.expire_all()
    credential = session.scalars(select(Credential)).one()
    assert (credential.state, credential.issued_on) == (
        CredentialState.VERIFIED,
        date(2017, 5, 17),
    )


def test_a_claim_that_stands_against_an_older_roster_is_not_verified_by_it(
    session: Session,
) -> None:
    school = make_school()
    bring("counselors", workbook(ROSTER, [teacher(1, school.name)], filled=OLDER))
    person = session.scalars(select(Person)).one()
    make_credential(
        person,
        "psych_3",
        number=NUMBER,
        issued_on=date(2016, 5, 17),
        recorded_for=date(2024, 1, 1),
        state=CredentialState.CLAIMED,
    )
    plan = plan_of(submission("counselors", roster(school, "2017-05-17")))
    assert codes(plan) == ["credential_stands"]
    assert plan.counts()["unchanged"] == 1


def test_a_day_after_the_certificate_expired_is_told_and_left(session: Session) -> None:
    school = make_school()
    bring("counselors", roster(school, "2016-05-17", filled=OLDER))
    with atomic():
        session.scalars(select(Credential)).one().expires_on = date(2017, 1, 1)
    _batch, plan = bring("counselors", roster(school, "2017-05-17"))
    assert codes(plan) == ["credential_expired_by_then"]
    assert issued(session) == [date(2016, 5, 17)]


def test_a_kind_that_lives_some_years_ends_what_a_roster_brings(session: Session) -> None:
    kind = session.scalars(select(CredentialKind.id).where(CredentialKind.name == KIND)).one()
    rule = KindRuleFacts(
        valid_from=date(2016, 1, 1),
        counts_as=CountsAs.PSYCH_3,
        nationally_recognised=True,
        life_years=3,
        basis="文件",
    )
    bureau = make_actor("bureau", CHUXIONG)
    with atomic():
        add_kind_rule(kind, rule, actor=bureau)
    school = make_school()
    bring("counselors", roster(school, "2016-05-17"))
    bring("counselors", roster(make_school(), "2015-12-31", number="别的"))
    session.expire_all()
    ends = session.scalars(select(Credential.expires_on).order_by(Credential.id)).all()
    assert ends == [date(2019, 5, 16), None]


def test_of_a_chain_with_one_number_a_roster_means_the_one_of_its_day(session: Session) -> None:
    school = make_school()
    bring("counselors", roster(school, "2016-05-17", filled=OLDER))
    old = session.scalars(select(Credential)).one()
    with atomic():
        session.add(
            Credential(
                person_id=old.person_id, kind_id=old.kind_id, number=NUMBER, number_key=NUMBER,
                issued_on=date(2021, 5, 17), recorded_for=old.recorded_for, renews_id=old.id,
                state=CredentialState.VERIFIED,
            )
        )  # fmt: skip
    bring("counselors", roster(school, "2021-05-17"))
    assert issued(session) == [date(2016, 5, 17), date(2021, 5, 17)]
