"""What a nominee's school and the bureau say to a nomination: released or not, approved, sent back, rejected."""

from __future__ import annotations

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.people.operations.dated import optional_text, required_reason
from app.domain.placements import refusals
from app.domain.placements.models import Nomination
from app.domain.placements.operations.nominations import (
    audit_nomination,
    close_nomination,
    facts_of,
    lock_nomination,
    page_of,
    refuse_closed,
    refuse_placed,
)
from app.domain.placements.queries.nominees import read_nominees
from app.domain.placements.queries.visibility import may_plan
from app.domain.placements.rules.nominating import may_become, why_cannot_be_approved
from app.domain.placements.rules.words import NominationStatus
from app.domain.placements.telling import tell_people, tell_unit


def release(
    nomination_id: int,
    *,
    note: str | None = None,
    expected_version: int | None = None,
    actor: Actor,
) -> Nomination:
    """The nominee's school agrees (同意选派); an office above it may record its consent on paper with a note.

    Raises Forbidden, ``note_missing``, ``released_already``, ``nomination_closed``.
    """
    nomination = _lock_for_school(nomination_id, actor, expected_version)
    note = optional_text(note)
    if actor.unit_id != nomination.school_id and note is None:
        raise InvalidInput(
            _("Say which paper of the school shows its consent, e.g. its date and number."),
            "note_missing",
            "note",
        )
    nomination.released_by, nomination.released_at = actor.account_id, clock.now()
    nomination.release_note = note
    db.session.flush()
    audit_nomination(actor, "placements.release", nomination, {"on_paper": note is not None})
    tell_unit(
        nomination.unit,
        "placements.released",
        facts_of(nomination),
        link=page_of(nomination.id),
    )
    return nomination


def refuse_release(
    nomination_id: int, *, reason: str, expected_version: int | None = None, actor: Actor
) -> Nomination:
    """The nominee's school does not let them go: the nomination goes back to who nominated, with the reason."""
    nomination = _lock_for_school(nomination_id, actor, expected_version)
    reason = required_reason(reason)
    refuse_closed(nomination, NominationStatus.SENT_BACK)
    nomination.status = NominationStatus.SENT_BACK
    nomination.release_note = nomination.decision_reason = reason
    nomination.decided_by, nomination.decided_at = actor.account_id, clock.now()
    db.session.flush()
    audit_nomination(actor, "placements.refuse_release", nomination, reason=reason)
    facts = facts_of(nomination) | {"reason": reason}
    tell_unit(nomination.unit, "placements.release_refused", facts, link=page_of(nomination.id))
    tell_people([nomination.person_id], "placements.release_refused", facts, link="/placements/")
    return nomination


def _lock_for_school(nomination_id: int, actor: Actor, expected_version: int | None) -> Nomination:
    nomination = lock_nomination(nomination_id, actor=actor, expected_version=expected_version)
    if not actor.may("placements.release") or not actor.reaches(nomination.school.path):
        raise Forbidden(_("The nominee's school decides this."))
    if nomination.released_at is not None:
        raise DomainError(_("The school has released them already."), "released_already")
    if nomination.status not in (NominationStatus.SUBMITTED, NominationStatus.SENT_BACK):
        raise DomainError(
            _("This nomination was decided meanwhile. Look at it again."), "nomination_closed"
        )
    return nomination


def approve(nomination_id: int, *, expected_version: int | None = None, actor: Actor) -> Nomination:
    """The bureau approves: the nominee takes part in the matching.

    Raises Forbidden, StaleVersion, ``not_eligible`` (not released, decided, or no longer fitting).
    """
    nomination = _lock_for_bureau(nomination_id, actor, expected_version)
    nominee = read_nominees([nomination.person_id], nomination.cohort_id, clock.today())
    reasons = why_cannot_be_approved(
        nomination.status,
        nominee[nomination.person_id],
        nomination.unit.path,
        released=nomination.released_at is not None,
    )
    if reasons:
        raise refusals.not_eligible(nomination.person.name, reasons)
    nomination.status = NominationStatus.APPROVED
    nomination.decided_by, nomination.decided_at = actor.account_id, clock.now()
    nomination.decision_reason = None
    db.session.flush()
    audit_nomination(actor, "placements.approve_nomination", nomination)
    _tell_decided(nomination, "placements.nomination_approved")
    return nomination


def send_back(
    nomination_id: int, *, reason: str, expected_version: int | None = None, actor: Actor
) -> Nomination:
    """The bureau asks for a correction; also of an approved one that is not placed yet."""
    nomination = _lock_for_bureau(nomination_id, actor, expected_version)
    reason = required_reason(reason)
    refuse_closed(nomination, NominationStatus.SENT_BACK)
    refuse_placed(nomination)
    nomination.status = NominationStatus.SENT_BACK
    nomination.decided_by, nomination.decided_at = actor.account_id, clock.now()
    nomination.decision_reason = reason
    db.session.flush()
    audit_nomination(actor, "placements.send_back_nomination", nomination, reason=reason)
    _tell_decided(nomination, "placements.nomination_sent_back", reason)
    return nomination


def reject(
    nomination_id: int, *, reason: str, expected_version: int | None = None, actor: Actor
) -> Nomination:
    """The bureau says no, with a reason; who is ranked below moves up."""
    nomination = _lock_for_bureau(nomination_id, actor, expected_version)
    reason = required_reason(reason)
    refuse_closed(nomination, NominationStatus.REJECTED)
    refuse_placed(nomination)
    close_nomination(nomination, NominationStatus.REJECTED, reason, actor)
    audit_nomination(actor, "placements.reject_nomination", nomination, reason=reason)
    _tell_decided(nomination, "placements.nomination_rejected", reason)
    return nomination


def _lock_for_bureau(nomination_id: int, actor: Actor, expected_version: int | None) -> Nomination:
    nomination = lock_nomination(nomination_id, actor=actor, expected_version=expected_version)
    if not actor.may("placements.decide") or not may_plan(nomination.cohort, actor):
        raise Forbidden(_("The bureau that organises the cohort decides this."))
    return nomination


def may_decide(nomination: Nomination, actor: Actor) -> bool:
    """Whether the bureau's decision is the actor's to make, and still to be made."""
    return (
        actor.may("placements.decide")
        and may_plan(nomination.cohort, actor)
        and may_become(nomination.status, NominationStatus.REJECTED)
    )


def _tell_decided(nomination: Nomination, kind: str, reason: str = "") -> None:
    facts, link = facts_of(nomination) | {"reason": reason}, page_of(nomination.id)
    tell_people([nomination.person_id], kind, facts, link="/placements/")
    tell_unit(nomination.unit, kind, facts, link=link)
    if nomination.school_id != nomination.unit_id:
        tell_unit(nomination.school, kind, facts, link=link)
