"""From marks to results: moderate, publish and lock. A published mark changes through ``operations.changing``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.workshops.models import Mark, Result, Workshop
from app.domain.workshops.operations.locking import lock_run, over
from app.domain.workshops.queries.gradebook import Book, BookRow, load_book, marker_of
from app.domain.workshops.rules import grading as rules
from app.domain.workshops.rules.words import CriterionKind, WorkshopStatus
from app.domain.workshops.telling import tell_people

MOST_NAMED = 5


def result_page(workshop_id: int) -> str:
    """The address where a person reads their own result."""
    return f"/workshops/{workshop_id}/result"


def lock_for_results(workshop_id: int, *, actor: Actor) -> Workshop:
    """The workshop, locked against every marker; second markers do not decide about results."""
    workshop = lock_run(workshop_id, actor=actor)
    if workshop.status is WorkshopStatus.CANCELLED:
        raise over(workshop.status)
    if marker_of(workshop, actor) != rules.FIRST:
        raise DomainError(_("The first marker decides about results."), "not_first_marker")
    return workshop


def moderate(
    workshop_id: int,
    points: Decimal,
    *,
    reason: str,
    actor: Actor,
    enrolment_ids: Collection[int] | None = None,
) -> int:
    """Raise or lower the totals of some people (None: all not published yet) by points of 100; 0 < |points| ≤ 10.

    It replaces an earlier moderation of the same people. Totals stay within 0 … 100. Returns how many.
    """
    workshop = lock_for_results(workshop_id, actor=actor)
    _refuse_closed(workshop)
    code = rules.why_not_moderation(points)
    words = {
        "moderation_limit": _("Moderation is limited to 10 points up or down."),
        "no_points": _("Give the points to add or take away."),
    }
    if code is not None:
        raise InvalidInput(words[code], code, "points")
    refuse_no_reason(reason)
    book = load_book(workshop, rules.FIRST, enrolment_ids=enrolment_ids, blind=False)
    rows = [row for row in book.rows if row.published_at is None]
    if not rows:
        raise DomainError(_("There is nobody whose result is not published yet."), "nobody_left")
    values = {"moderation": rules.half_up(points), "moderation_reason": reason.strip()}
    _put_results({row.enrolment_id: values for row in rows})
    _audit(
        actor,
        "workshops.moderate",
        workshop,
        reason=reason.strip(),
        points=rules.plain(points),
        people=len(rows),
    )
    return len(rows)


def _refuse_closed(workshop: Workshop) -> None:
    if workshop.status is WorkshopStatus.COMPLETED:
        raise over(workshop.status)


def refuse_no_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput(_("Say why."), "reason_missing", "reason")


@dataclass(frozen=True, slots=True)
class Readiness:
    """What publishing would do: who is ready, and who still misses something."""

    ready: list[BookRow]
    incomplete: list[BookRow]
    published: int


def read_readiness(workshop: Workshop) -> tuple[Book, Readiness]:
    """Who could be published now, and who lacks what (``assessment.missing``, ``assessment.to_agree``)."""
    book = load_book(workshop, rules.FIRST, blind=False)
    incomplete = book.incomplete()
    ready = [r for r in book.rows if r.published_at is None and r.assessment.complete]
    return book, Readiness(ready, incomplete, len(book.rows) - len(ready) - len(incomplete))


def publish_results(
    workshop_id: int, *, actor: Actor, leave_out: Collection[int] = frozenset()
) -> int:
    """Publish and lock the result of everybody, except the enrolments in ``leave_out``, who can follow later.

    Raises ``marks_missing`` when somebody not left out has no total yet, ``nobody_left`` when nobody remains,
    ``no_guide``. Each person is told once. Returns how many were published.
    """
    workshop = lock_for_results(workshop_id, actor=actor)
    _refuse_closed(workshop)
    book, readiness = read_readiness(workshop)
    if not book.criteria:
        raise DomainError(_("There is no marking guide; nothing can be graded."), "no_guide")
    _refuse_incomplete([r for r in readiness.incomplete if r.enrolment_id not in leave_out])
    rows = [row for row in readiness.ready if row.enrolment_id not in leave_out]
    if not rows:
        raise DomainError(_("There is nobody whose result is not published yet."), "nobody_left")
    now = clock.now()
    _keep_attendance(book, rows, now)
    _put_results({r.enrolment_id: _outcome(r.assessment) | {"published_at": now} for r in rows})
    if workshop.grades_published_at is None:
        workshop.grades_published_at = now
    _audit(actor, "workshops.publish_results", workshop, people=len(rows), left_out=len(leave_out))
    tell_people(
        [row.person_id for row in rows],
        "workshops.result_published",
        {"title": workshop.title},
        link=result_page(workshop_id),
    )
    return len(rows)


def _refuse_incomplete(rows: Sequence[BookRow]) -> None:
    if not rows:
        return
    names = _(", ").join(row.name for row in rows[:MOST_NAMED])
    raise DomainError(
        _(
            "%(count)s people cannot be graded yet: %(names)s. Complete their marks or leave them out by name.",
            count=len(rows),
            names=names if len(rows) <= MOST_NAMED else f"{names} …",
        ),
        "marks_missing",
        enrolments=[row.enrolment_id for row in rows],
    )


def _outcome(assessment: rules.Assessment) -> dict[str, Any]:
    return {"total": assessment.total, "grade": assessment.grade}


def _keep_attendance(book: Book, rows: Iterable[BookRow], now: datetime) -> None:
    """What attendance came to is kept as a mark: a later change in the attendance list moves no published result."""
    computed = [
        {
            "enrolment_id": row.enrolment_id,
            "criterion_id": criterion.id,
            "marker": rules.FIRST,
            "value": row.assessment.values[criterion.id],
            "marked_at": now,
            "row_version": 1,
        }
        for row in rows
        for criterion in book.criteria
        if criterion.kind is CriterionKind.ATTENDANCE and not row.marks.get(criterion.id)
    ]
    if computed:
        db.session.execute(insert(Mark), computed)


def _put_results(values: dict[int, dict[str, Any]]) -> None:
    """Write columns of results by enrolment, whether there is a row yet or not; two statements."""
    known = {
        row.enrolment_id: row
        for row in db.session.execute(
            select(Result.id, Result.enrolment_id, Result.row_version).where(
                Result.enrolment_id.in_(values)
            )
        )
    }
    new = [
        {"enrolment_id": key, "row_version": 1, **columns}
        for key, columns in values.items()
        if key not in known
    ]
    changed = [
        {"at_id": known[key].id, "row_version": known[key].row_version + 1, **columns}
        for key, columns in values.items()
        if key in known
    ]
    if new:
        db.session.execute(insert(Result), new)
    if changed:
        table: Any = Result.__table__
        statement = table.update().where(table.c.id == db.bindparam("at_id"))
        db.session.connection().execute(statement, changed)


def _audit(
    actor: Actor, action: str, workshop: Workshop, *, reason: str | None = None, **details: Any
) -> None:
    record(
        actor,
        action,
        object_type="workshop",
        object_id=workshop.id,
        details=details,
        reason=reason,
        unit_path=workshop.organiser.path,
    )
