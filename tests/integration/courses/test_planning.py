"""A course from draft to its end: what may be said of it, who teaches, what its end means for who learns."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, NotFound, StaleVersion
from app.domain.accounts.rules import Actor, Role
from app.domain.audit.models import AuditEntry
from app.domain.courses.models import Course, CourseEnrolment, Requirement
from app.domain.courses.operations.enrolling import enrol_people
from app.domain.courses.operations.planning import create_course, edit_course
from app.domain.courses.operations.standing import (
    cancel_course,
    end_course,
    publish,
    reopen_course,
)
from app.domain.courses.operations.trainers import assign_trainer, remove_trainer
from app.domain.courses.rules.words import (
    CourseKind,
    CourseStatus,
    EnrolmentSource,
    LearnerStatus,
    LessonKind,
    VersionStatus,
)
from app.domain.outbox.models import Notice
from app.domain.people.rules import Audience, TrainingLevel
from tests import factories
from tests.concurrency import at_once
from tests.course_factories import (
    make_course,
    make_learner,
    make_lesson,
    make_version,
)
from tests.factories import LINCANG, LINXIANG, make_counselor, make_school

FACTS: dict[str, Any] = {
    "title": "  班主任  心理健康教育 ",
    "kind": CourseKind.OWN,
    "level": TrainingLevel.PREFECTURE,
    "credit_hours": Decimal(10),
}


def bureau() -> Actor:
    return factories.make_actor("bureau", LINCANG)


def create(actor: Actor, unit: str = LINCANG, **facts: Any) -> Course:
    unit_id = factories.get_unit(unit).id
    with atomic():
        return create_course(unit_id, FACTS | facts, actor=actor)


def edit(course: Course, actor: Actor, **changes: Any) -> Course:
    course_id = course.id
    with atomic():
        return edit_course(course_id, changes, actor=actor)


def test_a_new_course_is_a_draft_with_a_tidy_title(session: Session) -> None:
    made = create(bureau(), summary=" ", audiences=["homeroom_teachers"])
    assert (made.title, made.status, made.summary) == (
        "班主任 心理健康教育",
        CourseStatus.DRAFT,
        None,
    )
    assert (made.audiences, made.credit_hours, made.capacity) == (
        ["homeroom_teachers"],
        Decimal(10),
        None,
    )
    assert session.scalars(select(AuditEntry.action)).all() == ["courses.create"]


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"title": "  "}, "title_missing", "title"),
        ({"title": "长" * 201}, "text_too_long", "title"),
        ({"summary": "长" * 5001}, "text_too_long", "summary"),
        ({"credit_hours": Decimal(-1)}, "bad_hours", "credit_hours"),
        ({"capacity": 0}, "bad_capacity", "capacity"),
        ({"address": "javascript:alert(1)"}, "bad_address", "address"),
    ],
)
def test_refuses_what_cannot_be(
    session: Session, facts: dict[str, Any], code: str, field: str
) -> None:
    actor = bureau()
    with pytest.raises(DomainError) as refusal:
        create(actor, **facts)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert session.scalars(select(Course.id)).all() == []


def test_refuses_a_window_that_ends_before_it_begins(session: Session) -> None:
    today = clock.today()
    actor = bureau()
    with pytest.raises(DomainError) as refusal:
        create(actor, opens_on=today, closes_on=today - timedelta(days=1))
    assert refusal.value.code == "closes_before_opens"


def test_nobody_plans_for_a_unit_above_or_beside(session: Session) -> None:
    county = factories.make_actor("county", LINXIANG)
    for unit in (LINCANG, "530921"):
        with pytest.raises(NotFound):
            create(county, unit)
    other = factories.get_unit("530921").id
    with pytest.raises(NotFound):
        create(county, LINXIANG, eligible_unit_id=other)


def test_keeps_kind_level_and_organiser_once_published(session: Session) -> None:
    actor, course = bureau(), make_course()
    with pytest.raises(DomainError) as refusal:
        edit(course, actor, level=TrainingLevel.NATIONAL)
    assert (refusal.value.code, refusal.value.field) == ("fixed_once_published", "level")
    assert edit(course, actor, title="新名称").title == "新名称"


def test_keeps_the_hours_that_somebody_has_earned(session: Session) -> None:
    actor, course = bureau(), make_course()
    make_learner(course, status=LearnerStatus.COMPLETED)
    with pytest.raises(DomainError) as refusal:
        edit(course, actor, credit_hours=Decimal(20))
    assert refusal.value.code == "hours_in_use"
    assert edit(course, actor, credit_hours=Decimal(10), contact="0883").contact == "0883"


def test_a_capacity_counts_whoever_is_in_already(session: Session) -> None:
    actor, course = bureau(), make_course()
    school = make_school(LINCANG)
    for name in ("甲", "乙"):
        make_learner(course, make_counselor(school, name), school)
    make_learner(course, make_counselor(school, "丙"), school, status=LearnerStatus.WITHDRAWN)
    with pytest.raises(DomainError) as refusal:
        edit(course, actor, capacity=1)
    assert refusal.value.code == "capacity_below_taken"
    assert edit(course, actor, capacity=2).taken == 2
    with pytest.raises(DomainError) as refusal:
        edit(course, actor, capacity=1)
    assert refusal.value.code == "capacity_below_taken"
    assert edit(course, actor, capacity=None).taken == 0


def test_refuses_who_saw_an_older_version(session: Session) -> None:
    actor, course = bureau(), make_course()
    edit(course, actor, title="第一次")
    with pytest.raises(StaleVersion), atomic():
        edit_course(course.id, {"title": "第二次"}, actor=actor, expected_version=1)


def test_publishing_says_everything_that_is_missing(session: Session) -> None:
    actor = bureau()
    course = create(actor, credit_hours=Decimal(0))
    with pytest.raises(DomainError) as refusal, atomic():
        publish(course.id, actor=actor, now=clock.now())
    assert refusal.value.code == "not_ready"
    assert refusal.value.details["missing"] == ["no_lessons", "no_hours"]
    version = make_version(course)
    make_lesson(version, LessonKind.TEXT)
    edit(course, actor, credit_hours=Decimal(5))
    with atomic():
        publish(course.id, actor=actor, now=clock.now())
    session.refresh(course)
    assert (course.status, course.published_at) == (CourseStatus.PUBLISHED, clock.now())


def test_a_draft_version_alone_publishes_nothing(session: Session) -> None:
    actor = bureau()
    course = create(actor)
    make_lesson(make_version(course, VersionStatus.DRAFT))
    with pytest.raises(DomainError) as refusal, atomic():
        publish(course.id, actor=actor, now=clock.now())
    assert refusal.value.code == "not_ready"


def test_an_external_course_needs_its_platform(session: Session) -> None:
    actor = bureau()
    course = create(actor, kind=CourseKind.EXTERNAL)
    with pytest.raises(DomainError), atomic():
        publish(course.id, actor=actor, now=clock.now())
    edit(course, actor, platform="国家智慧教育平台", address="https://basic.smartedu.cn/")
    with atomic():
        assert publish(course.id, actor=actor, now=clock.now()).status is CourseStatus.PUBLISHED


def _end(course: Course, actor: Actor, reason: str = "本期结束") -> int:
    with atomic():
        return end_course(course.id, actor=actor, now=clock.now(), reason=reason)


def test_the_end_settles_who_is_not_done_and_tells_them(session: Session) -> None:
    actor, course = bureau(), make_course(capacity=9, taken=2)
    school = make_school(LINCANG)
    slow = make_learner(course, make_counselor(school, "甲"), school)
    done = make_learner(
        course, make_counselor(school, "乙"), school, status=LearnerStatus.COMPLETED
    )
    account = factories.make_account(Role.TEACHER, school)
    with atomic():
        slow.person.account_id = account.id
    requirement = factories.save(
        Requirement(
            course_id=course.id,
            unit_id=school.id,
            audience=Audience.COUNSELORS,
            assigned_on=clock.today(),
            due_on=clock.today(),
            reminders=[],
            created_at=clock.now(),
        )
    )
    assert _end(course, actor) == 1
    for row in (slow, done, course, requirement):
        session.refresh(row)
    assert (slow.status, slow.end_reason, slow.stamp) == (
        LearnerStatus.NOT_COMPLETED,
        "本期结束",
        2,
    )
    assert done.status is LearnerStatus.COMPLETED
    assert (course.status, course.taken) == (CourseStatus.ENDED, 1)
    assert requirement.ended_at == clock.now()
    assert session.scalars(select(Notice.kind)).all() == ["courses.not_completed"]
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["courses.not_complete", "courses.end"]


def test_what_the_end_stopped_goes_on_when_it_is_opened_again(session: Session) -> None:
    actor, course = bureau(), make_course(capacity=9, taken=2)
    school = make_school(LINCANG)
    slow = make_learner(course, make_counselor(school, "甲"), school, done=0)
    gone = make_learner(
        course, make_counselor(school, "乙"), school, status=LearnerStatus.WITHDRAWN
    )
    standing, over = (
        factories.save(
            Requirement(
                course_id=course.id,
                unit_id=school.id,
                audience=audience,
                assigned_on=clock.today(),
                due_on=clock.today(),
                reminders=[],
                created_at=clock.now(),
                ended_at=ended_at,
            )
        )
        for audience, ended_at in (
            (Audience.COUNSELORS, None),
            (Audience.HOMEROOM_TEACHERS, clock.now() - timedelta(days=1)),
        )
    )
    _end(course, actor)
    with atomic():
        assert reopen_course(course.id, actor=actor, now=clock.now(), reason="学员尚未学完") == 1
    for row in (slow, gone, course, standing, over):
        session.refresh(row)
    assert (slow.status, slow.ended_at, slow.stamp) == (LearnerStatus.ENROLLED, None, 3)
    assert gone.status is LearnerStatus.WITHDRAWN
    assert (course.status, course.taken, course.ended_at) == (CourseStatus.PUBLISHED, 1, None)
    assert standing.ended_at is None
    assert over.ended_at is not None
    with pytest.raises(DomainError) as refusal, atomic():
        reopen_course(course.id, actor=actor, now=clock.now(), reason="再开")
    assert refusal.value.code == "wrong_status"


def test_the_end_needs_a_reason_and_comes_once(session: Session) -> None:
    actor, course = bureau(), make_course()
    with pytest.raises(DomainError) as refusal:
        _end(course, actor, " ")
    assert refusal.value.code == "reason_missing"
    _end(course, actor)
    with pytest.raises(DomainError) as refusal:
        _end(course, actor)
    assert refusal.value.code == "wrong_status"
    with pytest.raises(DomainError) as refusal:
        edit(course, actor, title="太晚")
    assert refusal.value.code == "course_over"


def test_calling_off_leaves_hours_that_were_earned(session: Session) -> None:
    actor, course = bureau(), make_course()
    school = make_school(LINCANG)
    learner = make_learner(course, make_counselor(school, "甲"), school)
    done = make_learner(
        course, make_counselor(school, "乙"), school, status=LearnerStatus.COMPLETED
    )
    with atomic():
        cancel_course(course.id, actor=actor, now=clock.now(), reason="内容有误")
    session.refresh(learner)
    session.refresh(done)
    assert (learner.status, done.status) == (LearnerStatus.WITHDRAWN, LearnerStatus.COMPLETED)
    assert learner.end_reason == "内容有误"


def test_only_who_plans_it_changes_a_course(session: Session) -> None:
    course = make_course()
    for actor in (
        factories.make_actor("county", LINXIANG),
        factories.make_actor("bureau", factories.CHUXIONG),
        factories.make_actor("trainer", LINCANG),
    ):
        with pytest.raises(NotFound):
            edit(course, actor, title="不行")


def test_a_trainer_is_told_and_can_be_taken_off(session: Session) -> None:
    actor, course = bureau(), make_course()
    account = factories.make_account(Role.TRAINER, LINCANG)
    with atomic():
        made = assign_trainer(course.id, account.id, actor=actor)
    assert session.scalars(select(Notice.kind).where(Notice.account_id == account.id)).all() == [
        "courses.teaches"
    ]
    with pytest.raises(DomainError) as refusal, atomic():
        assign_trainer(course.id, account.id, actor=actor)
    assert refusal.value.code == "assigned_already"
    with atomic():
        remove_trainer(course.id, made.id, actor=actor)
    session.refresh(course)
    assert (course.trainers, course.row_version) == ([], 3)


def test_only_trainers_teach(session: Session) -> None:
    actor, course = bureau(), make_course()
    teacher = factories.make_account(Role.TEACHER, LINCANG)
    elsewhere = factories.make_account(Role.TRAINER, factories.CHUXIONG)
    for account in (teacher, elsewhere):
        with pytest.raises(DomainError) as refusal, atomic():
            assign_trainer(course.id, account.id, actor=actor)
        assert refusal.value.code == "no_trainer"


def test_a_course_ends_once_when_two_end_it(app: Flask) -> None:
    with app.app_context():
        course_id = make_course().id
        actors = [bureau() for _ in range(3)]
        db.session.rollback()

    def ending(actor: Actor) -> Any:
        return lambda: end_course(course_id, actor=actor, now=clock.now(), reason="结束")

    outcomes = at_once(app, *(ending(actor) for actor in actors))
    assert outcomes == ["done", "wrong_status", "wrong_status"]


def test_nobody_slips_into_a_course_that_ends_in_that_moment(app: Flask) -> None:
    with app.app_context():
        course_id = make_course().id
        school = make_school(LINXIANG)
        person_ids = [make_counselor(school, f"教师{n}").id for n in range(4)]
        officer, planner = factories.make_actor("school", school), bureau()
        db.session.rollback()

    def sending(person_id: int) -> Any:
        return lambda: enrol_people(
            course_id,
            [person_id],
            source=EnrolmentSource.NOMINATED,
            actor=officer,
            now=clock.now(),
        )

    at_once(
        app,
        *(sending(person_id) for person_id in person_ids),
        lambda: end_course(course_id, actor=planner, now=clock.now(), reason="结束"),
    )
    with app.app_context():
        assert set(db.session.scalars(select(CourseEnrolment.status))) <= {
            LearnerStatus.NOT_COMPLETED
        }
