"""The trainers of a workshop by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select

from app.core.db import db
from app.domain.accounts.models import Account
from app.domain.workshops.models import WorkshopSession, WorkshopTrainer


def list_trainers(workshop_id: int) -> Sequence[Row[Any]]:
    """Who trains: rows of id, account_id, name, role, session_id, starts_at (of that session)."""
    name = func.coalesce(func.nullif(Account.display_name, ""), Account.username).label("name")
    columns: tuple[Any, ...] = (
        WorkshopTrainer.id,
        WorkshopTrainer.account_id,
        name,
        WorkshopTrainer.role,
        WorkshopTrainer.session_id,
        WorkshopSession.starts_at,
    )
    statement: Select[Any] = (
        select(*columns)
        .join(Account, Account.id == WorkshopTrainer.account_id)
        .outerjoin(WorkshopSession, WorkshopSession.id == WorkshopTrainer.session_id)
        .where(WorkshopTrainer.workshop_id == workshop_id)
        .order_by(WorkshopTrainer.id)
    )
    return db.session.execute(statement).all()


def find_trained_workshop_id(trainer_id: int) -> int | None:
    """The workshop that this assignment of a trainer belongs to."""
    return db.session.scalar(
        select(WorkshopTrainer.workshop_id).where(WorkshopTrainer.id == trainer_id)
    )
