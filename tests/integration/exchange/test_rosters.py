"""What a roster says of people, postings and certificates, and what it may not undo."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import atomic
from app.domain.certificates.models import Credential
from app.domain.certificates.rules import CredentialState
from app.domain.exchange.models import RowState
from app.domain.people.models import Person, Posting
from app.domain.people.rules import EndReason, PostingRole
from tests.factories import get_unit, id_number, make_counselor, make_school
from tests.integration.exchange.workbooks import ROSTER, bring, codes, of_row, teacher, workbook

DAY = date(2023, 8, 10)


def postings(session: Session) -> list[tuple[int, PostingRole, date, date | None]]:
    rows = session.execute(
        select(Posting.unit_id, Posting.role, Posting.valid_from, Posting.valid_until).order_by(
            Posting.valid_from, Posting.id
        )
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def test_a_new_person_is_posted_from_the_day_the_work_began(session: Session) -> None:
    school = make_school(name="楚雄市青山小学")
    _batch, plan = bring("counselors", workbook(ROSTER, [teacher(1, school.name)]))
    assert plan.counts()["created"] == 1
    assert postings(session) == [(school.id, PostingRole.PART_TIME, date(2018, 3, 1), None)]


def test_without_that_day_the_posting_begins_on_the_workbooks_day(session: Session) -> None:
    school = make_school()
    row = teacher(1, school.name, 从事心理健康教育工作时间="")
    bring("counselors", workbook(ROSTER, [row]))
    assert postings(session) == [(school.id, PostingRole.PART_TIME, DAY, None)]


def test_the_same_file_again_changes_nothing(session: Session) -> None:
    school = make_school()
    data = workbook(
        ROSTER,
        [
            teacher(
                1,
                school.name,
                持有心理健康教育相关证书="心理咨询师三级",
                证书编号="1123000000300001",
            )
        ],
    )
    bring("counselors", data)
    _batch, again = bring("counselors", data)
    assert again.counts()["unchanged"] == 1
    assert list(again.writes()) == []


def test_another_school_ends_the_old_posting_the_day_before(session: Session) -> None:
    old, new = make_school(), make_school()
    make_counselor(old, "李甲", number=id_number(1), valid_from=date(2018, 3, 1))
    _batch, plan = bring("counselors", workbook(ROSTER, [teacher(1, new.name, 姓名="李甲")]))
    assert plan.counts()["changed"] == 1
    assert postings(session) == [
        (old.id, PostingRole.PART_TIME, date(2018, 3, 1), date(2023, 8, 9)),
        (new.id, PostingRole.PART_TIME, DAY, None),
    ]


def test_another_role_begins_on_the_workbooks_day(session: Session) -> None:
    school = make_school()
    make_counselor(school, "李甲", number=id_number(1), valid_from=date(2018, 3, 1))
    row = teacher(1, school.name, 姓名="李甲", **{"专/兼职": "专职"})
    bring("counselors", workbook(ROSTER, [row]))
    assert postings(session) == [
        (school.id, PostingRole.PART_TIME, date(2018, 3, 1), date(2023, 8, 9)),
        (school.id, PostingRole.FULL_TIME, DAY, None),
    ]


def test_who_is_missing_from_a_complete_roster_is_not_posted_on_its_day(session: Session) -> None:
    school = make_school()
    make_counselor(school, "王乙", number=id_number(2), valid_from=date(2018, 3, 1))
    _batch, plan = bring("counselors", workbook(ROSTER, [teacher(1, school.name)]), complete=True)
    ended = session.scalars(select(Posting).join(Person).where(Person.name == "王乙")).one()
    assert plan.counts()["ended"] == 1
    assert ended.valid_until == date(2023, 8, 9)
    assert ended.end_reason is EndReason.MISSING_FROM_ROSTER


def test_a_posting_that_began_on_the_day_of_a_complete_roster_without_it_keeps_that_day_alone(
    session: Session,
) -> None:
    school = make_school()
    gone = make_counselor(school, "李乙", number=id_number(2), valid_from=DAY)
    later = make_counselor(school, "李丙", number=id_number(3), valid_from=date(2023, 9, 1))
    data = workbook(ROSTER, [teacher(1, school.name)])
    _batch, plan = bring("counselors", data, complete=True)
    ended = [outcome for outcome in plan.outcomes if outcome.state is RowState.ENDED]
    assert [(o.name, o.changes[-1].fact, o.changes[-1].new) for o in ended] == [
        ("李乙", "posting_until", "2023-08-10")
    ]
    ends = session.execute(select(Posting.person_id, Posting.valid_until, Posting.end_reason))
    assert {row[0]: tuple(row[1:]) for row in ends if row[0] in (gone.id, later.id)} == {
        gone.id: (DAY, EndReason.MISSING_FROM_ROSTER),
        later.id: (None, None),
    }
    _batch, again = bring("counselors", data, complete=True)
    assert again.counts()["ended"] == 0


def test_who_is_missing_from_a_roster_not_marked_complete_stays(session: Session) -> None:
    school = make_school()
    make_counselor(school, "王乙", number=id_number(2), valid_from=date(2018, 3, 1))
    _batch, plan = bring("counselors", workbook(ROSTER, [teacher(1, school.name)]))
    assert plan.counts()["ended"] == 0
    assert all(until is None for _unit, _role, _from, until in postings(session))


def test_an_older_workbook_does_not_undo_a_newer_posting(session: Session) -> None:
    old, new = make_school(), make_school()
    make_counselor(old, "李甲", number=id_number(1), valid_from=date(2018, 3, 1))
    bring("counselors", workbook(ROSTER, [teacher(1, new.name, 姓名="李甲")]))
    before = postings(session)
    third = make_school()
    _batch, plan = bring(
        "counselors",
        workbook(ROSTER, [teacher(1, third.name, 姓名="李甲")], filled="2022年8月10日"),
    )
    assert postings(session) == before
    assert codes(plan) == ["older_workbook"]


def test_an_older_workbook_does_not_undo_what_a_newer_roster_confirmed(session: Session) -> None:
    school, other = make_school(), make_school()
    bring("counselors", workbook(ROSTER, [teacher(1, school.name, 职称="高级教师")]))
    _batch, plan = bring(
        "counselors",
        workbook(ROSTER, [teacher(1, other.name, 职称="一级教师")], filled="2022年8月10日"),
    )
    assert codes(plan) == ["older_workbook"]
    assert [unit for unit, *_rest in postings(session)] == [school.id]


def test_a_number_under_another_name_rejects_everything(session: Session) -> None:
    school = make_school()
    make_counselor(school, "赵某", number=id_number(1))
    batch, plan = bring(
        "counselors",
        workbook(ROSTER, [teacher(1, school.name), teacher(2, school.name)]),
    )
    assert batch is None
    assert codes(plan) == ["number_of_other_name"]
    assert session.scalars(select(Person.name)).all() == ["赵某"]


def test_an_unknown_school_is_named_with_the_nearest(session: Session) -> None:
    make_school(name="楚雄市青山小学")
    batch, plan = bring("counselors", workbook(ROSTER, [teacher(1, "楚雄市青川小学")]))
    problem = next(plan.problems())
    assert batch is None
    assert (problem.row, problem.column, problem.code) == (4, "学校名称", "school_unknown")
    assert problem.params["suggestion"] == "楚雄市青山小学"


def test_a_school_outside_the_imports_unit_is_as_unknown_as_any(session: Session) -> None:
    make_school("530902", name="临翔区青山小学")
    _batch, plan = bring(
        "counselors", workbook(ROSTER, [teacher(1, "临翔区青山小学", **{"县（市）": "临翔区"})])
    )
    problem = next(plan.problems())
    assert problem.code == "county_unknown"
    assert "临翔" not in problem.params["suggestion"]


def test_a_school_closed_on_the_day_is_refused(session: Session) -> None:
    school = make_school(closed_on=date(2023, 1, 31))
    _batch, plan = bring("counselors", workbook(ROSTER, [teacher(1, school.name)]))
    assert codes(plan) == ["school_closed"]


def test_the_same_person_twice_in_the_file_is_refused(session: Session) -> None:
    school = make_school()
    row = teacher(1, school.name, 身份证号="")
    _batch, plan = bring("counselors", workbook(ROSTER, [row, row]))
    assert plan.is_rejected
    assert of_row(plan, 5).state is RowState.REJECTED


def test_two_namesakes_without_a_number_wait_for_an_officer(session: Session) -> None:
    school = make_school()
    for serial in (7, 8):
        make_counselor(school, "李春梅", number=id_number(serial))
    row = teacher(1, school.name, 姓名="李春梅", 身份证号="")
    _batch, plan = bring("counselors", workbook(ROSTER, [row]))
    assert plan.counts()["unresolved"] == 1


def test_a_number_completes_the_record_of_the_only_namesake_at_the_school(session: Session) -> None:
    school = make_school()
    person = make_counselor(school, "李甲", valid_from=date(2018, 3, 1))
    _batch, plan = bring("counselors", workbook(ROSTER, [teacher(1, school.name, 姓名="李甲")]))
    session.expire_all()
    assert plan.counts()["changed"] == 1
    assert session.get_one(Person, person.id).id_number_index is not None


def test_certificates_of_a_roster_are_verified_by_it(session: Session) -> None:
    school = make_school()
    row = teacher(
        1,
        school.name,
        持有心理健康教育相关证书="心理咨询师（二级）",
        证书编号="1123000000200001",
        发证时间="2016.05",
    )
    bring("counselors", workbook(ROSTER, [row]))
    credential = session.scalars(select(Credential)).one()
    assert credential.state is CredentialState.VERIFIED
    assert credential.kind.code == "psych_2"
    assert credential.issued_on == date(2016, 5, 1)
    assert credential.recorded_for == DAY
    assert credential.evidence == "心理健康教育教师花名册（2023-08-10）"


def test_an_unknown_kind_of_certificate_warns_and_keeps_its_text(session: Session) -> None:
    school = make_school()
    row = teacher(1, school.name, 持有心理健康教育相关证书="家庭教育指导师", 证书编号="JT-1")
    data = workbook(ROSTER, [row])
    _batch, plan = bring("counselors", data)
    assert codes(plan) == ["credential_kind_unknown"]
    assert session.scalars(select(Person.note)).all() == ["资格证书：家庭教育指导师 JT-1"]
    _batch, again = bring("counselors", data)
    assert again.counts()["unchanged"] == 1


def test_a_certificate_number_that_misfits_warns_and_never_blocks(session: Session) -> None:
    school = make_school()
    row = teacher(1, school.name, 持有心理健康教育相关证书="心理咨询师三级", 证书编号="12345")
    batch, plan = bring("counselors", workbook(ROSTER, [row]))
    assert batch is not None
    assert codes(plan) == ["credential_number_misfits"]


def test_a_certificate_rejected_by_hand_stays_rejected(session: Session) -> None:
    school = make_school()
    data = workbook(
        ROSTER,
        [
            teacher(
                1,
                school.name,
                持有心理健康教育相关证书="心理咨询师三级",
                证书编号="1123000000300001",
            )
        ],
    )
    bring("counselors", data)
    with atomic():
        session.scalars(select(Credential)).one().state = CredentialState.REJECTED
    bring("counselors", data)
    states = session.scalars(select(Credential.state)).all()
    assert states == [CredentialState.REJECTED]


def test_people_posted_at_the_bureau_belong_to_the_unit_itself(session: Session) -> None:
    row = teacher(1, "楚雄州教育体育局", **{"县（市）": "州直"})
    bring("counselors", workbook(ROSTER, [row]))
    assert [unit for unit, *_rest in postings(session)] == [get_unit("532300").id]
