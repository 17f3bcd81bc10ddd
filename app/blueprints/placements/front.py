"""What /placements/ shows to whom: a part of the area adds the front page of its role here."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.exceptions import Forbidden

from app.domain.accounts.rules import Actor

FrontPage = Callable[[Actor], str]
# permission -> page; whoever holds several gets the first of ORDER
FRONT_PAGES: dict[str, FrontPage] = {}
ORDER = ("placements.plan", "placements.read", "placements.guide", "placements.keep_log")


def front_page(permission: str) -> Callable[[FrontPage], FrontPage]:
    """Make a page the front page of who holds the permission, one of ``ORDER``."""

    def register(page: FrontPage) -> FrontPage:
        if permission not in ORDER:
            raise ValueError(permission)
        FRONT_PAGES[permission] = page
        return page

    return register


def front_page_for(actor: Actor) -> str:
    """The front page of the role that somebody acts in."""
    for permission in ORDER:
        if actor.may(permission) and permission in FRONT_PAGES:
            return FRONT_PAGES[permission](actor)
    raise Forbidden
