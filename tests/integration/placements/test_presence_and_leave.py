"""Presence by the day and leave: who keeps it, what is refused, what became of granted days."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.accounts.rules import Role
from app.domain.outbox.models import Notice
from app.domain.placements.models import PlacementLeave, Presence
from app.domain.placements.operations.changing import interrupt_placement
from app.domain.placements.operations.leave import ask_leave, decide_leave, withdraw_leave
from app.domain.placements.operations.presence import Wish, record_day
from app.domain.placements.rules.words import LeaveStatus, PresenceState
from tests import factories
from tests.concurrency import at_once
from tests.semester_factories import Term, add_trainee, make_term

TODAY, TOMORROW = date(2023, 8, 17), date(2023, 8, 18)
PRESENT, LATE, LEAVE, ABSENT = PresenceState


@pytest.fixture
def term(session: Session) -> Term:
    return make_term()


def recorded(placement_id: int) -> dict[date, tuple[PresenceState, int]]:
    db.session.rollback()
    rows = db.session.scalars(
        select(Presence).where(Presence.placement_id == placement_id).order_by(Presence.day)
    )
    return {row.day: (row.state, row.row_version) for row in rows}


def record(term, wishes, *, day=TODAY, actor=None):
    with atomic():
        return record_day(day, wishes, actor=actor or term.guide)


def ask(term, begins_on=TODAY, ends_on=TOMORROW, reason="参加会议", *, actor=None) -> int:
    with atomic():
        return ask_leave(term.id, begins_on, ends_on, reason, actor=actor or term.trainee).id


def decide(term, leave_id, *, grant=True, answer="", actor=None):
    with atomic():
        decide_leave(
            leave_id, placement_id=term.id, grant=grant, answer=answer, actor=actor or term.guide
        )


def test_a_mentor_records_a_day_for_all_their_trainees(term):
    other, _account = add_trainee(term.cohort, term.seats, term.mentor, "张山", "teacher-zhang")
    saved = record(term, {term.id: Wish(PRESENT, 0), other.id: Wish(LATE, 0, "堵车")})
    assert saved.changed == [term.id, other.id]
    assert recorded(other.id) == {TODAY: (LATE, 1)}


def test_a_base_school_corrects_it_and_takes_it_back(term):
    record(term, {term.id: Wish(ABSENT, 0)})
    record(term, {term.id: Wish(PRESENT, 1)}, actor=term.host)
    assert recorded(term.id) == {TODAY: (PRESENT, 2)}
    record(term, {term.id: Wish(None, 2)}, actor=term.host)
    assert recorded(term.id) == {}


def test_what_somebody_else_recorded_meanwhile_is_told_and_not_overwritten(term):
    record(term, {term.id: Wish(PRESENT, 0)})
    saved = record(term, {term.id: Wish(ABSENT, 0)}, actor=term.host)
    assert (saved.changed, saved.conflicts) == ([], [term.id])
    assert recorded(term.id) == {TODAY: (PRESENT, 1)}


def test_the_same_day_recorded_by_two_at_once_is_recorded_once(app: Flask, term):
    outcomes = at_once(
        app,
        lambda: record_day(TODAY, {term.id: Wish(PRESENT, 0)}, actor=term.guide),
        lambda: record_day(TODAY, {term.id: Wish(ABSENT, 0)}, actor=term.host),
    )
    assert outcomes == ["done", "done"]  # the second is told of the conflict by what it returns
    assert [version for _state, version in recorded(term.id).values()] == [1]


@pytest.mark.parametrize(("day", "code"), [(date(2023, 7, 2), "outside"), (TOMORROW, "future")])
def test_refuses_days_that_cannot_be_recorded(term, day, code):
    with pytest.raises(DomainError) as refused:
        record(term, {term.id: Wish(PRESENT, 0)}, day=day)
    assert refused.value.code == code


def test_refuses_a_day_of_an_interruption(term):
    with atomic():
        interrupt_placement(term.id, TODAY, "病假", actor=term.bureau)
    with pytest.raises(DomainError) as refused:
        record(term, {term.id: Wish(PRESENT, 0)})
    assert refused.value.code == "interrupted"


def test_only_mentor_and_base_school_record(term):
    for actor in (term.trainee, term.county, term.bureau):
        with pytest.raises(Forbidden) as refused:
            record(term, {term.id: Wish(PRESENT, 0)}, actor=actor)
        assert refused.value.code == "not_guide"
    with pytest.raises(NotFound):
        record(
            term,
            {term.id: Wish(PRESENT, 0)},
            actor=factories.make_actor(Role.MENTOR, factories.LINXIANG),
        )


def test_granted_days_become_leave_but_for_those_on_which_the_trainee_came(term):
    record(term, {term.id: Wish(PRESENT, 0)}, day=date(2023, 8, 16))
    record(term, {term.id: Wish(ABSENT, 0)})
    decide(term, ask(term, date(2023, 8, 16), TOMORROW))
    assert {day: state for day, (state, _version) in recorded(term.id).items()} == {
        date(2023, 8, 16): PRESENT,
        TODAY: LEAVE,
        TOMORROW: LEAVE,
    }


def test_the_mentor_is_told_of_a_request_and_the_trainee_of_the_answer(term):
    leave_id = ask(term)
    decide(term, leave_id, grant=False, answer="公开课不能缺席")
    told = {
        notice.kind: (notice.account_id, notice.parameters)
        for notice in db.session.scalars(select(Notice))
    }
    assert told["placements.leave_asked"][0] == term.guide.account_id
    account_id, parameters = told["placements.leave_refused"]
    assert account_id == term.trainee.account_id
    assert (parameters["days"], parameters["answer"]) == (
        "2023-08-17 – 2023-08-18",
        "公开课不能缺席",
    )
    assert recorded(term.id) == {}


@pytest.mark.parametrize(
    ("begins_on", "ends_on", "reason", "code"),
    [
        (TODAY, TOMORROW, " ", "reason_missing"),
        (TOMORROW, TODAY, "会议", "period"),
        (date(2023, 7, 2), TODAY, "会议", "outside"),
        (TODAY, date(2023, 9, 30), "会议", "outside"),
        (date(2023, 7, 3), date(2023, 9, 1), "会议", "too_long"),
    ],
)
def test_refuses_leave_that_cannot_be(term, begins_on, ends_on, reason, code):
    with pytest.raises(DomainError) as refused:
        ask(term, begins_on, ends_on, reason)
    assert refused.value.code == code


def test_refuses_leave_asked_twice_until_it_was_withdrawn(term):
    leave_id = ask(term)
    with pytest.raises(DomainError) as refused:
        ask(term, TOMORROW, TOMORROW)
    assert refused.value.code == "already_asked"
    with atomic():
        withdraw_leave(leave_id, placement_id=term.id, actor=term.trainee)
    ask(term)
    states = db.session.scalars(select(PlacementLeave.status).order_by(PlacementLeave.id)).all()
    assert states == [LeaveStatus.WITHDRAWN, LeaveStatus.OPEN]


def test_an_answer_is_given_once_by_who_may_and_a_refusal_says_why(term):
    leave_id = ask(term)
    for actor in (term.trainee, term.county, term.bureau):
        with pytest.raises(Forbidden):
            decide(term, leave_id, actor=actor)
    with pytest.raises(InvalidInput) as silent:
        decide(term, leave_id, grant=False)
    assert silent.value.code == "reason_missing"
    decide(term, leave_id, actor=term.host)
    with pytest.raises(DomainError) as refused:
        decide(term, leave_id, grant=False, answer="晚了")
    assert refused.value.code == "not_open"


def test_leave_is_granted_and_refused_at_once_and_one_answer_stands(app: Flask, term):
    leave_id = ask(term)
    outcomes = at_once(
        app,
        lambda: decide_leave(
            leave_id, placement_id=term.id, grant=True, answer="", actor=term.guide
        ),
        lambda: decide_leave(
            leave_id, placement_id=term.id, grant=False, answer="不行", actor=term.host
        ),
    )
    assert outcomes == ["done", "not_open"]
    db.session.rollback()
    granted = db.session.get_one(PlacementLeave, leave_id).status is LeaveStatus.GRANTED
    assert bool(recorded(term.id)) == granted


def test_only_the_trainee_asks(term):
    for actor in (term.guide, term.host):
        with pytest.raises(Forbidden):
            ask(term, actor=actor)
