"""Which rows a ledger has, how units that changed are counted, comparison, cache, lists, the published figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import InvalidInput, NotFound
from app.domain.people.models import Posting
from app.domain.people.rules import PostingRole, TrainingLevel
from app.domain.statistics.figures import FIGURES
from app.domain.statistics.ledger import compare, read_ledger
from app.domain.statistics.rows import RowOrder, Stretch, Wanted, list_figure_rows
from app.domain.statistics.rules import FigureKind, Part, Target
from app.domain.units.models import Unit, UnitVersion
from tests.factories import (
    CHUXIONG,
    CHUXIONG_CITY,
    LINCANG,
    LUFENG,
    get_unit,
    make_counselor,
    make_person,
    make_school,
    make_training,
    save,
)
from tests.integration.statistics.helpers import (
    DAY,
    change,
    count_queries,
    labels,
    ledger,
    row_of,
    rows,
    total,
)

pytestmark = pytest.mark.usefixtures("session")
PROVINCE = "530000"
LOADED_AT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # its workshops are held around that day
BEFORE = DAY - timedelta(days=1)


def kinds(code: str, **asked: object) -> list[tuple[str | None, str]]:
    return [(row.code, row.kind) for row in ledger(code, **asked).rows]  # type: ignore[arg-type]


def test_a_province_has_a_row_for_each_prefecture() -> None:
    assert kinds(PROVINCE) == [(LINCANG, "prefecture"), (CHUXIONG, "prefecture")]


def test_a_prefecture_has_no_municipal_row_without_anything_in_it() -> None:
    assert len(kinds(CHUXIONG)) == 10
    make_school(CHUXIONG)
    assert kinds(CHUXIONG)[-1] == (None, "municipal_schools")


def test_a_county_has_a_row_for_each_school_then_its_own_staff() -> None:
    school = make_school(LUFENG)
    assert kinds(LUFENG) == [(school.code, "school")]
    make_counselor(get_unit(LUFENG))
    assert kinds(LUFENG) == [(school.code, "school"), (None, "own")]


def test_a_school_has_no_rows_and_still_its_totals() -> None:
    school = make_school()
    make_counselor(school)
    found = ledger(school.code)
    assert found.rows == ()
    assert (found.totals["schools"], found.totals["counselors"]) == (1, 1)


def test_a_closed_school_has_a_row_only_while_something_counts_there() -> None:
    empty = make_school(LUFENG, closed_on=BEFORE)
    full = make_school(LUFENG, closed_on=BEFORE)
    make_counselor(full)
    assert kinds(LUFENG) == [(full.code, "school")]
    assert empty.code in [row.code for row in ledger(LUFENG, as_of=BEFORE).rows]


def move(school: Unit, code: str, on: date) -> None:
    target = get_unit(code)
    path = f"{target.path}{school.id}/"
    with atomic():
        version = db.session.query(UnitVersion).filter_by(unit_id=school.id).one()
        version.valid_until = on - timedelta(days=1)
        db.session.flush()
        db.session.add(
            UnitVersion(
                unit_id=school.id,
                name="改名小学",
                stage=version.stage,
                parent_id=target.id,
                path=path,
                valid_from=on,
            )
        )
        stored = db.session.get_one(Unit, school.id)
        stored.parent_id, stored.path, stored.name = target.id, path, "改名小学"


def test_a_moved_school_counts_where_it_hung_then_under_the_name_it_had() -> None:
    school = make_school(LUFENG, "原名小学")
    make_counselor(school)
    move(school, CHUXIONG_CITY, DAY)
    assert row_of(ledger(as_of=BEFORE), LUFENG)["counselors"] == 1
    assert row_of(ledger(), LUFENG)["counselors"] == 0
    assert row_of(ledger(), CHUXIONG_CITY)["counselors"] == 1
    assert [row.name for row in ledger(LUFENG, as_of=BEFORE).rows] == ["原名小学"]
    assert labels(rows("schools")) == ["改名小学"]
    assert labels(rows("schools", as_of=BEFORE)) == ["原名小学"]


def test_a_county_is_called_what_it_was_called_then() -> None:
    names = {
        day: row.name
        for day in (date(2021, 1, 31), date(2021, 2, 1))
        for row in ledger(as_of=day).rows
        if row.code == LUFENG
    }
    assert names == {date(2021, 1, 31): "禄丰县", date(2021, 2, 1): "禄丰市"}


def test_a_unit_without_a_version_on_the_day_is_taken_as_it_was_first_or_last() -> None:
    school = make_school(LUFENG)
    make_counselor(school, valid_from=date(2015, 1, 1))
    version = db.session.query(UnitVersion).filter_by(unit_id=school.id).one()
    change(version, valid_from=date(2022, 1, 1), valid_until=date(2022, 12, 31))
    assert total("counselors", date(2020, 1, 1), code=LUFENG) == 1
    assert total("counselors", DAY, code=LUFENG) == 1


def test_before_anything_is_known_figures_are_zero_and_ratios_unknown() -> None:
    make_counselor(make_school(opened_on=date(2000, 1, 1)))
    totals = ledger(as_of=date(1990, 1, 1)).totals
    assert totals["counselor_coverage"] is None
    assert totals["room_coverage"] is None
    others = [v for name, v in totals.items() if FIGURES[name].kind is FigureKind.ADDITIVE]
    assert set(others) == {0}


def test_the_first_day_of_the_calendar_is_no_error() -> None:
    assert total("counselors", date(1, 1, 1)) == 0


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        ledger(since=DAY + timedelta(days=1))
    assert (caught.value.code, caught.value.field) == ("since_after_as_of", "since")
    with pytest.raises(InvalidInput):
        rows("recruited", since=DAY + timedelta(days=1))


def test_the_municipal_schools_have_a_ledger_of_their_own() -> None:
    school = make_school(CHUXIONG)
    make_counselor(school, "州直")
    make_counselor(get_unit(CHUXIONG), "局内")
    make_counselor(make_school(LUFENG), "县里")
    found = ledger(part=Part.MUNICIPAL_SCHOOLS)
    assert found.totals == row_of(ledger(), None)
    assert [(row.code, row.kind) for row in found.rows] == [(school.code, "school"), (None, "own")]
    assert sorted(labels(rows("counselors", part=Part.MUNICIPAL_SCHOOLS))) == ["局内", "州直"]


def test_a_part_the_unit_does_not_have_is_not_found() -> None:
    with pytest.raises(NotFound):
        ledger(LUFENG, part=Part.MUNICIPAL_SCHOOLS)
    with pytest.raises(NotFound):
        ledger(make_school().code, part=Part.OWN)


def test_targets_are_marked_where_they_are_missed() -> None:
    school = make_school(LUFENG)
    found = ledger()
    missed = {row.code: list(row.missed) for row in found.rows}
    assert missed[LUFENG] == [Target.COUNSELOR_COVERAGE, Target.LEAD_TEACHERS]
    assert missed[CHUXIONG_CITY] == [Target.LEAD_TEACHERS]
    assert [list(row.missed) for row in ledger(LUFENG).rows] == [[Target.COUNSELORS]]
    assert list(ledger(school.code).missed) == [Target.COUNSELORS]


def test_a_comparison_tells_the_change_of_each_row() -> None:
    school = make_school(LUFENG)
    make_counselor(school, "早", valid_from=date(2020, 1, 1))
    make_counselor(school, "晚", valid_from=date(2023, 1, 1))
    make_counselor(make_school(CHUXIONG_CITY), "走", valid_until=date(2023, 1, 1))
    found = compare(
        get_unit(CHUXIONG).id,
        as_of=DAY,
        since=date(2023, 1, 1),
        compare_with=date(2022, 8, 31),
    )
    assert found.ledger.since == date(2022, 1, 1)
    assert found.changes["counselors"] == 0
    assert found.row_changes[get_unit(LUFENG).id]["counselors"] == 1
    assert found.row_changes[get_unit(CHUXIONG_CITY).id]["counselors"] == -1


def test_the_next_view_after_a_change_shows_it() -> None:
    school = make_school(LUFENG)
    assert total("counselors") == 0
    person = make_counselor(school)
    assert total("counselors") == 1
    posting = db.session.query(Posting).filter_by(person_id=person.id).one()
    change(posting, valid_until=BEFORE)
    assert total("counselors") == 0


def test_a_view_of_unchanged_data_asks_only_for_the_version(session: Session) -> None:
    unit_id = get_unit(CHUXIONG).id
    first = read_ledger(unit_id, as_of=DAY)
    with count_queries() as statements:
        assert read_ledger(unit_id, as_of=DAY) is first
    assert len(statements) == 1


def test_figures_read_inside_an_act_are_never_kept() -> None:
    school = make_school(LUFENG)
    person = make_person(school)
    unit_id = get_unit(CHUXIONG).id
    assert total("counselors") == 0
    seen = []
    with pytest.raises(RuntimeError):  # noqa: PT012, SIM117  the act is undone by what it raises
        with atomic() as session:
            session.add(
                Posting(
                    person_id=person.id,
                    unit_id=school.id,
                    role=PostingRole.PART_TIME,
                    valid_from=BEFORE,
                )
            )
            session.flush()
            seen.append(read_ledger(unit_id, as_of=DAY).totals["counselors"])
            raise RuntimeError
    assert seen == [1]
    assert total("counselors") == 0


def test_a_ledger_takes_the_same_queries_for_1_and_for_30_schools() -> None:
    make_counselor(make_school(LUFENG))
    ledger(as_of=BEFORE)
    with count_queries() as few:
        ledger()
    for number in range(30):
        make_counselor(make_school(LUFENG), f"第{number}人")
    with count_queries() as many:
        ledger()
    assert len(many) == len(few) <= 20


def test_a_list_takes_the_same_queries_for_1_and_for_30_rows() -> None:
    make_counselor(make_school(LUFENG))
    unit_id = get_unit(CHUXIONG).id
    wanted = Wanted("counselors", DAY)
    with count_queries() as few:
        list_figure_rows(unit_id, wanted, Stretch(25), scope="/")
    for number in range(30):
        make_counselor(make_school(LUFENG), f"第{number}人")
    with count_queries() as many:
        found = list_figure_rows(unit_id, wanted, Stretch(25), scope="/")
    assert (len(found.items), found.total, found.count) == (25, 31, 31)
    assert len(many) == len(few) <= 7


def test_a_list_can_be_filtered_and_ordered() -> None:
    school, other = make_school(LUFENG, "甲小学"), make_school(LUFENG, "乙小学")
    make_counselor(school, "李梅", valid_from=date(2021, 1, 1))
    make_counselor(school, "王芳", valid_from=date(2019, 1, 1))
    make_counselor(other, "赵强", valid_from=date(2020, 1, 1))
    assert labels(rows("counselors", q="王芳")) == ["王芳"]
    assert sorted(labels(rows("counselors", q="甲小学"))) == ["李梅", "王芳"]
    assert labels(rows("counselors", order=RowOrder.DAY)) == ["王芳", "赵强", "李梅"]
    assert labels(rows("counselors", order=RowOrder.DAY, descending=True)) == [
        "李梅",
        "赵强",
        "王芳",
    ]
    assert labels(rows("counselors", order=RowOrder.LABEL)) == ["李梅", "王芳", "赵强"]
    assert rows("counselors", q="100%").total == 0


def test_a_list_can_be_read_in_parts_by_id() -> None:
    for number in range(5):
        make_counselor(make_school(LUFENG), f"第{number}人")
    unit_id = get_unit(CHUXIONG).id
    seen: list[int] = []
    after = None
    while True:
        stretch = Stretch(2, after=after, by_id=True)
        found = list_figure_rows(unit_id, Wanted("counselors", DAY), stretch)
        assert found.count == 5
        if not found.items:
            break
        seen += [row.row_id for row in found.items]
        after = seen[-1]
    assert seen == sorted(set(seen))
    assert len(seen) == 5


def test_an_unknown_figure_is_not_found() -> None:
    with pytest.raises(NotFound) as caught:
        rows("students")
    assert caught.value.code == "unknown_figure"


def test_a_ratio_has_no_rows_of_its_own() -> None:
    with pytest.raises(InvalidInput) as caught:
        rows("room_coverage")
    assert caught.value.code == "ratio_without_rows"


def test_only_trainings_have_a_level() -> None:
    with pytest.raises(InvalidInput) as caught:
        rows("counselors", level=TrainingLevel.NATIONAL)
    assert caught.value.code == "level_not_applicable"


def test_names_link_only_to_records_the_scope_may_see() -> None:
    school = make_school(LUFENG)
    person = make_counselor(school, valid_until=BEFORE)
    make_training(person, school, ended_on=date(2023, 3, 1))
    make_counselor(make_school(LINCANG), "别处")
    save(
        Posting(
            person_id=person.id, unit_id=make_school(LINCANG).id, role="part_time", valid_from=DAY
        )
    )
    scope = get_unit(CHUXIONG).path
    found = list_figure_rows(
        get_unit(CHUXIONG).id, Wanted("training_person_times", DAY), scope=scope
    )
    assert [row.is_visible for row in found.items] == [False]
    province = list_figure_rows(
        get_unit(CHUXIONG).id, Wanted("training_person_times", DAY), scope=get_unit(PROVINCE).path
    )
    assert [row.is_visible for row in province.items] == [True]


@pytest.mark.slow
def test_the_demonstration_workbooks_give_the_published_figures(app: Flask) -> None:
    with clock.frozen(LOADED_AT):
        result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0, result.output
    _check_chuxiong()
    _check_lincang()


def _check_chuxiong() -> None:
    found = ledger(CHUXIONG, DAY, date(2020, 1, 1))
    expected = {
        "counselors": 2232,
        "counselors_full_time": 70,
        "counselors_part_time": 2162,
        "holders_psych_2": 37,
        "holders_psych_3": 70,
        "holders_other_recognised": 86,
        "holders": 193,
        "recruited": 16,
        "rooms": 809,
        "room_coverage": 0.8969,
        "training_person_times": 712,
        "studios": 1,
        "studio_hosts": 1,
        "studio_members": 70,
    }
    assert {name: found.totals[name] for name in expected} == expected
    assert float(found.totals["room_area"]) == 23476.8
    by_level = found.totals["training_person_times_by_level"]
    assert (by_level["national"], by_level["provincial"], by_level["prefecture"]) == (214, 398, 100)
    assert len(found.rows) == 11
    assert found.rows[-1].kind == "municipal_schools"
    for name, figure in FIGURES.items():
        if figure.kind is FigureKind.ADDITIVE:
            assert sum(row.figures[name] for row in found.rows) == found.totals[name]
            assert rows(name, since=date(2020, 1, 1)).count == found.totals[name]


def _check_lincang() -> None:
    found = ledger(LINCANG, date(2023, 5, 23), date(2022, 1, 1))
    assert found.totals["counselor_coverage"] == 1.0
    assert found.totals["lead_teachers"] == 8
    assert row_of(found, None)["lead_teachers"] == 4
    assert found.totals["counties_covered"] == 4
    assert [gap.name for gap in found.gaps] == ["临翔区", "云县", "镇康县", "耿马傣族佤族自治县"]
    assert found.totals["training_person_times"] == 223
    by_level = found.totals["training_person_times_by_level"]
    assert (by_level["national"], by_level["prefecture"]) == (215, 8)
    first_cohort = ledger(LINCANG, date(2022, 8, 31)).totals
    assert (first_cohort["lead_teachers"], first_cohort["counties_covered"]) == (4, 2)
