"""Taking an import back exactly, and settling rows that wait for an officer."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.db import Base, atomic, db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.domain.accounts.rules import system_actor
from app.domain.exchange import operations
from app.domain.exchange.models import Import, ImportRow, ImportState, RowState
from app.domain.exchange.queries import count_waiting
from app.domain.exchange.writing import TABLES
from app.domain.people.models import Person, Posting, TrainingRecord
from tests import placement_factories
from tests.factories import (
    id_number,
    make_actor,
    make_counselor,
    make_person,
    make_school,
    make_training,
)
from tests.integration.exchange.workbooks import (
    ONLINE,
    ROSTER,
    SCHOOLS,
    as_system,
    bring,
    teacher,
    workbook,
)


def everything(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the tables that imports write, but for the version of a row."""
    session.rollback()
    found = {}
    for name in TABLES:
        table = Base.metadata.tables[name]
        columns = [column for column in table.c if column.name != "row_version"]
        found[name] = [tuple(row) for row in session.execute(select(*columns).order_by(table.c.id))]
    return found


def take_back(batch: Import | None, reason: str = "wrong file") -> None:
    assert batch is not None
    import_id = batch.id
    with as_system() as actor:
        operations.undo(import_id, reason, actor=actor)


def test_undo_restores_everything_exactly_and_the_file_can_land_again(session: Session) -> None:
    old, new = make_school(), make_school()
    make_counselor(old, "李甲", number=id_number(1), valid_from=date(2018, 3, 1))
    make_counselor(old, "王乙", number=id_number(2), valid_from=date(2018, 3, 1))
    before = everything(session)
    row = teacher(
        1,
        new.name,
        姓名="李甲",
        联系电话="13912345678",
        职称="高级教师",
        持有心理健康教育相关证书="心理咨询师三级",
        证书编号="1123000000300001",
    )
    data = workbook(ROSTER, [row, teacher(3, new.name)])
    batch, _plan = bring("counselors", data, complete=True)
    after = everything(session)
    take_back(batch)
    assert everything(session) == before
    again, _plan = bring("counselors", data, complete=True)
    assert again is not None
    assert {name: len(rows) for name, rows in everything(session).items()} == {
        name: len(rows) for name, rows in after.items()
    }


def test_a_person_taken_back_leaves_their_id_to_nobody(session: Session) -> None:
    school = make_school()
    data = workbook(ROSTER, [teacher(1, school.name)])
    batch, _plan = bring("counselors", data)
    first = session.scalars(select(Person.id)).one()
    take_back(batch)
    bring("counselors", data)
    assert session.scalars(select(Person.id)).one() > first


def test_undo_of_schools_removes_them_and_restores_names(session: Session) -> None:
    make_school(name="青山小学", code="5323010999")
    before = everything(session)
    rows = [
        [1, "楚雄市", "青山学校", "5323010999", "九年一贯", 300, 2, 40],
        [2, "楚雄市", "绿水小学", "5323010998", "完小", 300, 2, 40],
    ]
    batch, _plan = bring("schools", workbook(SCHOOLS, rows))
    take_back(batch)
    assert everything(session) == before


def test_undo_is_refused_when_a_later_fact_refers_to_a_new_person(session: Session) -> None:
    school = make_school()
    batch, _plan = bring("counselors", workbook(ROSTER, [teacher(1, school.name)]))
    person = session.scalars(select(Person)).one()
    make_training(person, school)
    with pytest.raises(DomainError) as refusal:
        take_back(batch)
    assert refusal.value.code == "built_upon"
    assert "李乙" in str(refusal.value)


def test_undo_is_refused_when_a_new_person_is_nominated_placed_or_a_mentor(
    session: Session,
) -> None:
    school = make_school()
    batch, _plan = bring("counselors", workbook(ROSTER, [teacher(1, school.name)]))
    person = session.scalars(select(Person)).one()
    cohort = placement_factories.make_cohort()
    base = placement_factories.make_base_school()
    county = school.parent
    assert county is not None
    placement_factories.make_nomination(cohort, person, county, school)
    placement_factories.make_mentor(base, person)
    placement_factories.make_placement(
        cohort,
        person,
        nominating=county,
        school=school,
        seats=placement_factories.make_seats(cohort, base),
    )
    assert batch is not None
    blockers = operations.list_blockers(batch.id, scope="/")
    assert {blocker.table for blocker in blockers} == {
        "mentors",
        "placement_nominations",
        "placements",
    }
    assert {blocker.name for blocker in blockers} == {"李乙"}
    with pytest.raises(DomainError) as refusal:
        take_back(batch)
    assert refusal.value.code == "built_upon"


