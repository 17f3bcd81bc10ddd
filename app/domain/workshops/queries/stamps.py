"""What tells that nothing of a workshop has changed: one row in the place of all that its pages are made of."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    bindparam,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from app.core.db import execute, table_of
from app.domain.accounts.models import Account
from app.domain.workshops.models import Enrolment, Programme, SeatPool, Workshop, WorkshopTrainer
from app.domain.workshops.rules.words import WorkshopStatus

_WORKSHOP = table_of(Workshop).alias("workshop")
_SOURCE = table_of(Workshop).alias("source")
_PROGRAMME = table_of(Programme)
_SEATS = table_of(SeatPool)
_PEOPLE = table_of(Enrolment)
_ACCOUNT = table_of(Account)
_TRAINER = table_of(WorkshopTrainer)


def _joined(*parts: ColumnElement[Any]) -> ColumnElement[str]:
    """Some columns of many rows as one text."""
    texts = [func.coalesce(cast(part, String), "") for part in parts]
    line: ColumnElement[str] = texts[0]
    for text in texts[1:]:
        line = line + "," + text
    return func.aggregate_strings(line, ";")


def _seats() -> ScalarSelect[Any]:
    columns = (_SEATS.c.id, _SEATS.c.unit_id, _SEATS.c.seats, _SEATS.c.taken)
    return select(_joined(*columns)).where(_SEATS.c.workshop_id == _WORKSHOP.c.id).scalar_subquery()


def _people() -> ScalarSelect[Any]:
    """Enrolments are never deleted, and whoever changes one raises its version: the sum only grows."""
    versions = select(func.sum(_PEOPLE.c.row_version))
    return versions.where(_PEOPLE.c.workshop_id == _WORKSHOP.c.id).scalar_subquery()


def _trainers() -> ScalarSelect[Any]:
    return (
        select(_joined(_ACCOUNT.c.id, _ACCOUNT.c.display_name, _ACCOUNT.c.username))
        .join(_TRAINER, _TRAINER.c.account_id == _ACCOUNT.c.id)
        .where(_TRAINER.c.workshop_id == _WORKSHOP.c.id)
        .scalar_subquery()
    )


# The columns of the workshop as the driver gives them; its version is raised by sessions, guide, files and trainers.
_STATEMENT: Select[Any] = (
    select(
        _WORKSHOP.c.status,
        *(type_coerce(column, NullType()) for column in _WORKSHOP.c),
        _PROGRAMME.c.row_version,
        _SOURCE.c.title,
        _SOURCE.c.cohort,
        _seats(),
        _people(),
        _trainers(),
    )
    .select_from(_WORKSHOP)
    .outerjoin(_PROGRAMME, _PROGRAMME.c.id == _WORKSHOP.c.programme_id)
    .outerjoin(_SOURCE, _SOURCE.c.id == _WORKSHOP.c.copied_from_id)
    .where(_WORKSHOP.c.id == bindparam("workshop_id"))
)


def find_stamp(workshop_id: int) -> str | None:
    """The stamp of a workshop: another one whenever its overview or its roster may show something else.

    What names of people and units say is told by the counted data (core.versions). None for a workshop that does not
    exist, and for a draft, whose page gives advice for this very moment.
    """
    row = execute(_STATEMENT, {"workshop_id": workshop_id}).first()
    if row is None or row[0] is WorkshopStatus.DRAFT:
        return None
    facts = repr(tuple(row)).encode("utf-8", "replace")
    return hashlib.blake2b(facts, digest_size=16).hexdigest()
