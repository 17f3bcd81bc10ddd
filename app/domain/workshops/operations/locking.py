"""Lock a workshop for an act of who plans or runs it; the scope is asked again inside the transaction."""

from __future__ import annotations

from app.core.errors import DomainError, NotFound, StaleVersion
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.workshops.models import Workshop
from app.domain.workshops.operations.seating import lock_workshop
from app.domain.workshops.queries.workshops import may_plan, may_run
from app.domain.workshops.rules.planning import EDITABLE
from app.domain.workshops.rules.words import WorkshopStatus


def _unknown() -> NotFound:
    return NotFound(_("There is no such workshop within your unit."))


def lock_planned(
    workshop_id: int, *, actor: Actor, expected_version: int | None = None
) -> Workshop:
    """The workshop, locked, for somebody who may plan it; NotFound for others, StaleVersion when it was changed
    since ``expected_version``.
    """
    workshop = lock_workshop(workshop_id)
    if not may_plan(workshop, actor):
        raise _unknown()
    refuse_stale(workshop.row_version, expected_version)
    return workshop


def lock_editable(
    workshop_id: int, *, actor: Actor, expected_version: int | None = None
) -> Workshop:
    """As ``lock_planned``; a completed or cancelled workshop refuses (``workshop_over``)."""
    workshop = lock_planned(workshop_id, actor=actor, expected_version=expected_version)
    if workshop.status not in EDITABLE:
        raise over(workshop.status)
    return workshop


def lock_run(workshop_id: int, *, actor: Actor) -> Workshop:
    """The workshop, locked, for somebody who runs it: who plans it, or a trainer assigned to it."""
    workshop = lock_workshop(workshop_id)
    if not may_run(workshop, actor):
        raise _unknown()
    return workshop


def over(status: WorkshopStatus) -> DomainError:
    words = {
        WorkshopStatus.CANCELLED: _("This workshop was cancelled; nothing in it changes any more."),
        WorkshopStatus.COMPLETED: _("This workshop is closed; nothing in it changes any more."),
    }
    return DomainError(words[status], "workshop_over")


def refuse_stale(version: int, expected: int | None) -> None:
    """StaleVersion unless the row is still the one that was seen; None asks nothing."""
    if expected is not None and version != expected:
        raise StaleVersion(
            _(
                "Somebody else has changed this meanwhile. Look at it again, then repeat your change."
            )
        )
