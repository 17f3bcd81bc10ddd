"""Marks are saved one by one or many at once, and nobody's is overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.domain.accounts.rules import Role
from app.domain.audit.models import AuditEntry
from app.domain.audit.operations import open_personal
from app.domain.workshops.models import Enrolment, Mark, Workshop
from app.domain.workshops.operations.commenting import set_comment
from app.domain.workshops.operations.marking import MarkClash, save_mark, save_marks
from app.domain.workshops.operations.marking_desk import Entry, Marking
from app.domain.workshops.operations.results import publish_results
from app.domain.workshops.rules.words import (
    AttendanceState,
    CriterionKind,
    EnrolmentStatus,
    TrainerRole,
    WorkshopStatus,
)
from tests import factories as make
from tests.concurrency import at_once
from tests.grading_factories import THEORY, Class, assign, attend, entry, make_class, mark

D = Decimal
WITH_ATTENDANCE = ((("考勤", CriterionKind.ATTENDANCE), 20, 10), (("理论", THEORY), 80, 100))


def save(given: Class, *entries: Entry, **how: bool) -> Marking:
    with atomic():
        return save_marks(given.workshop_id, entries, actor=given.trainer, **how)


def test_saves_a_mark_and_raises_its_version(session: Session) -> None:
    given = make_class()
    with atomic():
        first = save_mark(given.workshop_id, entry(given, 0, 0, "85"), actor=given.trainer)
    assert (first.value, first.version, first.changed) == (D(85), 1, True)
    with atomic():
        second = save_mark(
            given.workshop_id, entry(given, 0, 0, "86.5", (1, "85")), actor=given.trainer
        )
    assert (second.value, second.version) == (D("86.50"), 2)
    stored = session.execute(select(Mark.value, Mark.marked_by, Mark.marker)).one()
    assert tuple(stored) == (D("86.50"), given.trainer_id, 1)


def test_the_same_mark_again_changes_nothing(session: Session) -> None:
    given = make_class()
    mark(given, 0, "85")
    with atomic():
        again = save_mark(given.workshop_id, entry(given, 0, 0, "85"), actor=given.trainer)
    assert (again.version, again.changed) == (1, False)


def test_an_emptied_cell_takes_the_mark_away(session: Session) -> None:
    given = make_class()
    mark(given, 0, "85")
    with atomic():
        save_mark(given.workshop_id, entry(given, 0, 0, "", (1, "85")), actor=given.trainer)
    assert session.scalar(select(func.count()).select_from(Mark)) == 0


def test_a_mark_changed_meanwhile_is_not_overwritten_and_both_are_told(session: Session) -> None:
    given = make_class()
    colleague = assign(given.workshop_id, TrainerRole.TRAINER, "王老师")
    mark(given, 0, "80", actor=make.actor_of(colleague))
    with pytest.raises(MarkClash) as refused, atomic():
        save_mark(given.workshop_id, entry(given, 0, 0, "90"), actor=given.trainer)
    clash = refused.value.clash
    assert (clash.theirs, clash.yours, clash.version, clash.by) == (D(80), D(90), 1, "王老师")
    assert refused.value.code == "stale_version"
    assert session.scalar(select(Mark.value)) == D(80)


def test_a_mark_taken_away_and_given_anew_is_noticed(session: Session) -> None:
    """The new mark has version 1 again; what was seen beside it was another value."""
    given = make_class()
    mark(given, 0, "80")
    save(given, entry(given, 0, 0, "", (1, "80")))
    mark(given, 0, "70")
    marking = save(given, entry(given, 0, 0, "90", (1, "80")))
    assert [clash.theirs for clash in marking.clashes] == [D(70)]
    assert session.scalar(select(Mark.value)) == D(70)


def test_theirs_can_be_replaced_once_it_was_seen(session: Session) -> None:
    given = make_class()
    colleague = assign(given.workshop_id, TrainerRole.TRAINER)
    mark(given, 0, "80", actor=make.actor_of(colleague))
    with atomic():
        kept = save_mark(
            given.workshop_id, entry(given, 0, 0, "90", (1, "80")), actor=given.trainer
        )
    assert (kept.value, kept.version) == (D(90), 2)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("优", "not_a_number"),
        ("101", "out_of_range"),
        ("-1", "out_of_range"),
        ("85.123", "too_many_decimals"),
    ],
)
def test_refuses_what_is_no_mark_of_the_criterion(session: Session, text: str, code: str) -> None:
    given = make_class()
    with pytest.raises(InvalidInput) as refused, atomic():
        save_mark(given.workshop_id, entry(given, 0, 0, text), actor=given.trainer)
    assert refused.value.code == code
    assert session.scalar(select(func.count()).select_from(Mark)) == 0


def test_many_at_once_save_what_can_be_saved(session: Session) -> None:
    given = make_class(3)
    mark(given, 1, "70")
    marking = save(
        given,
        entry(given, 0, 0, "85"),
        entry(given, 1, 0, "90"),
        entry(given, 2, 0, "viel"),
        entry(given, 2, 1, "50"),
    )
    assert marking.changed == 2
    assert [clash.theirs for clash in marking.clashes] == [D(70)]
    assert [refused.code for refused in marking.refused] == ["not_a_number"]
    assert sorted(session.scalars(select(Mark.value))) == [D(50), D(70), D(85)]


def test_strictly_nothing_is_saved_beside_a_refusal(session: Session) -> None:
    given = make_class()
    with pytest.raises(InvalidInput):
        save(given, entry(given, 0, 0, "85"), entry(given, 1, 0, "101"), strict=True)
    assert session.scalar(select(func.count()).select_from(Mark)) == 0


def test_somebody_not_on_the_list_is_not_marked(session: Session) -> None:
    given, other = make_class(), make_class()
    with atomic():
        session.get_one(Enrolment, given.enrolments[1]).status = EnrolmentStatus.WAITLISTED
        session.get_one(Enrolment, given.enrolments[1]).pool_id = None
    marking = save(given, entry(given, 1, 0, "85"), entry(other, 0, 0, "85"))
    assert [refused.code for refused in marking.refused] == ["not_in_workshop", "not_in_workshop"]


def test_a_criterion_of_another_workshop_is_refused(session: Session) -> None:
    given, other = make_class(), make_class()
    mixed = entry(given, 0, 0, "85")
    mixed = type(mixed)(mixed.enrolment_id, other.criteria[0], "85", 0, None)
    assert [refused.code for refused in save(given, mixed).refused] == ["not_in_workshop"]


@pytest.mark.parametrize(
    ("role", "unit"),
    [(Role.TRAINER, make.CHUXIONG), (Role.BUREAU, make.LINCANG), (Role.COUNTY, make.LUFENG)],
)
def test_only_who_runs_the_workshop_marks(session: Session, role: Role, unit: str) -> None:
    given = make_class()
    stranger = make.make_actor(role, unit)
    with pytest.raises(NotFound), atomic():
        save_marks(given.workshop_id, [entry(given, 0, 0, "1")], actor=stranger)


@pytest.mark.parametrize("status", [WorkshopStatus.COMPLETED, WorkshopStatus.CANCELLED])
def test_nothing_is_marked_in_a_workshop_that_is_over(
    session: Session, status: WorkshopStatus
) -> None:
    given = make_class(status=status)
    with pytest.raises(DomainError) as refused:
        save(given, entry(given, 0, 0, "85"))
    assert refused.value.code == "workshop_over"


def test_a_published_mark_is_locked(session: Session) -> None:
    given = make_class(1)
    mark(given, 0, "85", "40")
    with atomic():
        publish_results(given.workshop_id, actor=given.trainer)
    marking = save(given, entry(given, 0, 0, "90", (1, "85")))
    assert [refused.code for refused in marking.refused] == ["published"]


def test_the_second_marker_sees_no_first_mark_until_both_are_done(session: Session) -> None:
    given = make_class(1, second_marking=True)
    second = make.actor_of(assign(given.workshop_id, TrainerRole.SECOND_MARKER))
    mark(given, 0, "80", "40")
    [row] = given.book(2).rows
    assert (row.marks, row.own[given.criteria[0]].value, row.open) == ({}, None, False)
    assert row.assessment.missing == tuple(given.criteria)
    mark(given, 0, "84", actor=second)
    [row] = given.book(2).rows
    assert {marker for cells in row.marks.values() for marker in cells} == {2}
    [row] = given.book(1).rows
    assert {marker for cells in row.marks.values() for marker in cells} == {1}
    assert row.total is None
    with atomic():
        save_mark(given.workshop_id, entry(given, 0, 1, "42"), actor=second)
    [row] = given.book(2).rows
    assert row.open
    assert {marker for cells in row.marks.values() for marker in cells} == {1, 2}
    assert row.assessment.values == {given.criteria[0]: D("82.00"), given.criteria[1]: D("41.00")}
    assert row.total == D("82.00")


def test_two_markers_of_one_cell_never_clash(session: Session) -> None:
    given = make_class(1, second_marking=True)
    second = make.actor_of(assign(given.workshop_id, TrainerRole.SECOND_MARKER))
    mark(given, 0, "80")
    mark(given, 0, "20", actor=second)
    assert sorted((m.marker, m.value) for m in session.scalars(select(Mark))) == [
        (1, D(80)),
        (2, D(20)),
    ]


def test_marks_are_settled_once_both_markers_are_done(session: Session) -> None:
    given = make_class(1, second_marking=True)
    second = make.actor_of(assign(given.workshop_id, TrainerRole.SECOND_MARKER))
    mark(given, 0, "80", "40")
    mark(given, 0, "50", "41", actor=second)
    marking = save(given, entry(given, 0, 0, "50", (1, "80")))
    assert [refused.code for refused in marking.refused] == ["both_marked"]
    [row] = given.book(1).rows
    assert row.assessment.to_agree == (given.criteria[0],)
    assert save(given, entry(given, 0, 0, "66"), agreed=True).changed == 1
    [row] = given.book(2).rows
    assert row.assessment.values[given.criteria[0]] == D(66)
    assert row.assessment.to_agree == ()


def test_a_mark_is_agreed_on_only_after_both(session: Session) -> None:
    given = make_class(1, second_marking=True)
    mark(given, 0, "80", "40")
    marking = save(given, entry(given, 0, 0, "66"), agreed=True)
    assert [refused.code for refused in marking.refused] == ["not_both_marked"]


def test_the_second_marker_does_not_enter_the_agreed_mark(session: Session) -> None:
    given = make_class(1, second_marking=True)
    second = make.actor_of(assign(given.workshop_id, TrainerRole.SECOND_MARKER))
    with pytest.raises(DomainError) as refused, atomic():
        save_marks(given.workshop_id, [entry(given, 0, 0, "66")], actor=second, agreed=True)
    assert refused.value.code == "not_first_marker"


def test_attendance_gives_its_criterion(session: Session) -> None:
    """Late counts, leave is excused, no record in a session kept for others is absent, a make-up makes up."""
    given = make_class(4, WITH_ATTENDANCE)
    here, late, leave, absent = (
        AttendanceState.PRESENT,
        AttendanceState.LATE,
        AttendanceState.LEAVE,
        AttendanceState.ABSENT,
    )
    first = attend(given, {0: here, 1: late, 2: leave, 3: absent})
    attend(given, {0: here, 1: absent, 2: here, 3: None})
    attend(given, {3: here}, makes_up_for=first)
    shares = [row.attendance for row in given.book().rows]
    assert shares == [D("100.00"), D("50.00"), D("100.00"), D("50.00")]
    values = [row.assessment.values.get(given.criteria[0]) for row in given.book().rows]
    assert values == [D("10.00"), D("5.00"), D("10.00"), D("5.00")]


def test_without_any_record_attendance_is_missing_and_can_be_marked(session: Session) -> None:
    given = make_class(1, WITH_ATTENDANCE)
    assert given.book().rows[0].assessment.missing == tuple(given.criteria)
    mark(given, 0, "8", "90")
    assert given.book().rows[0].total == D("88.00")


def entries_of(session: Session, action: str) -> list[AuditEntry]:
    return list(
        session.scalars(
            select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        )
    )


def test_what_one_types_is_one_entry_of_the_audit_for_some_minutes(session: Session) -> None:
    given = make_class(2)
    for person in (0, 1):
        mark(given, person, "85", "40")
    assert len(entries_of(session, "workshops.mark")) == 1
    with clock.frozen(clock.now().replace(hour=9)):
        save(given, entry(given, 0, 0, "86", (1, "85")))
    assert len(entries_of(session, "workshops.mark")) == 2


def test_a_colleagues_mark_changed_has_an_entry_of_its_own(session: Session) -> None:
    given = make_class(1)
    colleague = assign(given.workshop_id, TrainerRole.TRAINER)
    mark(given, 0, "80", actor=make.actor_of(colleague))
    save(given, entry(given, 0, 0, "90", (1, "80")))
    [noted] = entries_of(session, "workshops.change_others_mark")
    assert (noted.object_id, noted.subject_id) == (str(given.enrolments[0]), given.people[0])
    assert open_personal(noted) == {"before": {"mark": "80"}, "after": {"mark": "90"}}
    assert "80" not in str(noted.details)


def test_two_markers_save_the_same_cell_at_once(app: Flask) -> None:
    with app.app_context():
        given = make_class()
        others = [make.actor_of(assign(given.workshop_id, TrainerRole.TRAINER)) for _ in range(4)]

    def act(text: str, actor: object) -> object:
        return save_mark(given.workshop_id, entry(given, 0, 0, text), actor=actor)

    acts: list[Callable[[], object]] = [
        partial(act, str(60 + number), actor) for number, actor in enumerate(others)
    ]
    assert at_once(app, *acts) == ["done", "stale_version", "stale_version", "stale_version"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Mark)) == 1


def test_different_cells_are_saved_at_once_without_a_clash(app: Flask) -> None:
    with app.app_context():
        given = make_class(3)
        others = [make.actor_of(assign(given.workshop_id, TrainerRole.TRAINER)) for _ in range(2)]

    def act(place: int) -> object:
        """The three columns' people in another order each, so that locks would cross."""
        entries = [entry(given, (place + step) % 3, place, "10") for step in range(3)]
        return save_marks(given.workshop_id, entries, actor=others[place])

    assert at_once(app, partial(act, 0), partial(act, 1)) == ["done", "done"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Mark)) == 6


