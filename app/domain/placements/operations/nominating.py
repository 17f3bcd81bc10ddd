"""Nominate (选派): a county or municipal school names its people in a ranked order; each act holds the cohort."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.people.operations.dated import optional_text, required_reason
from app.domain.people.queries.record import get_person
from app.domain.placements import refusals
from app.domain.placements.models import Cohort, Nomination
from app.domain.placements.operations.locking import lock_cohort
from app.domain.placements.operations.nominations import (
    audit_nomination,
    close_nomination,
    facts_of,
    lock_nomination,
    page_of,
    refuse_closed,
    refuse_placed,
)
from app.domain.placements.queries.nominees import (
    Post,
    read_call,
    read_nominees,
    read_posts,
)
from app.domain.placements.queries.seats import list_offering_schools
from app.domain.placements.rules import nominating as rules
from app.domain.placements.rules.words import NominationStatus
from app.domain.placements.telling import tell_people, tell_unit
from app.domain.units.models import SchoolStage, Unit, UnitKind


@dataclass(frozen=True, slots=True)
class Wish:
    """Why somebody wants to go, where to (ids of base schools, the dearest first), for which stage and subject."""

    motivation: str = ""
    preferences: tuple[int, ...] = ()
    stage: SchoolStage | None = None
    subject: str | None = None


def nominate(
    cohort_id: int, person_id: int, wish: Wish, *, release_note: str | None = None, actor: Actor
) -> Nomination:
    """Nominate somebody as the last of the unit's ranking.

    A municipal school releases its own by this; an office that has the school's consent on paper says so in
    ``release_note``. Raises NotFound, Forbidden, ``not_eligible`` with every reason, and refusals of the wish.
    """
    cohort = lock_cohort(cohort_id, actor=actor)
    person = get_person(person_id, scope=actor.unit_path)
    unit, post = nominating_unit(person_id, actor)
    today = clock.today()
    reasons = rules.why_cannot_be_nominated(
        read_nominees([person.id], cohort.id, today)[person.id],
        unit.path,
        read_call(cohort, unit.id),
        today,
    )
    if reasons:
        raise refusals.not_eligible(person.name, reasons)
    wish = check_wish(cohort, wish)
    note = optional_text(release_note)
    released = actor.unit_id == post.unit_id or note is not None
    nomination = Nomination(
        cohort_id=cohort.id,
        unit_id=unit.id,
        school_id=post.unit_id,
        person_id=person.id,
        rank=_next_rank(cohort.id, unit.id),
        motivation=wish.motivation,
        preferences=list(wish.preferences),
        stage=wish.stage or post.stage,
        subject=wish.subject or post.subject,
        status=NominationStatus.SUBMITTED,
        nominated_by=actor.account_id,
        nominated_at=clock.now(),
        released_by=actor.account_id if released else None,
        released_at=clock.now() if released else None,
        release_note=note,
    )
    db.session.add(nomination)
    db.session.flush()
    audit_nomination(actor, "placements.nominate", nomination, {"rank": nomination.rank})
    facts = facts_of(nomination)
    tell_people([person.id], "placements.nominated", facts, link="/placements/")
    if not released:
        tell_unit(nomination.school, "placements.release_asked", facts, link=page_of(nomination.id))
    return nomination


def nominating_unit(person_id: int, actor: Actor) -> tuple[Unit, Post]:
    """Who nominates this person, by the main posting within reach: its county, or the municipal school.

    Raises Forbidden for a school of a county: its county nominates; ``no_nominating_unit`` for the bureau's own staff.
    """
    if not actor.may("placements.nominate"):
        raise Forbidden(_("Your role does not nominate."))
    posts = [
        post
        for post in read_posts([person_id], clock.today()).get(person_id, [])
        if actor.reaches(post.path)
    ]
    if not posts:
        raise refusals.not_eligible(
            get_person(person_id, scope=actor.unit_path).name, ["no_counselor"]
        )
    post = posts[0]
    unit = db.session.get_one(Unit, post.unit_id)
    parent = unit.parent
    if unit.is_school and parent is not None and parent.kind is not UnitKind.PREFECTURE:
        unit = parent
    if unit.kind in (UnitKind.PREFECTURE, UnitKind.PROVINCE):
        raise DomainError(
            _("Counties and municipal schools nominate; staff of the bureau cannot be nominated."),
            "no_nominating_unit",
            "person",
        )
    if not actor.reaches(unit.path):
        raise Forbidden(_("%(unit)s nominates for your school; ask there.", unit=unit.name))
    return unit, post


def check_wish(cohort: Cohort, wish: Wish) -> Wish:
    """The wish with tidy texts. Raises ``motivation_too_long``, ``too_many_preferences``, ``preference_twice``,
    ``unknown_preference`` (no base school of this cohort).
    """
    motivation = wish.motivation.replace("\r\n", "\n").strip()
    if len(motivation) > rules.LONGEST_MOTIVATION:
        raise InvalidInput(
            _("The motivation has at most %(most)s characters.", most=rules.LONGEST_MOTIVATION),
            "motivation_too_long",
            "motivation",
        )
    if len(wish.preferences) > rules.MOST_PREFERENCES:
        raise InvalidInput(
            _("Name at most %(most)s base schools.", most=rules.MOST_PREFERENCES),
            "too_many_preferences",
            "preferences",
        )
    if len(set(wish.preferences)) < len(wish.preferences):
        raise InvalidInput(_("A base school is named twice."), "preference_twice", "preferences")
    if set(wish.preferences) - {school.id for school in list_offering_schools(cohort.id)}:
        raise InvalidInput(
            _("Choose among the base schools that offer seats in this cohort."),
            "unknown_preference",
            "preferences",
        )
    return Wish(motivation, wish.preferences, wish.stage, optional_text(wish.subject))


def _next_rank(cohort_id: int, unit_id: int) -> int:
    highest = db.session.scalar(
        select(func.max(Nomination.rank)).where(
            Nomination.cohort_id == cohort_id,
            Nomination.unit_id == unit_id,
            Nomination.status.in_(rules.STANDING),
        )
    )
    return (highest or 0) + 1


def edit_nomination(
    nomination_id: int, wish: Wish, *, expected_version: int | None = None, actor: Actor
) -> Nomination:
    """Correct what a nomination says; one that was sent back is handed in again by this.

    Raises NotFound, StaleVersion, ``not_editable`` and refusals of the wish. A school that had refused is asked again.
    """
    nomination = lock_nomination(nomination_id, actor=actor, expected_version=expected_version)
    _refuse_other_unit(nomination, actor)
    again = nomination.status is NominationStatus.SENT_BACK
    if nomination.status not in (NominationStatus.SUBMITTED, NominationStatus.SENT_BACK):
        raise DomainError(
            _("The nomination is decided. Ask the bureau to send it back first."), "not_editable"
        )
    wish = check_wish(nomination.cohort, wish)
    nomination.motivation, nomination.preferences = wish.motivation, list(wish.preferences)
    nomination.stage, nomination.subject = wish.stage, wish.subject
    if again:
        nomination.status = NominationStatus.SUBMITTED
        nomination.decided_by = nomination.decided_at = nomination.decision_reason = None
        if nomination.released_at is None:
            nomination.release_note = None
    db.session.flush()
    verb = "placements.hand_in_nomination" if again else "placements.edit_nomination"
    audit_nomination(actor, verb, nomination)
    if again and nomination.released_at is None:
        tell_unit(
            nomination.school,
            "placements.release_asked",
            facts_of(nomination),
            link=page_of(nomination.id),
        )
    return nomination


def withdraw_nomination(
    nomination_id: int, *, reason: str, expected_version: int | None = None, actor: Actor
) -> Nomination:
    """Take a nomination back, until the person is placed. Raises ``placed_already``, ``nomination_closed``."""
    nomination = lock_nomination(nomination_id, actor=actor, expected_version=expected_version)
    _refuse_other_unit(nomination, actor)
    reason = required_reason(reason)
    refuse_closed(nomination, NominationStatus.WITHDRAWN)
    refuse_placed(nomination)
    close_nomination(nomination, NominationStatus.WITHDRAWN, reason, actor)
    audit_nomination(actor, "placements.withdraw_nomination", nomination, reason=reason)
    facts = facts_of(nomination) | {"reason": reason}
    tell_people(
        [nomination.person_id], "placements.nomination_withdrawn", facts, link="/placements/"
    )
    if nomination.school_id != nomination.unit_id:
        tell_unit(
            nomination.school,
            "placements.nomination_withdrawn",
            facts,
            link=page_of(nomination.id),
        )
    return nomination


def _refuse_other_unit(nomination: Nomination, actor: Actor) -> None:
    """Only who nominates, or stands above, changes a nomination; the school it is about may look."""
    if not actor.may("placements.nominate") or not actor.reaches(nomination.unit.path):
        raise NotFound(_("There is no such nomination within your unit."))
