"""Issue batches: who may have it, numbers without gap or repeat, all or nothing; on both databases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import jobs
from app.core.db import atomic, db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.domain.accounts.rules import Actor
from app.domain.audit.models import AuditEntry
from app.domain.certificates.facts import open_sealed, signed_facts
from app.domain.certificates.models import (
    BatchEntry,
    Certificate,
    CertificateEvent,
    NumberSeries,
    SigningKey,
)
from app.domain.certificates.operations import issuing
from app.domain.certificates.operations.batches import (
    change_batch,
    choose,
    discard_batch,
    draft_batch,
    leave_out,
)
from app.domain.certificates.operations.issuing import issue_batch
from app.domain.certificates.operations.keys import is_signed_by
from app.domain.certificates.queries.batches import list_others, list_usable_templates
from app.domain.certificates.rules.issuing import Refusal
from app.domain.certificates.rules.signed import signed_text
from app.domain.certificates.rules.words import (
    BatchState,
    CertificateAction,
    CertificateKind,
    SourceKind,
    TemplateStatus,
)
from app.domain.outbox.models import Notice
from app.domain.people.operations.finished import withdraw_finished
from tests import certificate_factories as certs
from tests import factories as make
from tests.certificate_factories import DAY, PREFIX, draft, issue, make_template, make_trained
from tests.concurrency import at_once


@pytest.fixture
def bureau(session: Session) -> Actor:
    return make.make_actor("bureau", make.CHUXIONG)


def _numbers() -> list[str]:
    return list(db.session.scalars(select(Certificate.number).order_by(Certificate.number)))


def _next_number(year: int = 2023) -> int | None:
    return db.session.scalar(
        select(NumberSeries.next_number).where(
            NumberSeries.prefix == PREFIX, NumberSeries.year == year
        )
    )


def test_issues_to_everybody_who_passed_with_numbers_in_a_row(bureau: Actor) -> None:
    _people, key = make_trained(names=("李桃艳", "王小明", "阿依"))
    batch_id = draft(bureau, make_template(), key)
    made = issue(batch_id, bureau)
    assert [one.number for one in made] == [
        "楚教培〔2023〕第0001号",
        "楚教培〔2023〕第0002号",
        "楚教培〔2023〕第0003号",
    ]
    assert {one.holder for one in made} == {"李桃艳", "王小明", "阿依"}
    batch = certs.batch_of(batch_id)
    assert batch.state is BatchState.ISSUING
    job = jobs.get_job(batch.job_id or 0)
    assert job is not None
    assert (job.kind, job.arguments) == ("certificates.make", {"batch_id": batch_id})


def test_who_has_not_passed_is_left_out_and_named_with_the_reason(bureau: Actor) -> None:
    people, key = make_trained(names=("李桃艳",))
    school = people[0].registered_unit
    failed = make.make_counselor(school, "王小明")
    make.make_training(failed, school, passed=False)
    batch_id = draft(bureau, make_template(), key)
    others = list_others(certs.batch_of(batch_id))
    assert [(one.name, one.refusal) for one in others.items] == [("王小明", Refusal.NOT_PASSED)]
    with pytest.raises(DomainError) as refused, atomic():
        choose(batch_id, [failed.id], actor=bureau)
    assert refused.value.code == "not_fulfilled"
    assert "王小明" in str(refused.value.message)
    assert [one.holder for one in issue(batch_id, bureau)] == ["李桃艳"]


def test_what_it_says_is_frozen_sealed_and_signed(bureau: Actor) -> None:
    school = make.make_school(make.LUFENG, "和平小学")
    number = make.id_number(7)
    person = make.make_counselor(school, "李桃艳", number=number)
    record = make.make_training(person, school, hours=40)
    made = issue(draft(bureau, make_template(), record.event_key), bureau)[0]
    assert open_sealed(made) == {"name": "李桃艳", "id_number": number, "unit": "和平小学"}
    assert number.encode() not in made.sealed
    assert made.public == {
        "holder": "李＊＊",
        "title": "心理健康教育培训",
        "issuer": "楚雄彝族自治州教育体育局",
        "from": "",
        "until": "2022-06-17",
        "hours": "40",
        "result": "",
        "cohort": "",
        "level": "provincial",
        "organiser": "",
    }
    assert made.hours == Decimal(40)
    key = db.session.get_one(SigningKey, made.key_id)
    assert is_signed_by(key.public_key, signed_text(signed_facts(made, key.name)), made.signature)
    assert len(made.code) == 12
    with atomic():
        person.name = "李改名"
    assert made.holder == "李桃艳"


def test_history_audit_and_notice_land_with_it(bureau: Actor) -> None:
    people, key = make_trained()
    account = make.make_account("teacher", people[0].registered_unit)
    with atomic():
        people[0].account_id = account.id
    batch_id = draft(bureau, make_template(), key)
    made = issue(batch_id, bureau)[0]
    event = db.session.scalars(select(CertificateEvent)).one()
    assert (event.certificate_id, event.action, event.on) == (
        made.id,
        CertificateAction.ISSUED,
        DAY,
    )
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "certificates.issue")
    ).one()
    assert entry.object_id == str(batch_id)
    assert entry.details["first"] == entry.details["last"] == "楚教培〔2023〕第0001号"
    notice = db.session.scalars(select(Notice).where(Notice.account_id == account.id)).one()
    assert (notice.kind, notice.parameters["title"], notice.link) == (
        "certificates.issued",
        "心理健康教育培训",
        "/certificates/",
    )


def test_nobody_gets_the_same_twice(bureau: Actor) -> None:
    people, key = make_trained(names=("李桃艳", "王小明"))
    template = make_template()
    issue(draft(bureau, template, key), bureau)
    second = draft(bureau, template, key)
    with pytest.raises(DomainError) as refused:
        issue(second, bureau)
    assert refused.value.code == "batch_empty"
    with pytest.raises(DomainError) as again, atomic():
        choose(second, [people[0].id], actor=bureau)
    assert again.value.code == "not_fulfilled"
    assert len(_numbers()) == 2


def test_nobody_gets_the_same_by_hand_twice(bureau: Actor) -> None:
    person = make.make_counselor(make.make_school(make.LUFENG))
    template = make_template(kind=CertificateKind.OTHER)
    made = issue(draft(bureau, template, person_ids=[person.id], title="优秀组织者"), bureau)
    assert made[0].person_unit_path == person.registered_unit.path
    with pytest.raises(DomainError) as refused:
        draft(bureau, template, person_ids=[person.id], title="优秀 组织者")
    assert refused.value.code == "not_fulfilled"
    issue(draft(bureau, template, person_ids=[person.id], title="另一项"), bureau)


def test_two_batches_for_the_same_people_at_once_issue_once(app: Flask, bureau: Actor) -> None:
    people, key = make_trained(names=("李桃艳", "王小明"))
    template = make_template()
    first, second = draft(bureau, template, key), draft(bureau, template, key, prefix="楚教")
    outcomes = at_once(
        app,
        lambda: issue_batch(first, actor=bureau),
        lambda: issue_batch(second, actor=bureau),
    )
    assert outcomes == ["done", "not_fulfilled"]
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == len(people)


def test_two_officers_issuing_one_batch_at_once_issue_it_once(app: Flask, bureau: Actor) -> None:
    _people, key = make_trained()
    batch_id = draft(bureau, make_template(), key)

    def act() -> None:
        issue_batch(batch_id, actor=bureau)

    assert at_once(app, act, act) == ["batch_settled", "done"]
    assert _numbers() == ["楚教培〔2023〕第0001号"]


def test_many_batches_at_once_leave_no_gap_and_repeat_no_number(app: Flask, bureau: Actor) -> None:
    template = make_template()
    batches = []
    for index in range(4):
        names = [f"李{sign}" for sign in "一二三四五"[: index + 2]]
        _people, key = make_trained(names=names, title=f"第{index}次培训")
        batches.append(draft(bureau, template, key, title=f"第{index}次培训"))

    def issuing_of(batch_id: int) -> None:
        issue_batch(batch_id, actor=bureau)

    outcomes = at_once(app, *(lambda one=one: issuing_of(one) for one in batches))
    assert outcomes == ["done"] * 4
    assert _numbers() == [f"楚教培〔2023〕第{one:04d}号" for one in range(1, 15)]
    for batch_id in batches:
        sequences = [one.sequence for one in certs.of_batch(batch_id)]
        assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))


def test_a_batch_that_fails_halfway_takes_no_number(
    bureau: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _people, key = make_trained(names=("李桃艳", "王小明", "阿依"))
    template = make_template()
    batch_id = draft(bureau, template, key)
    known, calls = issuing.new_certificate, []

    def failing(*args: object) -> Certificate:
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("power cut")
        return known(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(issuing, "new_certificate", failing)
    with pytest.raises(RuntimeError), atomic():
        issue_batch(batch_id, actor=bureau)
    monkeypatch.undo()
    assert _next_number() is None
    assert certs.batch_of(batch_id).state is BatchState.DRAFT
    assert [one.sequence for one in issue(batch_id, bureau)] == [1, 2, 3]


def test_one_that_fails_beside_one_that_works_leaves_no_gap(app: Flask, bureau: Actor) -> None:
    template = make_template()
    _good, good_key = make_trained(names=("李桃艳", "王小明"), title="甲班")
    _bad, bad_key = make_trained(names=("张三", "㐂\U000f0000"), title="乙班")
    good, bad = draft(bureau, template, good_key), draft(bureau, template, bad_key)
    outcomes = at_once(
        app,
        lambda: issue_batch(bad, actor=bureau),
        lambda: issue_batch(good, actor=bureau),
    )
    assert outcomes == ["done", "missing_glyphs"]
    assert [one.sequence for one in certs.of_batch(good)] == [1, 2]
    assert _next_number() == 3


def test_a_character_that_the_font_lacks_is_named_with_its_person(bureau: Actor) -> None:
    _people, key = make_trained(names=("李桃艳", "王\U000f0000"))
    batch_id = draft(bureau, make_template(), key)
    with pytest.raises(DomainError) as refused:
        issue(batch_id, bureau)
    assert refused.value.code == "missing_glyphs"
    assert "王\U000f0000：\U000f0000" in str(refused.value.message)
    assert _numbers() == []


def test_rare_characters_of_names_are_issued(bureau: Actor) -> None:
    _people, key = make_trained(names=("李䶮", "王㛃", "张𬭎", "赵𠅤"))
    assert len(issue(draft(bureau, make_template(), key), bureau)) == 4


def test_a_record_withdrawn_after_choosing_stops_the_batch_by_name(bureau: Actor) -> None:
    people, key = make_trained(names=("李桃艳", "王小明"))
    batch_id = draft(bureau, make_template(), key)
    record = db.session.scalars(
        select(BatchEntry.source_id).where(BatchEntry.person_id == people[1].id)
    ).one()
    with atomic():
        withdraw_finished([record or 0], reason="误录", actor=bureau)
    with pytest.raises(DomainError) as refused:
        issue(batch_id, bureau)
    assert refused.value.code == "not_fulfilled"
    assert "王小明" in str(refused.value.message)
    with atomic():
        assert leave_out(batch_id, [people[1].id], actor=bureau) == 1
    assert [one.holder for one in issue(batch_id, bureau)] == ["李桃艳"]


def test_excellent_ones_need_the_result_and_hours_need_hours(bureau: Actor) -> None:
    people, key = make_trained(names=("李桃艳", "王小明"), hours=None)
    record = db.session.scalars(
        select(make.TrainingRecord).where(make.TrainingRecord.person_id == people[0].id)
    ).one()
    with atomic():
        record.result = "优秀"
    excellent = draft(bureau, make_template(kind=CertificateKind.EXCELLENT), key)
    assert [one.holder for one in issue(excellent, bureau)] == ["李桃艳"]
    hours = draft(bureau, make_template(kind=CertificateKind.HOURS), key)
    with pytest.raises(DomainError) as refused:
        issue(hours, bureau)
    assert refused.value.code == "batch_empty"


def test_designations_of_the_day_are_issued_to(bureau: Actor) -> None:
    school = make.make_school(make.LUFENG)
    serving, ended = make.make_counselor(school, "李桃艳"), make.make_counselor(school, "王小明")
    make.make_designation(serving, make.get_unit(make.LUFENG))
    make.make_designation(ended, make.get_unit(make.LUFENG), valid_until=date(2023, 7, 31))
    template = make_template(kind=CertificateKind.LEAD_TEACHER)
    batch_id = draft(bureau, template, source=SourceKind.DESIGNATION, title="心理健康教育带头人")
    made = issue(batch_id, bureau)
    assert [one.holder for one in made] == ["李桃艳"]
    assert made[0].public["from"] == make.SOME_DAY.isoformat()


def test_years_and_prefixes_count_by_themselves(bureau: Actor) -> None:
    template = make_template()
    for day, prefix in ((date(2022, 7, 1), PREFIX), (DAY, PREFIX), (DAY, "楚教 培A")):
        _people, key = make_trained(title=f"{prefix}{day}")
        issue(draft(bureau, template, key, issued_on=day, prefix=prefix), bureau)
    assert _numbers() == [
        "楚教 培A〔2023〕第0001号",
        "楚教培〔2022〕第0001号",
        "楚教培〔2023〕第0001号",
    ]


def test_another_unit_cannot_take_a_prefix_however_it_writes_it(bureau: Actor) -> None:
    certs.issued_to(bureau)
    county = make.make_actor("county", make.LUFENG)
    _people, key = make_trained(title="县里的培训")
    with pytest.raises(DomainError) as refused:
        draft(county, make_template(), key, prefix=" 楚教 培 ")
    assert refused.value.code == "prefix_taken"
    made = issue(draft(county, make_template(), key, prefix="禄教培"), county)
    assert made[0].number == "禄教培〔2023〕第0001号"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"issued_on": date(2023, 8, 18)}, "issued_later"),
        ({"issued_on": date(1980, 1, 1)}, "issued_early"),
        ({"valid_until": date(2023, 7, 31)}, "valid_until"),
        ({"started_on": date(2023, 7, 2), "ended_on": date(2023, 7, 1)}, "period"),
        ({"prefix": " "}, "prefix_empty"),
        ({"prefix": "临〔教〕"}, "prefix_brackets"),
        ({"prefix": "很" * 21}, "prefix_too_long"),
        ({"prefix": "ﷺ" * 20}, "prefix_too_long"),
        ({"prefix": "临/教"}, "prefix_signs"),
        ({"prefix": "ཀ教"}, "prefix_glyphs"),
        ({"title": " "}, "title"),
        ({"hours": Decimal(-1)}, "hours"),
    ],
)
def test_refuses_what_cannot_be(bureau: Actor, changed: dict[str, object], code: str) -> None:
    _people, key = make_trained()
    with pytest.raises(InvalidInput) as refused:
        draft(bureau, make_template(), key, **changed)
    assert refused.value.code == code


def test_only_published_templates_of_ones_own_or_above_are_offered_and_accepted(
    bureau: Actor,
) -> None:
    county = make.make_actor("county", make.LUFENG)
    ready, own = make_template(), make_template(bureau.unit_id)
    of_county = make_template(county.unit_id)
    unpublished = make_template(bureau.unit_id, status=TemplateStatus.DRAFT)
    offered = {one.id for one in list_usable_templates(bureau.unit_path)}
    assert {ready.id, own.id} <= offered
    assert not {of_county.id, unpublished.id} & offered
    assert {ready.id, own.id, of_county.id} <= {
        one.id for one in list_usable_templates(county.unit_path)
    }
    with pytest.raises(NotFound):
        draft(bureau, of_county, person_ids=[])
    with pytest.raises(DomainError) as refused:
        draft(bureau, unpublished, person_ids=[])
    assert refused.value.code == "no_version"


def test_a_county_issues_to_its_own_people_of_a_training_alone(bureau: Actor) -> None:
    inside, key = make_trained(make.LUFENG)
    outside, _key = make_trained(make.CHUXIONG_CITY, names=("王小明",))
    county = make.make_actor("county", make.LUFENG)
    batch_id = draft(county, make_template(), key)
    with pytest.raises(NotFound), atomic():
        choose(batch_id, [outside[0].id], actor=county)
    assert [one.person_id for one in issue(batch_id, county)] == [inside[0].id]


def test_a_batch_of_another_unit_is_not_found(bureau: Actor) -> None:
    _people, key = make_trained()
    batch_id = draft(bureau, make_template(), key)
    county = make.make_actor("county", make.LUFENG)
    for act in (
        lambda: issue_batch(batch_id, actor=county),
        lambda: discard_batch(batch_id, actor=county),
        lambda: leave_out(batch_id, [1], actor=county),
    ):
        with pytest.raises(NotFound), atomic():
            act()


def test_a_draft_may_be_changed_and_discarded_but_nothing_else(bureau: Actor) -> None:
    _people, key = make_trained()
    template = make_template()
    batch_id = draft(bureau, template, key)
    seen = certs.batch_of(batch_id).row_version
    with atomic():
        change_batch(
            batch_id,
            certs.facts_for(template, key, title="改后的名称"),
            row_version=seen,
            actor=bureau,
        )
    with pytest.raises(DomainError) as stale, atomic():
        change_batch(batch_id, certs.facts_for(template, key), row_version=seen, actor=bureau)
    assert stale.value.code == "stale_version"
    with atomic():
        discard_batch(batch_id, actor=bureau)
    for act in (issue_batch, discard_batch):
        with pytest.raises(DomainError) as settled, atomic():
            act(batch_id, actor=bureau)
        assert settled.value.code == "batch_settled"
    with atomic():
        again = draft_batch(certs.facts_for(template, key), actor=bureau)
    assert issue(again.id, bureau)[0].title == "心理健康教育培训"
