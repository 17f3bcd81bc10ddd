"""Whoever changes, removes or inserts a row of the audit record by SQL is found, on both databases."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import system_actor
from app.domain.audit.heads import keep_head, read_heads
from app.domain.audit.models import AuditEntry, AuditSeal
from app.domain.audit.operations import entry_values, record, write_entry
from app.domain.audit.rules import START, Break, BreakKind, Head
from app.domain.audit.sealing import read_head, seal_pending
from app.domain.audit.verification import verify
from migrations.triggers import GUARDED

ACTOR = system_actor("test", "钟会计")


def write(number: int = 3) -> list[int]:
    """Entries with personal values, details and a reason; their ids."""
    with atomic():
        return [
            record(
                ACTOR,
                "people.correct",
                object_type="person",
                object_id=place,
                subject_id=place,
                details={"fields": ["name", "性别"], "count": place, "share": 0.5},
                personal={"before": {"name": "李　梅"}, "after": {"name": "李梅"}},
                reason="更正",
            )
            for place in range(1, number + 1)
        ]


@pytest.fixture
def unguarded(session: Session) -> Session:
    """A session on a database without triggers and foreign keys, as its owner could make it."""
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    if db.engine.dialect.name == "sqlite":
        for table in GUARDED:
            cursor.execute(f"DROP TRIGGER {table}_no_update")
            cursor.execute(f"DROP TRIGGER {table}_no_delete")
    else:
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        cursor.execute("ALTER TABLE audit_seals DROP CONSTRAINT fk_audit_seals_entry_id")
    connection.commit()
    connection.close()
    return session


def tamper(statement: str, **values: object) -> None:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            assert connection.execute(text(statement), values).rowcount >= 1
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
    db.session.rollback()


def test_finds_an_untouched_record_intact(session: Session) -> None:
    write(5)
    result = verify()
    assert result.intact
    assert (result.entries, result.head.sequence) == (5, 5)
    assert result.head == read_head()


def test_finds_an_empty_record_intact(session: Session) -> None:
    assert verify().head == START


def test_seals_each_entry_once(session: Session) -> None:
    write(5)
    assert seal_pending(batch=2) == 5
    assert seal_pending() == 0
    write(1)
    assert seal_pending() == 1
    assert [row.sequence for row in session.scalars(select(AuditSeal))] == [1, 2, 3, 4, 5, 6]
    session.rollback()


def test_seals_an_entry_that_lands_after_one_with_a_higher_id(session: Session) -> None:
    ids = write(3)
    seal_pending()
    values = entry_values(ACTOR, "people.correct")
    with atomic():
        write_entry(values | {"id": ids[-1] + 50})
    seal_pending()
    with atomic():
        write_entry(values | {"id": ids[-1] + 7})
    assert seal_pending() == 1
    result = verify()
    assert result.intact
    assert result.entries == 5


@pytest.mark.parametrize(
    "change",
    [
        "details = '{\"count\": 9}'",
        "actor_name = '别人'",
        "reason = NULL",
        "personal = NULL",
        "object_id = '77'",
        "subject_id = 77",
        "origin = '10.0.0.9'",
        "at = '2023-08-16 02:00:00'",
        "action = 'people.read'",
        "role = 'teacher'",
        "channel = 'web'",
        "unit_path = '/9/'",
        "nonce = '0000000000000000'",
    ],
)
def test_finds_a_changed_entry(unguarded: Session, change: str) -> None:
    ids = write()
    seal_pending()
    tamper(f"UPDATE audit_entries SET {change} WHERE id = :id", id=ids[1])
    assert verify().first_break == Break(BreakKind.ENTRY_CHANGED, 2, ids[1])
    assert verify().entries == 1


def test_finds_an_entry_changed_before_it_was_sealed(unguarded: Session) -> None:
    ids = write()
    tamper("UPDATE audit_entries SET actor_name = '别人' WHERE id = :id", id=ids[0])
    assert verify().first_break == Break(BreakKind.ENTRY_CHANGED, 1, ids[0])


def test_finds_a_removed_entry(unguarded: Session) -> None:
    ids = write()
    seal_pending()
    tamper("DELETE FROM audit_entries WHERE id = :id", id=ids[1])
    assert verify().first_break == Break(BreakKind.ENTRY_MISSING, 2, ids[1])


def test_finds_an_entry_removed_with_its_seal(unguarded: Session) -> None:
    ids = write()
    seal_pending()
    tamper("DELETE FROM audit_seals WHERE entry_id = :id", id=ids[1])
    tamper("DELETE FROM audit_entries WHERE id = :id", id=ids[1])
    assert verify().first_break == Break(BreakKind.SEAL_MISSING, 2)


def test_finds_links_that_were_renumbered_over_a_gap(unguarded: Session) -> None:
    ids = write()
    seal_pending()
    tamper("DELETE FROM audit_seals WHERE entry_id = :id", id=ids[1])
    tamper("DELETE FROM audit_entries WHERE id = :id", id=ids[1])
    tamper("UPDATE audit_seals SET sequence = 2 WHERE sequence = 3")
    assert verify().first_break == Break(BreakKind.SEAL_CHANGED, 2, ids[2])


def test_finds_an_entry_put_in_by_sql(unguarded: Session) -> None:
    ids = write()
    tamper(
        "INSERT INTO audit_entries (id, at, actor_name, role, unit_path, origin, channel, action, object_type,"
        " object_id, details, nonce, mac) SELECT id + 100, at, '别人', role, unit_path, origin, channel, action,"
        " object_type, object_id, details, 'ffffffffffffffff', mac FROM audit_entries WHERE id = :id",
        id=ids[0],
    )
    assert verify().first_break == Break(BreakKind.ENTRY_CHANGED, 4, ids[0] + 100)


def test_refuses_a_copy_of_a_genuine_entry(session: Session) -> None:
    ids = write()
    with pytest.raises(DatabaseError):
        tamper(
            "INSERT INTO audit_entries (id, at, actor_name, role, unit_path, origin, channel, action, object_type,"
            " object_id, details, nonce, mac) SELECT id + 100, at, actor_name, role, unit_path, origin, channel,"
            " action, object_type, object_id, details, nonce, mac FROM audit_entries WHERE id = :id",
            id=ids[0],
        )
    db.session.rollback()


def test_finds_the_end_cut_off_by_a_head_that_was_kept(unguarded: Session) -> None:
    ids = write()
    seal_pending()
    head = read_head()
    tamper("DELETE FROM audit_seals WHERE entry_id = :id", id=ids[2])
    tamper("DELETE FROM audit_entries WHERE id = :id", id=ids[2])
    assert verify().intact
    assert verify([head]).first_break == Break(BreakKind.END_MISSING, 3)


def test_finds_an_end_that_was_written_anew(session: Session) -> None:
    write()
    seal_pending()
    other = Head(3, "a" * 64)
    found = verify([other]).first_break
    assert found is not None
    assert (found.kind, found.sequence) == (BreakKind.SEAL_CHANGED, 3)


def test_keeps_each_head_once_in_a_file(session: Session, tmp_path: Path) -> None:
    assert not keep_head(tmp_path, read_head(), clock.now())
    write(2)
    seal_pending()
    assert keep_head(tmp_path, read_head(), clock.now())
    assert not keep_head(tmp_path, read_head(), clock.now())
    assert read_heads(tmp_path) == [read_head()]
    assert verify(read_heads(tmp_path)).intact


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {}"])
def test_refuses_to_change_the_record_by_sql(session: Session, table: str, statement: str) -> None:
    write()
    seal_pending()
    column = "actor_name = 'x'" if table == "audit_entries" else "chain = 'x'"
    with pytest.raises(DatabaseError, match="append-only"):
        tamper(statement.format(table, column))
    db.session.rollback()
    assert verify().entries == 3


def test_refuses_to_empty_the_record(session: Session) -> None:
    write()
    if db.engine.dialect.name == "sqlite":
        return  # SQLite knows no TRUNCATE; a DELETE without a condition is tested above.
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text("TRUNCATE audit_entries CASCADE"))
    session.rollback()


def test_two_sealers_at_once_make_one_chain(app: Flask) -> None:
    with app.app_context():
        write(60)
    start = Barrier(3)

    def seal() -> None:
        with app.app_context():
            start.wait()
            seal_pending(batch=7)

    threads = [Thread(target=seal) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        result = verify()
        assert result.intact
        assert result.entries == 60


def test_writers_and_a_sealer_do_not_disturb_each_other(app: Flask) -> None:
    def write_some() -> None:
        with app.app_context():
            for _ in range(10):
                write(2)

    threads = [Thread(target=write_some) for _ in range(2)]
    for thread in threads:
        thread.start()
    with app.app_context():
        while any(thread.is_alive() for thread in threads):
            seal_pending(batch=3)
        for thread in threads:
            thread.join()
        result = verify()
        assert result.intact
        assert result.entries == 40
        db.session.rollback()


@pytest.mark.slow
def test_walks_ten_thousand_entries(session: Session) -> None:
    with atomic():
        for place in range(10_000):
            record(ACTOR, "people.correct", object_id=place, details={"place": place})
    result = verify()
    assert (result.intact, result.entries) == (True, 10_000)
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 10_000
    session.rollback()
