"""Change a mark after its result was published: with a reason, kept for ever, told to the person."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.workshops.models import Criterion, Mark, MarkChange, Result, Workshop
from app.domain.workshops.operations.locking import refuse_stale
from app.domain.workshops.operations.marking_desk import mark_words
from app.domain.workshops.operations.resettling import settle_anew
from app.domain.workshops.operations.results import (
    lock_for_results,
    refuse_no_reason,
    result_page,
)
from app.domain.workshops.queries.gradebook import BookRow, load_book
from app.domain.workshops.rules import grading as rules
from app.domain.workshops.rules.words import CriterionKind
from app.domain.workshops.telling import tell_people


def change_mark(
    enrolment_id: int,
    criterion_id: int,
    text: str,
    *,
    reason: str,
    actor: Actor,
    workshop_id: int,
    expected: str | None = None,
) -> Result:
    """Change a mark of a published result; the person is told why, and total and grade follow.

    ``expected``: the value that was seen, StaleVersion when it is another by now. Raises ``not_published``,
    ``reason_missing``, ``unchanged`` and what ``rules.read_value`` refuses.
    """
    workshop = lock_for_results(workshop_id, actor=actor)
    result = change_published_mark(
        workshop, enrolment_id, criterion_id, text, reason=reason, actor=actor, expected=expected
    )
    settle_anew(workshop, enrolment_id, reason=reason.strip(), actor=actor)
    return result


def change_published_mark(
    workshop: Workshop,
    enrolment_id: int,
    criterion_id: int,
    text: str,
    *,
    reason: str,
    actor: Actor,
    expected: str | None = None,
) -> Result:
    """As ``change_mark``, with the workshop locked already (answering an appeal changes marks this way).

    The caller settles a closed workshop anew afterwards (``settle_anew``), once all marks are changed.
    """
    book = load_book(workshop, rules.FIRST, enrolment_ids=[enrolment_id], blind=False)
    criterion = next((c for c in book.criteria if c.id == criterion_id), None)
    if criterion is None or not book.rows:
        raise NotFound(_("There is no such mark."))
    row = book.rows[0]
    if row.published_at is None:
        raise DomainError(
            _("This result is not published yet; change the mark in the grade book."),
            "not_published",
        )
    refuse_no_reason(reason)
    value = _new_value(text, criterion)
    old = row.assessment.values.get(criterion_id)
    if expected is not None:
        refuse_stale(0 if rules.plain(old) == expected else 1, 0)
    if value == old:
        raise InvalidInput(_("That is the mark it has already."), "unchanged", "value")
    _put_mark(workshop, criterion, enrolment_id, value, actor)
    db.session.add(
        MarkChange(
            enrolment_id=enrolment_id,
            criterion_id=criterion_id,
            old_value=old,
            new_value=value,
            reason=reason.strip(),
            changed_by=actor.account_id,
            changed_at=clock.now(),
        )
    )
    db.session.flush()
    return _follow(workshop, row, criterion, (old, value), reason.strip(), actor)


def _new_value(text: str, criterion: Criterion) -> Decimal:
    try:
        value = rules.read_value(text, criterion.maximum)
    except rules.NotAMark as error:
        raise InvalidInput(mark_words(error.code, text, criterion), error.code, "value") from error
    if value is None:
        raise InvalidInput(_("A published mark cannot be taken away."), "mark_missing", "value")
    return value


def _put_mark(
    workshop: Workshop, criterion: Criterion, enrolment_id: int, value: Decimal, actor: Actor
) -> None:
    """With two markers the change is an agreed mark, so that what each gave stays to be seen."""
    twice = workshop.second_marking and criterion.kind is not CriterionKind.ATTENDANCE
    place = {
        "enrolment_id": enrolment_id,
        "criterion_id": criterion.id,
        "marker": rules.AGREED if twice else rules.FIRST,
    }
    mark = db.session.scalars(select(Mark).filter_by(**place)).first()
    if mark is None:
        mark = Mark(**place, value=value, marked_at=clock.now(), marked_by=actor.account_id)
        db.session.add(mark)
    mark.value, mark.marked_by, mark.marked_at = value, actor.account_id, clock.now()


def _follow(
    workshop: Workshop,
    row: BookRow,
    criterion: Criterion,
    values: tuple[Decimal | None, Decimal],
    reason: str,
    actor: Actor,
) -> Result:
    """Total and grade after the change, the audit entry, the notice."""
    book = load_book(workshop, rules.FIRST, enrolment_ids=[row.enrolment_id], blind=False)
    result = db.session.scalars(select(Result).where(Result.enrolment_id == row.enrolment_id)).one()
    before = {"mark": rules.plain(values[0]), "grade": result.grade, "total": str(result.total)}
    assessment = book.rows[0].assessment
    result.total, result.grade = assessment.total, assessment.grade
    db.session.flush()
    record(
        actor,
        "workshops.change_mark",
        object_type="enrolment",
        object_id=row.enrolment_id,
        subject_id=row.person_id,
        details={"criterion": criterion.id},
        personal={
            "before": before,
            "after": {
                "mark": rules.plain(values[1]),
                "grade": result.grade,
                "total": str(result.total),
            },
        },
        reason=reason,
        unit_path=workshop.organiser.path,
    )
    tell_people(
        [row.person_id],
        "workshops.mark_changed",
        {"title": workshop.title, "criterion": criterion.title, "reason": reason},
        link=result_page(workshop.id),
    )
    return result
