"""Mentors (导师) of a base school: named from a day, with how many trainees they guide at once; ended with a reason."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select, update

from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.models import Person, Posting
from app.domain.people.operations.dated import (
    lock_visible_person,
    optional_text,
    refuse_day,
    refuse_end,
    required_reason,
)
from app.domain.placements.models import Cohort, Mentor, MentorLoad, Placement, Stay
from app.domain.placements.operations.capacities import is_base_school, not_base_school
from app.domain.placements.operations.loads import guided_periods, lock_mentor
from app.domain.placements.queries.nominees import RUNNING
from app.domain.placements.refusals import refuse_stale
from app.domain.placements.rules.base_schools import MOST_TRAINEES, most_at_once, why_not_limit
from app.domain.placements.rules.planning import EDITABLE
from app.domain.placements.telling import tell_people
from app.domain.units.models import SchoolStage, Unit
from app.domain.units.queries import get_unit_by_id


def may_keep(unit: Unit, actor: Actor) -> bool:
    """Whether the actor keeps the mentors of a base school: the school itself, or an office above it."""
    return actor.may("placements.host") and actor.reaches(unit.path)


def add_mentor(
    unit_id: int,
    person_id: int,
    *,
    limit: int,
    stage: SchoolStage | None = None,
    subject: str | None = None,
    valid_from: date,
    actor: Actor,
) -> Mentor:
    """Name somebody who is posted at the base school its mentor from a day.

    Raises Forbidden, NotFound, ``not_base_school``, ``not_posted``, ``bad_limit``, ``mentor_already``.
    """
    unit = get_unit_by_id(unit_id)
    if not may_keep(unit, actor):
        raise Forbidden(_("This unit is not within your unit."), "unit_out_of_scope")
    refuse_day(valid_from, "valid_from")
    if not is_base_school(unit.id, valid_from, valid_from):
        raise not_base_school(unit.name, valid_from, valid_from)
    person = lock_visible_person(person_id, actor)
    _refuse_person(unit, person, valid_from)
    _refuse_limit(limit, 0)
    mentor = Mentor(
        unit_id=unit.id,
        person_id=person.id,
        trainee_limit=limit,
        stage=stage,
        subject=optional_text(subject),
        valid_from=valid_from,
    )
    db.session.add(mentor)
    db.session.flush()
    _audit(actor, "placements.add_mentor", mentor, {"limit": limit, "from": valid_from.isoformat()})
    tell_people([person.id], "placements.mentor_named", {"school": unit.name, "limit": limit})
    return mentor


def _refuse_person(unit: Unit, person: Person, valid_from: date) -> None:
    posted = db.session.scalar(
        select(Posting.id)
        .where(
            Posting.person_id == person.id,
            Posting.unit_id == unit.id,
            Posting.valid_from <= valid_from,
            or_(Posting.valid_until.is_(None), Posting.valid_until >= valid_from),
        )
        .limit(1)
    )
    if posted is None:
        raise DomainError(
            _(
                "%(name)s is not posted at %(school)s on that day. A mentor teaches at the base school.",
                name=person.name,
                school=unit.name,
            ),
            "not_posted",
            "person",
        )
    overlapping = db.session.scalar(
        select(Mentor.id)
        .where(
            Mentor.unit_id == unit.id,
            Mentor.person_id == person.id,
            or_(Mentor.valid_until.is_(None), Mentor.valid_until >= valid_from),
        )
        .limit(1)
    )
    if overlapping is not None:
        raise DomainError(
            _("This person is a mentor of this base school already."), "mentor_already", "person"
        )


def _refuse_limit(limit: int, guided: int) -> None:
    words = {
        "bad_limit": _("A mentor guides 1 to %(most)s trainees at once.", most=MOST_TRAINEES),
        "below_trainees": _(
            "This mentor guides %(guided)s trainees at once already. Give them another mentor first.",
            guided=guided,
        ),
    }
    why = why_not_limit(limit, guided)
    if why is not None:
        raise InvalidInput(words[why], why, "limit")


def change_limit(
    mentor_id: int, limit: int, *, expected_version: int | None = None, actor: Actor
) -> Mentor:
    """Let a mentor guide more or fewer at once. Raises ``below_trainees``, ``bad_limit``, ``already_ended``."""
    mentor = _lock_kept(mentor_id, actor, expected_version)
    if mentor.valid_until is not None:
        raise DomainError(_("This mentor has ended already."), "already_ended", "limit")
    _refuse_limit(limit, most_at_once(guided_periods(mentor.id)))
    before, mentor.trainee_limit = mentor.trainee_limit, limit
    db.session.flush()
    db.session.execute(
        update(MentorLoad)
        .where(
            MentorLoad.mentor_id == mentor.id,
            MentorLoad.trainees <= limit,
            MentorLoad.cohort_id.in_(select(Cohort.id).where(Cohort.status.in_(EDITABLE))),
        )
        .values(trainee_limit=limit)
    )
    _audit(actor, "placements.limit_mentor", mentor, {"before": before, "after": limit})
    return mentor


def end_mentor(
    mentor_id: int,
    *,
    on: date,
    reason: str,
    expected_version: int | None = None,
    actor: Actor,
) -> Mentor:
    """End a mentor; ``on`` is the last day. Raises ``guides_trainees`` (named), ``already_ended``, a missing reason."""
    mentor = _lock_kept(mentor_id, actor, expected_version)
    reason = required_reason(reason)
    refuse_end((mentor.valid_from, mentor.valid_until), on)
    names = db.session.scalars(
        select(Person.name)
        .join(Placement, Placement.person_id == Person.id)
        .join(Stay, Stay.placement_id == Placement.id)
        .where(
            Stay.mentor_id == mentor.id,
            Placement.status.in_(RUNNING),
            Placement.ends_on > on,
            or_(Stay.valid_until.is_(None), Stay.valid_until > on),
        )
        .order_by(Person.sort_key, Person.id)
    ).all()
    if names:
        raise DomainError(
            _(
                "This mentor still guides %(names)s after that day. Give them another mentor first.",
                names="、".join(names),
            ),
            "guides_trainees",
            "on",
        )
    mentor.valid_until, mentor.end_reason = on, reason
    db.session.flush()
    _audit(actor, "placements.end_mentor", mentor, {"on": on.isoformat()}, reason=reason)
    return mentor


def _lock_kept(mentor_id: int, actor: Actor, expected_version: int | None) -> Mentor:
    mentor = lock_mentor(mentor_id)
    if not may_keep(mentor.unit, actor):
        raise NotFound(_("There is no such mentor."))
    refuse_stale(mentor.row_version, expected_version)
    return mentor


def _audit(
    actor: Actor,
    action: str,
    mentor: Mentor,
    details: dict[str, object],
    *,
    reason: str | None = None,
) -> None:
    record(
        actor,
        action,
        object_type="mentor",
        object_id=mentor.id,
        subject_id=mentor.person_id,
        details={"base_school": mentor.unit.code} | details,
        reason=reason,
        unit_path=mentor.unit.path,
    )
