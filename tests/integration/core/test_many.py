"""Many values and many rows travel as one parameter, and mean the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import String, select
from sqlalchemy.orm import Session

from app.core.db import atomic, execute, table_of
from app.core.many import among, insert_rows, values_of
from app.domain.accounts.models import Account
from app.domain.audit.models import AuditEntry
from tests import factories

AT = datetime(2026, 11, 22, 9, 30, 0, 123456, tzinfo=UTC)
_ENTRY = table_of(AuditEntry)
_BY_ID = select(Account.username).where(among(Account.id, values_of("ids"))).order_by(Account.id)
_BY_NAME = select(Account.id).where(among(Account.username, values_of("names", String)))


def entry(nonce: str, **columns: Any) -> dict[str, Any]:
    required = {"at": AT, "actor_name": "李", "role": "teacher", "action": "a.b", "mac": ""}
    return required | {"nonce": nonce} | columns


@pytest.mark.parametrize("chosen", [[], [0], [2, 0], [0, 1, 2]])
def test_finds_the_rows_of_any_number_of_values(session: Session, chosen: list[int]) -> None:
    accounts = [factories.make_account("teacher", factories.CHUXIONG) for _ in range(3)]
    known = [(account.id, account.username) for account in accounts]
    wanted = [known[place] for place in chosen]
    names = execute(_BY_ID, {"ids": {one for one, _name in wanted}}).scalars().all()
    assert names == [name for _id, name in sorted(wanted)]
    ids = execute(_BY_NAME, {"names": [name for _id, name in wanted]}).scalars().all()
    assert set(ids) == {one for one, _name in wanted}


def test_writes_rows_in_their_order_with_what_each_column_holds(session: Session) -> None:
    odd = '换行\n引号" 反斜杠\\ 百分号% \U0001f600'
    rows = [
        entry("1", details={"b": [1, None, True], "a": odd}, personal=b"\x00\xff", reason=odd),
        entry("2", details={}, personal=None, reason=None),
    ]
    with atomic():
        ids = [row.id for row in insert_rows(_ENTRY, rows, returning=("id", "nonce"))]
        insert_rows(_ENTRY, [entry("3")])
    written = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [one.nonce for one in written] == ["1", "2", "3"]
    assert [one.id for one in written[:2]] == ids
    first, second, third = written
    assert (first.at, first.actor_name, first.personal, first.reason) == (
        AT,
        "李",
        b"\x00\xff",
        odd,
    )
    assert list(first.details.items()) == [("b", [1, None, True]), ("a", odd)]
    assert (second.details, second.personal, second.reason) == ({}, None, None)
    assert (third.unit_path, third.channel, third.details) == ("/", "web", {})


def test_refuses_what_goes_into_no_row(session: Session) -> None:
    with pytest.raises(Exception, match="object"), atomic():
        insert_rows(_ENTRY, [entry("1", reason=object())])
