"""Trainings of one's own unit that are finished and for which nobody has prepared a certificate yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select

from app.core import clock
from app.core.db import db
from app.core.paging import PAGE_SIZE, Page
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Certificate, CertificateBatch
from app.domain.certificates.rules.words import BatchState, SourceKind
from app.domain.people.models import TrainingRecord
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

LOOKED_BACK = timedelta(days=180)  # older ones got theirs on paper, or never will


def _uncertified(actor: Actor) -> Select[Any]:
    """One row a training that the actor's unit organised and somebody passed: as ``list_events`` gives them."""
    table = TrainingRecord
    prepared = (
        select(CertificateBatch.id)
        .where(
            CertificateBatch.source_key == table.event_key,
            CertificateBatch.state != BatchState.DISCARDED,
        )
        .correlate(table)
        .exists()
    )
    issued = (
        select(Certificate.id)
        .where(
            Certificate.person_id == table.person_id,
            Certificate.source == SourceKind.TRAINING,
            Certificate.source_id == table.id,
        )
        .correlate(table)
        .exists()
    )
    columns: tuple[Any, ...] = (
        table.event_key.label("key"),
        func.min(table.title).label("title"),
        func.min(table.cohort).label("cohort"),
        func.max(table.ended_on).label("ended_on"),
        func.max(table.hours).label("hours"),
        func.count().label("passed"),
    )
    statement: Select[Any] = (
        select(*columns)
        .join(Unit, Unit.id == table.unit_id)
        .where(
            in_subtree(actor.unit_path),
            table.organiser == actor.unit_name,
            table.ended_on >= clock.today() - LOOKED_BACK,
            table.passed.is_(True),
            table.withdrawn_at.is_(None),
            ~prepared,
        )
        .group_by(table.event_key)
        .having(func.count().filter(issued) == 0)
    )
    return statement


def uncertified_trainings(actor: Actor) -> Select[int]:
    """The count of them."""
    return select(func.count()).select_from(_uncertified(actor).subquery())


def list_uncertified(actor: Actor, *, page: int = 1, size: int = PAGE_SIZE) -> Page[Row[Any]]:
    """The trainings themselves, the latest first: rows of key, title, cohort, ended_on, hours, passed."""
    total = db.session.scalar(uncertified_trainings(actor)) or 0
    statement = (
        _uncertified(actor)
        .order_by(func.max(TrainingRecord.ended_on).desc(), TrainingRecord.event_key)
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total)
