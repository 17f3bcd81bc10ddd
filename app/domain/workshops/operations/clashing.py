"""A new time of a session and the people on a seat who are bound elsewhere at it: shown first, then told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.domain.workshops.models import Enrolment, Workshop, WorkshopSession
from app.domain.workshops.queries.clashes import BOUND, Clash, list_clashes, mark_of
from app.domain.workshops.rules.words import WorkshopStatus
from app.domain.workshops.telling import page_of, tell_people


def clashes_of(session: WorkshopSession) -> list[Clash]:
    """What else binds who holds a seat at the session's time; a make-up session binds nobody."""
    if session.makes_up_for_id is not None:
        return []
    return list_clashes(session.workshop_id, session.starts_at, session.ends_at)


def refuse_unseen(session: WorkshopSession, seen: str | None) -> list[Clash]:
    """The clashes, once whoever decides has seen exactly them."""
    clashes = clashes_of(session)
    if clashes and seen is not None and seen != mark_of(clashes):
        raise DomainError(
            _(
                "People on a seat are bound elsewhere at this time. Choose another time, or save once more: they"
                " keep their seats and are told of it."
            ),
            "people_bound",
            "starts_at",
        )
    return clashes


def seated_people(workshop_id: int) -> list[int]:
    """The ids of the people who hold a seat and have not finished."""
    return list(
        db.session.scalars(
            select(Enrolment.person_id)
            .where(
                Enrolment.workshop_id == workshop_id,
                Enrolment.pool_id.is_not(None),
                Enrolment.status.in_(BOUND),
            )
            .order_by(Enrolment.number)
        )
    )


def tell_changed(
    workshop: Workshop, session: WorkshopSession, when: str, clashes: Sequence[Clash] = ()
) -> None:
    """Tell everybody seated; who is bound elsewhere at the new time is also told by what."""
    if workshop.status is WorkshopStatus.DRAFT:
        return
    told = {"title": workshop.title, "when": when, "place": session.place or "–"}
    page = page_of(workshop.id)
    by_person: dict[int, list[str]] = defaultdict(list)
    for clash in clashes:
        by_person[clash.person_id].append(f"“{clash.bound.title}” {clash.when}")
    free = [person for person in seated_people(workshop.id) if person not in by_person]
    tell_people(free, "workshops.changed", told, link=page)
    alike: dict[str, list[int]] = defaultdict(list)
    for person, bound in by_person.items():
        alike["; ".join(bound)].append(person)
    for text, people in alike.items():
        tell_people(people, "workshops.changed_clash", told | {"bound": text}, link=page)
