"""A completion that was wrong: revoked, corrected, counted again; and who acts at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, Forbidden, NotFound, StaleVersion
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.audit.models import AuditEntry
from app.domain.courses.models import CourseEnrolment, Lesson, RequiredLearner, Requirement
from app.domain.courses.operations.completing import complete_lesson
from app.domain.courses.operations.completions import (
    Correction,
    correct_completion,
    restore_completion,
    revoke_completion,
)
from app.domain.courses.operations.enrolling import enrol_self
from app.domain.courses.operations.locking import lock_enrolment
from app.domain.courses.operations.planning import edit_course
from app.domain.courses.operations.progressing import mark_read
from app.domain.courses.rules.words import CourseKind, LearnerStatus
from app.domain.outbox.models import Notice
from app.domain.people.models import TrainingRecord
from app.domain.people.rules import Audience
from app.domain.personal_data.operations.merging import merge_people
from app.domain.statistics.ledger import read_ledger
from tests import factories
from tests.concurrency import at_once, in_the_midst
from tests.course_factories import make_course, make_learner, make_learner_account, make_lesson
from tests.course_factories import make_version as make_course_version
from tests.factories import CHUXIONG, LINCANG, LINXIANG


def bureau() -> Actor:
    return factories.make_actor("bureau", LINCANG)


def teacher(enrolment: CourseEnrolment) -> Actor:
    return factories.actor_of(db.session.get_one(Account, enrolment.person.account_id))


def learner(**columns: object) -> CourseEnrolment:
    """Somebody in a course of one lesson, with an account."""
    course = make_course(**columns)
    make_lesson(make_course_version(course))
    found = make_learner(course, school=factories.make_school(LINXIANG))
    make_learner_account(found)
    return found


def learn(enrolment: CourseEnrolment) -> None:
    """They read the only lesson, and have completed the course."""
    enrolment_id, version_id = enrolment.id, enrolment.version_id
    actor = bureau()
    with atomic():
        lesson_id = db.session.scalars(
            select(Lesson.id).where(Lesson.version_id == version_id)
        ).one()
        mark_read(enrolment_id, lesson_id, actor=actor, now=clock.now())


def revoke(enrolment_id: int, reason: str = "由他人代学", **options: Any) -> None:
    options.setdefault("actor", bureau())
    with atomic():
        revoke_completion(enrolment_id, reason=reason, now=clock.now(), **options)


def restore(enrolment_id: int) -> None:
    actor = bureau()
    with atomic():
        restore_completion(enrolment_id, reason="核实为本人学习", actor=actor)


def correct(enrolment_id: int, hours: Decimal, day: date) -> None:
    actor = bureau()
    with atomic():
        correct_completion(enrolment_id, Correction(hours, day), reason="课时登记有误", actor=actor)


def records() -> list[tuple[Decimal | None, date, str | None]]:
    rows = db.session.scalars(select(TrainingRecord).order_by(TrainingRecord.id))
    return [(one.hours, one.ended_on, one.withdrawn_reason) for one in rows]


def counted() -> tuple[int, float]:
    """Person-times and hours of the prefecture this year."""
    today = clock.today()
    since = date(today.year, 1, 1)
    totals = read_ledger(factories.get_unit(LINCANG).id, since=since, as_of=today).totals
    return int(totals["training_person_times"]), float(totals["credit_hours"])


def test_a_revoked_completion_counts_nowhere_and_stays_to_be_seen(session: Session) -> None:
    enrolment = learner()
    learn(enrolment)
    today = clock.today()
    assert counted() == (1, 10.0)
    revoke(enrolment.id)
    session.expire_all()
    assert (enrolment.status, enrolment.is_revoked, enrolment.end_reason) == (
        LearnerStatus.NOT_COMPLETED,
        True,
        "由他人代学",
    )
    assert (enrolment.completed_on, enrolment.credit_hours) == (today, Decimal(10))
    assert records() == [(Decimal(10), today, "由他人代学")]
    assert counted() == (0, 0.0)
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "courses.revoke_completion")
    ).one()
    assert (entry.reason, entry.subject_id) == ("由他人代学", enrolment.person_id)
    kinds = session.scalars(select(Notice.kind).order_by(Notice.id)).all()
    assert kinds == ["courses.completed", "courses.completion_revoked"]


def test_whoever_was_revoked_begins_anew_and_completes_by_a_new_record(session: Session) -> None:
    first = learner()
    learn(first)
    revoke(first.id)
    actor = teacher(first)
    with atomic():
        made = enrol_self(first.course_id, actor=actor, now=clock.now())
    second = session.get_one(CourseEnrolment, made.created[first.person_id])
    assert (second.id != first.id, second.done) == (True, 0)
    learn(second)
    assert [reason for _hours, _day, reason in records()] == ["由他人代学", None]
    with pytest.raises(DomainError) as refusal:
        restore(first.id)
    assert refusal.value.code == "already_recorded"


def test_what_is_assigned_is_to_be_done_again(session: Session) -> None:
    enrolment = learner()
    today = clock.today()
    made = factories.save(
        Requirement(
            course_id=enrolment.course_id,
            unit_id=factories.get_unit(LINCANG).id,
            audience=Audience.COUNSELORS,
            assigned_on=today,
            due_on=today + timedelta(days=30),
            reminders=[],
            created_at=clock.now(),
        )
    )
    factories.save(
        RequiredLearner(
            requirement_id=made.id,
            person_id=enrolment.person_id,
            enrolment_id=enrolment.id,
            since=today,
        )
    )
    learn(enrolment)
    revoke(enrolment.id)
    assert session.scalars(select(RequiredLearner.enrolment_id)).all() == [None]


def test_a_revoked_completion_counts_again_by_a_new_record(session: Session) -> None:
    enrolment = learner()
    learn(enrolment)
    revoke(enrolment.id)
    restore(enrolment.id)
    session.expire_all()
    assert (enrolment.status, enrolment.end_reason) == (LearnerStatus.COMPLETED, None)
    today = clock.today()
    assert records() == [(Decimal(10), today, "由他人代学"), (Decimal(10), today, None)]
    assert counted() == (1, 10.0)
    with pytest.raises(DomainError) as refusal:
        restore(enrolment.id)
    assert refusal.value.code == "not_revoked"


def test_a_correction_keeps_what_was_wrong_beside_what_is_right(session: Session) -> None:
    enrolment = learner(credit_hours=Decimal(10))
    day = clock.today()
    learn(enrolment)
    with atomic():
        db.session.get_one(CourseEnrolment, enrolment.id).started_at = clock.now() - timedelta(
            days=9
        )
    right = day - timedelta(days=2)
    correct(enrolment.id, Decimal(6), right)
    session.expire_all()
    assert (enrolment.credit_hours, enrolment.completed_on) == (Decimal(6), right)
    assert records() == [
        (Decimal(10), day, "课时登记有误"),
        (Decimal(6), right, None),
    ]
    assert counted() == (1, 6.0)
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "courses.correct_completion")
    ).one()
    assert entry.details["before"] == {"hours": "10.0", "completed_on": day.isoformat()}


@pytest.mark.parametrize(
    ("hours", "days", "code"),
    [
        (Decimal(10), 0, "nothing_changed"),
        (Decimal(-1), 0, "bad_hours"),
        (Decimal(8), 1, "not_ended"),
        (Decimal(8), -1, "before_start"),
    ],
)
def test_refuses_a_correction_that_cannot_be(
    session: Session, hours: Decimal, days: int, code: str
) -> None:
    enrolment = learner()
    learn(enrolment)
    with pytest.raises(DomainError) as refusal:
        correct(enrolment.id, hours, clock.today() + timedelta(days=days))
    assert refusal.value.code == code


def test_refuses_what_is_not_completed_without_a_reason_stale_or_learnt_elsewhere(
    session: Session,
) -> None:
    enrolment = learner()
    with pytest.raises(DomainError) as refusal:
        revoke(enrolment.id)
    assert refusal.value.code == "not_completed"
    learn(enrolment)
    with pytest.raises(DomainError) as refusal:
        revoke(enrolment.id, reason="  ")
    assert refusal.value.field == "reason"
    with pytest.raises(StaleVersion):
        revoke(enrolment.id, seen=enrolment.stamp - 1)
    outside = make_learner(
        make_course("国家平台课程", kind=CourseKind.EXTERNAL),
        status=LearnerStatus.COMPLETED,
    )
    with pytest.raises(DomainError) as refusal:
        revoke(outside.id)
    assert refusal.value.code == "reported"


def test_only_who_plans_the_course_decides_and_nobody_on_their_own(session: Session) -> None:
    enrolment = learner()
    learn(enrolment)
    for actor in (
        factories.make_actor("county", LINXIANG),
        factories.make_actor("bureau", CHUXIONG),
        teacher(enrolment),
    ):
        with pytest.raises(NotFound):
            revoke(enrolment.id, actor=actor)
    own = replace(bureau(), account_id=enrolment.person.account_id)
    with pytest.raises(Forbidden):
        revoke(enrolment.id, actor=own)


def test_two_officers_at_once_revoke_once(app: Flask, session: Session) -> None:
    enrolment = learner()
    learn(enrolment)
    enrolment_id, actor = enrolment.id, bureau()

    def act() -> None:
        revoke_completion(enrolment_id, reason="重复核查", actor=actor, now=clock.now())

    assert at_once(app, act, act) == ["done", "not_completed"]
    assert len(records()) == 1


def completing(enrolment_id: int, actor: Actor) -> Callable[[Callable[[], None]], None]:
    """Completes the course of one lesson, pausing once the enrolment is held."""
    lesson_id = db.session.scalars(select(Lesson.id)).one()

    def complete(midway: Callable[[], None]) -> None:
        held = lock_enrolment(enrolment_id, actor=actor)
        midway()
        lesson = db.session.get_one(Lesson, lesson_id)
        complete_lesson(held, lesson, actor=actor, now=clock.now())

    return complete


def test_merging_people_waits_for_a_completion_and_neither_fails(
    app: Flask, session: Session
) -> None:
    enrolment = learner()
    enrolment_id, person_id = enrolment.id, enrolment.person_id
    twin_id = factories.make_counselor(factories.make_school(LINXIANG), "李梅").id
    actor = bureau()
    complete = completing(enrolment_id, actor)

    def merge() -> None:
        merge_people(twin_id, person_id, take=(), actor=actor, reason="同一人")

    assert in_the_midst(app, complete, merge) == ["done", "done"]
    session.rollback()  # what the threads wrote
    made = session.scalars(select(TrainingRecord)).one()
    assert (made.person_id, enrolment.person_id, enrolment.status) == (
        twin_id,
        twin_id,
        LearnerStatus.COMPLETED,
    )


def test_hours_that_change_while_somebody_completes_are_refused(
    app: Flask, session: Session
) -> None:
    enrolment = learner()
    enrolment_id, course_id = enrolment.id, enrolment.course_id
    actor = bureau()
    complete = completing(enrolment_id, actor)

    def change() -> None:
        edit_course(course_id, {"credit_hours": Decimal(4)}, actor=actor)

    assert in_the_midst(app, complete, change) == ["done", "hours_in_use"]
    session.rollback()  # what the threads wrote
    assert records() == [(Decimal(10), clock.today(), None)]


def test_whoever_completes_after_hours_were_changed_gets_the_new_ones(
    app: Flask, session: Session
) -> None:
    enrolment = learner()
    enrolment_id, course_id = enrolment.id, enrolment.course_id
    lesson_id = session.scalars(select(Lesson.id)).one()
    actor = bureau()

    def change(midway: Callable[[], None]) -> None:
        edit_course(course_id, {"credit_hours": Decimal(4)}, actor=actor)
        midway()

    def complete() -> None:
        mark_read(enrolment_id, lesson_id, actor=actor, now=clock.now())

    assert in_the_midst(app, change, complete) == ["done", "done"]
    session.rollback()  # what the threads wrote
    assert records() == [(Decimal(4), clock.today(), None)]
