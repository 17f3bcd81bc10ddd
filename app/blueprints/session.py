"""Who is signed in: one query reads the account, its grants of today, and the unread count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, session
from flask_login import UserMixin
from sqlalchemy import Row, Select, func, select

from app.core import clock
from app.core.db import db
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.rules import Actor, HeldGrant, actor_for_grant
from app.domain.outbox.models import Notice
from app.domain.units.models import Unit
from app.extensions import login_manager

GRANT_KEY = "grant"


@dataclass(slots=True)
class SignedIn(UserMixin):  # type: ignore[misc]
    """The account of this session, as pages need it."""

    account_id: int
    username: str
    display_name: str
    language: str
    epoch: int
    must_change_password: bool

    def get_id(self) -> str:
        return session_id(self.account_id, self.epoch)


def session_id(account_id: int, epoch: int) -> str:
    """What the cookie names: the account, and the epoch that "sign out everywhere" raises."""
    return f"{account_id}.{epoch}"


def _account_statement(account_id: int) -> Select[Any]:
    today = clock.today()
    unread = (
        select(func.count())
        .select_from(Notice)
        .where(Notice.account_id == account_id, Notice.read_at.is_(None))
        .scalar_subquery()
    )
    held = (Grant.valid_from <= today) & (
        Grant.valid_until.is_(None) | (Grant.valid_until >= today)
    )
    return (
        select(
            Account.id,
            Account.username,
            Account.display_name,
            Account.language,
            Account.session_epoch,
            Account.must_change_password,
            Account.disabled_at,
            Grant.id.label("grant_id"),
            Grant.role,
            Unit.id.label("unit_id"),
            Unit.code,
            Unit.name,
            Unit.kind,
            Unit.path,
            unread.label("unread"),
        )
        .select_from(Account)
        .outerjoin(Grant, (Grant.account_id == Account.id) & held)
        .outerjoin(Unit, Unit.id == Grant.unit_id)
        .where(Account.id == account_id)
        .order_by(Grant.id)
    )


def read_account(
    account_id: int, *, grant_id: int | None, channel: str = "web"
) -> tuple[SignedIn, Actor | None] | None:
    """The account with its actor in the chosen (else first) grant; None when unknown or disabled.

    The actor is None while the account holds no grant today.
    """
    rows = db.session.execute(_account_statement(account_id)).all()
    if not rows or rows[0].disabled_at is not None:
        return None
    first = rows[0]
    user = SignedIn(
        account_id=first.id,
        username=first.username,
        display_name=first.display_name or first.username,
        language=first.language,
        epoch=first.session_epoch,
        must_change_password=first.must_change_password,
    )
    grants = tuple(_held(row) for row in rows if row.grant_id is not None)
    if not grants:
        return user, None
    chosen = next((grant for grant in grants if grant.id == grant_id), grants[0])
    actor = actor_for_grant(
        chosen,
        account_id=first.id,
        username=first.username,
        grants=grants,
        unread=first.unread,
        origin=request.remote_addr or "",
        channel=channel,
    )
    return user, actor


def _held(row: Row[Any]) -> HeldGrant:
    return HeldGrant(
        id=row.grant_id,
        role=row.role,
        unit_id=row.unit_id,
        unit_code=row.code,
        unit_name=row.name,
        unit_kind=row.kind.value,
        unit_path=row.path,
    )


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load_user(identifier: str) -> SignedIn | None:
    account_part, _, epoch_part = identifier.partition(".")
    if not (account_part.isdigit() and epoch_part.isdigit()):
        return None
    found = read_account(int(account_part), grant_id=session.get(GRANT_KEY))
    if found is None or found[0].epoch != int(epoch_part):
        return None
    g.actor = found[1]
    return found[0]


def load_actor(*, fresh: bool = False) -> Actor | None:
    """The actor of this request; ``fresh`` reads it again inside the transaction of an act."""
    if not fresh:
        return g.get("actor")
    current: Actor | None = g.get("actor")
    if current is None or current.account_id is None:
        return None
    found = read_account(current.account_id, grant_id=current.grant_id, channel=current.channel)
    if found is None or found[1] is None or found[1].grant_id != current.grant_id:
        return None
    return found[1]


def before_request() -> None:
    """Know who asks before any view runs; static files need nobody."""
    g.actor = None
    if request.endpoint == "static" or request.endpoint is None:
        return
    if request.blueprint and request.blueprint.startswith("api"):
        return
    current_app.login_manager._load_user()  # type: ignore[attr-defined]  # noqa: SLF001
