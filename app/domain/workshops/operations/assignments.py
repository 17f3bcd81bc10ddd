"""Set work, and hand it in: a newer file replaces an earlier one, and both are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.file_types import FileType, clean_name
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.workshops.models import (
    Assignment,
    Criterion,
    Enrolment,
    Result,
    Submission,
    Workshop,
)
from app.domain.workshops.operations.appeals import own_enrolment
from app.domain.workshops.operations.locking import lock_run, over, refuse_stale
from app.domain.workshops.operations.marking import lock_enrolments
from app.domain.workshops.queries.assignments import get_assignment
from app.domain.workshops.rules import assignments as rules
from app.domain.workshops.rules.planning import EDITABLE
from app.domain.workshops.rules.words import CriterionKind, EnrolmentStatus
from app.domain.workshops.telling import tell_people


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """What is set: due at an instant or at no time, late work taken or not, marked by a criterion or by none."""

    title: str
    instructions: str | None = None
    due_at: datetime | None = None
    accepts_late: bool = True
    criterion_id: int | None = None


def add_assignment(workshop_id: int, facts: AssignmentFacts, *, actor: Actor) -> Assignment:
    """Set work; everybody who has a seat is told.

    Raises ``title_missing``, ``unknown_criterion``, ``workshop_over``.
    """
    workshop = _lock(workshop_id, actor)
    assignment = Assignment(workshop_id=workshop.id)
    _apply(assignment, facts)
    db.session.add(assignment)
    db.session.flush()
    _audit(actor, "workshops.add_assignment", workshop, assignment)
    people = db.session.scalars(
        select(Enrolment.person_id).where(
            Enrolment.workshop_id == workshop.id, Enrolment.status == EnrolmentStatus.CONFIRMED
        )
    ).all()
    tell_people(
        people,
        "workshops.assignment_set",
        {"title": workshop.title, "assignment": assignment.title},
        link=f"/workshops/{workshop.id}/assignments",
    )
    return assignment


def edit_assignment(
    assignment_id: int,
    facts: AssignmentFacts,
    *,
    workshop_id: int,
    actor: Actor,
    expected_version: int | None = None,
) -> Assignment:
    """Change what is set. What was handed in stays, late or not as it was judged then."""
    workshop = _lock(workshop_id, actor)
    assignment = get_assignment(assignment_id, workshop.id)
    refuse_stale(assignment.row_version, expected_version)
    _apply(assignment, facts)
    db.session.flush()
    _audit(actor, "workshops.edit_assignment", workshop, assignment)
    return assignment


def remove_assignment(assignment_id: int, *, workshop_id: int, actor: Actor) -> None:
    """Take an assignment away that nobody has handed anything in for (``handed_in`` otherwise)."""
    workshop = _lock(workshop_id, actor)
    assignment = get_assignment(assignment_id, workshop.id)
    used = select(Submission.id).where(Submission.assignment_id == assignment.id).limit(1)
    if db.session.scalar(used) is not None:
        raise DomainError(_("Somebody has handed in work for it; it stays."), "handed_in")
    _audit(actor, "workshops.remove_assignment", workshop, assignment)
    db.session.delete(assignment)


def _lock(workshop_id: int, actor: Actor) -> Workshop:
    workshop = lock_run(workshop_id, actor=actor)
    if workshop.status not in EDITABLE:
        raise over(workshop.status)
    return workshop


def _apply(assignment: Assignment, facts: AssignmentFacts) -> None:
    title = " ".join(facts.title.split())
    if not title:
        raise InvalidInput(_("Give it a title."), "title_missing", "title")
    if len(title) > 200:
        raise InvalidInput(_("At most 200 characters."), "title_too_long", "title")
    if facts.criterion_id is not None:
        criterion = db.session.get(Criterion, facts.criterion_id)
        if criterion is None or criterion.workshop_id != assignment.workshop_id:
            raise InvalidInput(
                _("Choose a criterion of this workshop's guide."), "unknown_criterion", "criterion"
            )
        if criterion.kind is CriterionKind.ATTENDANCE:
            raise InvalidInput(
                _("Attendance is not marked by an assignment."), "unknown_criterion", "criterion"
            )
    assignment.title = title
    assignment.instructions = (facts.instructions or "").strip() or None
    assignment.due_at, assignment.accepts_late = facts.due_at, facts.accepts_late
    assignment.criterion_id = facts.criterion_id


def hand_in(
    assignment_id: int,
    *,
    workshop_id: int,
    file_key: str,
    name: str,
    kind: FileType,
    size: int,
    actor: Actor,
) -> Submission:
    """Hand in one's own work: a file that was checked (``core.uploads.check_file``) and stored before.

    An earlier file is kept and counts no more. Raises ``not_enrolled``, ``result_published``, ``too_late``.
    """
    enrolment = own_enrolment(workshop_id, actor)
    lock_enrolments(workshop_id, {enrolment.id})
    db.session.refresh(enrolment)
    assignment = get_assignment(assignment_id, workshop_id)
    now = clock.now()
    code = why_not_hand_in(assignment, enrolment)
    if code is not None:
        raise hand_in_refusal(code)
    db.session.execute(
        update(Submission)
        .where(
            Submission.assignment_id == assignment.id,
            Submission.enrolment_id == enrolment.id,
            Submission.replaced_at.is_(None),
        )
        .values(replaced_at=now)
    )
    submission = Submission(
        assignment_id=assignment.id,
        enrolment_id=enrolment.id,
        file_key=file_key,
        file_name=clean_name(name),
        content_type=kind.content_type,
        size=size,
        handed_in_at=now,
        late=rules.is_late(assignment.due_at, now),
    )
    db.session.add(submission)
    db.session.flush()
    record(
        actor,
        "workshops.hand_in",
        object_type="enrolment",
        object_id=enrolment.id,
        subject_id=enrolment.person_id,
        details={"assignment": assignment.id, "file": submission.id, "late": submission.late},
        unit_path=enrolment.unit_path,
    )
    return submission


def why_not_hand_in(assignment: Assignment, enrolment: Enrolment) -> str | None:
    """Why this person cannot hand in for it now (rules.assignments); None while they can."""
    published = db.session.scalar(
        select(Result.published_at).where(Result.enrolment_id == enrolment.id)
    )
    return rules.why_not_hand_in(
        enrolment.status,
        assignment.due_at,
        assignment.accepts_late,
        clock.now(),
        published=published is not None,
    )


def hand_in_refusal(code: str) -> DomainError:
    words = {
        "not_enrolled": _("Only who has a confirmed seat in this workshop hands in work."),
        "result_published": _("Your result is published; nothing is handed in any more."),
        "too_late": _("It was due earlier, and late work is not taken. Speak to the trainer."),
    }
    return DomainError(words[code], code, "file")


def _audit(actor: Actor, action: str, workshop: Workshop, assignment: Assignment) -> None:
    details: dict[str, Any] = {"assignment": assignment.id}
    if assignment.due_at is not None:
        details["until"] = assignment.due_at.isoformat()
    record(
        actor,
        action,
        object_type="workshop",
        object_id=workshop.id,
        details=details,
        unit_path=workshop.organiser.path,
    )