def test_a_mark_and_publishing_at_once_never_lose_each_other(app: Flask) -> None:
    """Either the mark is in the published total, or it is refused as published."""
    with app.app_context():
        given = make_class(1)
        mark(given, 0, "50", "40")
        colleague = make.actor_of(assign(given.workshop_id, TrainerRole.TRAINER))
    results = at_once(
        app,
        lambda: publish_results(given.workshop_id, actor=given.trainer),
        lambda: save_mark(given.workshop_id, entry(given, 0, 0, "100", (1, "50")), actor=colleague),
    )
    with app.app_context():
        [row] = given.book().rows
        assert row.published_total == row.assessment.total
        assert (results, row.published_total) in (
            (["done", "done"], D("88.00")),
            (["done", "published"], D("68.00")),
        )


def test_a_comment_needs_a_mark(session: Session) -> None:
    given = make_class(1)
    with pytest.raises(InvalidInput) as refused, atomic():
        set_comment(
            given.enrolments[0],
            given.criteria[0],
            "好",
            actor=given.trainer,
            workshop_id=given.workshop_id,
        )
    assert refused.value.code == "no_mark"


def test_a_comment_stays_with_its_mark(session: Session) -> None:
    given = make_class(1)
    mark(given, 0, "85")
    with atomic():
        set_comment(
            given.enrolments[0],
            given.criteria[0],
            " 案例分析清楚 ",
            actor=given.trainer,
            workshop_id=given.workshop_id,
        )
    assert given.book().rows[0].own[given.criteria[0]].comment == "案例分析清楚"


def test_the_number_of_queries_does_not_grow_with_the_class(session: Session) -> None:
    small, large = make_class(2), make_class(40)
    assert queries(session, small) == queries(session, large) <= 8


def queries(session: Session, given: Class) -> int:
    session.expire_all()
    session.get_one(Workshop, given.workshop_id)
    counted = []

    def count(*_args: object) -> None:
        counted.append(1)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        given.book()
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(counted)
