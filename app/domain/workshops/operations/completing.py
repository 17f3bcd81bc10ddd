"""Close a workshop in one act: who completed, with what hours; everybody is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, StaleVersion
from app.core.i18n import gettext as _
from app.core.i18n import speaking
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.models import Person
from app.domain.people.operations.finished import record_finished
from app.domain.people.operations.training_facts import TrainingFacts, TrainingOutcome
from app.domain.people.rules import TrainingKind
from app.domain.units.models import Unit
from app.domain.workshops.completion_words import kept_unmet, short, unmet_words
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.operations.enrolling import audit_enrolment, end_enrolment
from app.domain.workshops.operations.locking import lock_planned, over
from app.domain.workshops.operations.seating import unbind_all
from app.domain.workshops.queries.completion import (
    Completion,
    CompletionRow,
    list_waiting,
    load_completion,
)
from app.domain.workshops.rules import completion as rules
from app.domain.workshops.rules.words import EnrolmentStatus, Grade, WorkshopStatus
from app.domain.workshops.telling import page_of, tell_people

# What stands in the records of people is written as in the workbooks (成绩登记表).
RESULTS = {Grade.EXCELLENT: "优秀", Grade.PASSED: "合格", Grade.FAILED: "不合格"}


@dataclass(frozen=True)
class Closing:
    """What closing came to; ``again``: somebody had closed it already, and nothing was written."""

    completed: int
    not_completed: int
    again: bool = False


def refuse_closing(workshop: Workshop, completion: Completion) -> None:
    """Why a workshop cannot be closed now: ``not_published``, ``workshop_over``, ``not_over``,
    ``grades_not_published``.
    """
    code = rules.why_not_close(
        workshop.status,
        completion.ends_at,
        clock.now(),
        grades_missing=completion.grades_missing,
    )
    if code is None:
        return
    if code in {"cancelled", "completed"}:
        raise over(workshop.status)
    words = {
        "not_published": _("A draft cannot be closed; publish it first."),
        "not_over": _("Its last session is not over yet."),
        "grades_not_published": _(
            "Completion asks for a grade, and the grades are not published yet. Publish them first."
        ),
    }
    raise DomainError(words[code], code)


def close_workshop(
    workshop_id: int,
    *,
    actor: Actor,
    exceptions: Mapping[int, str] | None = None,
    seen: str | None = None,
    days: rules.Days | None = None,
) -> Closing:
    """Settle who completed, write their hours into their records, tell everybody. Closing again changes nothing.

    ``exceptions``: by enrolment, why somebody completes all the same. ``seen``: the fingerprint of the preview; when
    something has changed since, StaleVersion. ``days``: when it was, for a workshop without sessions. Raises as
    ``refuse_closing`` does, ``day_missing``, ``ends_before_start``.
    """
    workshop = lock_planned(workshop_id, actor=actor)
    if workshop.status is WorkshopStatus.COMPLETED:
        return _closed_before(workshop)
    completion = load_completion(workshop, days)
    refuse_closing(workshop, completion)
    _refuse_days(completion.days)
    if seen is not None and seen != completion.fingerprint:
        raise StaleVersion(
            _("Attendance or grades have changed since you looked. Look at the list again.")
        )
    now = clock.now()
    _end_waiting(workshop, actor, now)
    reasons = {key: text.strip() for key, text in (exceptions or {}).items() if text.strip()}
    done = [row for row in completion.rows if not row.unmet or row.enrolment_id in reasons]
    failed = [row for row in completion.rows if row.unmet and row.enrolment_id not in reasons]
    records = write_records(workshop, completion, done, actor)
    enrolments = read_enrolments(workshop.id)
    for row in done:
        enrolment = enrolments[row.enrolment_id]
        enrolment.status, enrolment.ended_at = EnrolmentStatus.COMPLETED, now
        enrolment.credit_hours = completion.hours
        enrolment.training_record_id = records[row.person_id]
        enrolment.unmet = kept_unmet(row.unmet, reasons.get(row.enrolment_id))
        audit_one(actor, "complete", enrolment, reasons.get(row.enrolment_id))
    for row in failed:
        enrolment = enrolments[row.enrolment_id]
        enrolment.status, enrolment.ended_at = EnrolmentStatus.NOT_COMPLETED, now
        enrolment.unmet = kept_unmet(row.unmet, None)
        audit_one(actor, "not_complete", enrolment, None)
    workshop.status, workshop.closed_at = WorkshopStatus.COMPLETED, now
    workshop.row_version += 1
    db.session.flush()
    unbind_all(workshop.id)
    audit_workshop(actor, "close", workshop, completed=len(done), not_completed=len(failed))
    tell_settled(workshop, completion, done, failed)
    return Closing(len(done), len(failed))


def _closed_before(workshop: Workshop) -> Closing:
    statuses = [one.status for one in read_enrolments(workshop.id).values()]
    return Closing(
        statuses.count(EnrolmentStatus.COMPLETED),
        statuses.count(EnrolmentStatus.NOT_COMPLETED),
        again=True,
    )


def _refuse_days(days: rules.Days | None) -> None:
    found = rules.why_not_days(days, clock.today())
    if found is None:
        return
    field, code = found
    words = {
        "day_missing": _("It has no sessions: say when it began and when it ended."),
        "ends_before_start": _("It cannot end before it began."),
        "not_over": _("It is not over yet. A record is made of what has ended."),
    }
    raise InvalidInput(words[code], code, field)


def _end_waiting(workshop: Workshop, actor: Actor, now: datetime) -> None:
    """Who still waits for a seat or an answer gets none any more."""
    for enrolment in list_waiting(workshop.id):
        reason = _("The workshop has ended.")
        end_enrolment(workshop, enrolment, EnrolmentStatus.CANCELLED, now=now, reason=reason)
        audit_enrolment(actor, "withdraw", enrolment, reason=reason)
        parameters = {"title": workshop.title, "reason": reason}
        tell_people(
            [enrolment.person_id], "workshops.withdrawn", parameters, link=page_of(workshop.id)
        )
    db.session.flush()


def write_records(
    workshop: Workshop, completion: Completion, rows: Sequence[CompletionRow], actor: Actor
) -> dict[int, int]:
    """The id of each person's training record."""
    assert completion.days is not None
    if not rows:
        return {}
    facts = TrainingFacts(
        title=workshop.title,
        level=workshop.level,
        started_on=completion.days.started_on,
        ended_on=completion.days.ended_on,
        kind=TrainingKind.TRAINING,
        organiser=workshop.organiser.name,
        hours=completion.hours,
    )
    units = {
        unit.id: unit
        for unit in db.session.scalars(
            select(Unit).where(Unit.id.in_({row.unit_id for row in rows}))
        )
    }
    outcomes = {
        row.person_id: (
            units[row.unit_id],
            TrainingOutcome(True, RESULTS[row.grade] if row.grade else None),
        )
        for row in rows
    }
    made = record_finished(outcomes, facts, actor=actor)
    return {person_id: one.id for person_id, one in made.items()}


