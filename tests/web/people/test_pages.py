"""The registry's pages: list, record, forms, reveal, own record."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import event, select

from app.core.db import atomic, db
from app.domain.audit.models import AuditEntry
from app.domain.people.models import Person, Posting
from app.domain.people.rules import EndReason, PostingRole
from tests.factories import (
    CHUXIONG,
    CHUXIONG_CITY,
    LUFENG,
    get_unit,
    id_number,
    make_account,
    make_counselor,
    make_credential,
    make_designation,
    make_person,
    make_posting,
    make_school,
    make_training,
)


@pytest.fixture
def world(app):
    """Two schools of 楚雄市 and one of 禄丰市, a person at each, and the accounts that look at them."""
    with app.app_context():
        first = make_school(CHUXIONG_CITY, "鹿城小学")
        second = make_school(CHUXIONG_CITY, "北浦中学")
        other = make_school(LUFENG, "金山小学")
        li = make_counselor(first, "李桃艳", number=id_number(1), role=PostingRole.FULL_TIME)
        zeng = make_counselor(second, "曾小贤")
        far = make_counselor(other, "王远")
        return {
            "first": first.id,
            "first_code": first.code,
            "second": second.id,
            "second_code": second.code,
            "other_code": other.code,
            "li": li.id,
            "zeng": zeng.id,
            "far": far.id,
            "posting": db.session.scalar(select(Posting.id).where(Posting.person_id == li.id)),
            "county": make_account("county", CHUXIONG_CITY).id,
            "bureau": make_account("bureau", CHUXIONG).id,
            "school": make_account("school", first).id,
            "teacher": make_account("teacher", first).id,
        }


@pytest.fixture
def county(world, sign_in):
    return sign_in(world["county"])


def names_in(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/people/\d+">([^<]+)</a>', page)


def test_lists_the_people_of_the_unit_in_pinyin_order(county):
    page = county.get("/people/").get_data(as_text=True)
    assert names_in(page) == ["李桃艳", "曾小贤"]
    assert f"532398********{id_number(1)[-4:]}" in page
    assert id_number(1) not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=lty", ["李桃艳"]),
        ("?q=桃", ["李桃艳"]),
        ("?q=zeng", ["曾小贤"]),
        ("?role=full_time", ["李桃艳"]),
        ("?status=former", []),
        ("?status=nonsense&role=nonsense", ["李桃艳", "曾小贤"]),
    ],
)
def test_filters_the_list(county, query, found):
    assert names_in(county.get(f"/people/{query}").get_data(as_text=True)) == found


def test_narrows_the_list_to_a_unit_by_code(world, county):
    page = county.get(f"/people/?unit={world['second_code']}+北浦中学").get_data(as_text=True)
    assert names_in(page) == ["曾小贤"]


def test_refuses_a_unit_outside_the_scope_known_or_unknown(world, county):
    assert county.get(f"/people/?unit={world['other_code']}").status_code == 403
    assert county.get("/people/?unit=999999").status_code == 403
    assert county.get("/people/?unit=不存在的学校").status_code == 404


def test_answers_an_impossible_page_with_not_found(county):
    assert county.get("/people/?page=99").status_code == 404
    assert county.get("/people/?page=9999999999999999999999").status_code == 404
    assert county.get("/people/?page=x").status_code == 200


def count_queries(app, act) -> int:
    """How many statements an act takes once what it keeps is warm."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    act()
    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_lists_one_and_thirty_people_with_the_same_queries(app, world, county):
    one = count_queries(app, lambda: county.get("/people/?q=曾"))
    with app.app_context():
        school = get_unit(world["first_code"])
        for number in range(30):
            make_counselor(school, f"张{chr(0x4E00 + number)}")
    many = count_queries(app, lambda: county.get("/people/"))
    assert one == many
    assert many <= 8


def test_shows_a_record_with_everything_known(app, world, county):
    with app.app_context():
        person = db.session.get_one(Person, world["li"])
        unit = get_unit(world["first_code"])
        make_credential(person, "psych_2", number="1234567890200001")
        make_training(person, unit, title="省级骨干培训")
        make_designation(person, unit)
    page = county.get(f"/people/{world['li']}").get_data(as_text=True)
    for text in ("鹿城小学", "1234567890200001", "省级骨干培训", "专职"):
        assert text in page


