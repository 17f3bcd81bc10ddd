"""What tells that a course's page of one learner shows the same: one row in the place of all that it is made of."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from sqlalchemy import ScalarSelect, Select, String, bindparam, cast, func, or_, select

from app.core.db import execute, table_of
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Certificate
from app.domain.certificates.rules.words import SourceKind
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseTrainer,
    CourseVersion,
    RequiredLearner,
    Requirement,
)
from app.domain.courses.rules.enrolling import HELD
from app.domain.people.models import Person

_COURSE = table_of(Course)
_ENROLMENT = table_of(CourseEnrolment)
_VERSION = table_of(CourseVersion)
_PERSON = table_of(Person)
_REQUIREMENT = table_of(Requirement)
_REQUIRED = table_of(RequiredLearner)
_TRAINER = table_of(CourseTrainer)
_ACCOUNT = table_of(Account)
_CERTIFICATE = table_of(Certificate)


def _due() -> ScalarSelect[Any]:
    today = bindparam("today", type_=_REQUIRED.c.until.type)
    return (
        select(func.min(_REQUIREMENT.c.due_on))
        .join(_REQUIRED, _REQUIRED.c.requirement_id == _REQUIREMENT.c.id)
        .where(
            _REQUIREMENT.c.course_id == _COURSE.c.id,
            _REQUIREMENT.c.ended_at.is_(None),
            _REQUIRED.c.person_id == _PERSON.c.id,
            or_(_REQUIRED.c.until.is_(None), _REQUIRED.c.until >= today),
        )
        .scalar_subquery()
    )


def _trainers() -> ScalarSelect[Any]:
    who = cast(_ACCOUNT.c.id, String) + "," + _ACCOUNT.c.display_name + "," + _ACCOUNT.c.username
    return (
        select(func.aggregate_strings(who, ";"))
        .select_from(_ACCOUNT.join(_TRAINER, _TRAINER.c.account_id == _ACCOUNT.c.id))
        .where(_TRAINER.c.course_id == _COURSE.c.id)
        .scalar_subquery()
    )


def _certificates() -> ScalarSelect[Any]:
    """What the learner was issued, and whether each paper is made."""
    one = cast(_CERTIFICATE.c.id, String) + "," + cast(_CERTIFICATE.c.row_version, String)
    return (
        select(func.aggregate_strings(one, ";"))
        .where(
            _CERTIFICATE.c.person_id == _PERSON.c.id,
            _CERTIFICATE.c.source == SourceKind.TRAINING,
        )
        .scalar_subquery()
    )


# Whoever changes the course, its version or the enrolment raises the number of each; names of units are counted data.
_STATEMENT: Select[Any] = (
    select(
        _ENROLMENT.c.id,
        _ENROLMENT.c.stamp,
        _COURSE.c.row_version,
        _COURSE.c.taken,
        _VERSION.c.row_version,
        _VERSION.c.status,
        _due(),
        _trainers(),
        _certificates(),
    )
    .select_from(_ENROLMENT)
    .join(_PERSON, _PERSON.c.id == _ENROLMENT.c.person_id)
    .join(_COURSE, _COURSE.c.id == _ENROLMENT.c.course_id)
    .outerjoin(_VERSION, _VERSION.c.id == _ENROLMENT.c.version_id)
    .where(
        _ENROLMENT.c.course_id == bindparam("course_id"),
        _PERSON.c.account_id == bindparam("account_id"),
        _ENROLMENT.c.status.in_(tuple(HELD)),
    )
    .order_by(_ENROLMENT.c.id)
)


def find_page_stamp(course_id: int, actor: Actor, today: date) -> str | None:
    """Another one whenever the course's page of somebody who is in it may show something else; None for others."""
    if not actor.may("courses.learn"):
        return None
    values = {"course_id": course_id, "account_id": actor.account_id, "today": today}
    rows = execute(_STATEMENT, values).all()
    if len(rows) != 1:
        return None
    facts = repr(tuple(rows[0])).encode("utf-8", "replace")
    return hashlib.blake2b(facts, digest_size=16).hexdigest()
