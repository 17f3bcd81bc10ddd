"""One act lands whole or not at all, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError, explain_constraint
from app.core.versions import counted_version
from app.domain.units.models import Unit
from tests import factories


def test_lands_nothing_of_a_failed_act(session: Session) -> None:
    before = session.scalar(select(func.count()).select_from(Unit))
    with pytest.raises(RuntimeError):
        _fail_after_writing()
    assert session.scalar(select(func.count()).select_from(Unit)) == before


def test_explains_a_violated_unique_constraint(session: Session) -> None:
    explain_constraint("uq_units_code", lambda: DomainError("taken", "code_taken", "code"))
    factories.make_school(code="5323010001")
    with pytest.raises(DomainError) as refusal:
        factories.make_school(code="5323010001")
    assert refusal.value.code == "code_taken"


def test_raises_the_data_version_once_per_act(session: Session) -> None:
    before = counted_version()
    factories.make_school()
    assert counted_version() == before + 1
    session.rollback()


def test_keeps_the_data_version_when_nothing_counted_changes(session: Session) -> None:
    before = counted_version()
    factories.make_account("bureau", factories.CHUXIONG)
    assert counted_version() == before
    db.session.rollback()


def _fail_after_writing() -> None:
    with atomic():
        factories.make_school()
        raise RuntimeError("later step fails")
