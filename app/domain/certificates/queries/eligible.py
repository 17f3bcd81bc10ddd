"""Whom a batch could be issued to, on what it would stand, and why others cannot have it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, func, literal, null, or_, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import db
from app.domain.certificates.models import Certificate
from app.domain.certificates.rules.issuing import Ground, Refusal, hand_key, why_not_entry
from app.domain.certificates.rules.words import CertificateKind, CertificateState, SourceKind
from app.domain.people.models import LeadTeacherDesignation, Person, TrainingRecord
from app.domain.people.queries.places import main_unit_id
from app.domain.people.queries.visibility import is_visible
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be issued: a kind of certificate, for what, on which day. ``scope``: whose people and records."""

    kind: CertificateKind
    source: SourceKind
    source_key: str
    title: str
    issued_on: date
    scope: str


@dataclass(frozen=True, slots=True)
class Eligible:
    """Somebody who took part; ``refusal`` is None when they can have the certificate."""

    person_id: int
    source_id: int
    name: str
    id_number_sealed: bytes | None
    unit_id: int
    unit_path: str
    unit_name: str
    ground: Ground
    cohort: str
    level: str
    organiser: str
    refusal: Refusal | None

    @property
    def hours(self) -> Decimal | None:
        return self.ground.hours


def read_eligible(wanted: Wanted, person_ids: Collection[int] | None = None) -> Sequence[Eligible]:
    """Those of the people named who took part (without names, everybody who did), in the order of their pinyin.

    By hand people must be named. Withdrawn records count only when nothing else stands for a person named.
    """
    if wanted.source is SourceKind.TRAINING:
        statement = _trained(wanted)
    elif wanted.source is SourceKind.DESIGNATION:
        statement = _designated(wanted)
    else:
        statement = _anybody(wanted)
    if person_ids is not None:
        statement = statement.where(Person.id.in_(person_ids))
    rows = db.session.execute(statement.order_by(Person.sort_key, Person.id)).all()
    best: dict[int, Eligible] = {}
    for row in rows:
        found = _eligible(row, wanted)
        known = best.get(found.person_id)
        if known is None or _weight(found) > _weight(known):
            best[found.person_id] = found
    return list(best.values())


def _weight(one: Eligible) -> tuple[bool, bool]:
    return one.refusal is None, not one.ground.withdrawn


def read_chosen(wanted: Wanted, person_ids: Sequence[int]) -> Sequence[Eligible]:
    """These people in this order; who took no part any more, or left the unit since, is told as gone."""
    found = {one.person_id: one for one in read_eligible(wanted, person_ids)}
    lost = [one for one in person_ids if one not in found]
    if lost:
        names = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(lost)))
        found |= {row.id: _gone(row.id, row.name) for row in names}
    return [found[one] for one in person_ids if one in found]


def _gone(person_id: int, name: str) -> Eligible:
    """Where they are now is not the unit's to know."""
    return Eligible(
        person_id=person_id,
        source_id=0,
        name=name,
        id_number_sealed=None,
        unit_id=0,
        unit_path="",
        unit_name="",
        ground=Ground(),
        cohort="",
        level="",
        organiser="",
        refusal=Refusal.GONE,
    )


def _issued(wanted: Wanted, source_id: Any) -> Any:
    """Whether they hold a valid one for it. A training is the same also when its records were written anew."""
    stands_on = Certificate.source_id == source_id
    if wanted.source is SourceKind.TRAINING:
        record = aliased(TrainingRecord)
        stands_on = Certificate.source_id.in_(
            select(record.id).where(
                record.event_key == wanted.source_key, record.person_id == Certificate.person_id
            )
        )
    return (
        select(Certificate.id)
        .where(
            Certificate.person_id == Person.id,
            Certificate.kind == wanted.kind,
            Certificate.source == wanted.source,
            stands_on,
            Certificate.state == CertificateState.VALID,
        )
        .correlate_except(Certificate)
        .exists()
        .label("issued")
    )


def _columns(wanted: Wanted, source_id: Any, table: Any) -> list[Any]:
    return [
        Person.id.label("person_id"),
        source_id.label("source_id"),
        Person.name,
        Person.id_number_sealed,
        Person.merged_into_id,
        Unit.id.label("unit_id"),
        Unit.path,
        Unit.name.label("unit_name"),
        _issued(wanted, source_id),
        *table,
    ]


def _trained(wanted: Wanted) -> Select[Any]:
    table = TrainingRecord
    own = [
        table.event_key,
        table.started_on.label("from_day"),
        table.ended_on.label("until_day"),
        table.hours,
        table.result,
        table.passed,
        table.withdrawn_at,
        table.cohort,
        table.level,
        table.organiser,
    ]
    return (
        select(*_columns(wanted, table.id, own))
        .select_from(table)
        .join(Person, Person.id == table.person_id)
        .join(Unit, Unit.id == table.unit_id)
        .where(table.event_key == wanted.source_key, in_subtree(wanted.scope))
    )


def _designated(wanted: Wanted) -> Select[Any]:
    table = LeadTeacherDesignation
    own = [
        literal("").label("event_key"),
        table.valid_from.label("from_day"),
        table.valid_until.label("until_day"),
        *_nothing(),
    ]
    return (
        select(*_columns(wanted, table.id, own))
        .select_from(table)
        .join(Person, Person.id == table.person_id)
        .join(Unit, Unit.id == table.nominating_unit_id)
        .where(in_subtree(wanted.scope))
        .where(or_(table.valid_until.is_(None), table.valid_until >= wanted.issued_on))
    )


def _anybody(wanted: Wanted) -> Select[Any]:
    today = clock.today()
    key = literal(hand_key(wanted.title))
    own = [
        literal("").label("event_key"),
        null().label("from_day"),
        null().label("until_day"),
        *_nothing(),
    ]
    at = func.coalesce(main_unit_id(today), Person.registered_unit_id)
    return (
        select(*_columns(wanted, key, own))
        .select_from(Person)
        .join(Unit, Unit.id == at)
        .where(is_visible(wanted.scope, today=today))
    )


def _nothing() -> list[Any]:
    """What a designation or somebody's word does not say."""
    return [
        null().label("hours"),
        null().label("result"),
        literal(True).label("passed"),
        null().label("withdrawn_at"),
        null().label("cohort"),
        null().label("level"),
        null().label("organiser"),
    ]


def _eligible(row: Row[Any], wanted: Wanted) -> Eligible:
    ground = Ground(
        source_key=row.event_key,
        from_day=row.from_day,
        until_day=row.until_day,
        hours=row.hours,
        result=row.result or "",
        passed=bool(row.passed),
        withdrawn=row.withdrawn_at is not None,
        merged=row.merged_into_id is not None,
        issued=bool(row.issued),
    )
    key = wanted.source_key
    return Eligible(
        person_id=row.person_id,
        source_id=row.source_id,
        name=row.name,
        id_number_sealed=row.id_number_sealed,
        unit_id=row.unit_id,
        unit_path=row.path,
        unit_name=row.unit_name,
        ground=ground,
        cohort=row.cohort or "",
        level=row.level.value if row.level is not None else "",
        organiser=row.organiser or "",
        refusal=why_not_entry(wanted.kind, wanted.source, key, wanted.issued_on, ground),
    )
