"""The demonstration data: the published totals, an account for each role, and where they never go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.cli.demo import PASSWORD
from app.cli.demo_course_texts import TITLE
from app.cli.demo_learnt_elsewhere import NATIONAL
from app.core import clock
from app.core.db import db
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.passwords import matches
from app.domain.accounts.queries.actors import find_acting
from app.domain.accounts.rules import Role
from app.domain.certificates.models import (
    Certificate,
    CertificateBatch,
    Credential,
    CredentialKindRule,
)
from app.domain.certificates.queries.credentials import expiring_credentials, waiting_credentials
from app.domain.certificates.rules import CredentialState
from app.domain.courses.models import Course, CourseEnrolment, Recognition
from app.domain.courses.queries.dashboard import Totals, read_dashboard
from app.domain.courses.rules.words import LearnerStatus
from app.domain.exchange.models import PlatformMapping
from app.domain.exchange.queries import count_waiting
from app.domain.people.models import LeadTeacherDesignation, Person, Posting, TrainingRecord
from app.domain.people.rules import PostingRole
from app.domain.placements.models import Cohort, Placement
from app.domain.placements.rules.words import CohortStatus
from app.domain.statistics.hours import read_hours
from app.domain.units.models import FacilityReturn, Unit
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.operations.capacity import audit_seats
from app.domain.workshops.queries.own import feedback_due
from app.domain.workshops.rules.words import EnrolmentStatus
from tests.factories import make_counselor, make_school

LOADED_AT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def load(app: Flask, *options: str) -> tuple[int, str]:
    """Load them on a day long after the one the published figures speak of: the workshops are held around it."""
    with clock.frozen(LOADED_AT):
        result = app.test_cli_runner().invoke(args=["demo", "load", *options])
    return result.exit_code, result.output


def test_learners_hours_certificates_and_credentials_stand_in_every_state(app: Flask) -> None:
    assert load(app)[0] == 0
    with app.app_context(), clock.frozen(LOADED_AT):
        _check_certificates()
        course = db.session.scalars(select(Course).where(Course.title == TITLE)).one()
        bureau = find_acting(
            db.session.scalars(select(Account.id).where(Account.username == "bureau-lincang")).one()
        )
        assert bureau is not None
        assert bureau[1] is not None
        totals = read_dashboard(course, actor=bureau[1], now=clock.now()).totals
        assert totals == Totals(
            enrolled=22, begun=15, active=8, finished=5, not_begun=7, stuck=4, left=0
        )
        steps = db.session.scalars(select(Recognition.status).order_by(Recognition.id))
        assert [step.value for step in steps] == ["submitted", "checked", "recognised", "sent_back"]
        national = db.session.scalars(select(Course).where(Course.title == NATIONAL)).one()
        waiting = select(func.count()).where(
            CourseEnrolment.course_id == national.id,
            CourseEnrolment.status == LearnerStatus.ENROLLED,
        )
        assert db.session.scalar(waiting) == 2
        assert db.session.scalar(select(func.count()).select_from(PlatformMapping)) == 1


def _check_certificates() -> None:
    """Batches in both prefectures, credentials in every state; none of those added counts in a published figure."""
    batches = db.session.execute(
        select(CertificateBatch.prefix, CertificateBatch.kind, CertificateBatch.state)
        .order_by(CertificateBatch.id)
    )  # fmt: skip
    assert [(prefix, kind.value, state.value) for prefix, kind, state in batches] == [
        ("临教培", "lead_teacher", "issuing"),
        ("临教培", "completion", "issuing"),
        ("楚教培", "excellent", "issuing"),
        ("临教培", "excellent", "issuing"),
        ("楚教培", "completion", "issuing"),
        ("楚教培", "excellent", "issuing"),
        ("楚教培", "hours", "draft"),
    ]
    assert _counted(Certificate.state) == {"valid": 34, "replaced": 2, "revoked": 1}
    assert _counted(Credential.state) == {
        "verified": 203, "claimed": 8, "sent_back": 2, "rejected": 2
    }  # fmt: skip
    desk = db.session.scalars(select(Account.id).where(Account.username == "county-lincang"))
    county = find_acting(desk.one())
    assert county is not None
    assert county[1] is not None
    scope = county[1].unit_path
    assert db.session.scalar(waiting_credentials(scope)) == 4
    assert db.session.scalar(expiring_credentials(scope)) == 1
    counted = [
        select(func.count()).where(
            Credential.state == CredentialState.VERIFIED,
            Credential.kind_id == CredentialKindRule.kind_id,
            CredentialKindRule.nationally_recognised.is_(recognised),
        )
        for recognised in (True, False)
    ]
    assert [db.session.scalar(one) for one in counted] == [193, 10]


def _counted(column: Any) -> dict[str, int]:
    rows = db.session.execute(select(column, func.count()).group_by(column))
    return {state.value: number for state, number in rows}


def test_loads_the_published_totals_and_an_account_for_each_role(app: Flask) -> None:
    assert load(app)[0] == 0
    with app.app_context():
        chuxiong = Unit.code.startswith("5323")
        roles = db.session.execute(
            select(Posting.role, func.count())
            .join(Unit, Unit.id == Posting.unit_id)
            .where(chuxiong, Posting.valid_from <= date(2023, 8, 17), Posting.valid_until.is_(None))
            .group_by(Posting.role)
        )
        assert dict(list(map(tuple, roles))) == {
            PostingRole.FULL_TIME: 70,
            PostingRole.PART_TIME: 2162,
        }
        rooms = db.session.execute(
            select(func.sum(FacilityReturn.rooms), func.sum(FacilityReturn.room_area))
            .join(Unit, Unit.id == FacilityReturn.unit_id)
            .where(chuxiong)
        ).one()
        assert (rooms[0], round(float(rooms[1]), 1)) == (809, 23476.8)
        levels = db.session.execute(
            select(TrainingRecord.level, TrainingRecord.kind, func.count())
            .where(TrainingRecord.passed, TrainingRecord.ended_on <= date(2023, 8, 17))
            .group_by(TrainingRecord.level, TrainingRecord.kind)
        )
        assert {(level.value, kind.value): number for level, kind, number in levels} == {
            ("national", "training"): 214,
            ("provincial", "training"): 398,
            ("prefecture", "training"): 100,
            ("national", "online"): 215,
            ("prefecture", "placement"): 8,
        }
        begun = db.session.execute(
            select(LeadTeacherDesignation.valid_from, func.count()).group_by(
                LeadTeacherDesignation.valid_from
            )
        )
        assert dict(list(map(tuple, begun))) == {date(2022, 7, 8): 4, date(2023, 1, 6): 4}
        assert count_waiting(scope="/") == 2
        by_password = dict[bool, set[str]]()
        for name, password in db.session.execute(select(Account.username, Account.password_hash)):
            by_password.setdefault(password is not None, set()).add(name)
        assert by_password[True] == {
            f"{role}-{place}" for role in Role for place in ("chuxiong", "lincang")
        }
        # Three more trainees and a mentor keep the placements' logs, twenty-one learn online; nobody can sign in as them.
        learners = {name for name in by_password[False] if name.startswith("learner-")}
        assert (len(learners), len(by_password[False] - learners)) == (21, 4)
        assert db.session.scalar(select(func.count()).select_from(Grant)) == 43
        owners = db.session.scalars(select(Person).where(Person.account_id.is_not(None))).all()
        assert len(owners) == 28
        stored = db.session.scalars(
            select(Account.password_hash).where(Account.username == "bureau-lincang")
        ).one()
        assert stored is not None
        assert matches(stored, PASSWORD)
        placed = db.session.execute(
            select(Cohort.title, Cohort.imported, Cohort.status, func.count(Placement.id))
            .outerjoin(Placement, Placement.cohort_id == Cohort.id)
            .group_by(Cohort.id)
            .order_by(Cohort.starts_on)
        )
        assert list(map(tuple, placed)) == [
            ("第一期", True, CohortStatus.COMPLETED, 4),
            ("第二期", True, CohortStatus.COMPLETED, 4),
            ("第三期", False, CohortStatus.CONFIRMED, 4),
            ("第四期", False, CohortStatus.OPEN, 0),
        ]
    printed = app.test_cli_runner().invoke(args=["demo", "accounts"]).output
    assert PASSWORD in printed
    assert "bureau-chuxiong" in printed
    assert load(app)[0] == 1
    assert load(app, "--if-empty") == (0, "")


def test_refuses_a_database_that_has_people_in_it(app: Flask) -> None:
    with app.app_context():
        make_counselor(make_school())
    code, output = load(app)
    assert code == 1
    assert "people" in output


def test_prints_no_accounts_when_none_are_loaded(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["demo", "accounts"])
    assert (result.exit_code, result.output) == (0, "")


def test_never_goes_into_production(app: Flask) -> None:
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, environment="production")
    try:
        assert load(app)[0] == 1
    finally:
        app.extensions["settings"] = settings


def test_holds_workshops_around_today(app: Flask) -> None:
    assert load(app)[0] == 0
    with app.app_context(), clock.frozen(LOADED_AT):
        found = db.session.execute(
            select(Workshop.cohort, Workshop.status, func.count(Enrolment.id))
            .join(Enrolment, Enrolment.workshop_id == Workshop.id)
            .where(Workshop.cohort.is_not(None))
            .group_by(Workshop.id, Workshop.cohort, Workshop.status)
            .order_by(Workshop.id)
        )
        assert [(row[0], row[1].value, row[2]) for row in found] == [
            ("第一期", "completed", 22),
            ("第二期", "running", 22),
            ("第三期", "published", 15),
        ]
        completed = db.session.scalar(
            select(func.count()).where(Enrolment.status == EnrolmentStatus.COMPLETED)
        )
        assert completed == 20
        for workshop in db.session.scalars(select(Workshop)):
            assert audit_seats(workshop).differences == []
        teacher = db.session.scalars(
            select(Person)
            .join(Account, Account.id == Person.account_id)
            .where(Account.username == "teacher-chuxiong")
        ).one()
        assert read_hours(teacher.id, "/", clock.today()).year.hours == 24
        due = db.session.scalars(feedback_due()).all()
        people = db.session.scalars(select(Enrolment.person_id).where(Enrolment.id.in_(due)))
        assert teacher.id in set(people)
