"""Past cohorts from workbooks: they stand beside the ones held here, change with the workbook, and go with its undo."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError
from app.domain.accounts.rules import system_actor
from app.domain.exchange.models import Import, ImportChange
from app.domain.exchange.operations.undoing import undo
from app.domain.people.models import LeadTeacherDesignation, Person, TrainingRecord
from app.domain.placements.models import Cohort, Placement, Stay
from app.domain.placements.rules.words import CohortStatus, PlacementResult, PlacementStatus
from app.domain.units.models import Unit
from tests import placement_factories
from tests.factories import get_unit, id_number, make_counselor, make_school
from tests.integration.exchange.workbooks import PLACEMENTS, bring, codes, workbook

WHEN = "2022.03.01-2022.07.08"


@pytest.fixture
def base(session: Session) -> Unit:
    return make_school("530900", name="临沧市第一中学")


@pytest.fixture
def schools(session: Session) -> tuple[Unit, Unit]:
    """One of a county, one directly under the prefecture."""
    return make_school("530921", name="凤庆县大坪小学"), make_school(
        "530900", name="临沧市第二中学"
    )


@pytest.fixture
def rows(base: Unit, schools: tuple[Unit, Unit]) -> list[list[Any]]:
    """周琼 passed, 毕林 with excellence, 何落 failed and left a week earlier."""
    of_county, municipal = schools
    for serial, (name, school) in enumerate(
        (("周琼", of_county), ("毕林", municipal), ("何落", municipal))
    ):
        make_counselor(school, name, number=id_number(serial))
    early = "2022.02.25-2022.07.01"
    return [
        [1, "第一期", "周琼", id_number(0), "凤庆", of_county.name, base.name, WHEN, "合格"],
        [2, "第一期", "毕林", id_number(1), "市直", municipal.name, base.name, WHEN, "优秀"],
        [3, "第一期", "何落", id_number(2), "市直", municipal.name, base.name, early, "不合格"],
    ]


def land(rows: list[list[Any]]) -> tuple[Import, dict[str, int]]:
    batch, plan = bring("placements", workbook(PLACEMENTS, rows, filled=""), unit="530900")
    return batch, plan.counts()


def placements() -> list[Placement]:
    return list(db.session.scalars(select(Placement).order_by(Placement.id)))


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def take_back(batch: Import) -> None:
    with atomic():
        undo(batch.id, "传错文件", actor=system_actor())


def test_a_workbook_makes_a_completed_cohort_with_its_placements(
    rows: list[list[Any]], base: Unit, schools: tuple[Unit, Unit]
) -> None:
    batch, _counts = land(rows)
    cohort = db.session.scalars(select(Cohort)).one()
    assert (cohort.unit.code, cohort.title, cohort.event_key) == (
        "530900",
        "第一期",
        "placement:第一期",
    )
    assert (cohort.status, cohort.imported, cohort.import_id) == (
        CohortStatus.COMPLETED,
        True,
        batch.id,
    )
    assert (cohort.starts_on, cohort.ends_on) == (date(2022, 2, 25), date(2022, 7, 8))
    of_county, municipal = schools
    made = placements()
    assert [(item.unit_id, item.nominating_unit.code) for item in made] == [
        (of_county.id, "530921"),
        (municipal.id, municipal.code),
        (municipal.id, municipal.code),
    ]
    assert [item.result for item in made] == [
        PlacementResult.PASSED,
        PlacementResult.EXCELLENT,
        PlacementResult.FAILED,
    ]
    assert {item.status for item in made} == {PlacementStatus.COMPLETED}
    stays = db.session.scalars(select(Stay).order_by(Stay.id)).all()
    assert {(stay.base_school_id, stay.seats_id, stay.mentor_id) for stay in stays} == {
        (base.id, None, None)
    }
    assert (stays[2].valid_from, stays[2].valid_until) == (date(2022, 2, 25), date(2022, 7, 1))


def test_each_placement_points_to_its_record_and_designation(rows: list[list[Any]]) -> None:
    land(rows)
    records = db.session.scalars(select(TrainingRecord.id).order_by(TrainingRecord.id)).all()
    leads = db.session.scalars(
        select(LeadTeacherDesignation.id).order_by(LeadTeacherDesignation.id)
    ).all()
    made = placements()
    assert [item.training_record_id for item in made] == list(records)
    assert [item.designation_id for item in made] == [*leads, None]


def test_the_same_workbook_again_changes_nothing(rows: list[list[Any]]) -> None:
    land(rows)
    _batch, counts = land(rows)
    assert (counts["unchanged"], counts["created"], counts["changed"]) == (3, 0, 0)
    assert (count(Cohort), count(Placement), count(Stay)) == (1, 3, 3)


def test_a_corrected_workbook_corrects_the_placement_and_its_stay(
    rows: list[list[Any]], session: Session
) -> None:
    land(rows)
    other = make_school("530900", name="临沧市民族中学")
    rows[1][6:9] = [other.name, "2022.03.01-2022.07.20", "合格"]
    _batch, counts = land(rows)
    assert (counts["changed"], counts["unchanged"]) == (1, 2)
    changed = placements()[1]
    assert (changed.result, changed.ends_on) == (PlacementResult.PASSED, date(2022, 7, 20))
    [stay] = changed.stays
    assert (stay.base_school_id, stay.valid_until) == (other.id, date(2022, 7, 20))
    assert db.session.scalars(select(Cohort.ends_on)).one() == date(2022, 7, 20)


def test_a_second_workbook_adds_to_the_same_cohort(
    rows: list[list[Any]], schools: tuple[Unit, Unit], base: Unit
) -> None:
    land(rows[:2])
    land(rows[2:])
    assert (count(Cohort), count(Placement)) == (1, 3)
    assert db.session.scalars(select(Cohort.starts_on)).one() == date(2022, 2, 25)


def test_taking_it_back_leaves_nothing(rows: list[list[Any]]) -> None:
    batch, _counts = land(rows)
    take_back(batch)
    for model in (Cohort, Placement, Stay, TrainingRecord, LeadTeacherDesignation):
        assert count(model) == 0


def test_what_others_built_on_a_placement_keeps_its_import(rows: list[list[Any]]) -> None:
    batch, _counts = land(rows[:1])
    with atomic():
        db.session.scalars(select(LeadTeacherDesignation)).one().valid_until = date(2023, 6, 30)
    with pytest.raises(DomainError) as caught:
        take_back(batch)
    assert caught.value.code == "built_upon"
    assert "周琼" in str(caught.value)
    assert (count(Cohort), count(Placement), count(TrainingRecord)) == (1, 1, 1)


def test_what_a_later_workbook_added_keeps_the_cohort(rows: list[list[Any]]) -> None:
    first, _counts = land(rows[:2])
    second, _counts = land(rows[2:])
    with pytest.raises(DomainError) as caught:
        take_back(first)
    assert caught.value.code == "built_upon"
    take_back(second)
    assert (count(Cohort), count(Placement)) == (1, 2)
    take_back(first)
    assert (count(Cohort), count(Placement)) == (0, 0)


def test_a_cohort_that_is_planned_here_is_not_touched_by_a_workbook(
    rows: list[list[Any]],
) -> None:
    planned = placement_factories.make_cohort("第一期")
    _batch, plan = bring("placements", workbook(PLACEMENTS, rows, filled=""), unit="530900")
    assert codes(plan).count("cohort_not_over") == 3, "each row says that nobody joins the cohort"
    assert (count(Cohort), count(Placement), count(TrainingRecord)) == (1, 0, 3)
    assert db.session.get_one(Cohort, planned.id).status is CohortStatus.OPEN


def test_a_placement_held_here_is_not_changed_by_a_workbook(
    rows: list[list[Any]], base: Unit, schools: tuple[Unit, Unit]
) -> None:
    cohort = placement_factories.make_cohort("第一期", status=CohortStatus.CONFIRMED)
    seats = placement_factories.make_seats(cohort, base)
    held = placement_factories.make_placement(
        cohort,
        db.session.scalars(select(Person).where(Person.name == "周琼")).one(),
        nominating=get_unit("530921"),
        school=schools[0],
        seats=seats,
    )
    _batch, plan = bring("placements", workbook(PLACEMENTS, rows[:1], filled=""), unit="530900")
    assert "cohort_not_over" not in codes(plan)
    [kept] = placements()
    assert (kept.id, kept.status, kept.result) == (held.id, PlacementStatus.ACTIVE, None)


def test_records_of_before_become_placements_that_the_undo_takes_back(
    rows: list[list[Any]], base: Unit
) -> None:
    batch, _counts = land(rows)
    number, base_id = batch.id, base.id
    for model in (Stay, Placement, Cohort):
        db.session.query(model).delete()
    db.session.commit()
    _forget_placements_of(number)
    db.session.remove()
    downgrade(revision="0002")
    upgrade()
    made = placements()
    assert [item.result for item in made] == [
        PlacementResult.PASSED,
        PlacementResult.EXCELLENT,
        PlacementResult.FAILED,
    ]
    assert {item.import_id for item in made} == {number}
    cohort = db.session.scalars(select(Cohort)).one()
    assert (cohort.title, cohort.imported, cohort.starts_on) == ("第一期", True, date(2022, 2, 25))
    assert {stay.base_school_id for stay in db.session.scalars(select(Stay))} == {base_id}
    _batch, counts = land(rows)
    assert counts["unchanged"] == 3
    take_back(db.session.get_one(Import, number))
    for model in (Cohort, Placement, Stay, TrainingRecord):
        assert count(model) == 0


def _forget_placements_of(number: int) -> None:
    """As it was before placements had tables: the import remembers none of them."""
    with atomic():
        db.session.query(ImportChange).filter(
            ImportChange.import_id == number,
            ImportChange.table_name.in_(("placement_cohorts", "placements", "placement_stays")),
        ).delete(synchronize_session=False)
