"""Notices of the area: who is told what, in the transaction of the act."""

from __future__ import annotations

from app.core.i18n import lazy_gettext as _l
from app.domain.outbox.wording import register_notice
from app.domain.people.operations.telling import officers_of, tell_accounts, tell_people, tell_unit
from app.domain.placements.models import Placement
from app.domain.units.models import Unit

__all__ = [
    "cohort_page",
    "officers_of",
    "placement_page",
    "tell_accounts",
    "tell_mentor_missing",
    "tell_people",
    "tell_unit",
]

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
register_notice(
    "placements.mentor_missing",
    _l("A mentor is missing: %(name)s, %(title)s"),
    _l("The log or the appraisal waits for the mentor, and there is none. Choose one now."),
)


def tell_mentor_missing(placement: Placement, base_school: Unit) -> None:
    """It is the mentor's turn and there is none: the base school learns it, and where to choose one."""
    tell_unit(
        base_school,
        "placements.mentor_missing",
        {"name": placement.person.name, "title": placement.cohort.title},
        link=f"{placement_page(placement.id)}/changes/mentor",
    )


def cohort_page(cohort_id: int) -> str:
    """The address of a cohort's page, for the link of a notice."""
    return f"/placements/cohorts/{cohort_id}"


def placement_page(placement_id: int) -> str:
    """The address of a placement's page, for the link of a notice."""
    return f"/placements/{placement_id}"
