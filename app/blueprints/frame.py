"""What surrounds a page's own content: header, menus, footer."""

import secrets
from typing import Any

from flask import current_app, g, render_template, request, url_for
from flask_babel import get_locale
from flask_login import current_user
from markupsafe import Markup, escape

from app.access.cookies import form_token
from app.blueprints.display import current_display
from app.blueprints.navigation import visible_entries

PHONE_BAR_PLACES = 5
"""Places in the bottom bar of a phone; with more entries the last place becomes "More"."""


class Frame:
    """The parts around a page's own content, rendered once per reader and state and kept.

    They cost more than most pages' own content; between two requests of a reader nothing in them
    changes but the CSRF token and the way back, which are put in place of markers.
    """

    MOST = 2000

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], str] = {}
        self._csrf_mark = f"csrf-{secrets.token_hex(8)}"
        self._next_mark = f"next-{secrets.token_hex(8)}"

    def top(self) -> Markup:
        """Skip link, header and menus."""
        key = ("top", *page_state(), *reader_state())
        html = self._kept.get(key)
        if html is None:
            html = self._keep(key, self._render_top())
        filled = html.replace(self._csrf_mark, form_token())
        return Markup(filled.replace(self._next_mark, str(escape(return_address()))))

    def bottom(self) -> Markup:
        """Footer, keyboard help and the texts scripts show."""
        key = ("bottom", *page_state())
        html = self._kept.get(key)
        if html is None:
            html = self._keep(key, render_template("_macros/frame_bottom.html"))
        return Markup(html)

    def _render_top(self) -> str:
        items = nav_items() if g.get("actor") is not None else []
        all_fit = len(items) <= PHONE_BAR_PLACES
        places = items if all_fit else items[: PHONE_BAR_PLACES - 1]
        rest = items[len(places) :]
        return render_template(
            "_macros/frame_top.html",
            actor=g.get("actor"),
            looks=current_display(),
            csrf=self._csrf_mark,
            next=self._next_mark,
            items=items,
            places=places,
            rest=rest,
            rest_active=any(item["active"] for item in rest),
        )

    def _keep(self, key: tuple[object, ...], html: str) -> str:
        if len(self._kept) >= self.MOST:
            self._kept.clear()
        self._kept[key] = html
        return html


def page_state() -> tuple[object, ...]:
    """What every page depends on, whoever reads it."""
    return page_language(), request.script_root


def reader_state() -> tuple[object, ...]:
    """What the frame shows of its reader: display, area, account, role and unread notices."""
    actor = g.get("actor")
    if actor is None:
        # Signed in without a role of today, there is still an account to leave.
        names: tuple[str, ...] = ()
        if current_user.is_authenticated:
            names = (current_user.username, current_user.display_name)
        return current_display(), request.endpoint, names
    grants = tuple((grant.id, grant.role, grant.unit_name) for grant in actor.grants)
    user = current_user
    return (
        current_display(),
        request.blueprint,
        user.username,
        user.display_name,
        actor.role,
        actor.unit_name,
        actor.grant_id,
        actor.unread,
        grants,
    )


def can(permission: str) -> bool:
    """Whether the active grant of the account holds the permission; nothing without an account."""
    actor = g.get("actor")
    return actor is not None and bool(actor.may(permission))


def nav_items() -> list[dict[str, Any]]:
    """Menu entries of the active role: label, url, icon, active."""
    return [
        {
            "label": str(entry.label),
            "url": url_for(entry.endpoint),
            "icon": entry.icon,
            "active": entry.lit_in(request.blueprint),
        }
        for entry in visible_entries(current_app.view_functions, can)
    ]


def page_language() -> str:
    """The language of the page as HTML spells it: zh-CN, en."""
    locale = get_locale()
    if locale is None:
        return "zh-CN"
    return f"{locale.language}-{locale.territory}" if locale.territory else str(locale.language)


def return_address() -> str:
    """Where a settings form comes back to: this page with its query, or the one address of many that show the same."""
    place: str | None = g.get("place")
    if place is not None:
        return place
    query = request.query_string.decode("utf-8", "replace")
    return f"{request.path}?{query}" if query else request.path