def test_hides_a_record_outside_the_scope_like_an_unknown_one(world, county):
    assert county.get(f"/people/{world['far']}").status_code == 404
    assert county.get("/people/999999").status_code == 404


def test_hides_every_form_about_a_person_outside_the_scope(app, world, county):
    with app.app_context():
        posting = db.session.scalar(select(Posting.id).where(Posting.person_id == world["far"]))
    for path in (
        f"/people/{world['far']}/edit",
        f"/people/{world['far']}/postings/new",
        f"/people/postings/{posting}/end",
        f"/people/postings/{posting}/change",
        f"/people/postings/{posting}/correct",
        f"/people/postings/{posting}/transfer",
        f"/people/postings/{posting}/undo-end",
        f"/posting-changes/postings/{posting}/end",
        f"/posting-changes/postings/{posting}/change",
    ):
        assert county.get(path).status_code == 404, path


def test_reveals_a_number_only_with_a_reason(app, world, county):
    path = f"/people/{world['li']}/reveal/id-number"
    assert county.post(path, data={"reason": " "}).status_code == 422
    answer = county.post(path, data={"reason": "核对证书"})
    assert id_number(1) in answer.get_data(as_text=True)
    with app.app_context():
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "people.reveal")
        ).one()
        assert (entry.subject_id, entry.reason, entry.details) == (
            world["li"],
            "核对证书",
            {"what": "id_number"},
        )


def test_reveals_to_htmx_just_the_value(world, county):
    answer = county.post(
        f"/people/{world['li']}/reveal/id-number",
        data={"reason": "核对"},
        headers={"HX-Request": "true"},
    )
    text = answer.get_data(as_text=True)
    assert id_number(1) in text
    assert "<html" not in text


def test_answers_an_unknown_kind_of_number_with_not_found(world, county):
    assert (
        county.post(f"/people/{world['li']}/reveal/salary", data={"reason": "x"}).status_code == 404
    )


def test_registers_a_counselor(app, world, county):
    answer = county.post(
        "/people/new",
        data={
            "kind": "counselor",
            "name": "刀 美兰",
            "id_number": id_number(77),
            "unit": f"{world['second_code']} 北浦中学",
            "role": "part_time",
            "valid_from": "2023-03-01",
            "title": "一级教师",
        },
    )
    assert answer.status_code == 302
    with app.app_context():
        person = db.session.scalars(select(Person).where(Person.name == "刀美兰")).one()
        posting = db.session.scalars(select(Posting).where(Posting.person_id == person.id)).one()
        assert (posting.unit_id, posting.valid_from, posting.title) == (
            world["second"],
            date(2023, 3, 1),
            "一级教师",
        )
        assert person.born_on == date(1985, 3, 4)


def test_registers_an_external_expert_without_a_posting(app, world, county):
    answer = county.post(
        "/people/new", data={"kind": "external", "name": "周专家", "unit": CHUXIONG_CITY}
    )
    assert answer.status_code == 302
    page = county.get("/people/?status=external").get_data(as_text=True)
    assert names_in(page) == ["周专家"]
    assert "周专家" not in county.get("/people/").get_data(as_text=True)


def test_shows_what_is_wrong_beside_its_field(world, county):
    answer = county.post(
        "/people/new",
        data={
            "kind": "counselor",
            "name": "某人",
            "id_number": "530998198503040071",
            "unit": world["second_code"],
            "role": "part_time",
        },
    )
    assert answer.status_code == 422
    assert 'href="#id_number"' in answer.get_data(as_text=True)


def test_asks_for_a_role_only_of_who_is_posted(world, county):
    answer = county.post(
        "/people/new", data={"kind": "counselor", "name": "某人", "unit": world["second_code"]}
    )
    assert answer.status_code == 422
    assert "role" in answer.get_data(as_text=True)


def test_leads_to_the_record_that_has_the_number_already(world, county):
    answer = county.post(
        "/people/new",
        data={
            "kind": "counselor",
            "name": "李桃艳",
            "id_number": id_number(1),
            "unit": world["second_code"],
            "role": "part_time",
        },
    )
    assert answer.status_code == 422
    assert f'href="/people/{world["li"]}"' in answer.get_data(as_text=True)


