"""Reads of issued certificates: the list of a scope, one with its history, somebody's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern
from app.domain.certificates.models import Certificate, CertificateEvent
from app.domain.certificates.queries.ungrounded import is_ungrounded
from app.domain.certificates.rules.numbers import (
    number_key,
    number_start,
    parse_number,
    sequence_of,
)
from app.domain.certificates.rules.verifying import Standing
from app.domain.certificates.rules.words import CertificateKind, CertificateState, SourceKind
from app.domain.people.models import Person, TrainingRecord
from app.domain.people.queries.search import matching
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

_CHUNK = 100


@dataclass(frozen=True, slots=True)
class CertificateFilter:
    """What the list is narrowed to. ``path``: certificates issued there, or to people of it.

    ``ungrounded``: those whose training was withdrawn or is not passed any more.
    """

    path: str
    q: str = ""
    kind: CertificateKind | None = None
    standing: Standing | None = None
    year: int | None = None
    batch_id: int | None = None
    ungrounded: bool = False


def list_certificates(
    wanted: CertificateFilter, *, page: int = 1, size: int = PAGE_SIZE
) -> Page[Certificate]:
    """Certificates, the latest first, each with the unit that issued it and the holder's unit."""
    conditions = _conditions(wanted)
    joined = select(func.count()).select_from(Certificate).join(Certificate.unit)
    if wanted.q:
        joined = joined.join(Person, Person.id == Certificate.person_id)
    total = db.session.scalar(joined.where(*conditions)) or 0
    statement = select(Certificate).join(Certificate.unit)
    if wanted.q:
        statement = statement.join(Person, Person.id == Certificate.person_id)
    statement = (
        statement.options(contains_eager(Certificate.unit), joinedload(Certificate.person_unit))
        .where(*conditions)
        .order_by(*_order(wanted))
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.scalars(statement).all(), page, size, total)


def _order(wanted: CertificateFilter) -> tuple[Any, ...]:
    if wanted.batch_id is not None:
        return Certificate.sequence, Certificate.copy
    return (Certificate.id.desc(),)


def may_see(path: str) -> ColumnElement[bool]:
    """Issued by a unit of the subtree, or to somebody who was then at a unit of it; beside the issuing unit."""
    place = aliased(Unit)
    theirs = select(place.id).where(place.path.like(f"{path}%"))
    return or_(in_subtree(path), Certificate.person_unit_id.in_(theirs))


def _conditions(wanted: CertificateFilter) -> list[ColumnElement[bool]]:
    table = Certificate
    conditions = [may_see(wanted.path)]
    if wanted.q:
        conditions.append(_found_by(wanted.q))
    if wanted.kind is not None:
        conditions.append(table.kind == wanted.kind)
    if wanted.standing is not None:
        conditions.append(_stands(wanted.standing))
    if wanted.year is not None:
        first, last = date(wanted.year, 1, 1), date(wanted.year, 12, 31)
        conditions.append(table.issued_on.between(first, last))
    if wanted.batch_id is not None:
        conditions.append(table.batch_id == wanted.batch_id)
    if wanted.ungrounded:
        conditions.append(is_ungrounded())
    return conditions


def _found_by(text: str) -> ColumnElement[bool]:
    """By a number or part of it, however it is written, by the title, or by the holder."""
    if parse_number(text) is not None:
        return Certificate.number_key == number_key(text)
    ways: list[ColumnElement[bool]] = [Certificate.title.ilike(like_pattern(text), escape="\\")]
    start, sequence, by_person = number_start(text), sequence_of(text), matching(text)
    if start is not None:
        ways.append(Certificate.number_key.like(like_pattern(start, prefix=True), escape="\\"))
    if sequence is not None:
        ways.append(Certificate.sequence == sequence)
    if by_person is not None:
        ways.append(by_person)
    return or_(*ways)


def _stands(standing: Standing) -> ColumnElement[bool]:
    table, today = Certificate, clock.today()
    if standing is Standing.EXPIRED:
        return and_(table.state == CertificateState.VALID, table.valid_until < today)
    if standing is Standing.VALID:
        lasts = or_(table.valid_until.is_(None), table.valid_until >= today)
        return and_(table.state == CertificateState.VALID, lasts)
    return table.state == CertificateState(standing.value)


def get_certificate(
    certificate_id: int, *, scope: str | None = None, issued_by: str | None = None
) -> Certificate:
    """A certificate that a scope may see, or one issued within it; NotFound outside."""
    condition = in_subtree(issued_by) if issued_by is not None else may_see(scope or "")
    return _get(Certificate.id == certificate_id, condition)


def find_newest(number: str, *, scope: str) -> Certificate | None:
    """The newest copy of a number, however it is written, as far as a scope may see it."""
    return db.session.scalars(
        select(Certificate)
        .join(Certificate.unit)
        .where(Certificate.number_key == number_key(number), may_see(scope))
        .order_by(Certificate.copy.desc())
        .limit(1)
    ).first()


