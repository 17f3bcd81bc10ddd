"""What waits to be certified, to be issued, to be made: counts of the front page that agree with their lists."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import Actor
from app.domain.certificates.queries.batches import BatchFilter, list_batches, waiting_batches
from app.domain.certificates.queries.issued import list_of_records
from app.domain.certificates.queries.of_person import own_expiring, own_sent_back
from app.domain.certificates.queries.uncertified import list_uncertified, uncertified_trainings
from app.domain.certificates.rules import CredentialState
from app.domain.certificates.rules.words import BatchState
from app.domain.people.models import TrainingRecord
from tests import certificate_factories as issuing
from tests import factories as make


@pytest.fixture
def bureau(session: Session) -> Actor:
    return make.make_actor("bureau", make.CHUXIONG)


def _titles(actor: Actor) -> list[str]:
    rows = list_uncertified(actor).items
    assert db.session.scalar(uncertified_trainings(actor)) == len(rows)
    return [row.title for row in rows]


def test_a_training_waits_until_somebody_of_it_has_a_certificate(bureau: Actor) -> None:
    facts = {"ended_on": clock.today() - timedelta(days=3), "organiser": bureau.unit_name}
    names = ["李桃艳", "王小红"]
    _people, key = issuing.make_trained(names=names, title="州里办的", **facts)
    issuing.make_trained(title="省里办的", **facts | {"organiser": "云南省教育厅"})
    assert _titles(bureau) == ["州里办的"]
    template = issuing.make_template()
    batch_id = issuing.draft(bureau, template, key, issued_on=clock.today())
    first = issuing.issue(batch_id, bureau)[0]
    with atomic():
        issuing.batch_of(batch_id).source_key = "the key it had before its title was corrected"
    assert _titles(bureau) == []
    assert first.number.endswith("第0001号")


def test_a_batch_that_nobody_makes_counts_as_stopped(bureau: Actor) -> None:
    _people, key = issuing.make_trained()
    batch_id = issuing.draft(bureau, issuing.make_template(), key)

    def states() -> dict[BatchState, list[int]]:
        found = {}
        for state in (BatchState.DRAFT, BatchState.ISSUING, BatchState.FAILED):
            wanted = BatchFilter(bureau.unit_path, state=state, unit_id=bureau.unit_id)
            rows = list_batches(wanted).items
            assert db.session.scalar(waiting_batches(bureau.unit_id, state)) == len(rows)
            assert all(row.stopped == (state is BatchState.FAILED) for row in rows)
            found |= {state: [row[0].id for row in rows]} if rows else {}
        return found

    assert states() == {BatchState.DRAFT: [batch_id]}
    issuing.issue(batch_id, bureau)
    assert states() == {BatchState.ISSUING: [batch_id]}
    with atomic():
        issuing.batch_of(batch_id).job_id = None
    assert states() == {BatchState.FAILED: [batch_id]}


def test_only_ones_own_credentials_count_for_oneself(session: Session) -> None:
    school = make.make_school()
    teacher = make.make_actor("teacher", school)
    person, other = make.make_counselor(school), make.make_counselor(school)
    with atomic():
        person.account_id = teacher.account_id
    soon = clock.today() + timedelta(days=20)
    for holder in (person, other):
        make.make_credential(holder, state=CredentialState.SENT_BACK)
        make.make_credential(holder, expires_on=soon)
    counts = [count(teacher.account_id) for count in (own_sent_back, own_expiring)]
    assert [db.session.scalar(one) for one in counts] == [1, 1]


def test_a_certificate_is_found_on_the_training_that_was_completed_anew(bureau: Actor) -> None:
    people, key = issuing.make_trained()
    one = issuing.issue(issuing.draft(bureau, issuing.make_template(), key), bureau)[0]
    first, person_id = one.source_id or 0, one.person_id
    with atomic():
        db.session.get_one(TrainingRecord, first).withdrawn_at = clock.now()
    anew = make.make_training(people[0], people[0].registered_unit)
    other = make.make_training(people[0], people[0].registered_unit, title="另一次培训")
    assert anew.event_key == key
    found = list_of_records([anew.id, other.id], person_id=person_id)
    assert {record: [one.source_id for one in held] for record, held in found.items()} == {
        anew.id: [first],
        other.id: [],
    }