def test_registers_a_namesake_once_somebody_confirms_it(world, county):
    data = {
        "kind": "counselor",
        "name": "曾小贤",
        "unit": world["second_code"],
        "role": "part_time",
        "valid_from": "2023-03-01",
    }
    refused = county.post("/people/new", data=data)
    assert refused.status_code == 422
    assert "namesake_known" in refused.get_data(as_text=True)
    assert county.post("/people/new", data={**data, "namesake_known": "y"}).status_code == 302


def test_corrects_a_record_and_shows_the_change_in_its_history(app, world, county):
    form = county.get(f"/people/{world['li']}/edit").get_data(as_text=True)
    version = re.search(r'name="row_version"[^>]*value="(\d+)"', form).group(1)
    answer = county.post(
        f"/people/{world['li']}/edit",
        data={
            "name": "李桃燕",
            "phone": "138 7000 3134",
            "reason": "录入有误",
            "row_version": version,
        },
    )
    assert answer.status_code == 302
    page = county.get(f"/people/{world['li']}").get_data(as_text=True)
    assert "李桃燕" in page
    assert "录入有误" in page
    assert "138****3134" in page
    assert "13870003134" not in page


def test_refuses_a_correction_of_an_outdated_version(world, county):
    data = {"name": "李桃燕", "reason": "录入有误", "row_version": "1"}
    assert county.post(f"/people/{world['li']}/edit", data=data).status_code == 302
    again = county.post(f"/people/{world['li']}/edit", data={**data, "name": "李陶艳"})
    assert again.status_code == 422


def test_ends_a_posting_and_takes_the_end_back(app, world, county):
    posting = world["posting"]
    answer = county.post(
        f"/people/postings/{posting}/end",
        data={"on": "2023-06-30", "end_reason": "retired", "note": "到龄"},
    )
    assert answer.status_code == 302
    assert names_in(county.get("/people/").get_data(as_text=True)) == ["曾小贤"]
    assert names_in(county.get("/people/?status=former").get_data(as_text=True)) == ["李桃艳"]
    undone = county.post(f"/people/postings/{posting}/undo-end", data={"reason": "点错了"})
    assert undone.status_code == 302
    assert names_in(county.get("/people/").get_data(as_text=True)) == ["李桃艳", "曾小贤"]


def test_transfers_to_another_school(app, world, county):
    answer = county.post(
        f"/people/postings/{world['posting']}/transfer",
        data={"unit": world["second_code"], "on": "2023-08-01", "role": "full_time"},
    )
    assert answer.status_code == 302
    with app.app_context():
        postings = db.session.scalars(
            select(Posting).where(Posting.person_id == world["li"]).order_by(Posting.id)
        ).all()
        assert [(p.unit_id, p.valid_from, p.valid_until, p.end_reason) for p in postings] == [
            (world["first"], date(2020, 1, 1), date(2023, 7, 31), EndReason.TRANSFERRED),
            (world["second"], date(2023, 8, 1), None, None),
        ]


def test_changes_the_role_from_a_day_on(app, world, county):
    answer = county.post(
        f"/people/postings/{world['posting']}/change",
        data={"on": "2023-08-01", "role": "part_time"},
    )
    assert answer.status_code == 302
    page = county.get(f"/people/{world['li']}").get_data(as_text=True)
    assert "2023-07-31" in page


def test_corrects_a_posting_in_place(app, world, county):
    answer = county.post(
        f"/people/postings/{world['posting']}/correct",
        data={"role": "part_time", "valid_from": "2021-09-01", "reason": "日期有误"},
    )
    assert answer.status_code == 302
    with app.app_context():
        posting = db.session.get_one(Posting, world["posting"])
        assert (posting.role, posting.valid_from) == (PostingRole.PART_TIME, date(2021, 9, 1))


def test_refuses_a_malformed_date_beside_its_field(world, county):
    answer = county.post(
        f"/people/postings/{world['posting']}/end", data={"on": "gestern", "end_reason": "left"}
    )
    assert answer.status_code == 422


def test_exports_the_list_masked(world, county):
    answer = county.get("/people/export?role=full_time")
    assert answer.status_code == 200
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    assert answer.get_data()[:2] == b"PK"


def test_a_school_sees_only_its_own_and_may_not_edit(world, sign_in):
    school = sign_in(world["school"])
    assert names_in(school.get("/people/").get_data(as_text=True)) == ["李桃艳"]
    assert school.get(f"/people/{world['zeng']}").status_code == 404
    assert school.get(f"/people/{world['li']}/edit").status_code == 403
    assert school.post(f"/people/postings/{world['posting']}/end").status_code == 403


