"""The refusals of the area in words; codes are stable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.core import clock
from app.core.errors import DomainError, InvalidInput, StaleVersion, explain_constraint
from app.core.i18n import gettext as _
from app.domain.placements.rules.words import CohortStatus


def over_capacity(base_school: str | None = None) -> DomainError:
    """A base school has no free seat left."""
    if base_school is None:
        return DomainError(
            _("There is no free seat left at this base school. Choose another one."),
            "over_capacity",
        )
    return DomainError(
        _("%(school)s has no free seat left. Choose another base school.", school=base_school),
        "over_capacity",
    )


def mentor_full(mentor: str | None = None) -> DomainError:
    """A mentor guides as many trainees as they may already."""
    if mentor is None:
        return DomainError(
            _("This mentor guides as many trainees as they may already. Choose another one."),
            "mentor_full",
        )
    return DomainError(
        _("%(mentor)s guides as many trainees as they may already.", mentor=mentor), "mentor_full"
    )


def clash(name: str, title: str, starts_at: datetime, ends_at: datetime) -> DomainError:
    """Somebody is bound by something else at the time: by what, and when."""
    first, last = clock.local(starts_at).date(), clock.local(ends_at).date()
    return DomainError(
        _(
            "%(name)s is bound by “%(title)s” at that time (%(first)s to %(last)s). "
            "Choose other dates, or end that first.",
            name=name,
            title=title,
            first=first.isoformat(),
            last=last.isoformat(),
        ),
        "clash",
    )


def unknown_base_school() -> InvalidInput:
    return InvalidInput(
        _("Choose among the base schools of the prefecture."), "unknown_base_school", "base_school"
    )


def reason_words() -> dict[str, str]:
    """Why somebody cannot be nominated, by the rule's reason."""
    return {
        "not_published": _("The cohort is not published yet."),
        "cancelled": _("The cohort was cancelled."),
        "settled": _("The matching of this cohort is confirmed."),
        "not_yet_open": _("Nominations are not open yet."),
        "closed": _("Nominations are closed."),
        "no_counselor": _("Not posted as a counselor today."),
        "other_unit": _("Not posted within the nominating unit."),
        "lead_teacher": _("A lead teacher already."),
        "placed_before": _("Has passed a placement before."),
        "placed_now": _("Has a placement already."),
        "nominated_already": _("Nominated for this cohort already."),
        "quota_full": _("The quota of the unit is used up."),
        "not_waiting": _("The nomination does not wait for a decision."),
        "not_released": _("The school has not released them yet."),
    }


def not_eligible(name: str, reasons: Sequence[str]) -> DomainError:
    """Somebody cannot be nominated, approved or placed: every reason."""
    words = reason_words()
    message = " ".join(words[reason] for reason in reasons)
    return DomainError(
        _("%(name)s: %(reasons)s", name=name, reasons=message),
        "not_eligible",
        "person",
        reasons=list(reasons),
    )


def changed_meanwhile() -> StaleVersion:
    return StaleVersion(
        _("Somebody else has changed this meanwhile. Look at it again, then repeat your change.")
    )


def refuse_stale(version: int, expected: int | None) -> None:
    """StaleVersion unless the row is still the one that was seen; None asks nothing."""
    if expected is not None and version != expected:
        raise changed_meanwhile()


def cohort_over(status: CohortStatus) -> DomainError:
    """The cohort is completed or cancelled, so nothing in it changes any more."""
    words = {
        CohortStatus.CANCELLED: _("This cohort was cancelled; nothing in it changes any more."),
        CohortStatus.COMPLETED: _("This cohort is completed; nothing in it changes any more."),
    }
    return DomainError(words[status], "cohort_over")


explain_constraint("ck_placement_seats_taken", over_capacity)
explain_constraint("ck_placement_mentor_loads_trainees", mentor_full)
explain_constraint(
    "uq_placements_person",
    lambda: DomainError(_("This person has a placement in this cohort already."), "placed_already"),
)
explain_constraint(
    "uq_placement_nominations_person",
    lambda: DomainError(
        _("This person is nominated for this cohort already."), "nominated_already", "person"
    ),
)
explain_constraint(
    "uq_placement_nominations_rank",
    lambda: DomainError(
        _("Another nominee of your unit has this rank. Look at the list again."), "rank_taken"
    ),
)
explain_constraint(
    "uq_mentors_open",
    lambda: DomainError(
        _("This person is a mentor of this base school already."), "mentor_already", "person"
    ),
)
explain_constraint(
    "uq_placement_cohorts_unit_id_event_key",
    lambda: DomainError(
        _("There is a cohort of this name already. Give it another one."), "cohort_exists", "title"
    ),
)
