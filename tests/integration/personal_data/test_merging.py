"""Merging two records of one person: everything moves, nothing counts twice, and it can be taken back exactly."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import Base, atomic, db
from app.core.errors import DomainError, NotFound
from app.core.i18n import lazy_gettext as _l
from app.domain.certificates.models import Credential
from app.domain.certificates.rules import CredentialState
from app.domain.exchange.models import Import, ImportKind, ImportRow, RowState
from app.domain.people.models import (
    Commitment,
    LeadTeacherDesignation,
    Person,
    Posting,
    PostingChange,
    Studio,
    StudioMembership,
    TrainingRecord,
)
from app.domain.people.operations.people import correct_person
from app.domain.people.operations.postings import end_posting
from app.domain.people.operations.proposals import propose_end
from app.domain.people.queries.record import find_kept_record, find_person
from app.domain.people.rules import EndReason, PostingRole, StudioKind, StudioRole
from app.domain.people.sealed import open_identity_number
from app.domain.personal_data.operations import merging
from app.domain.personal_data.operations.merging import merge_people
from app.domain.personal_data.operations.undoing import undo_merge
from app.domain.personal_data.references import references_to_people
from app.domain.placements.models import Mentor, Nomination, Placement
from tests import placement_factories
from tests.factories import (
    CHUXIONG,
    CHUXIONG_CITY,
    LINCANG,
    LUFENG,
    id_number,
    make_account,
    make_actor,
    make_counselor,
    make_credential,
    make_designation,
    make_person,
    make_posting,
    make_school,
    make_training,
    save,
)

TABLES = (
    "people",
    "postings",
    "posting_changes",
    "lead_teacher_designations",
    "studio_memberships",
    "training_records",
    "credentials",
    "import_rows",
    "commitments",
)


@pytest.fixture
def bureau(session):
    return make_actor("bureau", CHUXIONG)


@pytest.fixture
def school(session):
    return make_school(CHUXIONG_CITY, "鹿城小学")


def refuse(code: str, act) -> DomainError:
    with pytest.raises(DomainError) as refused, atomic():
        act()
    assert refused.value.code == code
    return refused.value


def everything() -> dict[str, list[dict]]:
    """All rows that figures and records stand on, but for the version of the row."""
    db.session.rollback()
    return {
        name: [
            {key: value for key, value in row.items() if key != "row_version"}
            for row in db.session.execute(
                select(Base.metadata.tables[name]).order_by(Base.metadata.tables[name].c.id)
            ).mappings()
        ]
        for name in TABLES
    }


def merge(kept: int, merged: int, actor, take=()) -> int:
    with atomic():
        return merge_people(kept, merged, take=take, actor=actor, reason="同一人").id


def rows_of(model, person_id: int) -> list:
    return list(
        db.session.scalars(select(model).where(model.person_id == person_id).order_by(model.id))
    )


def full_record(school, name: str, number: str | None, place) -> Person:
    """A person with something in every table that points to people."""
    person = make_counselor(school, name, number=number)
    make_credential(person, "psych_3")
    make_training(person, school, title=f"{name}培训")
    make_designation(person, school, date(2018, 1, 1), date(2018, 12, 31))
    studio = save(
        Studio(
            unit_id=place.id,
            kind=StudioKind.STUDIO,
            name=f"{name}工作室",
            name_key=f"{name}工作室",
            valid_from=date(2020, 1, 1),
        )
    )
    save(
        StudioMembership(
            studio_id=studio.id,
            person_id=person.id,
            role=StudioRole.HOST,
            valid_from=date(2020, 1, 1),
        )
    )
    save(
        Commitment(
            person_id=person.id,
            source="workshop",
            source_id=person.id,
            title="工作坊",
            starts_at=clock.now(),
            ends_at=clock.now() + timedelta(hours=2),
        )
    )
    batch = save(
        Import(
            kind=ImportKind.COUNSELORS,
            unit_id=place.id,
            file_name="a.xlsx",
            file_key="k",
            file_digest="d",
            created_at=clock.now(),
        )
    )
    save(
        ImportRow(
            import_id=batch.id,
            position=1,
            row_number=1,
            state=RowState.RESOLVED,
            sealed=b"x",
            resolved_person_id=person.id,
        )
    )
    return person


def test_everything_moves_and_returns_exactly(session, school, bureau):
    other = make_school(LUFENG, "金山小学")
    kept = full_record(school, "李桃艳", id_number(1), school)
    merged = full_record(other, "李陶艳", id_number(2), school)
    kept_id, merged_id = kept.id, merged.id
    posting_id = rows_of(Posting, merged_id)[0].id
    with atomic():
        propose_end(posting_id, on=date(2023, 1, 1), reason=EndReason.LEFT, actor=bureau)
    account_id = make_account("teacher", other).id
    with atomic():
        db.session.get_one(Person, merged_id).account_id = account_id
    before = everything()
    merge_id = merge(kept_id, merged_id, bureau, take=("name", "id_number"))
    for table, column in references_to_people():
        assert db.session.scalar(select(table.c.id).where(column == merged_id)) is None, table.name
        if table.name not in TABLES:
            continue
        assert db.session.scalar(select(table.c.id).where(column == kept_id)) is not None, (
            table.name
        )
    person = db.session.get_one(Person, kept_id)
    assert (person.name, open_identity_number(person.id_number_sealed)) == (
        "李陶艳",
        id_number(2),
    )
    assert person.account_id == account_id
    assert db.session.get_one(Person, merged_id).merged_into_id == kept_id
    assert find_person(merged_id, scope="/") is None
    assert find_kept_record(merged_id, scope="/") == kept_id
    with atomic():
        undo_merge(merge_id, actor=bureau, reason="不是同一人")
    assert everything() == before


def test_the_same_facts_are_kept_once_and_come_back(session, school, bureau):
    kept = make_counselor(school, "李梅", valid_from=date(2021, 9, 1))
    merged = make_counselor(
        school, "李梅", valid_from=date(2019, 9, 1), recruited_on=date(2019, 8, 1)
    )
    studio = save(
        Studio(
            unit_id=school.id,
            kind=StudioKind.STUDIO,
            name="工作室",
            name_key="工作室",
            valid_from=date(2020, 1, 1),
        )
    )
    for person in (kept, merged):
        make_credential(person, "psych_2", number="1234567890200001")
        make_training(person, school, title="省级骨干培训")
        make_designation(person, school)
        save(
            StudioMembership(
                studio_id=studio.id,
                person_id=person.id,
                role=StudioRole.MEMBER,
                valid_from=date(2021, 1, 1),
            )
        )
    kept_id, merged_id = kept.id, merged.id
    before = everything()
    merge_id = merge(kept_id, merged_id, bureau)
    (posting,) = rows_of(Posting, kept_id)
    assert (posting.valid_from, posting.valid_until, posting.recruited_on) == (
        date(2019, 9, 1),
        None,
        date(2019, 8, 1),
    )
    assert len(rows_of(LeadTeacherDesignation, kept_id)) == 1
    assert len(rows_of(StudioMembership, kept_id)) == 1
    trainings = rows_of(TrainingRecord, kept_id)
    assert [record.withdrawn_at is None for record in trainings] == [True, False]
    states = [credential.state for credential in rows_of(Credential, kept_id)]
    assert states == [CredentialState.VERIFIED, CredentialState.REJECTED]
    with atomic():
        undo_merge(merge_id, actor=bureau, reason="误合并")
    assert everything() == before


def test_the_passed_training_and_the_verified_certificate_win(session, school, bureau):
    kept, merged = make_counselor(school, "李梅"), make_counselor(make_school(), "李梅")
    make_training(kept, school, passed=False)
    make_training(merged, school, passed=True)
    make_credential(kept, "psych_2", number="1", state=CredentialState.CLAIMED)
    make_credential(merged, "psych_2", number="1")
    kept_id, merged_id = kept.id, merged.id
    merge(kept_id, merged_id, bureau)
    counting = [r.passed for r in rows_of(TrainingRecord, kept_id) if r.withdrawn_at is None]
    assert counting == [True]
    verified = [
        c.state for c in rows_of(Credential, kept_id) if c.state is not CredentialState.REJECTED
    ]
    assert verified == [CredentialState.VERIFIED]


def test_an_ended_and_an_open_posting_at_one_unit_become_one_open_posting(session, school, bureau):
    kept = make_counselor(school, "李梅", valid_until=date(2022, 6, 30))
    merged = make_counselor(school, "李梅", valid_from=date(2022, 1, 1))
    kept_id, merged_id = kept.id, merged.id
    before = everything()
    merge_id = merge(kept_id, merged_id, bureau)
    (posting,) = rows_of(Posting, kept_id)
    assert (posting.valid_from, posting.valid_until) == (date(2020, 1, 1), None)
    with atomic():
        undo_merge(merge_id, actor=bureau, reason="误合并")
    assert everything() == before


def test_postings_one_after_the_other_both_stay(session, school, bureau):
    kept = make_counselor(school, "李梅", valid_until=date(2021, 6, 30))
    merged = make_counselor(school, "李梅", valid_from=date(2022, 1, 1))
    kept_id, merged_id = kept.id, merged.id
    merge(kept_id, merged_id, bureau)
    assert len(rows_of(Posting, kept_id)) == 2


def test_of_two_proposals_about_one_posting_one_stays(session, school, bureau):
    kept, merged = make_counselor(school, "李梅"), make_counselor(school, "李梅")
    kept_id, merged_id = kept.id, merged.id
    for person_id in (kept_id, merged_id):
        posting_id = rows_of(Posting, person_id)[0].id
        with atomic():
            propose_end(posting_id, on=date(2023, 1, 1), reason=EndReason.LEFT, actor=bureau)
    before = everything()
    merge_id = merge(kept_id, merged_id, bureau)
    assert sorted(change.state.value for change in rows_of(PostingChange, kept_id)) == [
        "proposed",
        "withdrawn",
    ]
    with atomic():
        undo_merge(merge_id, actor=bureau, reason="误合并")
    assert everything() == before


def test_an_account_of_its_own_stays_with_the_kept_record(session, school, bureau):
    kept, merged = make_person(school, "李梅"), make_person(school, "李梅")
    first, second = make_account("teacher", school).id, make_account("teacher", school).id
    kept_id, merged_id = kept.id, merged.id
    with atomic():
        db.session.get_one(Person, kept_id).account_id = first
        db.session.get_one(Person, merged_id).account_id = second
    merge(kept_id, merged_id, bureau)
    assert db.session.get_one(Person, kept_id).account_id == first


def test_refuses_to_merge_a_record_with_itself(session, school, bureau):
    person_id = make_person(school).id
    refuse(
        "same_record", lambda: merge_people(person_id, person_id, take=(), actor=bureau, reason="x")
    )


def test_refuses_to_merge_without_a_reason(session, school, bureau):
    kept_id, merged_id = make_person(school).id, make_person(school).id
    refuse("reason", lambda: merge_people(kept_id, merged_id, take=(), actor=bureau, reason=""))


def test_refuses_a_record_outside_the_scope(session, school):
    county = make_actor("county", CHUXIONG_CITY)
    kept_id, far_id = make_person(school).id, make_person(make_school(LUFENG)).id
    with pytest.raises(NotFound), atomic():
        merge_people(kept_id, far_id, take=(), actor=county, reason="x")


def test_refuses_to_undo_twice(session, school, bureau):
    merge_id = merge(make_person(school).id, make_person(school).id, bureau)
    with atomic():
        undo_merge(merge_id, actor=bureau, reason="误合并")
    refuse("merge_undone", lambda: undo_merge(merge_id, actor=bureau, reason="x"))


def test_refuses_to_undo_when_a_moved_posting_has_ended_since(session, school, bureau):
    kept, merged = make_person(school, "李梅"), make_counselor(school, "李梅")
    kept_id, merged_id = kept.id, merged.id
    merge_id = merge(kept_id, merged_id, bureau)
    posting_id = rows_of(Posting, kept_id)[0].id
    with atomic():
        end_posting(posting_id, actor=bureau, on=date(2023, 1, 1), reason=EndReason.LEFT)
    refusal = refuse("built_upon", lambda: undo_merge(merge_id, actor=bureau, reason="x"))
    assert "(1)" in str(refusal)


def test_refuses_to_undo_when_the_kept_record_got_new_facts(session, school, bureau):
    kept, merged = make_counselor(school, "李梅"), make_person(school, "李梅")
    kept_id, merged_id = kept.id, merged.id
    merge_id = merge(kept_id, merged_id, bureau)
    make_training(db.session.get_one(Person, kept_id), school)
    refuse("built_upon", lambda: undo_merge(merge_id, actor=bureau, reason="x"))


def test_refuses_to_undo_when_the_facts_were_corrected_since(session, school, bureau):
    kept_id, merged_id = make_person(school, "李梅").id, make_person(school, "李美").id
    merge_id = merge(kept_id, merged_id, bureau, take=("name",))
    with atomic():
        correct_person(kept_id, {"name": "李媚"}, actor=bureau, reason="x")
    refuse("built_upon", lambda: undo_merge(merge_id, actor=bureau, reason="x"))


def test_an_earlier_merge_is_undone_only_after_the_later_one(session, school, bureau):
    first, second, third = (make_counselor(make_school(), "李梅").id for _ in range(3))
    before = everything()
    inner = merge(second, first, bureau)
    outer = merge(third, second, bureau)
    assert find_kept_record(first, scope="/") == third
    with pytest.raises(NotFound), atomic():
        undo_merge(inner, actor=bureau, reason="x")
    with atomic():
        undo_merge(outer, actor=bureau, reason="x")
    with atomic():
        undo_merge(inner, actor=bureau, reason="x")
    assert everything() == before


def test_another_prefecture_knows_nothing_of_the_merge(session, school, bureau):
    merge_id = merge(make_person(school).id, make_person(school).id, bureau)
    stranger = make_actor("bureau", LINCANG)
    with pytest.raises(NotFound), atomic():
        undo_merge(merge_id, actor=stranger, reason="x")


def test_a_merged_number_is_free_for_the_kept_record_only(session, school, bureau):
    kept = make_counselor(school, "李梅", role=PostingRole.FULL_TIME)
    merged = make_person(school, "李梅", number=id_number(3))
    make_posting(merged, make_school(CHUXIONG_CITY), role=PostingRole.FULL_TIME)
    kept_id, merged_id = kept.id, merged.id
    merge(kept_id, merged_id, bureau, take=("id_number",))
    assert open_identity_number(db.session.get_one(Person, kept_id).id_number_sealed) == id_number(
        3
    )
    assert len(rows_of(Posting, kept_id)) == 2


def test_refuses_what_only_one_record_may_have_and_nobody_united(
    session, school, bureau, monkeypatch
):
    kept, merged = make_counselor(school, "李梅"), make_counselor(school, "李梅")
    kept_id, merged_id = kept.id, merged.id
    monkeypatch.setattr(merging, "resolve_duplicates", lambda *_args, **_kwargs: None)
    before = everything()
    refuse("both_have", lambda: merge_people(kept_id, merged_id, take=(), actor=bureau, reason="x"))
    assert everything() == before


def _nominated(person: Person, cohort, school) -> None:
    county = school.parent
    rank = len(db.session.scalars(select(Nomination)).all()) + 1
    placement_factories.make_nomination(cohort, person, county, school, rank)


def _placed(person: Person, cohort, school) -> None:
    base = placement_factories.make_base_school(f"规培基地{person.id}", CHUXIONG)
    placement_factories.make_placement(
        cohort,
        person,
        nominating=school.parent,
        school=school,
        seats=placement_factories.make_seats(cohort, base),
    )


def _guiding(person: Person, _cohort, school) -> None:
    placement_factories.make_mentor(school, person)


@pytest.mark.parametrize(
    ("have", "words"),
    [
        (_nominated, _l("nomination for a cohort")),
        (_placed, _l("placement in a cohort")),
        (_guiding, _l("post as a mentor of a base school")),
    ],
)
def test_refuses_two_who_both_have_the_same_in_placements(bureau, school, have, words):
    cohort = placement_factories.make_cohort(unit=CHUXIONG)
    people = [make_counselor(school, name) for name in ("李梅", "李 梅")]
    for person in people:
        have(person, cohort, school)
    one, other = (person.id for person in people)
    error = refuse(
        "both_have", lambda: merge_people(one, other, take=(), actor=bureau, reason="同一人")
    )
    assert str(words) in str(error.message)


def test_a_nomination_a_placement_and_a_mentor_move_to_the_kept_record(bureau, school):
    cohort = placement_factories.make_cohort(unit=CHUXIONG)
    kept, merged = make_counselor(school, "李梅"), make_counselor(school, "李 梅")
    for have in (_nominated, _placed, _guiding):
        have(merged, cohort, school)
    with atomic():
        merge_people(kept.id, merged.id, take=(), actor=bureau, reason="同一人")
    for table in (Nomination, Placement, Mentor):
        assert set(db.session.scalars(select(table.person_id))) == {kept.id}