def test_a_teacher_sees_only_the_own_record(app, world, sign_in):
    with app.app_context(), atomic():
        db.session.get_one(Person, world["li"]).account_id = world["teacher"]
    teacher = sign_in(world["teacher"])
    assert teacher.get("/people/").status_code == 403
    assert teacher.get(f"/people/{world['li']}").status_code == 403
    page = teacher.get("/people/me").get_data(as_text=True)
    assert "李桃艳" in page
    assert id_number(1) not in page
    revealed = teacher.post("/people/me/reveal/id-number").get_data(as_text=True)
    assert id_number(1) in revealed


def test_an_account_without_a_person_has_no_own_record(world, sign_in):
    assert sign_in(world["teacher"]).get("/people/me").status_code == 404


def test_a_teacher_corrects_the_own_phone_and_asks_for_the_rest(app, world, sign_in):
    with app.app_context(), atomic():
        db.session.get_one(Person, world["li"]).account_id = world["teacher"]
    teacher = sign_in(world["teacher"])
    assert teacher.get("/people/me/edit").status_code == 200
    answer = teacher.post("/people/me/edit", data={"phone": "13870003134", "email": "a@b.cn"})
    assert answer.status_code == 302
    assert "138****3134" in teacher.get("/people/me").get_data(as_text=True)
    refused = teacher.post("/people/me/edit", data={"phone": "12", "email": ""})
    assert refused.status_code == 422
    assert teacher.get("/people/me/ask-correction").status_code == 200
    asked = teacher.post("/people/me/ask-correction", data={"text": "学历应为本科"})
    assert asked.status_code == 302
    record = sign_in(world["school"]).get(f"/people/{world['li']}").get_data(as_text=True)
    assert "学历应为本科" in record


def test_an_auditor_sees_nobody(app, sign_in):
    with app.app_context():
        auditor = make_account("auditor", CHUXIONG).id
    assert sign_in(auditor).get("/people/").status_code == 403


def test_every_form_opens(world, county):
    for path in (
        "/people/new",
        "/people/new?kind=external",
        f"/people/{world['li']}/edit",
        f"/people/{world['li']}/postings/new",
        f"/people/postings/{world['posting']}/end",
        f"/people/postings/{world['posting']}/change",
        f"/people/postings/{world['posting']}/correct",
        f"/people/postings/{world['posting']}/transfer",
        f"/people/postings/{world['posting']}/undo-end",
    ):
        assert county.get(path).status_code == 200, path


def test_adds_a_second_posting(app, world, county):
    answer = county.post(
        f"/people/{world['zeng']}/postings/new",
        data={"unit": world["first_code"], "role": "part_time", "valid_from": "2023-02-01"},
    )
    assert answer.status_code == 302
    with app.app_context():
        person = db.session.get_one(Person, world["zeng"])
        assert {p.unit_id for p in person.postings} == {world["first"], world["second"]}


def test_a_person_who_left_the_scope_is_no_longer_seen(app, world, county):
    with app.app_context():
        person = db.session.get_one(Person, world["zeng"])
        posting = db.session.scalars(select(Posting).where(Posting.person_id == person.id)).one()
        with atomic():
            db.session.get_one(Posting, posting.id).valid_until = date(2023, 6, 30)
        make_posting(db.session.get_one(Person, world["zeng"]), get_unit(world["other_code"]))
    assert county.get(f"/people/{world['zeng']}").status_code == 404
    assert names_in(county.get("/people/?status=former").get_data(as_text=True)) == []


def test_an_empty_registry_says_what_to_do(app, sign_in):
    with app.app_context():
        account = make_account("county", LUFENG).id
    page = sign_in(account).get("/people/").get_data(as_text=True)
    assert 'href="/people/new"' in page


def test_a_person_registered_elsewhere_is_not_named(app, world, county):
    with app.app_context():
        make_person(get_unit(world["other_code"]), "赵远方", number=id_number(500))
    answer = county.post(
        "/people/new",
        data={
            "kind": "external",
            "name": "赵远方",
            "id_number": id_number(500),
            "unit": CHUXIONG_CITY,
        },
    )
    assert answer.status_code == 422
    assert "金山小学" not in answer.get_data(as_text=True)
