"""Ask for hours learnt elsewhere to be recognised, correct what was sent back, withdraw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Recognition
from app.domain.courses.operations.recognising import (
    counts_once,
    facts_of,
    lock_recognition,
)
from app.domain.courses.operations.recognition_notices import audit_act, tell_act
from app.domain.courses.queries.recognitions import counts_already, find_standing
from app.domain.courses.queries.visibility import get_course
from app.domain.courses.rules.recognition import RecognitionAct, state_after
from app.domain.courses.rules.words import CourseKind, RecognitionStatus
from app.domain.people.models import Person
from app.domain.people.operations.dated import optional_text
from app.domain.people.operations.training_facts import key_of, refuse_facts
from app.domain.people.personal_texts import refuse_personal_numbers
from app.domain.people.queries.places import find_unit_on
from app.domain.people.queries.record import find_person_of_account
from app.domain.people.rules import TrainingLevel

LONGEST_PLATFORM = 120
LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Claim:
    """What somebody asks to have recognised. With ``course_id``, title, platform and level are that course's."""

    finished_on: date
    hours: Decimal
    title: str = ""
    platform: str = ""
    level: TrainingLevel = TrainingLevel.NATIONAL
    started_on: date | None = None
    course_id: int | None = None
    note: str | None = None


@dataclass(frozen=True)
class Evidence:
    """The stored file that proves it."""

    file_key: str
    name: str
    content_type: str


def _asked_already() -> DomainError:
    return DomainError(
        _("You have asked for the hours of this training already. Look at that request."),
        "asked_already",
        "title",
    )


explain_constraint("uq_hour_recognitions_standing", _asked_already)


def submit(claim: Claim, evidence: Evidence | None, *, actor: Actor) -> Recognition:
    """Ask for hours of the account's own person; the office of their unit is told.

    Raises ``no_person``, ``evidence_missing``, ``asked_already``, ``already_recorded``, or a refusal of the facts.
    """
    person = _own_person(actor)
    if evidence is None:
        raise InvalidInput(
            _("Add the certificate or a picture of it as a file."), "evidence_missing", "file"
        )
    unit = find_unit_on(person, clock.today())
    made = Recognition(
        person_id=person.id, unit_id=unit.id, unit_path=unit.path, submitted_by=actor.account_id
    )
    _write_claim(made, claim, evidence, actor)
    made.status = RecognitionStatus.SUBMITTED
    db.session.add(made)
    db.session.flush()
    audit_act(made, "submit", actor=actor)
    tell_act(made, "submitted")
    return made


def resubmit(
    recognition_id: int,
    claim: Claim,
    evidence: Evidence | None,
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Recognition:
    """Send a request that was sent back again, corrected; without a new file the old one stays."""
    made = lock_recognition(recognition_id, RecognitionAct.RESUBMIT, actor, expected_version)
    if made.person_id != _own_person(actor).id:
        raise Forbidden(_("Only the person themselves can do this."))
    if evidence is None and made.file_key is None and made.import_id is None:
        raise InvalidInput(
            _("Add the certificate or a picture of it as a file."), "evidence_missing", "file"
        )
    unit = find_unit_on(made.person, clock.today())
    made.unit_id, made.unit_path = unit.id, unit.path
    _write_claim(made, claim, evidence, actor)
    made.status = state_after(RecognitionAct.RESUBMIT)
    made.checked_at = made.checked_by = None
    db.session.flush()
    audit_act(made, "resubmit", actor=actor)
    tell_act(made, "submitted")
    return made


def withdraw(
    recognition_id: int, *, actor: Actor, expected_version: int | None = None
) -> Recognition:
    """Take one's own request back; it can be made anew."""
    made = lock_recognition(recognition_id, RecognitionAct.WITHDRAW, actor, expected_version)
    made.status = state_after(RecognitionAct.WITHDRAW)
    made.decided_by, made.decided_at = actor.account_id, clock.now()
    db.session.flush()
    audit_act(made, "withdraw", actor=actor)
    return made


def _own_person(actor: Actor) -> Person:
    person = find_person_of_account(actor.account_id) if actor.account_id is not None else None
    if person is None:
        raise DomainError(
            _("This account belongs to nobody in the registry. Ask your school to link it."),
            "no_person",
        )
    return person


def _write_claim(made: Recognition, claim: Claim, evidence: Evidence | None, actor: Actor) -> None:
    _take_over(made, claim, actor)
    made.started_on, made.finished_on = claim.started_on, claim.finished_on
    made.hours_claimed = claim.hours
    made.note = optional_text(claim.note)
    if made.note is not None and len(made.note) > LONGEST_NOTE:
        raise InvalidInput(
            _("At most %(most)s characters.", most=LONGEST_NOTE), "note_too_long", "note"
        )
    for field, written in (
        ("title", made.title),
        ("platform", made.platform),
        ("note", made.note or ""),
    ):
        refuse_personal_numbers(written, field)
    facts = facts_of(made, claim.hours)
    try:
        refuse_facts(facts)
    except InvalidInput as refusal:
        if refusal.field == "ended_on":
            refusal.field = "finished_on"
        raise
    if claim.hours <= 0:
        raise InvalidInput(_("State how many hours."), "bad_hours", "hours")
    made.event_key = key_of(facts)
    if find_standing(made.person_id, made.event_key, besides=made.id) is not None:
        raise _asked_already()
    if counts_already(made.person_id, made.event_key, made.course_id):
        raise counts_once()
    made.submitted_at = clock.now()
    if evidence is not None:
        made.file_key = evidence.file_key
        made.file_name = evidence.name
        made.content_type = evidence.content_type


def _take_over(made: Recognition, claim: Claim, actor: Actor) -> None:
    """Title, platform and level: of the course, else as stated."""
    made.course_id = claim.course_id
    if claim.course_id is not None:
        course = get_course(claim.course_id, actor=actor)
        if course.kind is not CourseKind.EXTERNAL:
            raise InvalidInput(
                _("This course is learnt here; its hours come by themselves."),
                "own_course",
                "course",
            )
        made.title, made.level = course.title, course.level
        made.platform = course.platform or course.organiser.name
        return
    made.title, made.level = " ".join(claim.title.split()), claim.level
    made.platform = claim.platform.strip()
    if not 1 <= len(made.platform) <= LONGEST_PLATFORM:
        raise InvalidInput(
            _("Name the platform in 1 to %(most)s characters.", most=LONGEST_PLATFORM),
            "bad_platform",
            "platform",
        )
