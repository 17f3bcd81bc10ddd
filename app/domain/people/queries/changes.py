"""What schools propose for their lists, as the county and the school see it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from app.core import crypto
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.domain.accounts.models import Account
from app.domain.people.models import Posting, PostingChange
from app.domain.people.rules import ChangeState, EndReason, PostingRole, Sex
from app.domain.people.rules.facts import PersonFacts, PostingFacts
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

PAYLOAD = "posting_changes.payload"


@dataclass(frozen=True)
class ProposedFacts:
    """The opened payload of a proposal: who (to add), as what (to add or change), why (to end)."""

    person: PersonFacts | None = None
    posting: PostingFacts | None = None
    end_reason: EndReason | None = None


def seal_payload(facts: ProposedFacts) -> bytes:
    """The payload as it is stored."""
    values: dict[str, Any] = {"end_reason": facts.end_reason}
    values["person"] = vars(facts.person) if facts.person else None
    values["posting"] = vars(facts.posting) if facts.posting else None
    return crypto.seal(json.dumps(values, ensure_ascii=False, default=str), PAYLOAD)


def open_payload(change: PostingChange) -> ProposedFacts:
    """What a proposal says."""
    values = json.loads(crypto.unseal(change.payload, PAYLOAD))
    person, posting, reason = values["person"], values["posting"], values["end_reason"]
    return ProposedFacts(
        person=PersonFacts(**_person(person)) if person else None,
        posting=PostingFacts(**_posting(posting)) if posting else None,
        end_reason=EndReason(reason) if reason else None,
    )


def _person(values: dict[str, Any]) -> dict[str, Any]:
    sex = Sex(values["sex"]) if values["sex"] else None
    days = {name: _day(values[name]) for name in ("born_on", "work_began_on")}
    return {**values, **days, "sex": sex}


def _posting(values: dict[str, Any]) -> dict[str, Any]:
    recruited_on = _day(values["recruited_on"])
    return {**values, "role": PostingRole(values["role"]), "recruited_on": recruited_on}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def list_changes(
    scope: str, *, state: ChangeState | None = None, page: int = 1, size: int = PAGE_SIZE
) -> Page[PostingChange]:
    """Proposals of the schools of a scope; waiting ones the oldest first, others the newest first."""
    conditions = _conditions(scope, state)
    counted = select(func.count()).select_from(PostingChange).join(Unit).where(*conditions)
    total = db.session.scalar(counted) or 0
    oldest_first = state is ChangeState.PROPOSED
    statement = (
        _loaded()
        .join(Unit, Unit.id == PostingChange.unit_id)
        .where(*conditions)
        .order_by(PostingChange.id if oldest_first else PostingChange.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.scalars(statement).all(), page, size, total)


def _conditions(scope: str, state: ChangeState | None) -> list[ColumnElement[bool]]:
    conditions = [in_subtree(scope)]
    if state is not None:
        conditions.append(PostingChange.state == state)
    return conditions


def _loaded() -> Any:
    return select(PostingChange).options(
        joinedload(PostingChange.unit),
        joinedload(PostingChange.person),
        joinedload(PostingChange.posting).joinedload(Posting.person),
    )


def waiting_changes(scope: str) -> Select[int]:
    """The count of proposals of a scope that wait for the county's answer."""
    return (
        select(func.count())
        .select_from(PostingChange)
        .join(Unit, Unit.id == PostingChange.unit_id)
        .where(*_conditions(scope, ChangeState.PROPOSED))
    )


def count_waiting_changes(scope: str) -> int:
    """How many proposals of a scope wait for the county's answer."""
    return db.session.scalar(waiting_changes(scope)) or 0


def count_recently_sent_back(scope: str, since: datetime) -> int:
    """How many proposals of a scope were sent back since then."""
    statement = (
        select(func.count())
        .select_from(PostingChange)
        .join(Unit, Unit.id == PostingChange.unit_id)
        .where(*_conditions(scope, ChangeState.SENT_BACK), PostingChange.decided_at >= since)
    )
    return db.session.scalar(statement) or 0


def get_change(change_id: int, *, scope: str) -> PostingChange:
    """One proposal of a school of the scope; NotFound otherwise."""
    change: PostingChange | None = db.session.scalar(
        _loaded()
        .join(Unit, Unit.id == PostingChange.unit_id)
        .where(PostingChange.id == change_id, in_subtree(scope))
    )
    if change is None:
        raise NotFound(_("There is no such proposal within your unit."))
    return change


def list_waiting_of_unit(unit_id: int) -> Sequence[PostingChange]:
    """The proposals of one school that wait."""
    return db.session.scalars(
        _loaded()
        .where(PostingChange.unit_id == unit_id, PostingChange.state == ChangeState.PROPOSED)
        .order_by(PostingChange.id)
    ).all()


def list_waiting_of_person(person_id: int) -> Sequence[PostingChange]:
    """The proposals about one person that wait."""
    return db.session.scalars(
        _loaded()
        .where(PostingChange.person_id == person_id, PostingChange.state == ChangeState.PROPOSED)
        .order_by(PostingChange.id)
    ).all()


def names_of_accounts(ids: set[int]) -> dict[int, str]:
    """What the accounts that proposed or decided are called."""
    rows = db.session.execute(
        select(Account.id, Account.display_name, Account.username).where(Account.id.in_(ids))
    )
    return {row.id: row.display_name or row.username for row in rows}
