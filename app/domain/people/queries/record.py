"""One person's record, and what hangs on it within the registry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.text import name_key
from app.domain.audit.models import AuditEntry
from app.domain.people.models import (
    LeadTeacherDesignation,
    Person,
    PersonDuty,
    Posting,
    StudioMembership,
    TrainingRecord,
)
from app.domain.people.queries.visibility import is_visible, not_ended
from app.domain.people.refusals import no_such_person, no_such_posting
from app.domain.people.rules.facts import main_posting_order
from app.domain.people.sealed import identity_index
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

HISTORY_ENTRIES = 100


def find_person(person_id: int, *, scope: str) -> Person | None:
    """The person with this id, if the scope may see them."""
    visible = is_visible(scope, today=clock.today())
    return db.session.scalar(
        select(Person)
        .options(joinedload(Person.registered_unit))
        .where(Person.id == person_id, visible)
    )


def get_person(person_id: int, *, scope: str) -> Person:
    """The person with this id; NotFound when unknown, merged, or outside the scope alike."""
    person = find_person(person_id, scope=scope)
    if person is None:
        raise no_such_person()
    return person


def find_kept_record(person_id: int, *, scope: str) -> int | None:
    """The id of the record that a merged one lives on in, if the scope may see it."""
    seen = {person_id}
    kept = _merged_into(person_id)
    while kept is not None and kept not in seen:
        seen.add(kept)
        further = _merged_into(kept)
        if further is None:
            return kept if find_person(kept, scope=scope) is not None else None
        kept = further
    return None


def _merged_into(person_id: int) -> int | None:
    return db.session.scalar(select(Person.merged_into_id).where(Person.id == person_id))


def find_person_of_account(account_id: int) -> Person | None:
    """The person this account belongs to."""
    return db.session.scalar(
        select(Person)
        .options(joinedload(Person.registered_unit))
        .where(Person.account_id == account_id, Person.merged_into_id.is_(None))
    )


def find_by_identity_number(number: str) -> Person | None:
    """Whoever has this identity number, wherever; for deciding, never for showing."""
    return db.session.scalar(
        select(Person)
        .options(joinedload(Person.registered_unit))
        .where(Person.id_number_index == identity_index(number), Person.merged_into_id.is_(None))
    )


def list_namesakes(name: str, *, scope: str, without: int | None = None) -> Sequence[Person]:
    """People of the same name that the scope may see, for telling records of one person apart."""
    statement = (
        select(Person)
        .options(joinedload(Person.registered_unit))
        .where(Person.name_key == name_key(name), is_visible(scope, today=clock.today()))
        .order_by(Person.id)
        .limit(20)
    )
    if without is not None:
        statement = statement.where(Person.id != without)
    return db.session.scalars(statement).all()


def list_postings(person_id: int) -> Sequence[Posting]:
    """All postings of a person with their units, the newest first."""
    return db.session.scalars(
        select(Posting)
        .options(joinedload(Posting.unit))
        .where(Posting.person_id == person_id)
        .order_by(Posting.valid_from.desc(), Posting.id.desc())
    ).all()


def find_main_posting(postings: Sequence[Posting]) -> Posting | None:
    """The main one of today: full time first, then the earliest (DOMAIN.md §3)."""
    today = clock.today()
    running = [
        posting
        for posting in postings
        if posting.valid_from <= today
        and (posting.valid_until is None or posting.valid_until >= today)
    ]
    return min(running, key=lambda p: main_posting_order(p.role, p.valid_from, p.id), default=None)


def get_posting(posting_id: int, *, scope: str) -> Posting:
    """A posting at a unit of the scope; NotFound otherwise."""
    posting = db.session.scalar(
        select(Posting)
        .join(Unit, Unit.id == Posting.unit_id)
        .join(Person, Person.id == Posting.person_id)
        .options(joinedload(Posting.unit), joinedload(Posting.person))
        .where(Posting.id == posting_id, in_subtree(scope), Person.merged_into_id.is_(None))
    )
    if posting is None:
        raise no_such_posting()
    return posting


@dataclass(frozen=True)
class RegistryFacts:
    """What the registry knows of a person beside postings, each newest first."""

    trainings: Sequence[TrainingRecord]
    designations: Sequence[LeadTeacherDesignation]
    memberships: Sequence[StudioMembership]
    duties: Sequence[PersonDuty]


def get_registry_facts(person_id: int) -> RegistryFacts:
    """Trainings (also withdrawn ones), designations, studio memberships and duties, with their units and studios."""
    trainings = select(TrainingRecord).options(
        joinedload(TrainingRecord.unit), joinedload(TrainingRecord.base_school)
    )
    return RegistryFacts(
        trainings=db.session.scalars(
            trainings.where(TrainingRecord.person_id == person_id).order_by(
                TrainingRecord.ended_on.desc(), TrainingRecord.id.desc()
            )
        ).all(),
        designations=db.session.scalars(
            select(LeadTeacherDesignation)
            .options(joinedload(LeadTeacherDesignation.nominating_unit))
            .where(LeadTeacherDesignation.person_id == person_id)
            .order_by(LeadTeacherDesignation.valid_from.desc(), LeadTeacherDesignation.id.desc())
        ).all(),
        memberships=db.session.scalars(
            select(StudioMembership)
            .options(joinedload(StudioMembership.studio))
            .where(StudioMembership.person_id == person_id)
            .order_by(StudioMembership.valid_from.desc(), StudioMembership.id.desc())
        ).all(),
        duties=db.session.scalars(
            select(PersonDuty)
            .options(joinedload(PersonDuty.unit))
            .where(PersonDuty.person_id == person_id)
            .order_by(PersonDuty.valid_from.desc(), PersonDuty.id.desc())
        ).all(),
    )


def list_history(person_id: int, *, limit: int = HISTORY_ENTRIES) -> Sequence[AuditEntry]:
    """The newest audit entries about a person, also those about records merged into this one."""
    merged = select(Person.id).where(Person.merged_into_id == person_id)
    return db.session.scalars(
        select(AuditEntry)
        .where(
            or_(
                AuditEntry.subject_id == person_id,
                AuditEntry.subject_id.in_(merged),
                (AuditEntry.object_type == "person") & (AuditEntry.object_id == str(person_id)),
            )
        )
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    ).all()


def list_running_postings(person_id: int) -> Sequence[Posting]:
    """Postings of a person that have not ended, with their units."""
    return db.session.scalars(
        select(Posting)
        .options(joinedload(Posting.unit))
        .where(Posting.person_id == person_id, not_ended(clock.today()))
        .order_by(Posting.valid_from, Posting.id)
    ).all()
