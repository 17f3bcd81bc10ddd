"""Who may open a view: every view declares it, and an act asks again inside its transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g, request
from flask_login import current_user
from werkzeug.exceptions import Forbidden

from app.access.session import load_actor
from app.core import clock
from app.core.db import atomic
from app.domain.accounts.queries.confirming import is_unchanged
from app.domain.accounts.rules import Actor
from app.extensions import login_manager

View = TypeVar("View", bound=Callable[..., Any])
ACCESS = "__access__"
PUBLIC = "public"
SIGNED_IN = "signed_in"
ANY_ACCOUNT = "any_account"


def public(view: View) -> View:
    """Anybody may open it."""
    setattr(view, ACCESS, PUBLIC)
    return view


def any_account(view: View) -> View:
    """Whoever is signed in may open it, also without a role today: what concerns only their sign-in."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return login_manager.unauthorized()
        return view(*args, **kwargs)

    setattr(guarded, ACCESS, ANY_ACCOUNT)
    return cast(View, guarded)


def signed_in(view: View) -> View:
    """Any account with a role may open it."""
    return _guard(view, SIGNED_IN)


def requires(permission: str) -> Callable[[View], View]:
    """Only a role with this permission may open it (CONTRACT.md, Roles)."""

    def decorate(view: View) -> View:
        return _guard(view, permission)

    return decorate


def _guard(view: View, permission: str) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        actor = g.get("actor")
        if actor is None:
            return login_manager.unauthorized()
        if permission != SIGNED_IN and not actor.may(permission):
            raise Forbidden
        return view(*args, **kwargs)

    setattr(guarded, ACCESS, permission)
    return cast(View, guarded)


def current_actor() -> Actor:
    """Who acts in this request; only for views that are not public."""
    actor = g.get("actor")
    if actor is None:
        raise Forbidden
    return cast(Actor, actor)


@contextmanager
def acting(permission: str | None = None) -> Iterator[Actor]:
    """One act: a transaction in which the account, its role and the permission are read again.

    Without ``permission`` the one the view declares is asked again. What ``g.within_act`` holds is done first.
    """
    needed = permission or declared_access()
    with atomic():
        actor = _still_acting()
        if actor is None or (needed not in {SIGNED_IN, PUBLIC} and not actor.may(needed)):
            raise Forbidden
        g.actor = actor
        if within_act := g.pop("within_act", None):
            within_act()
        yield actor


def _still_acting() -> Actor | None:
    """Who was let in, as they are now."""
    actor = load_actor()
    if actor is not None and is_unchanged(actor, clock.today()):
        return actor
    return load_actor(fresh=True)


def declared_access() -> str:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, ACCESS, SIGNED_IN)
