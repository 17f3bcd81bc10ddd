"""Migrations run up and down with data in the tables, and lose neither rows nor triggers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from app.config import PROJECT_ROOT
from app.core.db import Base, atomic, db
from app.domain.audit.models import AuditEntry
from app.domain.audit.operations import record
from app.domain.people.models import Person, Posting
from app.domain.units.models import Unit, UnitVersion
from tests import factories

RECREATING = '''
"""A later migration that copies tables, as batch mode does on SQLite."""
from alembic import op

revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade():
    for table in ("units", "people", "audit_entries"):
        with op.batch_alter_table(table, recreate="{recreate}") as batch:
            batch.alter_column("{column}".split(",")[("units", "people", "audit_entries").index(table)], nullable=False)


def downgrade():
    pass
'''


@pytest.fixture
def filled(app: Flask) -> Iterator[Flask]:
    """An application whose database has people, postings and audit entries."""
    with app.app_context():
        school = factories.make_school()
        factories.make_counselor(school, number=factories.id_number(1))
        actor = factories.make_actor("bureau", factories.CHUXIONG)
        with atomic():
            record(actor, "people.reveal", object_type="person", object_id=1)
        yield app
        db.session.rollback()


def _counts() -> dict[str, int]:
    models = (Unit, UnitVersion, Person, Posting, AuditEntry)
    with db.engine.connect() as connection:
        return {
            model.__tablename__: connection.scalar(select(func.count()).select_from(model)) or 0
            for model in models
        }


def test_has_one_head_and_numbered_files() -> None:
    scripts = ScriptDirectory(str(PROJECT_ROOT / "migrations"))
    assert len(scripts.get_heads()) == 1
    for script in scripts.walk_revisions():
        assert Path(script.path).name.startswith(f"{script.revision}_")
        assert len(script.revision) == 4


def test_describes_the_models_exactly(filled: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_keeps_the_data_through_down_and_up(filled: Flask) -> None:
    before = _counts()
    db.session.rollback()
    downgrade(revision="0001")
    upgrade()
    assert _counts() == before


def test_leaves_nothing_behind_at_the_bottom(filled: Flask) -> None:
    db.session.rollback()
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade()
    assert _counts()["units"] == 21


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entries SET reason = 'x'", "DELETE FROM audit_entries"]
)
def test_refuses_to_change_the_audit_record_by_sql(filled: Flask, statement: str) -> None:
    with db.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))


def test_keeps_rows_and_triggers_when_tables_are_copied(filled: Flask, tmp_path: Path) -> None:
    before = _counts()
    db.session.rollback()
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    recreate = "always" if db.engine.dialect.name == "sqlite" else "never"
    scripts = shutil.copytree(PROJECT_ROOT / "migrations", tmp_path / "migrations")
    source = RECREATING.format(head=current, recreate=recreate, column="name,name,action")
    (scripts / "versions" / "9999_copy.py").write_text(source)
    upgrade(directory=str(scripts))
    assert _counts() == before
    test_refuses_to_change_the_audit_record_by_sql(filled, "DELETE FROM audit_entries")
