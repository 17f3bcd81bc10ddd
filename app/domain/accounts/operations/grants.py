"""Give a role on a unit, end it, hand it over."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.rules import Actor, Role, Term, clashing_duty, may_grant
from app.domain.audit.operations import record
from app.domain.outbox.operations import notify
from app.domain.units.models import Unit


def _already_held() -> DomainError:
    return DomainError(
        _("The account already holds this role on this unit in that time. End that grant first."),
        "grant_exists",
        "role",
    )


DUTY_NAMES = {
    Role.ADMIN: _l("system administrator"),
    Role.SECURITY: _l("security administrator"),
    Role.AUDITOR: _l("auditor"),
}
explain_constraint("uq_grants_open", _already_held)
explain_constraint(
    "ck_grants_period",
    lambda: InvalidInput(_("The last day lies before the first day."), "period", "valid_until"),
)


def grant_role(
    account: Account,
    role: Role,
    unit: Unit,
    *,
    actor: Actor,
    valid_from: date | None = None,
    valid_until: date | None = None,
    reason: str | None = None,
    announce: bool = True,
) -> Grant:
    """Let an account hold a role on a unit and its subtree, from a day (default today) until a day (inclusive).

    Raises Forbidden outside the actor's unit or beyond what the actor may grant, InvalidInput for a period that
    ends before it begins, DomainError ``grant_exists`` or ``duties_separated``. Tells the account (``announce``).
    """
    valid_from = valid_from or clock.today()
    if not actor.reaches(unit.path):
        raise Forbidden(_("You may grant roles only on your own unit and the units below it."))
    if not may_grant(actor, role):
        raise Forbidden(_("Your role may not grant this role."))
    if valid_until is not None and valid_until < valid_from:
        raise InvalidInput(_("The last day lies before the first day."), "period", "valid_until")
    # The row is locked so that two grants at once do not pass the checks side by side.
    db.session.execute(select(Account.id).where(Account.id == account.id).with_for_update())
    _refuse_conflict(account.id, Term(role, valid_from, valid_until), unit.id)
    grant = Grant(
        account_id=account.id,
        role=role,
        unit_id=unit.id,
        valid_from=valid_from,
        valid_until=valid_until,
        granted_by=actor.account_id,
        reason=reason,
    )
    db.session.add(grant)
    db.session.flush()
    record(
        actor,
        "accounts.grant",
        object_type="account",
        object_id=account.id,
        details=_details(grant, unit),
        reason=reason,
        unit_path=unit.path,
    )
    if announce:
        _tell(account, "role_granted", grant, unit)
    return grant


def _refuse_conflict(account_id: int, new: Term, unit_id: int) -> None:
    grants = db.session.scalars(select(Grant).where(Grant.account_id == account_id)).all()
    terms = [
        (grant.unit_id, Term(grant.role, grant.valid_from, grant.valid_until)) for grant in grants
    ]
    if any(
        held == unit_id and term.role is new.role and term.overlaps(new) for held, term in terms
    ):
        raise _already_held()
    clash = clashing_duty(new, (term for _unit, term in terms))
    if clash is not None:
        raise DomainError(
            _(
                "System, security and audit duties are kept apart: this account already holds the role "
                "“%(role)s” in that time. Give the role to another account, or end the other one first.",
                role=DUTY_NAMES[clash],
            ),
            "duties_separated",
            "role",
        )


def end_grant(
    grant_id: int, *, actor: Actor, last_day: date, reason: str, announce: bool = True
) -> Grant:
    """Let a grant end after ``last_day`` (for hand-over; a day before it began takes it away from the start).

    Raises NotFound outside the actor's unit, DomainError ``own_duty`` for the grant by which the actor manages
    accounts, ``grant_ended`` when it has already ended by that day.
    """
    grant = get_grant_in_scope(grant_id, actor)
    if grant.account_id == actor.account_id and grant.role is Role.SECURITY:
        raise DomainError(
            _("You cannot end your own security duty. Another security administrator must do it."),
            "own_duty",
        )
    if grant.valid_until is not None and grant.valid_until <= last_day:
        raise DomainError(
            _("This grant already ends on %(day)s.", day=grant.valid_until.isoformat()),
            "grant_ended",
        )
    if last_day < grant.valid_from:
        raise InvalidInput(
            _(
                "The grant begins on %(day)s; it cannot end before.",
                day=grant.valid_from.isoformat(),
            ),
            "period",
            "last_day",
        )
    grant.valid_until = last_day
    db.session.flush()
    record(
        actor,
        "accounts.end_grant",
        object_type="account",
        object_id=grant.account_id,
        details=_details(grant, grant.unit),
        reason=reason,
        unit_path=grant.unit.path,
    )
    if announce:
        _tell(grant.account, "role_ends", grant, grant.unit)
    return grant


def hand_over(
    grant_id: int, successor: Account, *, actor: Actor, last_day: date, reason: str
) -> Grant:
    """End a grant after ``last_day`` and give the same role on the same unit to the successor from the next day.

    Raises what ``end_grant`` and ``grant_role`` raise, and DomainError ``same_account``.
    """
    before = get_grant_in_scope(grant_id, actor)
    if before.account_id == successor.id:
        raise DomainError(
            _("The successor is the account that holds the role now. Name another one."),
            "same_account",
            "successor",
        )
    ended = end_grant(grant_id, actor=actor, last_day=last_day, reason=reason)
    return grant_role(
        successor,
        ended.role,
        ended.unit,
        actor=actor,
        valid_from=last_day + timedelta(days=1),
        reason=reason,
    )


def get_grant_in_scope(grant_id: int, actor: Actor) -> Grant:
    """A grant on a unit of the actor's subtree. Raises NotFound."""
    grant = db.session.get(Grant, grant_id)
    if grant is None or not actor.reaches(grant.unit.path):
        raise NotFound(_("There is no such grant."))
    return grant


def _details(grant: Grant, unit: Unit) -> dict[str, object]:
    return {
        "grant": grant.id,
        "role": grant.role.value,
        "unit": unit.code,
        "from": grant.valid_from.isoformat(),
        "until": grant.valid_until.isoformat() if grant.valid_until else None,
    }


def _tell(account: Account, kind: str, grant: Grant, unit: Unit) -> None:
    notify(
        account.id,
        kind,
        {
            "role": grant.role.value,
            "unit": unit.name,
            "from": grant.valid_from.isoformat(),
            "until": grant.valid_until.isoformat() if grant.valid_until else "",
        },
        link="/account/",
        email=account.email,
        language=account.language,
    )
