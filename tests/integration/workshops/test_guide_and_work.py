"""The marking guide as a whole list, and hand-ins that come at once, on both databases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.file_types import FileType
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.workshops.models import Assignment, Criterion, Submission
from app.domain.workshops.operations.assignments import AssignmentFacts, add_assignment, hand_in
from app.domain.workshops.operations.guide import set_guide
from app.domain.workshops.operations.marking import save_mark
from app.domain.workshops.queries.assignments import list_hand_ins
from app.domain.workshops.queries.gradebook import list_criteria
from app.domain.workshops.rules.planning import GuideItem
from app.domain.workshops.rules.words import CriterionKind
from tests import factories as make
from tests.concurrency import at_once
from tests.grading_factories import Class, entry, make_class, mark

D = Decimal
PDF = FileType("pdf", "application/pdf")


def item(title: str, weight: int, maximum: int = 100, **more: Any) -> GuideItem:
    return GuideItem(title, D(weight), D(maximum), **more)


def change(given: Class, planner: Actor, *items: GuideItem) -> None:
    with atomic():
        set_guide(given.workshop_id, items, actor=planner)


def guide_of(session: Session, given: Class) -> list[tuple[int, str, Decimal]]:
    session.expire_all()
    return [(row.id, row.title, row.weight) for row in list_criteria(given.workshop_id)]


def test_criteria_keep_their_ids_when_moved_renamed_and_joined_by_others(session: Session) -> None:
    given = make_class(1)
    planner = make.make_actor("bureau", make.CHUXIONG)
    first, second = given.criteria
    change(
        given,
        planner,
        item("实操演练", 50, 50, id=second),
        item("作业", 20),
        item("理论", 30, id=first),
    )
    found = guide_of(session, given)
    assert [(row[1], row[2]) for row in found] == [
        ("实操演练", D(50)),
        ("作业", D(20)),
        ("理论", D(30)),
    ]
    assert (found[0][0], found[2][0]) == (second, first)


def test_a_criterion_of_another_workshop_becomes_a_new_one(session: Session) -> None:
    given, other = make_class(1), make_class(1)
    planner = make.make_actor("bureau", make.CHUXIONG)
    change(given, planner, item("理论", 100, id=other.criteria[0]))
    assert guide_of(session, given)[0][0] not in other.criteria
    assert len(guide_of(session, other)) == 2


def refusal(given: Class, planner: Actor, *items: GuideItem) -> str:
    with pytest.raises(DomainError) as refused:
        change(given, planner, *items)
    return refused.value.code


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([item("理论", 60), item("实操", 39)], "weights_not_100"),
        ([item("理论", 60), item("理论", 40)], "same_title"),
        ([item(" ", 100)], "untitled"),
        ([item("理论", 100, 0)], "maximum"),
        (
            [item("理论", 100, levels=({"from": "101", "title": "优", "description": ""},))],
            "level_outside",
        ),
        (
            [item("理论", 100, levels=({"from": "1", "title": "", "description": ""},))],
            "level_untitled",
        ),
    ],
)
def test_refuses_a_guide(session: Session, items: list[GuideItem], code: str) -> None:
    given = make_class(1)
    before = guide_of(session, given)
    assert refusal(given, make.make_actor("bureau", make.CHUXIONG), *items) == code
    assert guide_of(session, given) == before


def test_a_criterion_that_an_assignment_is_marked_by_stays(session: Session) -> None:
    given = make_class(1)
    planner = make.make_actor("bureau", make.CHUXIONG)
    with atomic():
        add_assignment(
            given.workshop_id,
            AssignmentFacts("报告", criterion_id=given.criteria[1]),
            actor=given.trainer,
        )
    assert (
        refusal(given, planner, item("理论", 100, id=given.criteria[0]))
        == "assignment_uses_criterion"
    )


@pytest.mark.parametrize("weights", [(50, 50), (60, 40)])
def test_after_the_first_mark_nothing_is_scaled_anew(
    session: Session, weights: tuple[int, int]
) -> None:
    given = make_class(1)
    planner = make.make_actor("bureau", make.CHUXIONG)
    mark(given, 0, "85")
    first, second = given.criteria
    items = [item("理论", weights[0], id=first), item("实操", weights[1], 50, id=second)]
    assert refusal(given, planner, *items) == "marks_exist"
    reworded = [item("理论考试", 40, id=first), item("实操", 60, 50, id=second)]
    change(given, planner, *reworded)
    assert [row[1] for row in guide_of(session, given)] == ["理论考试", "实操"]


def test_after_the_first_mark_criteria_do_not_change_places(session: Session) -> None:
    given = make_class(1)
    planner = make.make_actor("bureau", make.CHUXIONG)
    mark(given, 0, "85")
    first, second = given.criteria
    assert (
        refusal(given, planner, item("实操", 60, 50, id=second), item("理论", 40, id=first))
        == "marks_exist"
    )


def test_a_first_mark_and_a_new_guide_at_once_never_mix(app: Flask) -> None:
    """Either the mark is there and the guide stayed, or the guide changed and the mark was refused."""
    with app.app_context():
        given = make_class(1)
        planner = make.make_actor("bureau", make.CHUXIONG)
    outcomes = at_once(
        app,
        lambda: set_guide(
            given.workshop_id, [item("论文", 100, id=given.criteria[1])], actor=planner
        ),
        lambda: save_mark(given.workshop_id, entry(given, 0, 0, "85"), actor=given.trainer),
    )
    with app.app_context():
        titles = [row.title for row in list_criteria(given.workshop_id)]
    assert (outcomes, titles) in (
        (["done", "marks_exist"], ["理论", "实操"]),
        (["done", "not_in_workshop"], ["论文"]),
    )


def owner(given: Class) -> Actor:
    account = make.make_account("teacher", make.CHUXIONG)
    actor = make.actor_of(account)
    with atomic():
        db.session.get_one(Person, given.people[0]).account_id = actor.account_id
    return actor


def set_work(given: Class) -> int:
    with atomic():
        return add_assignment(given.workshop_id, AssignmentFacts("报告"), actor=given.trainer).id


def test_two_files_at_once_leave_one_that_counts(app: Flask) -> None:
    with app.app_context():
        given = make_class(1)
        own, work = owner(given), set_work(given)

    def act(key: str) -> object:
        return hand_in(
            work,
            workshop_id=given.workshop_id,
            file_key=key,
            name=f"{key}.pdf",
            kind=PDF,
            size=1,
            actor=own,
        )

    assert at_once(app, lambda: act("a"), lambda: act("b"), lambda: act("c")) == ["done"] * 3
    with app.app_context():
        counting = [
            one for one in db.session.scalars(select(Submission)) if one.replaced_at is None
        ]
        [row] = list_hand_ins(db.session.get_one(Assignment, work))
        assert row.newest is not None
        assert ([row.newest.id], len(row.earlier)) == ([one.id for one in counting], 2)


def test_work_is_marked_by_no_attendance(session: Session) -> None:
    given = make_class(1, ((("考勤", CriterionKind.ATTENDANCE), 100, 10),))
    with pytest.raises(InvalidInput) as refused, atomic():
        add_assignment(
            given.workshop_id,
            AssignmentFacts("报告", criterion_id=given.criteria[0]),
            actor=given.trainer,
        )
    assert refused.value.code == "unknown_criterion"


def test_a_stranger_sets_no_work(session: Session) -> None:
    given = make_class(1)
    stranger = make.make_actor("trainer", make.CHUXIONG)
    with pytest.raises(NotFound), atomic():
        add_assignment(given.workshop_id, AssignmentFacts("报告"), actor=stranger)


def test_a_guide_may_be_taken_away_before_the_first_mark(session: Session) -> None:
    given = make_class(1)
    change(given, make.make_actor("bureau", make.CHUXIONG))
    assert list(session.scalars(select(Criterion.id))) == []
