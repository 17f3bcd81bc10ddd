"""Who is on the list of a unit, how they are found, and that the list is never stale."""

from __future__ import annotations

from datetime import date

import pytest

from app.core import clock
from app.core.db import atomic, db
from app.domain.people.models import Person
from app.domain.people.queries.registry import (
    PeopleFilter,
    iterate_people,
    list_people,
    list_people_after,
)
from app.domain.people.queries.visibility import Status
from app.domain.people.rules import PostingRole
from tests.factories import (
    CHUXIONG,
    CHUXIONG_CITY,
    LUFENG,
    get_unit,
    id_number,
    make_counselor,
    make_person,
    make_posting,
    make_school,
)


@pytest.fixture
def school(session):
    return make_school(CHUXIONG_CITY, "鹿城小学")


def names(path: str, q: str = "", status: Status = Status.CURRENT, role=None) -> list[str]:
    db.session.rollback()
    return [person.name for person in list_people(path, PeopleFilter(q, status, role)).items]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("", ["阿依·木果", "李桃艳", "李桃叶", "曾小贤"]),
        ("lty", ["李桃艳", "李桃叶"]),
        ("LT", ["李桃艳", "李桃叶"]),
        ("zeng", ["曾小贤"]),
        ("li taoyan", ["李桃艳"]),
        ("litao", ["李桃艳", "李桃叶"]),
        ("桃", ["李桃艳", "李桃叶"]),
        ("李 桃艳", ["李桃艳"]),
        ("依・木", ["阿依·木果"]),
        ("aymg", ["阿依·木果"]),
        ("%", []),
        ("_", []),
        ("ty", []),
    ],
)
def test_finds_people_by_name_and_pinyin(school, q, found):
    for name in ("李桃艳", "李桃叶", "曾小贤", "阿依·木果"):
        make_counselor(school, name)
    assert names(school.path, q) == found


def test_finds_people_by_identity_number_and_phone_exactly(school):
    li = make_person(school, "李桃艳", number=id_number(1), phone="13870003134")
    make_posting(li, school)
    make_counselor(school, "王一", number=id_number(2))
    number = id_number(1)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    for q in (number, f" {number.lower()} ", wide, "138 7000 3134", "１３８７０００３１３４"):
        assert names(school.path, q) == ["李桃艳"], q
    assert names(school.path, number[:17]) == []
    assert names(school.path, "1387000313") == []


def test_tells_current_former_and_external_people_apart(school):
    county = get_unit(CHUXIONG_CITY)
    make_counselor(school, "在岗")
    make_counselor(school, "明年", valid_until=date(2023, 8, 17))
    make_counselor(school, "昨天", valid_until=date(2023, 8, 16))
    moved = make_counselor(school, "调走", valid_until=date(2022, 1, 1))
    make_posting(moved, make_school(LUFENG))
    make_person(county, "专家")
    assert names(county.path) == ["明年", "在岗"]
    assert names(county.path, status=Status.FORMER) == ["昨天"]
    assert names(county.path, status=Status.EXTERNAL) == ["专家"]


def test_shows_the_main_posting(school):
    other = make_school(CHUXIONG_CITY, "北浦中学")
    person = make_counselor(school, "李梅", valid_from=date(2015, 1, 1))
    make_posting(person, other, role=PostingRole.FULL_TIME, valid_from=date(2022, 1, 1))
    (row,) = list_people(get_unit(CHUXIONG).path, PeopleFilter()).items
    assert (row.unit_name, row.role, row.postings) == ("北浦中学", PostingRole.FULL_TIME, 2)


def test_counts_a_person_once_however_many_postings(school):
    person = make_counselor(school, "李梅")
    make_posting(person, make_school(CHUXIONG_CITY))
    assert list_people(get_unit(CHUXIONG).path, PeopleFilter()).total == 1


def test_narrows_by_the_role_held_there(school):
    make_counselor(school, "专", role=PostingRole.FULL_TIME)
    make_counselor(school, "兼")
    assert names(school.path, role=PostingRole.FULL_TIME) == ["专"]


def test_never_lists_a_merged_record(school):
    kept, merged = make_counselor(school, "李梅"), make_counselor(school, "李媚")
    kept_id, merged_id = kept.id, merged.id
    assert names(school.path) == ["李梅", "李媚"]
    with atomic():
        db.session.get_one(Person, merged_id).merged_into_id = kept_id
    assert names(school.path) == ["李梅"]


def test_a_kept_order_is_never_stale(school):
    make_counselor(school, "李梅")
    path = school.path
    assert names(path) == ["李梅"]
    person = make_counselor(school, "王一")
    assert names(path) == ["李梅", "王一"]
    person_id = person.id
    with atomic():
        db.session.get_one(Person, person_id).sort_key = "a"
    assert names(path) == ["王一", "李梅"]


def test_a_new_day_makes_a_new_list(school):
    make_counselor(school, "李梅", valid_until=date(2023, 8, 17))
    assert names(school.path) == ["李梅"]
    tomorrow = clock.now().replace(day=18)
    with clock.frozen(tomorrow):
        assert names(school.path) == []


def test_cuts_pages_in_one_order(school):
    for number in range(7):
        make_counselor(school, f"李{chr(0x4E00 + number)}")
    wanted = PeopleFilter()
    pages = [list_people(school.path, wanted, page=page, size=3) for page in (1, 2, 3)]
    assert [len(page.items) for page in pages] == [3, 3, 1]
    together = [person.id for page in pages for person in page.items]
    assert together == [person.id for person in iterate_people(school.path, wanted)]
    assert len(set(together)) == 7


def test_goes_on_after_a_person_who_has_left_the_list(school):
    people = [make_counselor(school, name) for name in ("安一", "白二", "陈三")]
    ids = [person.id for person in people]
    _first, cursor = list_people_after(school.path, PeopleFilter(), after_id=None, limit=2)
    assert cursor == ids[1]
    with atomic():
        db.session.get_one(Person, ids[1]).merged_into_id = ids[0]
    rest, end = list_people_after(school.path, PeopleFilter(), after_id=cursor, limit=2)
    assert ([person.id for person in rest], end) == ([ids[2]], None)
