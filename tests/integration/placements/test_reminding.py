"""Reminders of the semester: each told once, to whom it concerns."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.domain.outbox.models import Notice
from app.domain.placements.models import Placement, Stay
from app.domain.placements.operations.appraising import OpinionFacts, sign_opinion
from app.domain.placements.operations.entry_facts import EntryFacts
from app.domain.placements.operations.log import hand_in_entry, save_entry, start_entry
from app.domain.placements.operations.reminding import remind_of_placements
from app.domain.placements.rules.words import Opinion, Phase, PlacementStatus
from tests.concurrency import at_once
from tests.semester_factories import Term, make_term


@pytest.fixture
def term(session: Session) -> Term:
    return make_term(mid_term_on=None)


def at(day: date, hour: int = 2):
    return clock.frozen(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


def told() -> list[tuple[str, int, str | None]]:
    db.session.rollback()
    rows = db.session.scalars(select(Notice).order_by(Notice.id))
    return [(row.kind, row.account_id, row.link) for row in rows]


def test_an_entry_due_and_overdue_is_told_once_each_to_the_trainee(term):
    link = f"/placements/{term.id}/log"
    with at(date(2023, 8, 14)):  # Monday: the week before is over
        assert remind_of_placements() == 1
        assert remind_of_placements() == 0
    assert told() == [("placements.entry_due", term.trainee.account_id, link)]
    with at(date(2023, 8, 17)):
        assert remind_of_placements() == 1
    assert told()[1:] == [("placements.entry_overdue", term.trainee.account_id, link)]


def test_nobody_is_woken_before_eight(term):
    with at(date(2023, 8, 13), 23):  # seven o'clock on Monday
        assert remind_of_placements() == 0


def test_an_entry_that_was_handed_in_is_not_told_of_but_after_a_week_the_mentor_is(term):
    with at(date(2023, 8, 11)), atomic():
        entry = start_entry(term.id, date(2023, 8, 11), actor=term.trainee)
        facts = EntryFacts("听课", hours=Decimal(6))
        save_entry(entry.id, facts, placement_id=term.id, actor=term.trainee)
        hand_in_entry(entry.id, placement_id=term.id, actor=term.trainee)
    with at(date(2023, 8, 17)):
        assert remind_of_placements() == 0
    with at(date(2023, 8, 18)):
        assert remind_of_placements() == 1
    assert told() == [("placements.sign_off_due", term.guide.account_id, "/placements/mentoring")]


def test_an_opinion_is_told_of_to_whose_turn_it_is(session):
    term = make_term(mid_term_on=date(2023, 7, 5))
    with at(date(2023, 7, 3)):
        assert remind_of_placements() == 1
    assert told() == [
        (
            "placements.opinion_due",
            term.trainee.account_id,
            f"/placements/{term.id}/appraisal?phase=mid_term",
        )
    ]


def test_without_a_mentor_the_base_school_is_reminded_that_one_is_missing(session):
    term = make_term(mid_term_on=date(2023, 7, 5))
    with at(date(2023, 7, 5)), atomic():
        sign_opinion(
            term.id, Phase.MID_TERM, Opinion.SELF, OpinionFacts("小结"), actor=term.trainee
        )
    with atomic():
        for stay in db.session.scalars(select(Stay)):
            stay.mentor_id = None
    with at(date(2023, 7, 6)):
        assert remind_of_placements() == 1
        assert remind_of_placements() == 0
    assert told()[-1] == (
        "placements.mentor_missing",
        term.host.account_id,
        f"/placements/{term.id}/changes/mentor",
    )


def test_an_entry_that_waits_without_a_mentor_is_told_to_the_base_school(term):
    with at(date(2023, 8, 11)), atomic():
        entry = start_entry(term.id, date(2023, 8, 11), actor=term.trainee)
        facts = EntryFacts("听课", hours=Decimal(6))
        save_entry(entry.id, facts, placement_id=term.id, actor=term.trainee)
        hand_in_entry(entry.id, placement_id=term.id, actor=term.trainee)
        for stay in db.session.scalars(select(Stay)):
            stay.mentor_id = None
    with at(date(2023, 8, 18)):
        assert remind_of_placements() == 1
    assert [one[:2] for one in told()] == [("placements.mentor_missing", term.host.account_id)]


def test_a_placement_that_is_over_reminds_nobody(term):
    with atomic():
        db.session.get_one(Placement, term.id).status = PlacementStatus.WITHDRAWN
    with at(date(2023, 8, 14)):
        assert remind_of_placements() == 0


def test_two_workers_at_once_tell_it_once(app: Flask, term):
    """At the tests' own hour: the week before is overdue."""
    at_once(app, remind_of_placements, remind_of_placements)
    assert [kind for kind, _account, _link in told()] == ["placements.entry_overdue"]
