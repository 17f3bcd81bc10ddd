"""What schools propose and how the county answers; two officers at once."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import func, select

from app.core.db import atomic, db
from app.core.errors import DomainError, NotFound
from app.domain.outbox.models import Notice
from app.domain.people.models import Person, Posting, PostingChange
from app.domain.people.operations.decisions import confirm_change, send_back_change
from app.domain.people.operations.postings import end_posting
from app.domain.people.operations.proposals import (
    propose_addition,
    propose_change,
    propose_end,
    withdraw_change,
)
from app.domain.people.queries.changes import count_waiting_changes, list_changes, open_payload
from app.domain.people.rules import ChangeState, EndReason, PostingRole
from app.domain.people.rules.facts import PersonFacts, PostingFacts
from tests.factories import (
    CHUXIONG_CITY,
    LUFENG,
    get_unit,
    id_number,
    make_actor,
    make_counselor,
    make_school,
)

PART = PostingFacts(PostingRole.PART_TIME, subject="心理")
FULL = PostingFacts(PostingRole.FULL_TIME)
DAY = date(2023, 3, 1)


@pytest.fixture
def place(session):
    return make_school(CHUXIONG_CITY, "鹿城小学")


@pytest.fixture
def school(place):
    return make_actor("school", place)


@pytest.fixture
def county(session):
    return make_actor("county", CHUXIONG_CITY)


def refuse(code: str, act) -> DomainError:
    with pytest.raises(DomainError) as refused, atomic():
        act()
    assert refused.value.code == code
    return refused.value


def add(place, actor, number: str | None = None, name: str = "曾小贤") -> int:
    with atomic():
        facts = PersonFacts(name=name, id_number=number)
        return propose_addition(facts, unit_id=place.id, posting=PART, on=DAY, actor=actor).id


def posting_of(person: Person) -> int:
    return db.session.scalars(select(Posting.id).where(Posting.person_id == person.id)).one()


def test_a_proposal_changes_nothing_until_confirmed(place, school, county):
    change_id = add(place, school, id_number(1))
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0
    path = get_unit(CHUXIONG_CITY).path
    assert count_waiting_changes(path) == 1
    with atomic():
        confirm_change(change_id, actor=county)
    person = db.session.scalars(select(Person)).one()
    posting = db.session.scalars(select(Posting)).one()
    assert (person.name, posting.person_id, posting.subject, posting.valid_from) == (
        "曾小贤",
        person.id,
        "心理",
        DAY,
    )
    change = db.session.get_one(PostingChange, change_id)
    assert (change.state, change.person_id, change.posting_id) == (
        ChangeState.CONFIRMED,
        person.id,
        posting.id,
    )
    assert count_waiting_changes(path) == 0


def test_the_proposed_person_is_sealed(place, school):
    change_id = add(place, school, id_number(1))
    change = db.session.get_one(PostingChange, change_id)
    assert id_number(1).encode() not in change.payload
    assert open_payload(change).person.id_number == id_number(1)


def test_the_proposer_is_told(place, school, county):
    first, second = add(place, school), add(place, school, name="李梅")
    with atomic():
        confirm_change(first, actor=county)
        send_back_change(second, actor=county, reason="请补身份证号")
    notices = db.session.scalars(
        select(Notice).where(Notice.account_id == school.account_id).order_by(Notice.id)
    ).all()
    assert [(n.kind, n.parameters.get("name"), n.parameters.get("reason")) for n in notices] == [
        ("posting_changes.confirmed", "曾小贤", None),
        ("posting_changes.sent_back", "李梅", "请补身份证号"),
    ]


def test_refuses_to_send_back_without_a_reason(place, school, county):
    change_id = add(place, school)
    refuse("reason", lambda: send_back_change(change_id, actor=county, reason=" "))


def test_refuses_a_wrong_identity_number_at_once(place, school):
    facts = PersonFacts(name="曾小贤", id_number="532398198503040011")
    unit_id = place.id
    refuse(
        "identity_number_check_digit",
        lambda: propose_addition(facts, unit_id=unit_id, posting=PART, on=DAY, actor=school),
    )


def test_refuses_the_same_proposal_twice(place, school):
    add(place, school, id_number(1))
    facts = PersonFacts(name="曾小贤", id_number=id_number(1))
    unit_id = place.id
    refuse(
        "change_waiting",
        lambda: propose_addition(facts, unit_id=unit_id, posting=PART, on=DAY, actor=school),
    )


def test_a_school_proposes_only_for_itself(school):
    other_id = make_school(CHUXIONG_CITY).id
    with pytest.raises(NotFound), atomic():
        propose_addition(
            PersonFacts(name="某人"), unit_id=other_id, posting=PART, on=DAY, actor=school
        )


def test_a_school_does_not_learn_that_a_number_is_known_elsewhere(place, school):
    make_counselor(make_school(CHUXIONG_CITY), "曾小贤", number=id_number(1))
    add(place, school, id_number(1))


def test_confirming_moves_somebody_of_another_school_of_the_county(place, school, county):
    other = make_school(CHUXIONG_CITY, "北浦中学")
    person = make_counselor(other, "曾小贤", number=id_number(1))
    person_id, other_id = person.id, other.id
    change_id = add(place, school, id_number(1))
    with atomic():
        confirm_change(change_id, actor=county)
    rows = db.session.scalars(
        select(Posting).where(Posting.person_id == person_id).order_by(Posting.id)
    ).all()
    assert [(p.unit_id, p.valid_from, p.valid_until, p.end_reason) for p in rows] == [
        (other_id, date(2020, 1, 1), date(2023, 2, 28), EndReason.TRANSFERRED),
        (place.id, DAY, None, None),
    ]
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1


def test_the_county_cannot_take_somebody_from_another_county(place, school, county):
    make_counselor(make_school(LUFENG), "曾小贤", number=id_number(1))
    change_id = add(place, school, id_number(1))
    refuse("registered_elsewhere", lambda: confirm_change(change_id, actor=county))
    assert db.session.get_one(PostingChange, change_id).state is ChangeState.PROPOSED


def test_refuses_a_number_that_stands_under_another_name(place, school, county):
    make_counselor(make_school(CHUXIONG_CITY), "李梅", number=id_number(1))
    change_id = add(place, school, id_number(1))
    refuse("other_name", lambda: confirm_change(change_id, actor=county))


def test_ends_a_posting_when_confirmed(place, school, county):
    posting_id = posting_of(make_counselor(place))
    with atomic():
        change_id = propose_end(
            posting_id, on=date(2023, 6, 30), reason=EndReason.RETIRED, actor=school, note="到龄"
        ).id
    assert db.session.get_one(Posting, posting_id).valid_until is None
    with atomic():
        confirm_change(change_id, actor=county)
    posting = db.session.get_one(Posting, posting_id)
    assert (posting.valid_until, posting.end_reason, posting.end_note) == (
        date(2023, 6, 30),
        EndReason.RETIRED,
        "到龄",
    )


def test_changes_a_role_when_confirmed(place, school, county):
    person = make_counselor(place)
    person_id, posting_id = person.id, posting_of(person)
    with atomic():
        change_id = propose_change(posting_id, facts=FULL, on=DAY, actor=school).id
    with atomic():
        confirm_change(change_id, actor=county)
    rows = db.session.scalars(
        select(Posting).where(Posting.person_id == person_id).order_by(Posting.id)
    ).all()
    assert [(p.role, p.valid_until) for p in rows] == [
        (PostingRole.PART_TIME, date(2023, 2, 28)),
        (PostingRole.FULL_TIME, None),
    ]


def test_refuses_a_second_proposal_about_a_posting(place, school):
    posting_id = posting_of(make_counselor(place))
    with atomic():
        propose_change(posting_id, facts=FULL, on=DAY, actor=school)
    refuse(
        "change_waiting",
        lambda: propose_end(posting_id, on=DAY, reason=EndReason.LEFT, actor=school),
    )


def test_refuses_to_propose_the_end_of_what_has_ended(place, school):
    posting_id = posting_of(make_counselor(place, valid_until=date(2022, 1, 1)))
    refuse(
        "posting_ended",
        lambda: propose_end(posting_id, on=DAY, reason=EndReason.LEFT, actor=school),
    )


def test_a_proposal_overtaken_by_the_county_is_refused_and_can_be_sent_back(place, school, county):
    posting_id = posting_of(make_counselor(place))
    with atomic():
        change_id = propose_end(posting_id, on=DAY, reason=EndReason.LEFT, actor=school).id
    with atomic():
        end_posting(posting_id, actor=county, on=DAY, reason=EndReason.LEFT)
    refuse("posting_ended", lambda: confirm_change(change_id, actor=county))
    with atomic():
        send_back_change(change_id, actor=county, reason="已办理")
    assert db.session.get_one(PostingChange, change_id).state is ChangeState.SENT_BACK


def test_the_school_withdraws_what_nobody_answered(place, school, county):
    change_id = add(place, school)
    with atomic():
        withdraw_change(change_id, actor=school)
    assert db.session.get_one(PostingChange, change_id).state is ChangeState.WITHDRAWN
    refuse("already_decided", lambda: confirm_change(change_id, actor=county))


def test_refuses_to_withdraw_what_was_answered(place, school, county):
    change_id = add(place, school)
    with atomic():
        confirm_change(change_id, actor=county)
    refuse("already_decided", lambda: withdraw_change(change_id, actor=school))


def test_another_county_sees_no_proposal(place, school):
    change_id = add(place, school)
    other = make_actor("county", LUFENG)
    with pytest.raises(NotFound), atomic():
        confirm_change(change_id, actor=other)
    assert list_changes(get_unit(LUFENG).path).total == 0


def test_of_two_officers_deciding_at_once_one_wins_and_the_other_is_told(app, session):
    place = make_school(CHUXIONG_CITY)
    school = make_actor("school", place)
    first, second = make_actor("county", CHUXIONG_CITY), make_actor("county", CHUXIONG_CITY)
    change_id = add(place, school, id_number(1))
    session.rollback()
    start, outcomes = threading.Barrier(2), []

    def decide(act) -> None:
        with app.app_context():
            start.wait()
            try:
                with atomic():
                    act()
                outcomes.append("decided")
            except DomainError as error:
                outcomes.append(error.code)

    threads = [
        threading.Thread(target=decide, args=[lambda: confirm_change(change_id, actor=first)]),
        threading.Thread(
            target=decide,
            args=[lambda: send_back_change(change_id, actor=second, reason="重复")],
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["already_decided", "decided"]
    change = db.session.get_one(PostingChange, change_id)
    people = db.session.scalar(select(func.count()).select_from(Person))
    assert (change.state, people) in {(ChangeState.CONFIRMED, 1), (ChangeState.SENT_BACK, 0)}
