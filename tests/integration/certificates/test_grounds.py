"""On what a certificate stands: never twice for one training, of whose people, who is lost from a draft."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError, NotFound
from app.domain.accounts.rules import Actor
from app.domain.audit.models import AuditEntry
from app.domain.certificates.models import NumberSeries
from app.domain.certificates.operations.batches import change_batch, choose, leave_out
from app.domain.certificates.operations.ending import revoke_certificate
from app.domain.certificates.operations.issuing import issue_batch
from app.domain.certificates.queries.batches import list_chosen, list_others
from app.domain.certificates.queries.issued import CertificateFilter, list_certificates
from app.domain.certificates.queries.ungrounded import ungrounded_certificates
from app.domain.certificates.rules.issuing import Refusal
from app.domain.people.models import Posting, TrainingRecord
from app.domain.people.operations.finished import withdraw_finished
from tests import certificate_factories as certs
from tests import factories as make
from tests.certificate_factories import draft, issue, make_template, make_trained
from tests.concurrency import at_once


@pytest.fixture
def bureau(session: Session) -> Actor:
    return make.make_actor("bureau", make.CHUXIONG)


def _moved_away(person_id: int, unit_code: str = make.CHUXIONG_CITY) -> None:
    school = make.make_school(unit_code, "别处小学")
    with atomic():
        old = db.session.scalars(select(Posting).where(Posting.person_id == person_id)).one()
        old.valid_until = date(2023, 8, 1)
        db.session.add(
            Posting(
                person_id=person_id,
                unit_id=school.id,
                role=old.role,
                valid_from=date(2023, 8, 2),
            )
        )


def test_a_training_that_is_completed_anew_gives_nobody_a_second_certificate(
    bureau: Actor,
) -> None:
    (person,), key = make_trained()
    template = make_template()
    issue(draft(bureau, template, key), bureau)
    first = db.session.scalars(select(TrainingRecord)).one()
    with atomic():
        withdraw_finished([first.id], reason="成绩录错", actor=bureau)
    make.make_training(person, make.get_unit(make.LUFENG))
    batch_id = draft(bureau, template, key)
    others = list_others(certs.batch_of(batch_id))
    assert [one.refusal for one in others.items] == [Refusal.ISSUED]
    with pytest.raises(DomainError) as refused, atomic():
        choose(batch_id, [person.id], actor=bureau)
    assert refused.value.code == "not_fulfilled"


def test_what_stands_on_a_withdrawn_record_is_found_until_it_is_passed_again_or_revoked(
    bureau: Actor,
) -> None:
    people, key = make_trained(names=("李桃艳", "王小明", "张三"))
    issued = issue(draft(bureau, make_template(), key), bureau)

    def lost() -> list[str]:
        page = list_certificates(CertificateFilter(bureau.unit_path, ungrounded=True))
        assert page.total == db.session.scalar(ungrounded_certificates(bureau.unit_id))
        return sorted(one.holder for one in page.items)

    assert lost() == []
    records = {one.person_id: one.id for one in db.session.scalars(select(TrainingRecord))}
    with atomic() as session:
        withdraw_finished([records[people[0].id]], reason="冒名", actor=bureau)
        withdraw_finished([records[people[1].id]], reason="重新评定", actor=bureau)
        session.get_one(TrainingRecord, records[people[2].id]).passed = False
    assert lost() == ["张三", "李桃艳", "王小明"]
    make.make_training(people[1], make.get_unit(make.LUFENG))
    assert lost() == ["张三", "李桃艳"]
    with atomic():
        of_first = next(one.id for one in issued if one.person_id == people[0].id)
        revoke_certificate(of_first, on=date(2023, 8, 10), reason="冒名", actor=bureau)
    assert lost() == ["张三"]


def test_issued_while_the_completion_is_withdrawn_it_is_refused_or_told_of(
    app: Flask, bureau: Actor
) -> None:
    _people, key = make_trained()
    batch_id = draft(bureau, make_template(), key)
    record_id = db.session.scalars(select(TrainingRecord.id)).one()
    outcomes = at_once(
        app,
        partial(issue_batch, batch_id, actor=bureau),
        partial(withdraw_finished, [record_id], reason="冒名", actor=bureau),
    )
    issued = len(certs.of_batch(batch_id))
    assert (outcomes, issued) in [(["done", "done"], 1), (["done", "not_fulfilled"], 0)]
    assert db.session.scalar(ungrounded_certificates(bureau.unit_id)) == issued


def test_a_countys_batch_takes_the_countys_people_alone_whoever_prepares_it(bureau: Actor) -> None:
    inside, key = make_trained(make.LUFENG)
    outside, _key = make_trained(make.CHUXIONG_CITY, names=("王小明",))
    county = make.make_actor("county", make.LUFENG)
    template = make_template(county.unit_id)
    batch_id = draft(county, template, key)
    with pytest.raises(NotFound), atomic():
        choose(batch_id, [outside[0].id], actor=bureau)
    with atomic():
        changed = certs.facts_for(template, key, title="改后的名称")
        change_batch(batch_id, changed, row_version=None, actor=bureau)
    assert [one.person_id for one in issue(batch_id, bureau)] == [inside[0].id]


def test_two_units_taking_one_prefix_at_once_in_different_years_leave_it_to_one(
    app: Flask, bureau: Actor
) -> None:
    school, template = make.make_school(make.LUFENG), make_template()
    batches = []
    for actor, year in ((bureau, 2022), (make.make_actor("county", make.LUFENG), 2023)):
        person, day = make.make_counselor(school), date(year, 8, 1)
        asked = {"person_ids": [person.id], "prefix": "同一字", "issued_on": day}
        batches.append((draft(actor, template, **asked), actor))
    acts = [partial(issue_batch, batch_id, actor=actor) for batch_id, actor in batches]
    assert at_once(app, *acts) == ["done", "prefix_taken"]
    assert len(db.session.scalars(select(NumberSeries)).all()) == 1


def test_who_left_the_unit_after_choosing_is_named_and_can_be_taken_out(session: Session) -> None:
    county = make.make_actor("county", make.LUFENG)
    school = make.make_school(make.LUFENG)
    gone, stays = make.make_counselor(school, "李桃艳"), make.make_counselor(school, "王小明")
    batch_id = draft(county, make_template(), person_ids=[gone.id, stays.id])
    _moved_away(gone.id)
    shown = list_chosen(certs.batch_of(batch_id))
    assert [(one.name, one.refusal) for one in shown.items] == [
        ("李桃艳", Refusal.GONE),
        ("王小明", None),
    ]
    with pytest.raises(DomainError) as refused:
        issue(batch_id, county)
    assert refused.value.code == "not_fulfilled"
    assert "李桃艳" in str(refused.value.message)
    with atomic():
        leave_out(batch_id, [gone.id], actor=county)
    assert [one.person_id for one in issue(batch_id, county)] == [stays.id]


def test_who_is_put_in_and_taken_out_of_a_draft_is_recorded(bureau: Actor) -> None:
    people, key = make_trained(names=("李桃艳", "王小明"))
    batch_id = draft(bureau, make_template(), key, person_ids=[people[0].id])
    with atomic():
        choose(batch_id, [people[1].id], actor=bureau)
        leave_out(batch_id, [people[0].id], actor=bureau)
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.object_id == str(batch_id)).order_by(AuditEntry.id)
    ).all()
    assert [(one.action, one.details.get("people")) for one in entries[-2:]] == [
        ("certificates.choose", [people[1].id]),
        ("certificates.leave_out", [people[0].id]),
    ]
