"""Hours learnt elsewhere: asked for, checked, recognised once, sent back, taken back; figures move with them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.accounts.rules import system_actor
from app.domain.audit.models import AuditEntry
from app.domain.courses.models import Recognition
from app.domain.courses.operations.claiming import Evidence, resubmit, submit, withdraw
from app.domain.courses.operations.recognising import check, recognise, send_back
from app.domain.courses.queries.recognitions import (
    RecognitionFilter,
    get_recognition,
    list_recognitions,
    to_recognise,
)
from app.domain.courses.rules.words import CourseKind, LearnerStatus, RecognitionStatus
from app.domain.exchange.operations import list_blockers, undo
from app.domain.outbox.models import Notice
from app.domain.people.models import TrainingRecord
from app.domain.people.rules import TrainingKind, TrainingLevel
from app.domain.statistics.ledger import read_ledger
from app.domain.units.models import Unit
from tests import course_factories as courses
from tests import factories
from tests.concurrency import at_once
from tests.integration.exchange.test_mappings import export, line, make_mapping
from tests.integration.exchange.workbooks import bring
from tests.recognition_factories import (
    COUNTY,
    EVIDENCE,
    Parties,
    link,
    make_claim,
    make_parties,
    make_recognition,
)


@pytest.fixture
def parties(session: Session) -> Parties:
    return make_parties()


def ask(parties: Parties, **changed: Any) -> Recognition:
    with atomic():
        return submit(make_claim(**changed), EVIDENCE, actor=parties.teacher)


def records(session: Session) -> list[TrainingRecord]:
    standing = select(TrainingRecord).where(TrainingRecord.withdrawn_at.is_(None))
    return list(session.scalars(standing.order_by(TrainingRecord.id)))


def kinds_of_notices(session: Session, account_id: int | None) -> list[str]:
    return list(
        session.scalars(
            select(Notice.kind).where(Notice.account_id == account_id).order_by(Notice.id)
        )
    )


def test_from_asking_to_the_record(session: Session, parties: Parties) -> None:
    asked = ask(parties)
    assert (asked.status, asked.unit_path) == (RecognitionStatus.SUBMITTED, parties.unit.path)
    with atomic():
        check(asked.id, actor=parties.school)
    with atomic():
        recognise(asked.id, actor=parties.county)
    (made,) = records(session)
    assert (made.person_id, made.unit_id, made.kind) == (
        parties.person.id,
        parties.unit.id,
        TrainingKind.ONLINE,
    )
    assert (made.title, made.level, made.organiser) == (
        "班主任网络研修",
        TrainingLevel.NATIONAL,
        "国家中小学智慧教育平台",
    )
    assert (made.started_on, made.ended_on, made.hours) == (
        date(2023, 5, 1),
        date(2023, 6, 30),
        Decimal(40),
    )
    assert (asked.status, asked.training_record_id) == (RecognitionStatus.RECOGNISED, made.id)
    assert (asked.checked_by, asked.decided_by) == (
        parties.school.account_id,
        parties.county.account_id,
    )
    acts = session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.object_type == "recognition")
        .order_by(AuditEntry.id)
    ).all()
    assert acts == ["recognitions.submit", "recognitions.check", "recognitions.recognise"]


def test_who_acts_next_is_told_and_the_person_how_it_went(
    session: Session, parties: Parties
) -> None:
    asked = ask(parties)
    with atomic():
        check(asked.id, actor=parties.school)
    with atomic():
        recognise(asked.id, actor=parties.county)
    assert kinds_of_notices(session, parties.school.account_id) == ["recognitions.submitted"]
    assert kinds_of_notices(session, parties.county.account_id) == ["recognitions.checked"]
    assert kinds_of_notices(session, parties.account.id) == ["recognitions.recognised"]


def test_an_office_that_decides_itself_is_not_told_of_its_own_check(
    session: Session, parties: Parties
) -> None:
    asked = ask(parties)
    with atomic():
        check(asked.id, actor=parties.county)
    assert kinds_of_notices(session, parties.county.account_id) == []


def test_fewer_hours_need_a_reason_and_only_they_count(session: Session, parties: Parties) -> None:
    asked = ask(parties)
    with atomic(), pytest.raises(InvalidInput) as refused:
        recognise(asked.id, hours=Decimal(30), actor=parties.county)
    assert (refused.value.code, refused.value.field) == ("reason_missing", "reason")
    with atomic():
        recognise(asked.id, hours=Decimal(30), reason="只完成必修", actor=parties.county)
    assert [made.hours for made in records(session)] == [Decimal(30)]
    assert (asked.hours_claimed, asked.hours_recognised) == (Decimal(40), Decimal(30))
    assert asked.reason == "只完成必修"
    assert asked.checked_by == parties.county.account_id


def test_what_is_sent_back_is_corrected_and_sent_again(session: Session, parties: Parties) -> None:
    asked = ask(parties)
    with atomic():
        send_back(asked.id, "证书看不清", actor=parties.school)
    assert (asked.status, asked.reason) == (RecognitionStatus.SENT_BACK, "证书看不清")
    assert kinds_of_notices(session, parties.account.id) == ["recognitions.sent_back"]
    with atomic():
        resubmit(
            asked.id,
            make_claim(hours=Decimal(38)),
            Evidence("1" * 32, "清晰.jpg", "image/jpeg"),
            actor=parties.teacher,
        )
    assert (asked.status, asked.hours_claimed) == (RecognitionStatus.SUBMITTED, Decimal(38))
    assert (asked.file_key, asked.file_name) == ("1" * 32, "清晰.jpg")


def test_a_school_does_not_send_back_what_it_has_checked(parties: Parties) -> None:
    asked = ask(parties)
    with atomic():
        check(asked.id, actor=parties.school)
    with atomic(), pytest.raises(Forbidden) as refused:
        send_back(asked.id, "想一想", actor=parties.school)
    assert refused.value.code == "not_your_step"


def test_a_school_does_not_recognise(parties: Parties) -> None:
    asked = ask(parties)
    with atomic(), pytest.raises(Forbidden):
        recognise(asked.id, actor=parties.school)


def test_nobody_decides_their_own_request(parties: Parties) -> None:
    asked = ask(parties)
    own = factories.make_actor("county", COUNTY)
    link(parties.person, own.account_id)
    with atomic(), pytest.raises(Forbidden) as refused:
        recognise(asked.id, actor=own)
    assert refused.value.code == "own_request"


def test_refuses_a_second_request_for_the_same_training(parties: Parties) -> None:
    ask(parties)
    with atomic(), pytest.raises(DomainError) as refused:
        submit(make_claim(title="班主任 网络研修"), EVIDENCE, actor=parties.teacher)
    assert refused.value.code == "asked_already"
    assert ask(parties, title="班主任网络研修（二）").status is RecognitionStatus.SUBMITTED


def test_after_withdrawing_it_may_be_asked_anew(parties: Parties) -> None:
    asked = ask(parties)
    with atomic():
        withdraw(asked.id, actor=parties.teacher)
    assert asked.status is RecognitionStatus.WITHDRAWN
    assert ask(parties).id != asked.id


def test_refuses_hours_that_came_by_a_platforms_export(session: Session, parties: Parties) -> None:
    mapping = make_mapping("530900")
    row = line("李梅", factories.id_number(1), parties.unit.name)
    bring("online", export(row), unit="530900", mapping_id=mapping.id)
    with atomic(), pytest.raises(DomainError) as refused:
        submit(
            make_claim(
                title="班主任网络研修（2022年）",
                started_on=None,
                finished_on=date(2022, 12, 13),
            ),
            EVIDENCE,
            actor=parties.teacher,
        )
    assert refused.value.code == "already_recorded"
    assert len(records(session)) == 1


def test_refuses_to_recognise_what_an_export_brought_meanwhile(
    session: Session, parties: Parties
) -> None:
    asked = ask(parties, title="班主任网络研修（2022年）")
    mapping = make_mapping("530900")
    row = line("李梅", factories.id_number(1), parties.unit.name)
    bring("online", export(row), unit="530900", mapping_id=mapping.id)
    with atomic(), pytest.raises(DomainError) as refused:
        recognise(asked.id, actor=parties.county)
    assert refused.value.code == "already_recorded"
    assert len(records(session)) == 1


def test_an_export_does_not_change_hours_that_were_recognised(
    session: Session, parties: Parties
) -> None:
    asked = ask(parties, title="班主任网络研修（2022年）")
    with atomic():
        recognise(asked.id, hours=Decimal(30), reason="只完成必修", actor=parties.county)
    row = line("李梅", factories.id_number(1), parties.unit.name)
    _batch, plan = bring("online", export(row), unit="530900", mapping_id=make_mapping("530900").id)
    assert [problem.code for problem in plan.problems()] == ["decided_here"]
    assert [made.hours for made in records(session)] == [Decimal(30)]


def test_a_record_of_not_having_passed_gives_way(session: Session, parties: Parties) -> None:
    mapping = make_mapping("530900")
    row = line("李梅", factories.id_number(1), parties.unit.name, status="学习中")
    bring("online", export(row), unit="530900", mapping_id=mapping.id)
    asked = ask(
        parties, title="班主任网络研修（2022年）", started_on=None, finished_on=date(2023, 1, 5)
    )
    with atomic():
        recognise(asked.id, actor=parties.county)
    assert [(made.passed, made.ended_on) for made in records(session)] == [(True, date(2023, 1, 5))]


def test_refuses_a_course_completed_here(session: Session, parties: Parties) -> None:
    course = courses.make_course("国家平台班主任研修", kind=CourseKind.EXTERNAL)
    courses.make_learner(course, parties.person, parties.unit, status=LearnerStatus.COMPLETED)
    with atomic(), pytest.raises(DomainError) as refused:
        submit(make_claim(course_id=course.id), EVIDENCE, actor=parties.teacher)
    assert refused.value.code == "already_recorded"


def test_refuses_a_course_that_is_learnt_here(parties: Parties) -> None:
    course = courses.make_course()
    with atomic(), pytest.raises(InvalidInput) as refused:
        submit(make_claim(course_id=course.id), EVIDENCE, actor=parties.teacher)
    assert refused.value.code == "own_course"


def test_recognising_ends_the_learning_in_the_external_course_and_taking_back_reopens_it(
    session: Session, parties: Parties
) -> None:
    course = courses.make_course(
        "国家平台班主任研修", kind=CourseKind.EXTERNAL, platform="国家平台"
    )
    enrolment = courses.make_learner(course, parties.person, parties.unit)
    asked = ask(parties, course_id=course.id)
    assert (asked.title, asked.platform) == ("国家平台班主任研修", "国家平台")
    with atomic():
        recognise(asked.id, actor=parties.county)
    assert (enrolment.status, enrolment.completed_on, enrolment.credit_hours) == (
        LearnerStatus.COMPLETED,
        date(2023, 6, 30),
        Decimal(40),
    )
    with atomic():
        send_back(asked.id, "证书是假的", actor=parties.county)
    assert (enrolment.status, enrolment.training_record_id) == (LearnerStatus.ENROLLED, None)
    assert records(session) == []
    assert kinds_of_notices(session, parties.account.id)[-1] == "recognitions.taken_back"


def test_an_export_ends_the_learning_in_the_external_course_of_its_name(session: Session) -> None:
    parties = make_parties()
    course = courses.make_course("班主任网络研修（2022年）", kind=CourseKind.EXTERNAL)
    enrolment = courses.make_learner(course, parties.person, parties.unit)
    row = line("李梅", factories.id_number(1), parties.unit.name)
    batch, _plan = bring("online", export(row), unit="530900", mapping_id=make_mapping("530900").id)
    session.refresh(enrolment)
    assert (enrolment.status, enrolment.completed_on) == (
        LearnerStatus.COMPLETED,
        date(2022, 12, 13),
    )
    assert batch is not None
    assert list_blockers(batch.id, scope="/") == []
    with atomic():
        undo(batch.id, "传错了", actor=system_actor())
    session.refresh(enrolment)
    assert enrolment.status is LearnerStatus.ENROLLED
    assert records(session) == []


def test_figures_move_with_recognising_and_back_with_taking_back(
    session: Session, parties: Parties
) -> None:
    def hours(unit: Unit) -> Decimal:
        today = clock.today()
        ledger = read_ledger(unit.id, since=date(today.year, 1, 1), as_of=today)
        return Decimal(ledger.totals["credit_hours"])

    county = factories.get_unit(COUNTY)
    asked = ask(parties)
    assert hours(county) == 0
    with atomic():
        recognise(asked.id, actor=parties.county)
    assert (hours(county), hours(parties.unit)) == (40, 40)
    with atomic():
        send_back(asked.id, "重复", actor=parties.county)
    assert hours(county) == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": "短"}, "bad_title"),
        ({"platform": " "}, "bad_platform"),
        ({"hours": Decimal(0)}, "bad_hours"),
        ({"hours": Decimal("0.3")}, "not_half"),
        ({"hours": Decimal(2001)}, "too_many"),
        ({"finished_on": date(2099, 1, 1)}, "not_ended"),
        ({"finished_on": date(2023, 4, 1)}, "ends_before_start"),
        ({"note": "长" * 2001}, "note_too_long"),
    ],
)
def test_refuses_facts_that_cannot_be(parties: Parties, changed: dict[str, Any], code: str) -> None:
    with atomic(), pytest.raises(InvalidInput) as refused:
        submit(make_claim(**changed), EVIDENCE, actor=parties.teacher)
    assert refused.value.code == code


def test_refuses_a_request_without_evidence_or_person(parties: Parties) -> None:
    with atomic(), pytest.raises(InvalidInput) as refused:
        submit(make_claim(), None, actor=parties.teacher)
    assert refused.value.code == "evidence_missing"
    stranger = factories.make_actor("teacher", parties.unit)
    with atomic(), pytest.raises(DomainError) as unknown:
        submit(make_claim(), EVIDENCE, actor=stranger)
    assert unknown.value.code == "no_person"


def test_requests_of_others_do_not_exist_for_a_stranger(parties: Parties) -> None:
    asked = ask(parties)
    other = make_parties("王芳", 2)
    for actor in (other.teacher, other.school, factories.make_actor("county", "530922")):
        with pytest.raises(NotFound):
            get_recognition(asked.id, actor=actor)
    assert get_recognition(asked.id, actor=other.county).id == asked.id


def test_the_queue_is_scoped_and_counts_what_waits_for_whom(
    session: Session, parties: Parties
) -> None:
    other = make_parties("王芳", 2)
    asked = ask(parties)
    ask(other)
    with atomic():
        check(asked.id, actor=parties.school)
    assert session.scalar(to_recognise(parties.school)) == 0
    assert session.scalar(to_recognise(other.school)) == 1
    assert session.scalar(to_recognise(parties.county)) == 2
    everything = list_recognitions(parties.bureau, RecognitionFilter())
    assert [row.name for row in everything.items] == ["李梅", "王芳"]
    checked = RecognitionFilter(status=RecognitionStatus.CHECKED)
    assert [row.name for row in list_recognitions(parties.bureau, checked).items] == ["李梅"]
    searched = RecognitionFilter(q="王芳", training="智慧教育")
    assert list_recognitions(parties.bureau, searched).total == 1
    assert list_recognitions(other.school, RecognitionFilter()).total == 1


def test_two_officers_recognise_at_once_and_it_counts_once(app: Flask, session: Session) -> None:
    parties = make_parties()
    asked = make_recognition(parties.person, parties.unit)
    recognition_id, county, bureau = asked.id, parties.county, parties.bureau
    session.commit()
    done = at_once(
        app,
        lambda: recognise(recognition_id, actor=county),
        lambda: recognise(recognition_id, actor=bureau),
    )
    assert done == ["done", "not_waiting"]
    session.expire_all()
    assert [made.hours for made in records(session)] == [Decimal(40)]


def test_one_recognises_while_the_other_sends_back_and_one_is_told(
    app: Flask, session: Session
) -> None:
    parties = make_parties()
    recognition_id = make_recognition(parties.person, parties.unit).id
    version = 1
    county, bureau = parties.county, parties.bureau
    session.commit()
    done = at_once(
        app,
        lambda: recognise(recognition_id, actor=county, expected_version=version),
        lambda: send_back(recognition_id, "重复", actor=bureau, expected_version=version),
    )
    assert done in (["done", "not_waiting"], ["done", "stale_version"])
    session.expire_all()
    status = session.scalars(select(Recognition.status)).one()
    assert len(records(session)) == (1 if status is RecognitionStatus.RECOGNISED else 0)


def test_asking_twice_at_once_makes_one_request(app: Flask, session: Session) -> None:
    parties = make_parties()
    teacher = parties.teacher
    session.commit()
    done = at_once(
        app,
        lambda: submit(make_claim(), EVIDENCE, actor=teacher),
        lambda: submit(make_claim(), EVIDENCE, actor=teacher),
    )
    assert done == ["asked_already", "done"]
    assert len(session.scalars(select(Recognition)).all()) == 1


def test_a_stale_page_decides_nothing(parties: Parties) -> None:
    asked = ask(parties)
    with atomic():
        send_back(asked.id, "证书看不清", actor=parties.school)
    with atomic():
        resubmit(asked.id, make_claim(), None, actor=parties.teacher)
    with atomic(), pytest.raises(DomainError) as refused:
        recognise(asked.id, actor=parties.county, expected_version=1)
    assert refused.value.code == "stale_version"
