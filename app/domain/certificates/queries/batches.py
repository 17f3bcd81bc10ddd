"""Reads of batches: the list of a scope, one with how far it is, who is in it and who is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.jobs import Job, JobState
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern
from app.domain.certificates.models import (
    BatchEntry,
    Certificate,
    CertificateBatch,
    CertificateTemplate,
    TemplateVersion,
)
from app.domain.certificates.queries.eligible import Eligible, Wanted, read_chosen, read_eligible
from app.domain.certificates.queries.templates import has_version, is_above, is_in_use
from app.domain.certificates.rules.words import (
    BatchState,
    CertificateKind,
    SourceKind,
    TemplateStatus,
)
from app.domain.units.queries import in_subtree


@dataclass(frozen=True, slots=True)
class BatchFilter:
    """What the list is narrowed to; ``path``: of the unit that issues, ``unit_id``: this unit alone."""

    path: str
    q: str = ""
    state: BatchState | None = None
    kind: CertificateKind | None = None
    source_key: str = ""
    unit_id: int | None = None


def list_batches(wanted: BatchFilter, *, page: int = 1, size: int = PAGE_SIZE) -> Page[Row[Any]]:
    """Batches, the newest first: rows of (CertificateBatch with its unit, people, stopped).

    Discarded ones when asked for.
    """
    conditions = _conditions(wanted)
    joined = select(func.count()).select_from(CertificateBatch).join(CertificateBatch.unit)
    total = db.session.scalar(joined.where(*conditions)) or 0
    chosen = (
        select(func.count())
        .select_from(BatchEntry)
        .where(BatchEntry.batch_id == CertificateBatch.id)
        .correlate(CertificateBatch)
        .scalar_subquery()
    )
    statement: Any = (
        select(CertificateBatch, chosen.label("people"), _is_stopped().label("stopped"))
        .join(CertificateBatch.unit)
        .options(contains_eager(CertificateBatch.unit))
        .where(*conditions)
        .order_by(CertificateBatch.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total)


def _conditions(wanted: BatchFilter) -> list[ColumnElement[bool]]:
    table = CertificateBatch
    conditions = [in_subtree(wanted.path)]
    if wanted.q:
        conditions.append(table.title.ilike(like_pattern(wanted.q), escape="\\"))
    conditions.append(_stands(wanted.state))
    if wanted.unit_id is not None:
        conditions.append(table.unit_id == wanted.unit_id)
    if wanted.kind is not None:
        conditions.append(table.kind == wanted.kind)
    if wanted.source_key:
        conditions.append(table.source_key == wanted.source_key)
    return conditions


def _stands(state: BatchState | None) -> ColumnElement[bool]:
    table = CertificateBatch
    if state is None:
        return table.state != BatchState.DISCARDED
    if state is BatchState.FAILED:
        return _is_stopped()
    if state is BatchState.ISSUING:
        return and_(table.state == state, ~_is_stopped())
    return table.state == state


def _is_stopped() -> ColumnElement[bool]:
    """Papers are missing and nobody makes them: given up, or left by a worker that died too often."""
    table = CertificateBatch
    at_work = (
        select(Job.id)
        .where(Job.id == table.job_id, Job.state.in_([JobState.QUEUED, JobState.RUNNING]))
        .correlate(table)
        .exists()
    )
    return or_(table.state == BatchState.FAILED, and_(table.state == BatchState.ISSUING, ~at_work))


def waiting_batches(unit_id: int, state: BatchState) -> Select[int]:
    """The count of the batches of a unit in a state."""
    return (
        select(func.count())
        .select_from(CertificateBatch)
        .where(CertificateBatch.unit_id == unit_id, _stands(state))
    )


def get_batch(batch_id: int, *, scope: str) -> CertificateBatch:
    """A batch of a unit of the scope, with unit, template and version; NotFound outside."""
    found = db.session.scalar(
        select(CertificateBatch)
        .join(CertificateBatch.unit)
        .where(CertificateBatch.id == batch_id, in_subtree(scope))
        .options(
            contains_eager(CertificateBatch.unit),
            joinedload(CertificateBatch.version).joinedload(TemplateVersion.template),
        )
    )
    if found is None:
        raise NotFound(_("There is no such batch within your unit."))
    return found


def wanted_of(batch: CertificateBatch) -> Wanted:
    """What a batch issues, to people of the unit that issues it, whoever prepares it."""
    return Wanted(
        kind=batch.kind,
        source=batch.source,
        source_key=batch.source_key,
        title=batch.title,
        issued_on=batch.issued_on,
        scope=batch.unit.path,
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How many were chosen, how many hold a number, how many papers are made."""

    chosen: int
    issued: int
    made: int


def read_progress(batch_id: int) -> Progress:
    """How far a batch is."""
    chosen = (
        select(func.count())
        .select_from(BatchEntry)
        .where(BatchEntry.batch_id == batch_id)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(
            chosen,
            func.count(Certificate.id),
            func.count(Certificate.file_key),
        ).where(Certificate.batch_id == batch_id)
    ).one()
    return Progress(row[0], row[1], row[2])


def chosen_ids(batch_id: int) -> list[int]:
    """The people of a batch, in the order in which they get their numbers."""
    return list(
        db.session.scalars(
            select(BatchEntry.person_id)
            .where(BatchEntry.batch_id == batch_id)
            .order_by(BatchEntry.position)
        )
    )


def list_chosen(batch: CertificateBatch, *, page: int = 1, size: int = PAGE_SIZE) -> Page[Eligible]:
    """Who is in a draft, in the order of their numbers, and whether they can have it still."""
    ids = chosen_ids(batch.id)
    shown = ids[(page - 1) * size : page * size]
    return Page(read_chosen(wanted_of(batch), shown), page, size, len(ids))


def list_others(batch: CertificateBatch, *, page: int = 1, size: int = PAGE_SIZE) -> Page[Eligible]:
    """Who took part and is not in the draft: those who could be first, then the others and why not."""
    inside = set(chosen_ids(batch.id))
    if batch.source is SourceKind.HAND:
        return Page([], page, size, 0)
    others = [one for one in read_eligible(wanted_of(batch)) if one.person_id not in inside]
    others.sort(key=lambda one: one.refusal is not None)
    return Page(others[(page - 1) * size : page * size], page, size, len(others))


def list_usable_templates(unit_path: str) -> Sequence[CertificateTemplate]:
    """Templates that a unit may issue with: published, its own, of a unit above it, or ready-made."""
    table = CertificateTemplate
    return db.session.scalars(
        select(table)
        .outerjoin(table.unit)
        .options(contains_eager(table.unit))
        .where(
            is_in_use(),
            has_version(TemplateStatus.PUBLISHED),
            table.unit_id.is_(None) | is_above(unit_path),
        )
        .order_by(table.unit_id.is_(None), table.id)
    ).all()


def last_prefix(unit_id: int) -> str:
    """The prefix that a unit used last; nothing before its first batch."""
    found = db.session.scalar(
        select(CertificateBatch.prefix)
        .where(CertificateBatch.unit_id == unit_id)
        .order_by(CertificateBatch.id.desc())
        .limit(1)
    )
    return found or ""
