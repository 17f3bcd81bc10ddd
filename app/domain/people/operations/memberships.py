"""Who hosts a studio or belongs to it, by date: add, end, change host, correct, strike out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person, Studio, StudioMembership
from app.domain.people.operations.dated import (
    lock_visible_person,
    refuse_end,
    refuse_period,
    required_reason,
    said_period,
)
from app.domain.people.operations.studios import audit_studio, lock_studio
from app.domain.people.rules import StudioRole
from app.domain.people.rules.periods import Days, overlap, within

ONE_DAY = timedelta(days=1)

explain_constraint(
    "uq_studio_memberships_open",
    lambda: DomainError(
        _("This person belongs to the studio already."), "already_member", "person"
    ),
)


@dataclass(frozen=True)
class MembershipFacts:
    """As what somebody belongs to a studio, and from when until when."""

    role: StudioRole
    valid_from: date
    valid_until: date | None = None

    @property
    def days(self) -> Days:
        return self.valid_from, self.valid_until


def add_memberships(
    studio_id: int,
    person_ids: Sequence[int],
    facts: MembershipFacts,
    *,
    actor: Actor,
    several_hosts: bool = False,
) -> list[StudioMembership]:
    """Let people join a studio, all or none.

    Raises NotFound (studio or person out of scope), ``nobody``, ``already_member``, ``outside_studio``, and
    ``second_host`` unless ``several_hosts`` says that it is meant.
    """
    studio = lock_studio(studio_id, actor)
    if not person_ids:
        raise InvalidInput(_("Choose at least one person."), "nobody", "person")
    _refuse_days(studio, facts)
    known = _memberships(studio.id)
    added: list[StudioMembership] = []
    for person_id in sorted(set(person_ids)):
        person = lock_visible_person(person_id, actor)
        _refuse_twice(person, facts, known)
        if facts.role is StudioRole.HOST and not several_hosts:
            _refuse_second_host(facts, [*known, *added])
        membership = StudioMembership(
            studio_id=studio.id,
            person_id=person.id,
            role=facts.role,
            valid_from=facts.valid_from,
            valid_until=facts.valid_until,
        )
        db.session.add(membership)
        added.append(membership)
    db.session.flush()
    for membership in added:
        _audit(actor, "join", studio, membership)
    return added


def change_host(
    studio_id: int, person_id: int, *, on: date, stays_member: bool, reason: str, actor: Actor
) -> StudioMembership:
    """From a day somebody else hosts the studio.

    The hosts until then end the day before, and stay as members if ``stays_member``; a membership of the new
    host ends the day before. Raises ``already_host``, ``begins_later`` and what ``add_memberships`` raises.
    """
    studio = lock_studio(studio_id, actor)
    reason = required_reason(reason)
    person = lock_visible_person(person_id, actor)
    facts = MembershipFacts(StudioRole.HOST, on)
    _refuse_days(studio, facts)
    for membership in _memberships(studio.id):
        if membership.valid_until is not None and membership.valid_until < on:
            continue
        is_own = membership.person_id == person.id
        if is_own and membership.role is StudioRole.HOST:
            raise DomainError(
                _("%(name)s hosts the studio already.", name=person.name), "already_host", "person"
            )
        if is_own or membership.role is StudioRole.HOST:
            _step_aside(studio, membership, on, reason, actor, stays=stays_member and not is_own)
    hosting = StudioMembership(
        studio_id=studio.id, person_id=person.id, role=StudioRole.HOST, valid_from=on
    )
    db.session.add(hosting)
    db.session.flush()
    _audit(actor, "host", studio, hosting, reason=reason)
    return hosting


def _step_aside(
    studio: Studio,
    membership: StudioMembership,
    on: date,
    reason: str,
    actor: Actor,
    *,
    stays: bool,
) -> None:
    if membership.valid_from >= on:
        raise DomainError(
            _(
                "A membership begins only on %(day)s. Choose a later day, or strike it out first.",
                day=membership.valid_from.isoformat(),
            ),
            "begins_later",
            "on",
        )
    last_day = membership.valid_until
    membership.valid_until = on - ONE_DAY
    membership.end_reason = reason
    db.session.flush()
    _audit(actor, "leave", studio, membership, reason=reason)
    if stays:
        kept = StudioMembership(
            studio_id=studio.id,
            person_id=membership.person_id,
            role=StudioRole.MEMBER,
            valid_from=on,
            valid_until=last_day,
        )
        db.session.add(kept)
        db.session.flush()
        _audit(actor, "join", studio, kept)


def end_memberships(
    studio_id: int, membership_ids: Sequence[int], *, on: date, reason: str, actor: Actor
) -> int:
    """End memberships of a studio on their last day, for a reason, all or none. Returns how many."""
    studio = lock_studio(studio_id, actor)
    reason = required_reason(reason)
    memberships = [_get(studio, membership_id) for membership_id in sorted(set(membership_ids))]
    if not memberships:
        raise InvalidInput(_("Choose at least one person."), "nobody", "person")
    for membership in memberships:
        refuse_end((membership.valid_from, membership.valid_until), on)
        membership.valid_until = on
        membership.end_reason = reason
        _audit(actor, "leave", studio, membership, reason=reason)
    db.session.flush()
    return len(memberships)


def correct_membership(
    studio_id: int, membership_id: int, facts: MembershipFacts, *, reason: str, actor: Actor
) -> StudioMembership:
    """Mend a membership that was entered wrongly; without a last day it runs again."""
    studio = lock_studio(studio_id, actor)
    reason = required_reason(reason)
    membership = _get(studio, membership_id)
    _refuse_days(studio, facts)
    others = [m for m in _memberships(studio.id) if m.id != membership.id]
    _refuse_twice(membership.person, facts, others)
    before = _facts(membership)
    membership.role = facts.role
    membership.valid_from, membership.valid_until = facts.days
    if facts.valid_until is None:
        membership.end_reason = None
    db.session.flush()
    _audit(actor, "correct_member", studio, membership, reason=reason, before=before)
    return membership


def strike_membership(studio_id: int, membership_id: int, *, reason: str, actor: Actor) -> None:
    """Take out a membership that never was; the audit log keeps what it said."""
    studio = lock_studio(studio_id, actor)
    reason = required_reason(reason)
    membership = _get(studio, membership_id)
    _audit(actor, "strike_member", studio, membership, reason=reason)
    db.session.delete(membership)
    db.session.flush()


def _get(studio: Studio, membership_id: int) -> StudioMembership:
    membership = db.session.get(StudioMembership, membership_id)
    if membership is None or membership.studio_id != studio.id:
        raise NotFound(_("There is no such member in this studio."))
    return membership


def _memberships(studio_id: int) -> Sequence[StudioMembership]:
    return db.session.scalars(
        select(StudioMembership)
        .where(StudioMembership.studio_id == studio_id)
        .order_by(StudioMembership.valid_from, StudioMembership.id)
    ).all()


def _refuse_days(studio: Studio, facts: MembershipFacts) -> None:
    refuse_period(facts.days)
    if not within(facts.days, (studio.valid_from, studio.valid_until)):
        raise DomainError(
            _(
                "The studio runs %(period)s. Choose days within.",
                period=said_period((studio.valid_from, studio.valid_until)),
            ),
            "outside_studio",
            "valid_from",
        )


def _refuse_twice(
    person: Person, facts: MembershipFacts, known: Sequence[StudioMembership]
) -> None:
    for other in known:
        days = (other.valid_from, other.valid_until)
        if other.person_id == person.id and overlap(facts.days, days):
            raise DomainError(
                _(
                    "%(name)s belongs to the studio on some of these days already (%(period)s).",
                    name=person.name,
                    period=said_period(days),
                ),
                "already_member",
                "person",
            )


def _refuse_second_host(facts: MembershipFacts, known: Sequence[StudioMembership]) -> None:
    if any(
        other.role is StudioRole.HOST and overlap(facts.days, (other.valid_from, other.valid_until))
        for other in known
    ):
        raise DomainError(
            _(
                "The studio has a host on some of these days. Change the host instead, or tick "
                "that several host it together."
            ),
            "second_host",
            "several_hosts",
        )


def _facts(membership: StudioMembership) -> dict[str, Any]:
    return {
        "role": membership.role.value,
        "from": membership.valid_from.isoformat(),
        "until": membership.valid_until.isoformat() if membership.valid_until else None,
    }


def _audit(
    actor: Actor,
    act: str,
    studio: Studio,
    membership: StudioMembership,
    *,
    reason: str | None = None,
    before: dict[str, Any] | None = None,
) -> None:
    details = _facts(membership)
    audit_studio(
        actor,
        act,
        studio,
        studio.unit,
        details={"before": before, "after": details} if before else details,
        reason=reason,
        person_id=membership.person_id,
    )