def read_enrolments(workshop_id: int) -> dict[int, Enrolment]:
    """Every enrolment of a workshop as it is now, by id."""
    rows = db.session.scalars(
        select(Enrolment)
        .where(Enrolment.workshop_id == workshop_id)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def tell_settled(
    workshop: Workshop,
    completion: Completion,
    done: Sequence[CompletionRow],
    failed: Sequence[CompletionRow],
) -> None:
    """Tell everybody what closing came to for them, with the conditions not met."""
    parameters = {"title": workshop.title, "hours": short(completion.hours)}
    people = [row.person_id for row in done]
    tell_people(people, "workshops.completed", parameters, link=page_of(workshop.id))
    languages = _languages([row.person_id for row in failed])
    for row in failed:
        with speaking(languages.get(row.person_id, "zh_CN")):
            conditions = "".join(unmet_words(row.unmet))
        tell_people(
            [row.person_id],
            "workshops.not_completed",
            {"title": workshop.title, "conditions": conditions},
            link=page_of(workshop.id),
        )


def _languages(person_ids: Sequence[int]) -> dict[int, str]:
    rows = db.session.execute(
        select(Person.id, Account.language)
        .join(Account, Account.id == Person.account_id)
        .where(Person.id.in_(person_ids))
    )
    return {row.id: row.language for row in rows}


def audit_one(actor: Actor, action: str, enrolment: Enrolment, reason: str | None) -> None:
    """One person's end, with the codes of what they did not meet."""
    codes = [one["code"] for one in enrolment.unmet]
    audit_enrolment(actor, action, enrolment, reason=reason, unmet=codes)


def audit_workshop(
    actor: Actor, action: str, workshop: Workshop, *, reason: str | None = None, **details: Any
) -> None:
    record(
        actor,
        f"workshops.{action}",
        object_type="workshop",
        object_id=workshop.id,
        details=details,
        reason=reason,
        unit_path=workshop.organiser.path,
    )
