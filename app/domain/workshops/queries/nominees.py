"""People of a unit that may be nominated for a workshop, each with whether and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.paging import Page
from app.domain.people.models import Person
from app.domain.people.queries.search import matching
from app.domain.people.queries.visibility import Status, has_status
from app.domain.people.rules import PostingRole
from app.domain.people.sealed import masked_identity_number
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.queries.eligibility import Eligibility, Facts, Verdict
from app.domain.workshops.queries.openings import ACTIVE

NOMINEES_PAGE = 50


@dataclass(frozen=True, slots=True)
class Nominee:
    """Somebody of the unit: who, the masked number, whether they fit, and the enrolment they have already."""

    facts: Facts
    id_number: str
    verdict: Verdict
    enrolment: Enrolment | None


def list_nominees(
    workshop: Workshop,
    unit_path: str,
    *,
    q: str = "",
    role: PostingRole | None = None,
    page: int = 1,
    size: int = NOMINEES_PAGE,
) -> Page[Nominee]:
    """People posted in the subtree, by pinyin, each with why they do not fit; the same few queries for any page."""
    conditions = has_status(Status.CURRENT, unit_path, today=clock.today(), role=role)
    searched = matching(q)
    if searched is not None:
        conditions.append(searched)
    total = db.session.scalar(select(func.count(Person.id)).where(*conditions)) or 0
    rows = db.session.execute(
        select(Person.id, Person.id_number_sealed)
        .where(*conditions)
        .order_by(Person.sort_key, Person.id)
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    numbers = {row.id: masked_identity_number(row.id_number_sealed) for row in rows}
    return Page(read_nominees(workshop, list(numbers), numbers), page, size, total)


def read_nominees(
    workshop: Workshop, person_ids: Sequence[int], numbers: dict[int, str] | None = None
) -> list[Nominee]:
    """These people as nominees, in the same order."""
    known = Eligibility([workshop], person_ids)
    enrolled = {
        enrolment.person_id: enrolment
        for enrolment in db.session.scalars(
            select(Enrolment).where(
                Enrolment.workshop_id == workshop.id,
                Enrolment.person_id.in_(person_ids),
                Enrolment.status.in_(ACTIVE),
            )
        )
    }
    return [
        Nominee(
            facts=known.facts[person_id],
            id_number=(numbers or {}).get(person_id, ""),
            verdict=known.why_not(workshop.id, person_id),
            enrolment=enrolled.get(person_id),
        )
        for person_id in person_ids
        if person_id in known.facts
    ]
