"""Certificates that both records have: each is kept once, and what renewed the one renews the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import RowMapping, Table, select

from app.core.db import db
from app.domain.certificates.models import BatchEntry, Credential
from app.domain.certificates.rules import DROPPED, CredentialState
from app.domain.personal_data.journal import Journal

Pair = tuple[RowMapping, RowMapping]


def resolve_certificates(journal: Journal, *, kept_id: int, merged_id: int, reason: str) -> None:
    """Before the rows move: of two entries of one certificate, or two places in one batch, one stays.

    Of two entries the verified one stays, else the kept record's.
    """
    kept, merged = _held(kept_id), _held(merged_id)
    instead: dict[int, int] = {}
    for mine, other in _twins(kept, merged):
        better = other["state"] is CredentialState.VERIFIED is not mine["state"]
        winner, loser = (other, mine) if better else (mine, other)
        instead[loser["id"]] = winner["id"]
    wanted = _chains([*kept, *merged], instead)
    for loser_id in instead:
        values = {"state": CredentialState.REJECTED, "decision_reason": reason}
        journal.change(_table(Credential), loser_id, values)
    before = {row["id"]: row["renews_id"] for row in (*kept, *merged) if row["id"] in wanted}
    for row_id in _in_free_order(before, wanted):
        journal.change(_table(Credential), row_id, {"renews_id": wanted[row_id]})
    _leave_batches(journal, kept_id, merged_id)


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


def _held(person_id: int) -> Sequence[RowMapping]:
    table = _table(Credential)
    return (
        db.session.execute(
            select(table)
            .where(table.c.person_id == person_id, table.c.state.not_in(DROPPED))
            .order_by(table.c.id)
        )
        .mappings()
        .all()
    )


def _twins(kept: Sequence[RowMapping], merged: Sequence[RowMapping]) -> Iterator[Pair]:
    """The entries of one certificate: of one kind and number, and issued on one day where there are several.

    Along a chain all may bear one number, so none is a twin twice.
    """
    mine, others = list(kept), list(merged)
    for columns in (("kind_id", "number_key", "issued_on"), ("kind_id", "number_key")):
        for other in list(others):
            same = (
                row
                for row in mine
                if row["number_key"] and all(row[name] == other[name] for name in columns)
            )
            twin = next(same, None)
            if twin is not None:
                mine.remove(twin)
                others.remove(other)
                yield twin, other


def _chains(rows: Sequence[RowMapping], instead: dict[int, int]) -> dict[int, int | None]:
    """What each entry that stays renews then; two renewals of one certificate stand one behind the other."""
    by_id = {row["id"]: row for row in rows}
    wanted: dict[int, int | None] = {}
    for row in sorted(rows, key=_moment):
        stays = instead.get(row["id"], row["id"])
        renews = row["renews_id"]
        step = instead.get(renews, renews)
        wanted.setdefault(stays, None)
        if wanted[stays] is None and step is not None and stays not in _earlier(wanted, step):
            wanted[stays] = step
    for one in sorted(wanted, key=lambda each: _moment(by_id[each])):
        _stand_behind(wanted, one)
    return wanted


def _moment(row: RowMapping) -> tuple[Any, int]:
    return row["issued_on"] or row["recorded_for"], row["id"]


def _earlier(renews: dict[int, int | None], start: int) -> list[int]:
    found: list[int] = []
    step: int | None = start
    while step is not None and step not in found:
        found.append(step)
        step = renews.get(step)
    return found


def _stand_behind(wanted: dict[int, int | None], first: int) -> None:
    """Whatever else renews what ``first`` renews comes after the last one that follows ``first``."""
    rivals = [
        one
        for one, old in wanted.items()
        if one != first and old is not None and old == wanted[first]
    ]
    for rival in rivals:
        last, follower = first, _renewal_of(wanted, first)
        while follower is not None:
            last, follower = follower, _renewal_of(wanted, follower)
        wanted[rival] = last


def _renewal_of(wanted: dict[int, int | None], credential_id: int) -> int | None:
    return next((new for new, old in wanted.items() if old == credential_id), None)


def _in_free_order(before: dict[int, int | None], wanted: dict[int, int | None]) -> Iterator[int]:
    """Entries whose link changes, each when nothing else renews the same any more: that is unique at any moment."""
    now = dict(before)
    waiting = [one for one in wanted if now[one] != wanted[one]]
    while waiting:
        taken = set(now.values())
        free = [one for one in waiting if wanted[one] is None or wanted[one] not in taken]
        one = (free or waiting)[0]
        waiting.remove(one)
        now[one] = wanted[one]
        yield one


def _leave_batches(journal: Journal, kept_id: int, merged_id: int) -> None:
    """Chosen twice for one batch: once is enough. What was issued to either stays issued."""
    table = _table(BatchEntry)
    chosen = select(table.c.batch_id).where(table.c.person_id == kept_id)
    twice = select(table.c.id).where(table.c.person_id == merged_id, table.c.batch_id.in_(chosen))
    for row_id in db.session.scalars(twice.order_by(table.c.id)).all():
        journal.remove(table, row_id)
