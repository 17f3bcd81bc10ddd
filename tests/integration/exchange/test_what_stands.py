"""What an import leaves standing: people who wait in the queue, recruitments counted once, ends decided by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.db import atomic
from app.domain.accounts.rules import system_actor
from app.domain.certificates.models import Credential
from app.domain.exchange import operations
from app.domain.exchange.models import ImportRow, RowState
from app.domain.people.models import (
    LeadTeacherDesignation,
    Posting,
    StudioMembership,
    TrainingRecord,
)
from tests.factories import get_unit, id_number, make_counselor, make_school
from tests.integration.exchange.workbooks import (
    PLACEMENTS,
    ROSTER,
    SCHOOLS,
    STUDIO,
    TRAININGS,
    as_system,
    bring,
    codes,
    teacher,
    workbook,
)

RECRUITED = (*ROSTER, "公开招聘时间")
NUMBERLESS = {"姓名": "李春梅", "身份证号": ""}


def two_namesakes(session: Session) -> tuple[bytes, list[int]]:
    """A complete roster with a row that may mean either of two people of the school."""
    school = make_school()
    people = [
        make_counselor(school, "李春梅", number=id_number(serial), valid_from=date(2018, 3, 1)).id
        for serial in (7, 8)
    ]
    return workbook(ROSTER, [teacher(1, school.name, **NUMBERLESS)]), people


def ended_people(session: Session) -> list[int]:
    statement = select(Posting.person_id).where(Posting.valid_until.is_not(None))
    return sorted(session.scalars(statement))


def test_whoever_may_be_meant_by_a_row_that_still_waits_is_not_missing(session: Session) -> None:
    data, _people = two_namesakes(session)
    bring("counselors", data, complete=True)
    _batch, again = bring("counselors", data, complete=True)
    assert (again.counts()["unchanged"], again.counts()["ended"]) == (1, 0)
    assert ended_people(session) == []


def test_whom_an_officer_picked_is_not_missing_from_the_same_roster(session: Session) -> None:
    data, people = two_namesakes(session)
    bring("counselors", data, complete=True)
    row_id = session.scalars(
        select(ImportRow.id).where(ImportRow.state == RowState.UNRESOLVED)
    ).one()
    operations.resolve(row_id, people[0], as_system, actor=system_actor())
    bring("counselors", data, complete=True)
    assert ended_people(session) == [people[1]]


def recruited_row(school: str, **changed: str) -> list[object]:
    return [*teacher(1, school, 姓名="李甲", **changed), "2021-09-01"]


def recruitments(session: Session) -> list[int]:
    statement = select(Posting.unit_id).where(Posting.recruited_on.is_not(None))
    return list(session.scalars(statement))


def test_a_recruitment_stays_with_the_posting_that_began_by_it(session: Session) -> None:
    old, new = make_school(), make_school()
    bring("counselors", workbook(RECRUITED, [recruited_row(old.name)], filled="2022年8月10日"))
    moved = workbook(RECRUITED, [recruited_row(new.name)])
    bring("counselors", moved)
    assert recruitments(session) == [old.id]
    _batch, again = bring("counselors", moved)
    assert again.counts()["unchanged"] == 1


def test_a_recruitment_is_not_told_again_of_another_role(session: Session) -> None:
    school = make_school()
    bring("counselors", workbook(RECRUITED, [recruited_row(school.name)], filled="2022年8月10日"))
    full_time = {"专/兼职": "专职"}
    bring("counselors", workbook(RECRUITED, [recruited_row(school.name, **full_time)]))
    assert recruitments(session) == [school.id]


def test_who_returned_and_is_missing_from_a_newer_roster_had_left_by_then(session: Session) -> None:
    school = make_school()
    person = make_counselor(
        school,
        "李甲",
        number=id_number(1),
        valid_from=date(2010, 3, 1),
        valid_until=date(2012, 3, 1),
    ).id
    bring("counselors", workbook(ROSTER, [teacher(2, school.name)]), complete=True)
    older = workbook(ROSTER, [teacher(1, school.name, 姓名="李甲")], filled="2020年8月10日")
    bring("counselors", older)
    rows = session.execute(
        select(Posting.valid_from, Posting.valid_until)
        .where(Posting.person_id == person)
        .order_by(Posting.valid_from)
    ).all()
    assert [tuple(row) for row in rows] == [
        (date(2010, 3, 1), date(2012, 3, 1)),
        (date(2020, 8, 10), date(2023, 8, 9)),
    ]


def test_a_complete_roster_after_a_partial_one_tells_who_had_left(session: Session) -> None:
    school = make_school()
    others = workbook(ROSTER, [teacher(2, school.name)], filled="2022年8月10日")
    bring("counselors", others)
    bring("counselors", workbook(ROSTER, [teacher(2, school.name)]), complete=True)
    bring("counselors", workbook(ROSTER, [teacher(1, school.name)], filled="2020年8月10日"))
    ends = session.scalars(select(Posting.valid_until).where(Posting.valid_until.is_not(None)))
    assert ends.all() == [date(2023, 8, 9)]


def test_a_certificate_without_date_counts_from_the_oldest_roster_that_lists_it(
    session: Session,
) -> None:
    school = make_school()
    held = {"持有心理健康教育相关证书": "心理咨询师三级", "证书编号": "1123000000300001"}
    row = teacher(1, school.name, **held)
    bring("counselors", workbook(ROSTER, [row]))
    older = workbook(ROSTER, [row], filled="2020年8月10日")
    bring("counselors", older)
    assert session.scalars(select(Credential.recorded_for)).all() == [date(2020, 8, 10)]
    _batch, again = bring("counselors", older)
    assert again.counts()["unchanged"] == 1


def placement() -> bytes:
    school = make_school("530921", name="凤庆县大坪小学")
    make_counselor(school, "周琼英", number=id_number(5))
    row = [1, "第一期", "周琼英", id_number(5), "凤庆县", school.name, "临沧市第一中学"]
    make_school("530900", name="临沧市第一中学")
    return workbook(PLACEMENTS, [[*row, "2022.03.01-2022.07.08", "合格"]])


def test_a_designation_that_was_ended_is_not_made_anew_by_the_same_placement(
    session: Session,
) -> None:
    data = placement()
    bring("placements", data, unit="530900")
    with atomic():
        session.scalars(select(LeadTeacherDesignation)).one().valid_until = date(2023, 1, 31)
    _batch, again = bring("placements", data, unit="530900")
    assert again.counts()["unchanged"] == 1
    assert session.scalar(select(func.count()).select_from(LeadTeacherDesignation)) == 1


def test_a_training_that_was_withdrawn_stays_withdrawn(session: Session) -> None:
    school = make_school()
    make_counselor(school, "李甲", number=id_number(1))
    row = [1, "国培计划", "国家级", "2021.10.11-10.20", "李甲", id_number(1), "楚雄市"]
    data = workbook(TRAININGS, [[*row, school.name, 80, "合格"]])
    bring("trainings", data)
    with atomic():
        record = session.scalars(select(TrainingRecord)).one()
        record.withdrawn_at, record.withdrawn_reason = datetime(2023, 9, 1, tzinfo=UTC), "twice"
    _batch, again = bring("trainings", data)
    assert again.counts()["unchanged"] == 1
    assert codes(again) == ["training_withdrawn"]
    assert session.scalar(select(func.count()).select_from(TrainingRecord)) == 1


def studio(school: str, joined: str) -> bytes:
    row = [1, "李甲", id_number(1), "楚雄市", school, "成员", joined]
    return workbook(STUDIO, [row], title="楚雄州中小学心理健康教育工作室成员名册")


def memberships(session: Session) -> list[tuple[date, date | None]]:
    statement = select(StudioMembership.valid_from, StudioMembership.valid_until)
    rows = session.execute(statement.order_by(StudioMembership.valid_from))
    return [(row[0], row[1]) for row in rows]


def left_studio(session: Session) -> str:
    """A school whose counselor joined a studio by workbook and left it since, as an officer recorded."""
    school = make_school()
    make_counselor(school, "李甲", number=id_number(1))
    bring("studio", studio(school.name, "2022.03"))
    with atomic():
        session.scalars(select(StudioMembership)).one().valid_until = date(2023, 1, 31)
    return school.name


def test_who_left_a_studio_does_not_join_again_by_the_same_file(session: Session) -> None:
    school = left_studio(session)
    _batch, again = bring("studio", studio(school, "2022.03"))
    assert (again.counts()["unchanged"], codes(again)) == (1, ["older_workbook"])
    assert memberships(session) == [(date(2022, 3, 1), date(2023, 1, 31))]


def test_who_left_a_studio_may_join_it_again_later(session: Session) -> None:
    school = left_studio(session)
    bring("studio", studio(school, "2023.03"))
    assert memberships(session) == [
        (date(2022, 3, 1), date(2023, 1, 31)),
        (date(2023, 3, 1), None),
    ]


@pytest.mark.parametrize("code", ["5323010999", ""])
def test_a_list_that_closes_a_school_may_land_again(session: Session, code: str) -> None:
    make_school(name="青山小学", code="5323010999")
    headers = (*SCHOOLS, "撤并时间")
    row = [1, "楚雄市", "青山小学", code, "完小", 300, 2, 40, "2023-05-01"]
    data = workbook(headers, [row])
    bring("schools", data)
    assert get_unit("5323010999").closed_on == date(2023, 5, 1)
    _batch, again = bring("schools", data)
    assert codes(again) == []
    assert again.counts()["unchanged"] == 1


def test_a_list_may_say_since_when_a_known_school_is_open(session: Session) -> None:
    make_school(name="青山小学", code="5323010999")
    headers = (*SCHOOLS, "建校时间")
    row = [1, "楚雄市", "青山小学", "5323010999", "完小", 300, 2, 40, "2019-09-01"]
    data = workbook(headers, [row])
    bring("schools", data)
    assert get_unit("5323010999").opened_on == date(2019, 9, 1)
    _batch, again = bring("schools", data)
    assert again.counts()["unchanged"] == 1


def test_a_known_school_cannot_close_before_it_opened(session: Session) -> None:
    make_school(name="青山小学", code="5323010999", opened_on=date(2019, 9, 1))
    headers = (*SCHOOLS, "撤并时间")
    row = [1, "楚雄市", "青山小学", "5323010999", "完小", 300, 2, 40, "2018-07-01"]
    _batch, plan = bring("schools", workbook(headers, [row]))
    problem = next(plan.problems())
    assert (problem.code, problem.row, problem.column) == (
        "closed_before_known_opening",
        4,
        "撤并时间",
    )
