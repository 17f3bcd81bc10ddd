"""Who finished an external course, told by an office: the figures move once, whoever tells it and however often."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic
from app.core.errors import DomainError
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course, CourseEnrolment, Recognition
from app.domain.courses.operations.planning import edit_course
from app.domain.courses.operations.recognising import send_back
from app.domain.courses.operations.reporting_one import Finished, Reported, report_finished
from app.domain.courses.rules.words import CourseKind, LearnerStatus
from app.domain.people.models import TrainingRecord
from app.domain.statistics.ledger import read_ledger
from tests import factories
from tests.concurrency import at_once
from tests.course_factories import make_course
from tests.recognition_factories import COUNTY, Parties, make_parties

FIGURES = ("training_person_times", "credit_hours", "hours_year_met")


@pytest.fixture
def parties(session: Session) -> Parties:
    return make_parties()


@pytest.fixture
def course(session: Session) -> Course:
    """Of 90 hours: what the year asks for."""
    return make_course(
        "2023年全国班主任网络研修",
        kind=CourseKind.EXTERNAL,
        platform="国家中小学智慧教育平台",
        credit_hours=Decimal(90),
    )


def tell(course_id: int, person_id: int, actor: Actor, **told: Any) -> Reported:
    with atomic():
        return report_finished(
            course_id,
            Finished(person_id, told.pop("completed_on", date(2023, 6, 30)), **told),
            actor=actor,
        )


def figures() -> list[int]:
    today = clock.today()
    unit = factories.get_unit(COUNTY)
    ledger = read_ledger(unit.id, since=date(today.year, 1, 1), as_of=today)
    return [int(ledger.totals[name]) for name in FIGURES]


def test_the_figures_move_once(session: Session, parties: Parties, course: Course) -> None:
    assert figures() == [0, 0, 0]
    first = tell(course.id, parties.person.id, parties.county)
    assert first.new
    assert figures() == [1, 90, 1]
    again = tell(course.id, parties.person.id, parties.bureau, completed_on=date(2023, 7, 1))
    assert not again.new
    assert figures() == [1, 90, 1]


def test_taken_back_with_a_reason_they_count_no_longer_and_can_be_told_anew(
    session: Session, parties: Parties, course: Course
) -> None:
    first = tell(course.id, parties.person.id, parties.county)
    assert first.recognition is not None
    with atomic():
        send_back(first.recognition.id, "不是本人", actor=parties.county)
    assert figures() == [0, 0, 0]
    enrolment = session.scalars(select(CourseEnrolment)).one()
    assert (enrolment.status, enrolment.credit_hours) == (LearnerStatus.ENROLLED, None)
    assert tell(course.id, parties.person.id, parties.county).new
    assert figures() == [1, 90, 1]


def test_the_hours_somebody_completed_it_for_stay(
    session: Session, parties: Parties, course: Course
) -> None:
    tell(course.id, parties.person.id, parties.county)
    with pytest.raises(DomainError) as refusal, atomic():
        edit_course(course.id, {"credit_hours": Decimal(10)}, actor=parties.bureau)
    assert refusal.value.code == "hours_in_use"
    assert figures() == [1, 90, 1]


def test_told_by_two_offices_in_the_same_moment(
    app: Flask, session: Session, parties: Parties, course: Course
) -> None:
    told, county, bureau = (course.id, parties.person.id), parties.county, parties.bureau
    session.rollback()
    outcomes = at_once(app, lambda: tell(*told, county), lambda: tell(*told, bureau))
    assert outcomes == ["done", "done"]
    for model in (TrainingRecord, Recognition, CourseEnrolment):
        assert session.scalar(select(func.count()).select_from(model)) == 1
