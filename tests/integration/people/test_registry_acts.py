"""Registering, correcting, revealing, posting: each act, each refusal."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import func, select

from app.core.db import atomic, db
from app.core.errors import DomainError, InvalidInput, NotFound, StaleVersion
from app.domain.audit.models import AuditEntry
from app.domain.audit.operations import open_personal
from app.domain.people.models import Person, Posting
from app.domain.people.operations.moves import change_posting, transfer
from app.domain.people.operations.people import (
    correct_person,
    register_person,
    reveal_identity_number,
    reveal_phone,
)
from app.domain.people.operations.postings import (
    add_posting,
    correct_posting,
    end_posting,
    undo_end,
)
from app.domain.people.rules import EndReason, PostingRole, Sex
from app.domain.people.rules.facts import PersonFacts, PostingFacts
from app.domain.people.sealed import open_identity_number, open_phone
from tests.factories import (
    CHUXIONG,
    CHUXIONG_CITY,
    LINCANG,
    LUFENG,
    get_unit,
    id_number,
    make_actor,
    make_counselor,
    make_person,
    make_posting,
    make_school,
)

FULL = PostingFacts(PostingRole.FULL_TIME)
PART = PostingFacts(PostingRole.PART_TIME, subject="心理", title="一级教师")


@pytest.fixture
def school(session):
    return make_school(CHUXIONG_CITY, "鹿城小学")


@pytest.fixture
def county(session):
    return make_actor("county", CHUXIONG_CITY)


def refuse(code: str, act, kind=DomainError) -> DomainError:
    with pytest.raises(kind) as refused, atomic():
        act()
    assert refused.value.code == code
    return refused.value


def entries(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def only_posting(person_id: int) -> Posting:
    return db.session.scalars(select(Posting).where(Posting.person_id == person_id)).one()


def test_registers_a_person_with_a_posting(school, county):
    facts = PersonFacts(name=" 曾　小贤 ", id_number=id_number(3).lower(), phone="138 7000 3134")
    with atomic():
        person_id = register_person(
            facts, unit_id=school.id, actor=county, posting=PART, valid_from=date(2021, 9, 1)
        ).id
    person = db.session.get_one(Person, person_id)
    assert (person.name, person.sort_key, person.initials) == ("曾小贤", "zeng xiao xian", "zxx")
    assert (person.sex, person.born_on) == (Sex.MALE, date(1985, 3, 4))
    assert open_identity_number(person.id_number_sealed) == id_number(3)
    assert open_phone(person.phone_sealed) == "13870003134"
    posting = only_posting(person_id)
    assert (posting.unit_id, posting.subject, posting.valid_from) == (
        school.id,
        "心理",
        date(2021, 9, 1),
    )


def test_keeps_personal_values_out_of_the_open_audit_record(school, county):
    facts = PersonFacts(name="曾小贤", id_number=id_number(3))
    with atomic():
        register_person(facts, unit_id=school.id, actor=county)
    entry = entries("people.register")[0]
    assert "曾小贤" not in str(entry.details)
    assert open_personal(entry)["after"]["id_number"] == id_number(3)


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"name": "  "}, "name", "name"),
        ({"id_number": "123"}, "identity_number_length", "id_number"),
        ({"id_number": "99" + id_number(1)[2:]}, "identity_number_province", "id_number"),
        ({"phone": "12"}, "phone", "phone"),
        ({"email": "not an address"}, "email", "email"),
        ({"born_on": date(2030, 1, 1)}, "day_future", "born_on"),
        ({"work_began_on": date(1800, 1, 1)}, "day_too_early", "work_began_on"),
        (
            {"born_on": date(1990, 1, 1), "work_began_on": date(1989, 1, 1)},
            "day_before_birth",
            "work_began_on",
        ),
        ({"education": "博" * 41}, "too_long", "education"),
    ],
)
def test_refuses_impossible_facts(school, county, facts, code, field):
    told = PersonFacts(**{"name": "某人", **facts})
    refusal = refuse(
        code, lambda: register_person(told, unit_id=school.id, actor=county), InvalidInput
    )
    assert refusal.field == field
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def test_refuses_a_number_registered_within_the_scope_and_names_it(school, county):
    known = make_counselor(school, "李梅", number=id_number(5))
    known_id = known.id
    facts = PersonFacts(name="李梅", id_number=id_number(5))
    refusal = refuse(
        "registered_here", lambda: register_person(facts, unit_id=school.id, actor=county)
    )
    assert refusal.details["person_id"] == known_id
    assert "鹿城小学" in str(refusal)


def test_refuses_a_number_registered_elsewhere_without_saying_where(school, county):
    make_counselor(make_school(LUFENG, "金山小学"), "李梅", number=id_number(5))
    facts = PersonFacts(name="李梅", id_number=id_number(5))
    refusal = refuse(
        "registered_elsewhere", lambda: register_person(facts, unit_id=school.id, actor=county)
    )
    assert "李梅" not in str(refusal)
    assert "金山" not in str(refusal)


def test_refuses_a_namesake_at_the_same_unit_until_confirmed(school, county):
    make_counselor(school, "李梅")
    facts = PersonFacts(name="李 梅")
    refuse("namesake", lambda: register_person(facts, unit_id=school.id, actor=county))
    with atomic():
        register_person(facts, unit_id=school.id, actor=county, namesake_known=True)


def test_two_identity_numbers_prove_two_people(school, county):
    make_counselor(school, "李梅", number=id_number(5))
    with atomic():
        register_person(
            PersonFacts(name="李梅", id_number=id_number(6)), unit_id=school.id, actor=county
        )


def test_refuses_a_unit_outside_the_scope(county):
    far = make_school(LUFENG)
    far_id = far.id
    refuse(
        "not_found",
        lambda: register_person(PersonFacts(name="某人"), unit_id=far_id, actor=county),
        NotFound,
    )


def test_two_officers_registering_one_number_at_once_make_one_record(app, session):
    school = make_school(CHUXIONG_CITY)
    actor = make_actor("county", CHUXIONG_CITY)
    unit_id, number = school.id, id_number(8)
    session.rollback()
    start, outcomes = threading.Barrier(2), []

    def register() -> None:
        with app.app_context():
            start.wait()
            try:
                with atomic():
                    register_person(
                        PersonFacts(name="同一人", id_number=number),
                        unit_id=unit_id,
                        actor=actor,
                        namesake_known=True,
                    )
                outcomes.append("registered")
            except DomainError as error:
                outcomes.append(error.code)

    run(register, register)
    assert "registered" in outcomes
    assert set(outcomes) - {"registered"} <= {"registered_here", "registered_elsewhere"}
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1


def run(*acts) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_corrects_only_what_is_given_and_records_before_and_after(school, county):
    person = make_counselor(school, "李桃艳", number=id_number(1))
    person_id = person.id
    with atomic():
        correct_person(
            person_id, {"name": "李桃燕", "major": "心理学"}, actor=county, reason="录入有误"
        )
    person = db.session.get_one(Person, person_id)
    assert (person.name, person.initials, person.major) == ("李桃燕", "lty", "心理学")
    assert open_identity_number(person.id_number_sealed) == id_number(1)
    entry = entries("people.correct")[0]
    assert entry.reason == "录入有误"
    assert open_personal(entry) == {
        "before": {"name": "李桃艳", "major": None},
        "after": {"name": "李桃燕", "major": "心理学"},
    }


def test_a_correction_that_changes_nothing_leaves_no_trace(school, county):
    person_id = make_counselor(school, "李桃艳").id
    with atomic():
        correct_person(person_id, {"name": "李桃艳"}, actor=county, reason="核对")
    assert entries("people.correct") == []


def test_refuses_a_correction_without_a_reason(school, county):
    person_id = make_counselor(school).id
    refuse("reason", lambda: correct_person(person_id, {"name": "张"}, actor=county, reason=" "))


def test_refuses_a_correction_of_an_outdated_version(school, county):
    person_id = make_counselor(school).id
    with atomic():
        correct_person(person_id, {"name": "张一"}, actor=county, reason="x", row_version=1)
    refuse(
        "stale_version",
        lambda: correct_person(
            person_id, {"name": "张二"}, actor=county, reason="x", row_version=1
        ),
        StaleVersion,
    )


def test_sex_and_birth_date_follow_the_number(school, county):
    person_id = make_counselor(school, number=id_number(1)).id
    with atomic():
        correct_person(
            person_id, {"sex": Sex.FEMALE, "born_on": date(1999, 9, 9)}, actor=county, reason="x"
        )
    person = db.session.get_one(Person, person_id)
    assert (person.sex, person.born_on) == (Sex.MALE, date(1985, 3, 4))


def test_refuses_a_correction_to_a_number_somebody_has(school, county):
    make_counselor(school, "李梅", number=id_number(5))
    person_id = make_counselor(school, "王五", number=id_number(6)).id
    refuse(
        "registered_here",
        lambda: correct_person(person_id, {"id_number": id_number(5)}, actor=county, reason="x"),
    )


def test_a_number_may_be_removed(school, county):
    person_id = make_counselor(school, number=id_number(6)).id
    with atomic():
        correct_person(person_id, {"id_number": None}, actor=county, reason="不是本人")
    assert db.session.get_one(Person, person_id).id_number_index is None


def test_reveals_once_for_a_reason(school, county):
    person_id = make_person(school, number=id_number(6), phone="13870003134").id
    with atomic():
        assert reveal_identity_number(person_id, actor=county, reason="核验证书") == id_number(6)
        assert reveal_phone(person_id, actor=county, reason="通知培训") == "13870003134"
    assert [(e.details["what"], e.reason, e.subject_id) for e in entries("people.reveal")] == [
        ("id_number", "核验证书", person_id),
        ("phone", "通知培训", person_id),
    ]


def test_refuses_to_reveal_without_a_reason(school, county):
    person_id = make_person(school, number=id_number(6)).id
    refuse("reason", lambda: reveal_identity_number(person_id, actor=county, reason=""))
    assert entries("people.reveal") == []


def test_refuses_to_reveal_outside_the_scope(county):
    person_id = make_person(make_school(LUFENG), number=id_number(6)).id
    refuse(
        "not_found", lambda: reveal_identity_number(person_id, actor=county, reason="x"), NotFound
    )


def test_refuses_a_second_open_posting_at_a_unit(school, county):
    person_id, unit_id = make_counselor(school).id, school.id
    refuse(
        "posting_overlaps",
        lambda: add_posting(
            person_id, unit_id=unit_id, facts=PART, valid_from=date(2022, 1, 1), actor=county
        ),
    )


def test_refuses_a_second_full_time_posting(school, county):
    other_id = make_school(CHUXIONG_CITY).id
    person_id = make_counselor(school, role=PostingRole.FULL_TIME).id
    refuse(
        "second_full_time",
        lambda: add_posting(
            person_id, unit_id=other_id, facts=FULL, valid_from=date(2022, 1, 1), actor=county
        ),
    )


def test_refuses_to_begin_at_a_unit_that_is_closed(county):
    school = make_school(CHUXIONG_CITY, closed_on=date(2022, 7, 31), opened_on=date(2000, 1, 1))
    person_id = make_person(get_unit(CHUXIONG_CITY)).id
    unit_id = school.id
    for day in (date(2022, 8, 1), date(1999, 12, 31)):
        refuse(
            "unit_not_open",
            lambda day=day: add_posting(
                person_id, unit_id=unit_id, facts=PART, valid_from=day, actor=county
            ),
        )
    with atomic():
        add_posting(
            person_id, unit_id=unit_id, facts=PART, valid_from=date(2022, 7, 31), actor=county
        )


def test_refuses_absurd_days(school, county):
    person = make_person(school, number=id_number(6))
    with atomic():
        db.session.get_one(Person, person.id).born_on = date(1985, 3, 4)
    person_id, unit_id = person.id, school.id
    for day, code in (
        (date(1985, 3, 3), "day_before_birth"),
        (date(1066, 1, 1), "day_too_early"),
        (date(2031, 1, 1), "day_too_late"),
    ):
        refuse(
            code,
            lambda day=day: add_posting(
                person_id, unit_id=unit_id, facts=PART, valid_from=day, actor=county
            ),
        )


def test_ends_a_posting_with_its_last_day(school, county):
    posting_id = only_posting(make_counselor(school).id).id
    with atomic():
        end_posting(posting_id, actor=county, on=date(2023, 6, 30), reason=EndReason.RETIRED)
    posting = db.session.get_one(Posting, posting_id)
    assert (posting.valid_until, posting.end_reason) == (date(2023, 6, 30), EndReason.RETIRED)


def test_refuses_to_end_before_the_begin(school, county):
    posting_id = only_posting(make_counselor(school, valid_from=date(2022, 9, 1)).id).id
    refuse(
        "ends_before_begin",
        lambda: end_posting(posting_id, actor=county, on=date(2022, 8, 31), reason=EndReason.LEFT),
    )


def test_refuses_to_end_twice(school, county):
    posting_id = only_posting(make_counselor(school, valid_until=date(2023, 1, 1)).id).id
    refuse(
        "posting_ended",
        lambda: end_posting(posting_id, actor=county, on=date(2023, 2, 1), reason=EndReason.LEFT),
    )


def test_refuses_to_end_what_another_county_keeps(county):
    posting_id = only_posting(make_counselor(make_school(LUFENG)).id).id
    refuse(
        "not_found",
        lambda: end_posting(posting_id, actor=county, on=date(2023, 2, 1), reason=EndReason.LEFT),
        NotFound,
    )


def test_takes_an_end_back(school, county):
    posting_id = only_posting(make_counselor(school).id).id
    with atomic():
        end_posting(posting_id, actor=county, on=date(2023, 6, 30), reason=EndReason.LEFT, note="x")
    with atomic():
        undo_end(posting_id, actor=county, reason="点错了")
    posting = db.session.get_one(Posting, posting_id)
    assert (posting.valid_until, posting.end_reason, posting.end_note) == (None, None, None)
    assert entries("postings.undo_end")[0].details["before"]["valid_until"] == "2023-06-30"


def test_refuses_to_take_back_an_end_when_a_later_posting_stands_there(school, county):
    person = make_counselor(school, valid_until=date(2022, 1, 1))
    posting_id = only_posting(person.id).id
    make_posting(person, school, valid_from=date(2023, 1, 1))
    refuse("posting_overlaps", lambda: undo_end(posting_id, actor=county, reason="x"))


def test_refuses_to_take_back_an_end_that_never_was(school, county):
    posting_id = only_posting(make_counselor(school).id).id
    refuse("posting_runs", lambda: undo_end(posting_id, actor=county, reason="x"))


def test_a_change_of_role_keeps_the_old_posting_and_its_recruitment(school, county):
    person = make_counselor(school, recruited_on=date(2021, 8, 1), valid_from=date(2021, 9, 1))
    person_id, posting_id = person.id, only_posting(person.id).id
    with atomic():
        change_posting(posting_id, facts=FULL, on=date(2023, 3, 1), actor=county)
    rows = db.session.scalars(
        select(Posting).where(Posting.person_id == person_id).order_by(Posting.id)
    ).all()
    assert [(p.role, p.valid_from, p.valid_until, p.recruited_on, p.end_reason) for p in rows] == [
        (
            PostingRole.PART_TIME,
            date(2021, 9, 1),
            date(2023, 2, 28),
            date(2021, 8, 1),
            EndReason.ROLE_CHANGED,
        ),
        (PostingRole.FULL_TIME, date(2023, 3, 1), None, None, None),
    ]


def test_refuses_a_change_from_the_first_day(school, county):
    posting_id = only_posting(make_counselor(school, valid_from=date(2022, 9, 1)).id).id
    refuse(
        "same_day",
        lambda: change_posting(posting_id, facts=FULL, on=date(2022, 9, 1), actor=county),
    )


def test_refuses_a_change_of_nothing(school, county):
    posting_id = only_posting(make_counselor(school).id).id
    same = PostingFacts(PostingRole.PART_TIME)
    refuse(
        "nothing_changes",
        lambda: change_posting(posting_id, facts=same, on=date(2022, 9, 1), actor=county),
    )


def test_a_refused_change_leaves_the_old_posting_running(school, county):
    posting_id = only_posting(make_counselor(school).id).id
    closed_id = make_school(CHUXIONG_CITY, closed_on=date(2021, 1, 1)).id
    refuse(
        "unit_not_open",
        lambda: transfer(posting_id, unit_id=closed_id, on=date(2022, 9, 1), actor=county),
    )
    assert db.session.get_one(Posting, posting_id).valid_until is None


def test_refuses_a_transfer_to_where_one_is(school, county):
    posting_id, unit_id = only_posting(make_counselor(school).id).id, school.id
    refuse(
        "same_unit",
        lambda: transfer(posting_id, unit_id=unit_id, on=date(2022, 9, 1), actor=county),
    )


def test_only_the_bureau_transfers_across_counties(school, county):
    posting_id = only_posting(make_counselor(school).id).id
    far_id = make_school(LUFENG).id
    refuse(
        "not_found",
        lambda: transfer(posting_id, unit_id=far_id, on=date(2022, 9, 1), actor=county),
        NotFound,
    )
    bureau = make_actor("bureau", CHUXIONG)
    with atomic():
        moved = transfer(posting_id, unit_id=far_id, on=date(2022, 9, 1), actor=bureau)
        assert moved.unit_id == far_id


def test_corrects_a_posting_without_a_new_one(school, county):
    person_id = make_counselor(school).id
    posting_id = only_posting(person_id).id
    with atomic():
        correct_posting(
            posting_id,
            facts=FULL,
            valid_from=date(2019, 9, 1),
            valid_until=None,
            actor=county,
            reason="日期有误",
        )
    posting = only_posting(person_id)
    assert (posting.role, posting.valid_from) == (PostingRole.FULL_TIME, date(2019, 9, 1))
    assert entries("postings.correct")[0].details["before"] == {
        "role": "part_time",
        "valid_from": "2020-01-01",
    }


def test_refuses_a_corrected_period_that_ends_before_it_begins(school, county):
    posting_id = only_posting(make_counselor(school, valid_until=date(2022, 1, 1)).id).id
    refuse(
        "ends_before_begin",
        lambda: correct_posting(
            posting_id,
            facts=PART,
            valid_from=date(2022, 2, 1),
            valid_until=date(2022, 1, 1),
            actor=county,
            reason="x",
        ),
    )


def test_two_officers_ending_one_posting_at_once_end_it_once(app, session):
    school = make_school(CHUXIONG_CITY)
    actor = make_actor("county", CHUXIONG_CITY)
    posting_id = only_posting(make_counselor(school).id).id
    session.rollback()
    start, outcomes = threading.Barrier(2), []

    def end(day: date) -> None:
        with app.app_context():
            start.wait()
            try:
                with atomic():
                    end_posting(posting_id, actor=actor, on=day, reason=EndReason.LEFT)
                outcomes.append("ended")
            except DomainError as error:
                outcomes.append(error.code)

    run(lambda: end(date(2023, 5, 1)), lambda: end(date(2023, 6, 1)))
    assert sorted(outcomes) == ["ended", "posting_ended"]


def test_the_other_prefecture_sees_nobody(school):
    person_id = make_counselor(school, number=id_number(1)).id
    lincang = make_actor("bureau", LINCANG)
    refuse(
        "not_found", lambda: reveal_identity_number(person_id, actor=lincang, reason="x"), NotFound
    )