def get_own_certificate(certificate_id: int, *, account_id: int) -> Certificate:
    """A certificate of the account's own person; NotFound otherwise."""
    own = select(Person.id).where(Person.account_id == account_id)
    return _get(Certificate.id == certificate_id, Certificate.person_id.in_(own))


def _get(*conditions: ColumnElement[bool]) -> Certificate:
    found = db.session.scalar(
        select(Certificate)
        .join(Certificate.unit)
        .where(*conditions)
        .options(
            contains_eager(Certificate.unit),
            joinedload(Certificate.person_unit),
            joinedload(Certificate.person),
            joinedload(Certificate.key),
            joinedload(Certificate.batch),
        )
    )
    if found is None:
        raise NotFound(_("There is no such certificate within your unit."))
    return found


def list_of_number(certificate: Certificate) -> Sequence[Certificate]:
    """The certificate and its reissues, the latest first."""
    return db.session.scalars(
        select(Certificate)
        .where(
            Certificate.series_id == certificate.series_id,
            Certificate.sequence == certificate.sequence,
        )
        .order_by(Certificate.copy.desc())
    ).all()


def list_history(certificates: Sequence[Certificate]) -> Sequence[CertificateEvent]:
    """What happened to these certificates, the latest first."""
    ids = [one.id for one in certificates]
    return db.session.scalars(
        select(CertificateEvent)
        .where(CertificateEvent.certificate_id.in_(ids))
        .order_by(CertificateEvent.id.desc())
    ).all()


def list_certificates_of_person(person_id: int) -> Sequence[Certificate]:
    """All certificates issued to a person, also revoked and replaced ones, the latest first."""
    return db.session.scalars(
        select(Certificate)
        .options(joinedload(Certificate.unit), joinedload(Certificate.person_unit))
        .where(Certificate.person_id == person_id)
        .order_by(Certificate.issued_on.desc(), Certificate.id.desc())
    ).all()


def list_of_records(
    record_ids: Sequence[int], *, person_id: int
) -> Mapping[int, Sequence[Certificate]]:
    """The valid certificates of a person for the trainings of these records, by record; nothing for the others.

    One that was issued before the training was completed anew stands on the record of then.
    """
    found: dict[int, list[Certificate]] = {one: [] for one in record_ids}
    then = aliased(TrainingRecord)
    rows = db.session.execute(
        select(TrainingRecord.id, Certificate)
        .select_from(TrainingRecord)
        .join(
            then,
            and_(
                then.person_id == TrainingRecord.person_id,
                then.event_key == TrainingRecord.event_key,
            ),
        )
        .join(
            Certificate,
            and_(
                Certificate.source == SourceKind.TRAINING,
                Certificate.source_id == then.id,
                Certificate.person_id == person_id,
            ),
        )
        .where(
            TrainingRecord.id.in_(record_ids),
            TrainingRecord.person_id == person_id,
            Certificate.state == CertificateState.VALID,
        )
        .order_by(Certificate.id)
    )
    for record_id, one in rows:
        found[record_id].append(one)
    return found


def list_valid_of_batch(batch_id: int) -> Sequence[Certificate]:
    """The valid certificates of a batch by number, with their keys: what is printed."""
    return db.session.scalars(
        select(Certificate)
        .options(joinedload(Certificate.key), joinedload(Certificate.person_unit))
        .where(Certificate.batch_id == batch_id, Certificate.state == CertificateState.VALID)
        .order_by(Certificate.sequence, Certificate.copy)
    ).all()


def unmade(batch_id: int) -> list[int]:
    """The certificates of a batch whose paper is not made yet, by number."""
    return list(
        db.session.scalars(
            select(Certificate.id)
            .where(Certificate.batch_id == batch_id, Certificate.file_key.is_(None))
            .order_by(Certificate.sequence, Certificate.copy)
        )
    )


def read_many(ids: Sequence[int]) -> Iterator[Certificate]:
    """These certificates with their keys, in this order."""
    for start in range(0, len(ids), _CHUNK):
        part = ids[start : start + _CHUNK]
        found = {
            one.id: one
            for one in db.session.scalars(
                select(Certificate)
                .options(joinedload(Certificate.key))
                .where(Certificate.id.in_(part))
            )
        }
        yield from (found[one] for one in part)


def years_issued(path: str) -> list[int]:
    """The years in which certificates of a scope were issued, the latest first."""
    year = func.extract("year", Certificate.issued_on)
    rows = db.session.scalars(
        select(year)
        .join(Certificate.unit)
        .where(may_see(path))
        .group_by(year)
        .order_by(year.desc())
    )
    return [int(one) for one in rows]