def test_undo_is_refused_when_what_it_changed_was_changed_again(session: Session) -> None:
    school = make_school()
    make_counselor(school, "李甲", number=id_number(1), valid_from=date(2018, 3, 1))
    batch, _plan = bring(
        "counselors", workbook(ROSTER, [teacher(1, school.name, 姓名="李甲", 职称="一级教师")])
    )
    with atomic():
        session.scalars(select(Posting)).one().title = "高级教师"
    assert batch is not None
    blockers = operations.list_blockers(batch.id, scope="/")
    assert [(blocker.name, blocker.table, blocker.how) for blocker in blockers] == [
        ("李甲", "postings", "changed")
    ]
    with pytest.raises(DomainError):
        take_back(batch)


def test_undo_needs_a_reason(session: Session) -> None:
    school = make_school()
    batch, _plan = bring("counselors", workbook(ROSTER, [teacher(1, school.name)]))
    with pytest.raises(InvalidInput):
        take_back(batch, " ")


def test_an_import_is_taken_back_once(session: Session) -> None:
    school = make_school()
    batch, _plan = bring("counselors", workbook(ROSTER, [teacher(1, school.name)]))
    take_back(batch)
    with pytest.raises(DomainError) as refusal:
        take_back(batch)
    assert refusal.value.code == "not_landed"


def waiting_row(session: Session) -> tuple[int, list[Person]]:
    school = make_school(name="楚雄市青山小学")
    people = [make_counselor(school, "李春梅", number=id_number(serial)) for serial in (1, 2)]
    row = [
        "李春梅",
        "*" * 18,
        "",
        school.name,
        "网络培训（2022年）",
        "100%",
        50,
        "合格",
        "2022-12-13",
    ]
    bring("online", workbook(ONLINE, [row]))
    return session.scalars(
        select(ImportRow.id).where(ImportRow.state == RowState.UNRESOLVED)
    ).one(), people


def test_the_picked_person_gets_the_row(session: Session) -> None:
    row_id, people = waiting_row(session)
    chosen = people[1].id
    operations.resolve(row_id, chosen, as_system, actor=system_actor())
    record = session.scalars(select(TrainingRecord)).one()
    row = session.get_one(ImportRow, row_id)
    assert record.person_id == chosen
    assert (row.state, row.resolved_person_id) == (RowState.RESOLVED, chosen)
    assert record.import_id == row.import_id
    assert count_waiting(scope="/") == 0


def test_a_row_may_be_about_a_new_person(session: Session) -> None:
    row_id, _people = waiting_row(session)
    operations.resolve(row_id, None, as_system, actor=system_actor())
    assert session.scalar(select(func.count()).select_from(Person)) == 3
    record = session.scalars(select(TrainingRecord)).one()
    assert record.person.name == "李春梅"


def test_a_settled_row_is_taken_back_with_its_import(session: Session) -> None:
    row_id, people = waiting_row(session)
    operations.resolve(row_id, people[0].id, as_system, actor=system_actor())
    batch = session.get_one(ImportRow, row_id).batch
    take_back(batch)
    assert session.scalars(select(TrainingRecord)).all() == []


def test_a_settled_row_is_not_settled_twice(session: Session) -> None:
    row_id, people = waiting_row(session)
    first, second = people[0].id, people[1].id
    operations.resolve(row_id, first, as_system, actor=system_actor())
    with pytest.raises(DomainError) as refusal:
        operations.resolve(row_id, second, as_system, actor=system_actor())
    assert refusal.value.code == "row_settled"


def test_a_dismissed_row_keeps_its_reason_and_waits_no_more(session: Session) -> None:
    row_id, _people = waiting_row(session)
    with as_system() as actor:
        operations.dismiss(row_id, "not one of ours", actor=actor)
    row = session.get_one(ImportRow, row_id)
    assert (row.state, row.reason) == (RowState.DISMISSED, "not one of ours")


def test_a_person_outside_the_officers_unit_cannot_be_picked(session: Session) -> None:
    row_id, _people = waiting_row(session)
    stranger = make_person(make_school("530902"), "李春梅").id
    officer = make_actor("bureau", "532300")
    with pytest.raises(NotFound):
        operations.resolve(row_id, stranger, as_system, actor=officer)


def test_a_row_outside_the_officers_unit_is_not_there(session: Session) -> None:
    row_id, people = waiting_row(session)
    chosen = people[0].id
    officer = make_actor("bureau", "530900")
    with pytest.raises(NotFound):
        operations.resolve(row_id, chosen, as_system, actor=officer)


def test_the_history_says_what_landed(session: Session) -> None:
    school = make_school()
    batch, _plan = bring("counselors", workbook(ROSTER, [teacher(1, school.name)]))
    assert batch is not None
    kept = db.session.get_one(Import, batch.id)
    assert (kept.state, kept.counts["created"], kept.speaks_of) == (
        ImportState.LANDED,
        1,
        date(2023, 8, 10),
    )
