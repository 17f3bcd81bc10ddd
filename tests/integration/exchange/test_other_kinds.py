"""Schools, trainings, online exports, placements and studios."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import InvalidInput
from app.domain.people.models import (
    LeadTeacherDesignation,
    Person,
    Posting,
    Studio,
    StudioMembership,
    TrainingRecord,
)
from app.domain.people.rules import StudioRole, TrainingKind, TrainingLevel
from app.domain.units.models import FacilityReturn, SchoolStage, UnitAlias, UnitVersion
from tests.factories import get_unit, id_number, make_counselor, make_school
from tests.integration.exchange.workbooks import (
    ONLINE,
    PLACEMENTS,
    SCHOOLS,
    STUDIO,
    TRAININGS,
    bring,
    codes,
    plan_of,
    submission,
    workbook,
)

DAY = date(2023, 8, 10)
CODE = "5323010999"


def school_row(
    name: str, code: str = CODE, county: str = "楚雄市", stage: str = "完小"
) -> list[object]:
    return [1, county, name, code, stage, 300, 2, 40.5]


def training_row(name: str, number: str, school: str) -> list[object]:
    return [1, "国培计划", "国家级", "2021.10.11-10.20", name, number, "楚雄市", school, 80, "合格"]


def online_row(name: str, number: str, school: str, phone: str = "") -> list[object]:
    return [name, number, phone, school, "网络培训（2022年）", "100%", 50, "合格", "2022-12-13"]


def test_a_new_school_with_what_it_reports(session: Session) -> None:
    bring("schools", workbook(SCHOOLS, [school_row("楚雄市青山小学")]))
    school = get_unit(CODE)
    county = get_unit("532301")
    version = session.scalars(select(UnitVersion).where(UnitVersion.unit_id == school.id)).one()
    said = session.scalars(select(FacilityReturn)).one()
    assert (school.name, school.stage, school.path) == (
        "楚雄市青山小学",
        SchoolStage.PRIMARY,
        f"{county.path}{school.id}/",
    )
    assert (version.valid_from, version.path) == (None, school.path)
    assert (said.returned_on, said.rooms, said.room_area, said.pupils) == (
        DAY,
        2,
        Decimal("40.5"),
        300,
    )


def test_the_same_code_under_another_name_renames_from_the_day(session: Session) -> None:
    bring("schools", workbook(SCHOOLS, [school_row("楚雄市青山小学")], filled="2022年8月1日"))
    bring("schools", workbook(SCHOOLS, [school_row("楚雄市青山学校", stage="九年一贯")]))
    school = get_unit(CODE)
    versions = session.execute(
        select(UnitVersion.name, UnitVersion.stage, UnitVersion.valid_from, UnitVersion.valid_until)
        .where(UnitVersion.unit_id == school.id)
        .order_by(UnitVersion.id)
    ).all()
    assert [tuple(version) for version in versions] == [
        ("楚雄市青山小学", SchoolStage.PRIMARY, None, date(2023, 8, 9)),
        ("楚雄市青山学校", SchoolStage.NINE_YEAR, DAY, None),
    ]
    assert school.name == "楚雄市青山学校"
    assert session.scalars(select(UnitAlias.alias).where(UnitAlias.unit_id == school.id)).all() == [
        "楚雄市青山小学"
    ]


def test_an_older_list_of_schools_does_not_undo_a_newer_name(session: Session) -> None:
    bring("schools", workbook(SCHOOLS, [school_row("楚雄市青山小学")], filled="2021年8月1日"))
    bring("schools", workbook(SCHOOLS, [school_row("楚雄市青山学校")]))
    _batch, plan = bring(
        "schools", workbook(SCHOOLS, [school_row("楚雄市别名小学")], filled="2022年8月1日")
    )
    assert codes(plan) == ["older_workbook"]
    assert get_unit(CODE).name == "楚雄市青山学校"


def test_a_school_that_moved_hangs_elsewhere_from_the_day(session: Session) -> None:
    bring("schools", workbook(SCHOOLS, [school_row("青山小学")], filled="2022年8月1日"))
    bring("schools", workbook(SCHOOLS, [school_row("青山小学", county="双柏")]))
    assert get_unit(CODE).parent_id == get_unit("532322").id


def test_a_code_of_a_unit_outside_cannot_be_used(session: Session) -> None:
    make_school("530902", code=CODE)
    _batch, plan = bring("schools", workbook(SCHOOLS, [school_row("楚雄市青山小学")]))
    assert codes(plan) == ["school_code_taken"]


def test_a_training_counts_for_the_school_it_states_and_moves_no_posting(session: Session) -> None:
    old, new = make_school(), make_school()
    make_counselor(new, "李甲", number=id_number(1))
    bring("trainings", workbook(TRAININGS, [training_row("李甲", id_number(1), old.name)]))
    record = session.scalars(select(TrainingRecord)).one()
    assert (record.unit_id, record.level, record.hours, record.passed) == (
        old.id,
        TrainingLevel.NATIONAL,
        Decimal(80),
        True,
    )
    assert (record.started_on, record.ended_on) == (date(2021, 10, 11), date(2021, 10, 20))
    assert session.scalars(select(Posting.unit_id)).all() == [new.id]


def test_a_training_of_somebody_unknown_with_a_whole_number_adds_the_person(
    session: Session,
) -> None:
    school = make_school()
    _batch, plan = bring(
        "trainings", workbook(TRAININGS, [training_row("李甲", id_number(1), school.name)])
    )
    person = session.scalars(select(Person)).one()
    assert (person.name, person.registered_unit_id) == ("李甲", school.id)
    assert session.scalars(select(Posting)).all() == []
    assert codes(plan) == ["person_made"]


def test_one_person_at_two_trainings_is_added_once(session: Session) -> None:
    school = make_school()
    first = training_row("李甲", id_number(1), school.name)
    second = [*first]
    second[1] = "省级培训"
    bring("trainings", workbook(TRAININGS, [first, second]))
    assert len(session.scalars(select(Person)).all()) == 1
    assert len(session.scalars(select(TrainingRecord)).all()) == 2


def test_a_masked_number_finds_the_one_whose_visible_digits_agree(session: Session) -> None:
    school = make_school(name="楚雄市青山小学")
    number = id_number(1)
    right = make_counselor(school, "李春梅", number=number)
    make_counselor(school, "李春梅", number=id_number(2, born="19700101"))
    masked = f"{number[:6]}********{number[-4:]}"
    bring("online", workbook(ONLINE, [online_row("李春梅", masked, school.name)]))
    record = session.scalars(select(TrainingRecord)).one()
    assert (record.person_id, record.kind, record.level) == (
        right.id,
        TrainingKind.ONLINE,
        TrainingLevel.NATIONAL,
    )


def test_namesakes_and_strangers_of_an_export_wait_and_the_others_land(session: Session) -> None:
    school = make_school(name="楚雄市青山小学")
    make_counselor(school, "王丽", number=id_number(3))
    for serial in (1, 2):
        make_counselor(school, "李春梅", number=id_number(serial))
    number = id_number(3)
    rows = [
        online_row("王丽", f"{number[:6]}********{number[-4:]}", school.name),
        online_row("李春梅", "*" * 18, school.name),
        online_row("赵无名", "*" * 18, school.name),
    ]
    data = workbook(ONLINE, rows)
    batch, plan = bring("online", data)
    assert batch is not None
    assert (plan.counts()["created"], plan.counts()["unresolved"]) == (1, 2)
    _batch, again = bring("online", data)
    assert (again.counts()["unchanged"], again.counts()["unresolved"]) == (3, 0)


def test_who_has_not_finished_is_not_recorded_yet(session: Session) -> None:
    school = make_school()
    make_counselor(school, "王丽", number=id_number(3))
    row = [*online_row("王丽", id_number(3), school.name)]
    row[5], row[7], row[8] = "60%", "不合格", ""
    _batch, plan = bring("online", workbook(ONLINE, [row]))
    assert codes(plan) == ["online_not_finished"]
    assert session.scalars(select(TrainingRecord)).all() == []


def test_a_passed_placement_makes_a_lead_teacher_for_who_nominated(session: Session) -> None:
    base = make_school("530900", name="临沧市第一中学")
    of_county = make_school("530921", name="凤庆县大坪小学")
    municipal = make_school("530900", name="临沧市第二中学")
    for serial, (name, school) in enumerate(
        (("周琼", of_county), ("毕林", municipal), ("何落", municipal))
    ):
        make_counselor(school, name, number=id_number(serial))
    when = "2022.03.01-2022.07.08"
    rows = [
        [1, "第一期", "周琼", id_number(0), "凤庆", of_county.name, base.name, when, "合格"],
        [2, "第一期", "毕林", id_number(1), "市直", municipal.name, base.name, when, "优秀"],
        [3, "第一期", "何落", id_number(2), "市直", municipal.name, base.name, when, "不合格"],
    ]
    _batch, plan = bring("placements", workbook(PLACEMENTS, rows, filled=""), unit="530900")
    made = session.execute(
        select(
            LeadTeacherDesignation.nominating_unit_id, LeadTeacherDesignation.valid_from
        ).order_by(LeadTeacherDesignation.id)
    ).all()
    assert [tuple(one) for one in made] == [
        (get_unit("530921").id, date(2022, 7, 8)),
        (municipal.id, date(2022, 7, 8)),
    ]
    assert set(codes(plan)) == {"no_base_school"}
    records = session.scalars(select(TrainingRecord).order_by(TrainingRecord.id)).all()
    assert [record.passed for record in records] == [True, True, False]
    assert {record.level for record in records} == {TrainingLevel.PREFECTURE}


def test_a_studio_is_named_by_its_title_row(session: Session) -> None:
    school = make_school()
    for serial, name in ((1, "董福"), (2, "黄云")):
        make_counselor(school, name, number=id_number(serial))
    rows = [
        [1, "董福", id_number(1), "楚雄市", school.name, "主持人", "2022.03"],
        [2, "黄云", id_number(2), "楚雄市", school.name, "成员", "2022.03"],
    ]
    data = workbook(STUDIO, rows, title="楚雄州第一届心理健康教育工作室成员名册", filled="")
    bring("studio", data)
    studio = session.scalars(select(Studio)).one()
    roles = session.scalars(select(StudioMembership.role).order_by(StudioMembership.id)).all()
    assert (studio.name, studio.valid_from) == ("楚雄州第一届心理健康教育工作室", date(2022, 3, 1))
    assert roles == [StudioRole.HOST, StudioRole.MEMBER]
    _batch, again = bring("studio", data)
    assert again.counts()["unchanged"] == 2


def test_only_a_roster_can_be_complete(session: Session) -> None:
    brought = submission("schools", workbook(SCHOOLS, [school_row("青山小学")]), complete=True)
    with pytest.raises(InvalidInput) as refusal:
        plan_of(brought)
    assert refusal.value.code == "complete_needs_roster"


def test_a_day_to_come_is_refused(session: Session) -> None:
    brought = submission(
        "schools", workbook(SCHOOLS, [school_row("青山小学")]), day=date(2023, 8, 18)
    )
    with pytest.raises(InvalidInput) as refusal:
        plan_of(brought)
    assert refusal.value.code == "future_date"
