"""Reads of credentials: the list of a scope, who waits for verification, the same number elsewhere."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern
from app.domain.certificates.models import Credential, CredentialKindRule
from app.domain.certificates.queries.chains import is_renewed
from app.domain.certificates.rules import (
    DROPPED,
    EXPIRES_SOON_DAYS,
    CredentialState,
    normalise_number,
    years_after,
)
from app.domain.people.models import Person
from app.domain.people.queries.places import main_unit_name
from app.domain.people.queries.search import matching
from app.domain.people.queries.visibility import is_visible


class Life(enum.StrEnum):
    """How long a credential still lives."""

    EXPIRED = "expired"
    EXPIRES_SOON = "expires_soon"
    RENEWAL_OVERDUE = "renewal_overdue"
    REVOKED = "revoked"


@dataclass(frozen=True)
class CredentialFilter:
    """What the list is narrowed to; ``path``: whose people."""

    path: str
    q: str = ""
    state: CredentialState | None = None
    kind_id: int | None = None
    life: Life | None = None


def _renewal_overdue(rules: Mapping[int, CredentialKindRule], today: date) -> ColumnElement[bool]:
    last = func.coalesce(Credential.renewed_on, Credential.issued_on)
    overdue = [
        and_(Credential.kind_id == kind_id, last < years_after(today, -rule.renewal_years))
        for kind_id, rule in rules.items()
        if rule.renewal_years
    ]
    return or_(*overdue) if overdue else false()


def lives(life: Life, rules: Mapping[int, CredentialKindRule], today: date) -> ColumnElement[bool]:
    """How long a credential still lives; ``rules`` of kinds are asked only for what is registered anew."""
    stands = and_(
        Credential.revoked_on.is_(None),
        Credential.state.not_in(DROPPED),
        ~is_renewed(CredentialState.VERIFIED),
    )
    if life is Life.REVOKED:
        return Credential.revoked_on.is_not(None)
    if life is Life.EXPIRED:
        return and_(stands, Credential.expires_on < today)
    if life is Life.EXPIRES_SOON:
        soon = today + timedelta(days=EXPIRES_SOON_DAYS)
        return and_(stands, Credential.expires_on.between(today, soon))
    return and_(stands, _renewal_overdue(rules, today))


def _found_by(text: str) -> ColumnElement[bool] | None:
    """By the person, or by part of the number."""
    number = normalise_number(text)
    if number is None:
        return None
    by_number = Credential.number_key.like(like_pattern(number, prefix=True), escape="\\")
    by_person = matching(text)
    return by_number if by_person is None else or_(by_person, by_number)


def _conditions(
    wanted: CredentialFilter, rules: Mapping[int, CredentialKindRule], today: date
) -> list[ColumnElement[bool]]:
    conditions = [is_visible(wanted.path, today=today)]
    if wanted.state is not None:
        conditions.append(Credential.state == wanted.state)
    if wanted.kind_id is not None:
        conditions.append(Credential.kind_id == wanted.kind_id)
    if wanted.life is not None:
        conditions.append(lives(wanted.life, rules, today))
    searched = _found_by(wanted.q)
    return conditions if searched is None else [*conditions, searched]


def list_credentials(
    wanted: CredentialFilter,
    rules: Mapping[int, CredentialKindRule],
    *,
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Page[Row[Any]]:
    """Credentials by the pinyin of who holds them, those that expire soon by their last day.

    Rows of (Credential with its kind, name, born_on, posted_at).
    """
    today = clock.today()
    conditions = _conditions(wanted, rules, today)
    joined = select(func.count()).select_from(Credential).join(Person)
    total = db.session.scalar(joined.where(*conditions)) or 0
    first = [Credential.expires_on] if wanted.life is Life.EXPIRES_SOON else []
    statement: Any = (
        select(Credential, Person.name, Person.born_on, main_unit_name(today).label("posted_at"))
        .join(Person, Person.id == Credential.person_id)
        .join(Credential.kind)
        .options(contains_eager(Credential.kind))
        .where(*conditions)
        .order_by(*first, Person.sort_key, Person.id, Credential.issued_on, Credential.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total)


def get_credential(credential_id: int, *, scope: str) -> Credential:
    """A credential of a person within the scope, with person and kind; NotFound outside."""
    credential = db.session.scalar(
        select(Credential)
        .join(Person, Person.id == Credential.person_id)
        .where(Credential.id == credential_id, is_visible(scope, today=clock.today()))
        .options(contains_eager(Credential.person), joinedload(Credential.kind))
    )
    if credential is None:
        raise NotFound(_("There is no such credential within your unit."))
    return credential


def _waiting(scope: str) -> Select[Any]:
    return (
        select(Credential.id)
        .join(Person, Person.id == Credential.person_id)
        .where(
            Credential.state == CredentialState.CLAIMED,
            is_visible(scope, today=clock.today()),
        )
    )


def waiting_credentials(scope: str) -> Select[int]:
    """The count of credentials of people of the scope that wait for verification."""
    return select(func.count()).select_from(_waiting(scope).subquery())


def expiring_credentials(scope: str) -> Select[int]:
    """The count of credentials of people of the scope that end within 90 days and were not renewed."""
    today = clock.today()
    return (
        select(func.count())
        .select_from(Credential)
        .join(Person, Person.id == Credential.person_id)
        .where(lives(Life.EXPIRES_SOON, {}, today), is_visible(scope, today=today))
    )


def count_waiting(scope: str) -> int:
    """How many credentials of people of the scope wait for verification."""
    return db.session.scalar(waiting_credentials(scope)) or 0


def find_next_waiting(scope: str, *, after_id: int = 0) -> int | None:
    """The next credential that waits, in the order they were claimed, after the one with this id."""
    found: int | None = db.session.scalar(
        _waiting(scope).where(Credential.id > after_id).order_by(Credential.id).limit(1)
    )
    return found


def list_rejected_before(credential: Credential) -> Sequence[Credential]:
    """What the same person brought under this number before and was not accepted, the latest first."""
    if credential.number_key is None:
        return ()
    with db.session.no_autoflush:
        return db.session.scalars(
            select(Credential)
            .where(
                Credential.person_id == credential.person_id,
                Credential.kind_id == credential.kind_id,
                Credential.number_key == credential.number_key,
                Credential.state == CredentialState.REJECTED,
                Credential.id != credential.id,
            )
            .order_by(Credential.id.desc())
        ).all()


@dataclass(frozen=True)
class Elsewhere:
    """The same number is recorded at another person; ``people``: those within the scope, to be compared."""

    people: Sequence[Row[Any]]
    outside: bool

    def __bool__(self) -> bool:
        return bool(self.people) or self.outside


def find_elsewhere(credential: Credential, *, scope: str) -> Elsewhere:
    """Where else this number of this kind stands. Of people outside the scope only that there is one."""
    if credential.number_key is None:
        return Elsewhere((), outside=False)
    other = aliased(Credential)
    statement: Any = (
        select(Person.id, Person.name, is_visible(scope, today=clock.today()).label("visible"))
        .join(other, other.person_id == Person.id)
        .where(
            other.number_key == credential.number_key,
            other.kind_id == credential.kind_id,
            other.person_id != credential.person_id,
            other.state.not_in(DROPPED),
            Person.merged_into_id.is_(None),
        )
        .distinct()
        .order_by(Person.id)
    )
    rows = db.session.execute(statement).all()
    return Elsewhere(
        [row for row in rows if row.visible], outside=any(not row.visible for row in rows)
    )
