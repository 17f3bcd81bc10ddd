"""Notices of the area: who is told what, in the transaction of the act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select

from app.core import clock
from app.core.db import db
from app.core.i18n import lazy_gettext as _l
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.rules import Role
from app.domain.outbox.operations import notify
from app.domain.outbox.wording import register_notice
from app.domain.people.models import Person
from app.domain.units.models import Unit

register_notice(
    "placements.cohort_published",
    _l("Placements: nominations are open: %(title)s"),
    _l("You can nominate from %(opens)s to %(closes)s."),
)
register_notice(
    "placements.cohort_cancelled",
    _l("Placements cancelled: %(title)s"),
    _l("Reason: %(reason)s"),
)
register_notice(
    "placements.release_asked",
    _l("Asked for your release: %(name)s, %(title)s"),
    _l("%(unit)s nominates them for a placement. Agree or refuse on the page of the cohort."),
)
register_notice(
    "placements.nominated",
    _l("You are nominated for a placement: %(title)s"),
    _l("%(unit)s has nominated you. You will be told what was decided."),
)
register_notice(
    "placements.released",
    _l("Released by the school: %(name)s, %(title)s"),
    _l("The nomination now waits for the bureau."),
)
register_notice(
    "placements.release_refused",
    _l("Not released by the school: %(name)s, %(title)s"),
    _l("Reason: %(reason)s"),
)
register_notice(
    "placements.nomination_withdrawn",
    _l("Nomination withdrawn: %(name)s, %(title)s"),
    _l("Reason: %(reason)s"),
)
register_notice(
    "placements.nomination_approved",
    _l("Nomination approved: %(name)s, %(title)s"),
    _l("The base school is decided when the matching is confirmed."),
)
register_notice(
    "placements.nomination_sent_back",
    _l("Nomination sent back: %(name)s, %(title)s"),
    _l("Correct it and hand it in again. Reason: %(reason)s"),
)
register_notice(
    "placements.nomination_rejected",
    _l("Nomination rejected: %(name)s, %(title)s"),
    _l("Reason: %(reason)s"),
)
register_notice(
    "placements.placed",
    _l("Your placement: %(school)s, %(title)s"),
    _l("From %(starts)s to %(ends)s. Mentor: %(mentor)s."),
)
register_notice(
    "placements.trainee_assigned",
    _l("You guide %(name)s: %(title)s"),
    _l("At %(school)s from %(starts)s to %(ends)s."),
)
register_notice(
    "placements.trainees_come",
    _l("Trainees come to your school: %(title)s"),
    _l("%(names)s. From %(starts)s to %(ends)s."),
)
register_notice(
    "placements.nominees_placed",
    _l("Your nominees are placed: %(title)s"),
    _l("%(names)s. From %(starts)s to %(ends)s."),
)
register_notice(
    "placements.mentor_named",
    _l("You are a mentor of %(school)s"),
    _l(
        "You guide up to %(limit)s trainees at once. You are told as soon as one is placed with you."
    ),
)


def tell_people(
    person_ids: Sequence[int], kind: str, parameters: dict[str, Any], *, link: str | None = None
) -> int:
    """Tell every one of these people who has an account; returns how many were told."""
    if not person_ids:
        return 0
    accounts = select(Person.account_id).where(Person.id.in_(person_ids))
    return tell_accounts(accounts, kind, parameters, link=link)


def tell_unit(unit: Unit, kind: str, parameters: dict[str, Any], *, link: str | None = None) -> int:
    """Tell the accounts that act for exactly this unit today: its school, county or bureau role."""
    return tell_accounts(officers_of([unit.id]), kind, parameters, link=link)


def officers_of(unit_ids: Sequence[int]) -> Select[Any]:
    """The accounts that hold an office's role on one of these units today."""
    today = clock.today()
    return select(Grant.account_id).where(
        Grant.unit_id.in_(unit_ids),
        Grant.role.in_((Role.SCHOOL, Role.COUNTY, Role.BUREAU)),
        Grant.valid_from <= today,
        or_(Grant.valid_until.is_(None), Grant.valid_until >= today),
    )


def tell_accounts(
    account_ids: Sequence[int] | Select[Any],
    kind: str,
    parameters: dict[str, Any],
    *,
    link: str | None = None,
) -> int:
    """Tell these accounts, but for disabled ones; returns how many were told."""
    rows = db.session.execute(
        select(Account.id, Account.email, Account.language)
        .where(Account.id.in_(account_ids), Account.disabled_at.is_(None))
        .order_by(Account.id)
    ).all()
    for row in rows:
        notify(row.id, kind, parameters, link=link, email=row.email, language=row.language)
    return len(rows)


def cohort_page(cohort_id: int) -> str:
    """The address of a cohort's page, for the link of a notice."""
    return f"/placements/cohorts/{cohort_id}"


def placement_page(placement_id: int) -> str:
    """The address of a placement's page, for the link of a notice."""
    return f"/placements/{placement_id}"
