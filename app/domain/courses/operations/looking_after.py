"""Keep assigned courses in step with their groups: who joined is enrolled, who left is let go, who is late is told.

In batches, each in a transaction of its own under the lock of the requirement; safe to run twice at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import insert, or_, select, update

from app.core import clock
from app.core.db import atomic, db, table_of
from app.core.errors import DomainError
from app.core.jobs import Job, conclude, handles, report
from app.domain.accounts.rules import system_actor
from app.domain.courses.group_telling import tell_group
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    RequiredLearner,
    Requirement,
)
from app.domain.courses.operations.enrolling import Enrolled, enrol_people
from app.domain.courses.operations.locking import hold_requirement
from app.domain.courses.operations.reminding import remind
from app.domain.courses.operations.requiring import LOOK_AFTER
from app.domain.courses.rules.words import (
    CourseStatus,
    EnrolmentSource,
    LearnerStatus,
)
from app.domain.people.queries.duties import members_of

_log = logging.getLogger(__name__)
BATCH = 200
REMIND_FROM = time(8, 0)  # when nobody is woken by it
_LEARNERS = table_of(RequiredLearner)


@handles(LOOK_AFTER)
def look_after_group(job: Job) -> None:
    """The job that follows an assignment: everybody of the group is enrolled and told."""
    requirement_id = int(job.arguments["requirement_id"])
    job_id = job.id
    look_after(requirement_id, progress=lambda done, total: report(job_id, done, total))
    with atomic():
        conclude(job)


def look_after_courses() -> int:
    """The daily round: every standing requirement that was not looked after today; how many there were."""
    now = clock.now()
    if clock.local(now).time() < REMIND_FROM:
        return 0
    today = clock.today()
    ids = db.session.scalars(
        select(Requirement.id)
        .join(Course, Course.id == Requirement.course_id)
        .where(
            Requirement.ended_at.is_(None),
            Course.status == CourseStatus.PUBLISHED,
            or_(Requirement.looked_after_on.is_(None), Requirement.looked_after_on < today),
        )
        .order_by(Requirement.id)
    ).all()
    return sum(_look_after_one(requirement_id) for requirement_id in ids)


def _look_after_one(requirement_id: int) -> bool:
    """One of the round; what goes wrong with it keeps nobody else waiting, and is tried again in the next round."""
    try:
        look_after(requirement_id)
        remind(requirement_id)
        with atomic():
            hold_requirement(requirement_id).looked_after_on = clock.today()
    except Exception as error:
        # Without the message: it may quote rows.
        _log.error("group %s was not looked after: %s", requirement_id, type(error).__name__)
        return False
    return True


def look_after(
    requirement_id: int, *, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> None:
    """Bring the members of one requirement up to date. After the due day nobody is added any more."""
    missing = _missing(requirement_id)
    for start in range(0, len(missing), BATCH):
        progress(start, len(missing))
        with atomic():
            _add(requirement_id, missing[start : start + BATCH], now=clock.now())
    with atomic():
        _let_go(requirement_id)


def _members(made: Requirement) -> Any:
    return members_of(made.audience, made.unit.path, clock.today())


def _missing(requirement_id: int) -> list[int]:
    """Who belongs to the group and is not enrolled for it; nobody once it has ended or is past its day."""
    made = db.session.get_one(Requirement, requirement_id, populate_existing=True)
    if made.ended_at is not None or made.due_on < clock.today():
        return []
    settled = select(RequiredLearner.person_id).where(
        RequiredLearner.requirement_id == requirement_id,
        RequiredLearner.until.is_(None),
        RequiredLearner.enrolment_id.is_not(None),
    )
    members = _members(made).subquery()
    return list(
        db.session.scalars(
            select(members.c.id).where(members.c.id.not_in(settled)).order_by(members.c.id)
        )
    )


def _add(requirement_id: int, person_ids: Sequence[int], *, now: datetime) -> None:
    made = hold_requirement(requirement_id)
    if made.ended_at is not None:
        return
    actor = system_actor("job")
    try:
        outcome = enrol_people(
            made.course_id, person_ids, source=EnrolmentSource.ASSIGNED, actor=actor, now=now
        )
    except DomainError:  # the course has ended or was called off meanwhile
        return
    known = {
        row.person_id: row
        for row in db.session.scalars(
            select(RequiredLearner).where(
                RequiredLearner.requirement_id == requirement_id,
                RequiredLearner.person_id.in_(person_ids),
            )
        )
    }
    enrolments = outcome.created | outcome.existing
    rows = []
    for person_id in person_ids:
        if person_id in known:
            known[person_id].until = None
            known[person_id].enrolment_id = enrolments.get(person_id)
        else:
            rows.append(
                {
                    "requirement_id": requirement_id,
                    "person_id": person_id,
                    "enrolment_id": enrolments.get(person_id),
                    "since": clock.today(),
                }
            )
    db.session.flush()
    if rows:
        db.session.execute(insert(_LEARNERS), rows)
    _tell_assigned(made, outcome)


def _tell_assigned(made: Requirement, outcome: Enrolled) -> None:
    """Who has it to do now; whoever has finished it before is spared."""
    unfinished = select(CourseEnrolment.person_id).where(
        CourseEnrolment.id.in_([*outcome.created.values(), *outcome.existing.values()]),
        CourseEnrolment.status == LearnerStatus.ENROLLED,
    )
    tell_group(made, db.session.scalars(unfinished).all(), "courses.assigned")


def _let_go(requirement_id: int) -> None:
    """Who left the group has it no more to do; they stay in the course."""
    made = hold_requirement(requirement_id)
    if made.ended_at is not None:
        return
    db.session.execute(
        update(RequiredLearner)
        .where(
            RequiredLearner.requirement_id == requirement_id,
            RequiredLearner.until.is_(None),
            RequiredLearner.person_id.not_in(_members(made)),
        )
        .values(until=clock.today())
        .execution_options(synchronize_session=False)
    )
