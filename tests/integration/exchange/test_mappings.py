"""Exports of platforms, read by a named mapping of their columns."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import atomic
from app.core.errors import DomainError, InvalidInput, NotFound
from app.domain.accounts.rules import Actor, system_actor
from app.domain.audit.models import AuditEntry
from app.domain.courses.models import Recognition
from app.domain.courses.rules.words import RecognitionStatus
from app.domain.exchange.mappings import find_named, get_mapping, list_mappings
from app.domain.exchange.models import ImportRow, PlatformMapping, RowState
from app.domain.exchange.operations import land_at_once, resolve, submit, undo
from app.domain.exchange.operations.mappings import (
    MappingFacts,
    create_mapping,
    replace_mapping,
    retire_mapping,
)
from app.domain.exchange.reading import WorkbookRefused
from app.domain.people.models import Person, TrainingRecord
from app.domain.people.rules import TrainingKind, TrainingLevel
from app.domain.units.models import Unit
from tests import factories
from tests.concurrency import at_once
from tests.factories import (
    get_unit,
    id_number,
    make_counselor,
    make_person,
    make_posting,
    make_school,
)
from tests.integration.exchange.workbooks import (
    as_system,
    bring,
    codes,
    plan_of,
    submission,
    workbook,
)

HEADERS = (
    "学员",
    "证件",
    "手机",
    "学校（全称）",
    "学校",
    "课程",
    "状态",
    "结业日",
    "认定课时",
    "IP",
)
COLUMNS = {
    "name": "学员",
    "id_number": "证件",
    "phone": "手机",
    "school": "学校（全称）",
    "title": "课程",
    "verdict": "状态",
    "completed_at": "结业日",
    "hours": "认定课时",
}
DAY = date(2023, 8, 10)


def facts(**changed: Any) -> MappingFacts:
    values: dict[str, Any] = {
        "name": "国家平台",
        "platform": "国家中小学智慧教育平台",
        "columns": COLUMNS,
        "level": TrainingLevel.PROVINCIAL,
        "finished_words": ("学完",),
    }
    return MappingFacts(**(values | changed))


def make_mapping(unit: str = "532300", **changed: Any) -> PlatformMapping:
    with atomic():
        return create_mapping(facts(**changed), unit_id=get_unit(unit).id, actor=system_actor())


def masked(number: str) -> str:
    return f"{number[:6]}{'*' * 8}{number[14:]}"


def line(
    name: str, number: str, school: str, *, status: str = "学完", phone: str = "", **changed: Any
) -> list[Any]:
    row = {
        "学员": name,
        "证件": number,
        "手机": phone,
        "学校（全称）": school,
        "学校": "不是这一列",
        "课程": "班主任网络研修（2022年）",
        "状态": status,
        "结业日": "2022-12-13",
        "认定课时": 40,
        "IP": "10.0.0.1",
        **changed,
    }
    return [row[header] for header in HEADERS]


def export(*rows: Sequence[Any], headers: Sequence[str] = HEADERS) -> bytes:
    return workbook(headers, rows, title="学习情况导出")


def records(session: Session) -> list[TrainingRecord]:
    return list(session.scalars(select(TrainingRecord).order_by(TrainingRecord.id)))


def test_an_export_is_read_by_the_columns_of_its_mapping(session: Session) -> None:
    school = make_school(name="楚雄市青山小学")
    person = make_counselor(school, "李春梅", number=id_number(7))
    mapping = make_mapping()
    data = export(line("李春梅", masked(id_number(7)), school.name))
    batch, plan = bring("online", data, mapping_id=mapping.id)
    (made,) = records(session)
    assert batch is not None
    assert batch.mapping_id == mapping.id
    assert (made.person_id, made.unit_id, made.kind) == (person.id, school.id, TrainingKind.ONLINE)
    assert (made.title, made.level) == ("班主任网络研修（2022年）", TrainingLevel.PROVINCIAL)
    assert (made.ended_on, made.hours, made.passed) == (date(2022, 12, 13), Decimal(40), True)
    assert plan.sheet.unknown_columns == ["学校", "IP"]
    assert batch.notes[-1]["code"] == "columns_unknown"
    assert batch.notes[-1]["params"] == {"names": "学校、IP"}


def test_only_the_platforms_own_words_say_who_has_finished(session: Session) -> None:
    school = make_school(name="楚雄市青山小学")
    for serial, name in enumerate(("李甲", "李乙", "李丙"), 1):
        make_counselor(school, name, number=id_number(serial))
    mapping = make_mapping()
    rows = [
        line("李甲", id_number(1), school.name),
        line("李乙", id_number(2), school.name, status="已完成"),
        line("李丙", id_number(3), school.name, status="", 结业日=""),
    ]
    _batch, plan = bring("online", export(*rows), mapping_id=mapping.id)
    assert [record.passed for record in records(session)] == [True, False]
    assert codes(plan) == ["online_not_finished"]


def counselor_with_phone(school: Unit, serial: int, phone: str) -> Person:
    person = make_person(school, "李春梅", number=id_number(serial), phone=phone)
    make_posting(person, school)
    return person


def test_masked_people_are_told_apart_by_visible_digits_and_phone(session: Session) -> None:
    school = make_school(name="楚雄市青山小学")
    first = counselor_with_phone(school, 1, "13888880001")
    second = counselor_with_phone(school, 2, "13888880002")
    mapping = make_mapping()
    rows = [
        line("李春梅", "*" * 18, school.name, phone="138****0002"),
        line("李春梅", masked(id_number(1)), school.name),
    ]
    _batch, plan = bring("online", export(*rows), mapping_id=mapping.id)
    by_person = {record.person_id for record in records(session)}
    assert by_person == {first.id, second.id}
    assert plan.counts()["unresolved"] == 0


def test_namesakes_and_strangers_wait_for_an_officer_who_settles_them(session: Session) -> None:
    school = make_school(name="楚雄市青山小学")
    one = make_counselor(school, "李春梅", number=id_number(1))
    make_counselor(school, "李春梅", number=id_number(2))
    mapping = make_mapping()
    rows = [
        line("李春梅", "*" * 18, school.name),
        line("王不识", masked(id_number(9)), school.name),
    ]
    _batch, plan = bring("online", export(*rows), mapping_id=mapping.id)
    assert codes(plan) == ["person_ambiguous", "person_unknown"]
    waiting = session.scalars(select(ImportRow).order_by(ImportRow.position)).first()
    assert waiting is not None
    resolve(waiting.id, one.id, as_system, actor=system_actor())
    assert waiting.state is RowState.RESOLVED
    assert [(made.person_id, made.hours) for made in records(session)] == [(one.id, Decimal(40))]


def test_a_waiting_row_is_settled_as_it_was_read_though_the_mapping_has_changed(
    session: Session,
) -> None:
    school = make_school(name="楚雄市青山小学")
    person = make_counselor(school, "李春梅", number=id_number(1))
    make_counselor(school, "李春梅", number=id_number(2))
    mapping = make_mapping()
    bring("online", export(line("李春梅", "*" * 18, school.name)), mapping_id=mapping.id)
    with atomic():
        replace_mapping(
            mapping.id, facts(columns=COLUMNS | {"school": "单位"}), actor=system_actor()
        )
    row_id = session.scalars(select(ImportRow.id)).one()
    resolve(row_id, person.id, as_system, actor=system_actor())
    assert [made.unit_id for made in records(session)] == [school.id]


def test_title_and_hours_of_the_mapping_fill_what_no_cell_says(session: Session) -> None:
    school = make_school(name="楚雄市青山小学")
    make_counselor(school, "李甲", number=id_number(1))
    columns = {key: COLUMNS[key] for key in ("name", "id_number", "school", "completed_at")}
    mapping = make_mapping(
        columns=columns, finished_words=(), title="德育干部网络培训", hours=Decimal("50.5")
    )
    bring("online", export(line("李甲", id_number(1), school.name)), mapping_id=mapping.id)
    (made,) = records(session)
    assert (made.title, made.hours, made.passed) == ("德育干部网络培训", Decimal("50.5"), True)


def test_without_a_day_the_training_counts_on_the_exports_day_if_its_name_has_the_year(
    session: Session,
) -> None:
    school = make_school(name="楚雄市青山小学")
    make_counselor(school, "李甲", number=id_number(1))
    columns = {key: header for key, header in COLUMNS.items() if key != "completed_at"}
    mapping = make_mapping(columns=columns)
    data = export(line("李甲", id_number(1), school.name))
    bring("online", data, mapping_id=mapping.id)
    assert [made.ended_on for made in records(session)] == [DAY]
    undated = export(line("李甲", id_number(1), school.name, 课程="班主任网络研修"))
    _batch, plan = bring("online", undated, mapping_id=mapping.id)
    assert codes(plan) == ["online_undated"]
    assert len(records(session)) == 1


def test_an_export_that_lacks_a_column_of_its_mapping_is_refused_by_name(session: Session) -> None:
    mapping = make_mapping()
    headers = ["完成状态" if header == "状态" else header for header in HEADERS]
    data = export(line("李甲", id_number(1), "楚雄市青山小学"), headers=headers)
    with pytest.raises(WorkbookRefused) as refused:
        plan_of(submission("online", data, mapping_id=mapping.id))
    assert refused.value.code == "required_column_missing"
    assert "状态" in str(refused.value)


def test_what_needs_recognition_waits_and_can_be_taken_back(session: Session) -> None:
    school = make_school(name="楚雄市青山小学")
    person = make_counselor(school, "李甲", number=id_number(1))
    make_counselor(school, "李乙", number=id_number(2))
    mapping = make_mapping(recognised=False)
    rows = [
        line("李甲", id_number(1), school.name),
        line("李乙", id_number(2), school.name, status="学习中"),
    ]
    batch, plan = bring("online", export(*rows), mapping_id=mapping.id)
    (waiting,) = session.scalars(select(Recognition)).all()
    assert records(session) == []
    assert codes(plan) == ["online_not_finished"]
    assert (waiting.person_id, waiting.unit_path) == (person.id, school.path)
    assert (waiting.status, waiting.hours_claimed) == (RecognitionStatus.SUBMITTED, Decimal(40))
    assert (waiting.platform, waiting.finished_on) == (
        "国家中小学智慧教育平台",
        date(2022, 12, 13),
    )
    again, plan = bring("online", export(*rows), mapping_id=mapping.id)
    assert plan.counts()["created"] == 0
    assert "recognition_stands" in codes(plan)
    assert batch is not None
    assert again is not None
    with atomic():
        undo(batch.id, "传错了", actor=system_actor())
    assert session.scalars(select(Recognition)).all() == []


def test_what_counts_already_is_not_asked_for_again(session: Session) -> None:
    school = make_school(name="楚雄市青山小学")
    make_counselor(school, "李甲", number=id_number(1))
    data = export(line("李甲", id_number(1), school.name))
    bring("online", data, mapping_id=make_mapping().id)
    waiting = make_mapping(name="待认定", recognised=False)
    _batch, plan = bring("online", data, mapping_id=waiting.id)
    assert codes(plan) == ["recorded_already"]
    assert session.scalars(select(Recognition)).all() == []


def test_hours_to_be_recognised_must_be_stated(session: Session) -> None:
    school = make_school(name="楚雄市青山小学")
    make_counselor(school, "李甲", number=id_number(1))
    mapping = make_mapping(recognised=False)
    data = export(line("李甲", id_number(1), school.name, 认定课时=""))
    _batch, plan = bring("online", data, mapping_id=mapping.id)
    assert codes(plan) == ["hours_missing"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": " "}, "bad_name"),
        ({"columns": {"school": "单位", "title": "课程"}}, "name_column"),
        ({"columns": {"name": "姓名", "title": "课程"}}, "school_column"),
        ({"columns": {"name": "姓名", "school": "单位"}, "finished_words": ()}, "title_missing"),
        ({"columns": COLUMNS | {"phone": "学员"}}, "column_twice"),
        (
            {"columns": {key: COLUMNS[key] for key in ("name", "school", "title")}},
            "words_without_column",
        ),
        ({"hours": Decimal("0.3")}, "bad_hours"),
        (
            {
                "columns": {k: h for k, h in COLUMNS.items() if k != "hours"},
                "recognised": False,
            },
            "hours_missing",
        ),
    ],
)
def test_refuses_a_mapping_by_which_nothing_could_be_read(
    session: Session, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        make_mapping(**changed)
    assert refused.value.code == code


def test_a_name_is_used_once_in_a_unit(session: Session) -> None:
    make_mapping()
    make_mapping("532301")
    with pytest.raises(DomainError) as refused:
        make_mapping()
    assert refused.value.code == "mapping_name_taken"


def test_a_retired_mapping_is_not_used_and_its_name_is_free(session: Session) -> None:
    mapping = make_mapping()
    with atomic():
        retire_mapping(mapping.id, "平台已停用", actor=system_actor())
    with pytest.raises(DomainError) as refused, as_system() as actor:
        submit(submission("online", b"", mapping_id=mapping.id), "0" * 32, actor=actor)
    assert refused.value.code == "mapping_retired"
    assert make_mapping().id != mapping.id
    said = session.scalars(
        select(AuditEntry.action).where(AuditEntry.object_type == "platform_mapping")
    ).all()
    assert said == ["mappings.create", "mappings.retire", "mappings.create"]


def test_a_mapping_is_only_for_exports_of_platforms(session: Session) -> None:
    mapping = make_mapping()
    with pytest.raises(InvalidInput) as refused:
        plan_of(submission("trainings", b"", mapping_id=mapping.id))
    assert refused.value.code == "mapping_needs_online"


def county_actor() -> Actor:
    return factories.make_actor("county", "532301")


def test_a_county_uses_the_bureaus_mappings_and_changes_only_its_own(session: Session) -> None:
    above, own = make_mapping(), make_mapping("532301", name="县里的平台")
    make_mapping("530900", name="临沧的平台")
    actor = county_actor()
    assert [mapping.name for mapping in list_mappings(actor)] == ["县里的平台", "国家平台"]
    with atomic(), pytest.raises(NotFound):
        replace_mapping(above.id, facts(), actor=actor)
    with atomic():
        replace_mapping(own.id, facts(name="新名称"), actor=actor)
    elsewhere = session.scalars(
        select(PlatformMapping.id).where(PlatformMapping.name == "临沧的平台")
    ).one()
    with pytest.raises(NotFound):
        get_mapping(elsewhere, actor=actor)


def test_the_nearest_mapping_of_a_name_is_meant(session: Session) -> None:
    bureau, county = make_mapping(), make_mapping("532301")
    assert find_named("国家平台", get_unit("532301")).id == county.id
    assert find_named("国家平台", get_unit("532300")).id == bureau.id
    with pytest.raises(InvalidInput) as refused:
        find_named("没有的", get_unit("532301"))
    assert refused.value.code == "mapping_unknown"
    assert "国家平台" in str(refused.value)


def test_two_officers_change_a_mapping_at_once_and_one_is_told(app: Flask) -> None:
    with app.app_context():
        mapping_id = make_mapping().id

    def change(name: str) -> None:
        replace_mapping(mapping_id, facts(name=name), actor=system_actor())

    done = at_once(app, lambda: change("甲"), lambda: change("乙"))
    assert done == ["done", "mapping_retired"]


def test_landing_the_same_export_twice_at_once_counts_once(app: Flask, session: Session) -> None:
    school = make_school(name="楚雄市青山小学")
    make_counselor(school, "李甲", number=id_number(1))
    brought = submission(
        "online",
        export(line("李甲", id_number(1), school.name)),
        mapping_id=make_mapping(recognised=False).id,
    )
    session.commit()
    start, outcomes = threading.Barrier(2), list[str]()

    def land() -> None:
        with app.app_context():
            plan = plan_of(brought)
            start.wait()
            try:
                land_at_once(brought, plan, as_system)
            except Exception as error:
                outcomes.append(type(error).__name__)
            else:
                outcomes.append("landed")

    threads = [threading.Thread(target=land) for _ordinal in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.expire_all()
    assert outcomes.count("landed") >= 1
    assert len(session.scalars(select(Recognition)).all()) == 1
