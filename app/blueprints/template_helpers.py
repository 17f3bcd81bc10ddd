"""What templates may call: filters for figures and dates, icons, assets, the menu and the display settings.

Everything here runs on every page, so what does not change between requests is computed once and kept.
"""

import hashlib
import re
import secrets
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, render_template, request, url_for
from flask_babel import LazyString, get_locale, lazy_gettext
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape
from wtforms import Field
from wtforms.form import BaseForm
from wtforms.widgets import HiddenInput, ListWidget

from app.blueprints.display import Display, display_of
from app.blueprints.navigation import visible_entries

PHONE_BAR_PLACES = 5
"""Places in the bottom bar of a phone; with more entries the last place becomes "More"."""

ROLE_NAMES: dict[str, LazyString] = {
    "teacher": lazy_gettext("Teacher"),
    "trainer": lazy_gettext("Trainer"),
    "mentor": lazy_gettext("Mentor"),
    "school": lazy_gettext("School administrator"),
    "county": lazy_gettext("County bureau"),
    "bureau": lazy_gettext("Prefecture bureau"),
    "auditor": lazy_gettext("Auditor"),
    "security": lazy_gettext("Security administrator"),
    "admin": lazy_gettext("System administrator"),
}

LANGUAGE_NAMES = {"zh_CN": "中文", "en": "English"}

BUTTON_KINDS = {
    "default": "",
    "primary": " btn-primary",
    "danger": " xy-btn-danger",
    "quiet": " xy-btn-quiet",
}

FIELD_KINDS = {
    "BooleanField": "check",
    "RadioField": "choices",
    "SelectField": "select",
    "SelectMultipleField": "select",
    "PasswordField": "password",
    "DateField": "short",
    "DateTimeLocalField": "short",
    "MonthField": "short",
    "TimeField": "short",
    "IntegerField": "short",
    "DecimalField": "short",
}

_SYMBOL_ID = re.compile(r'<symbol[^>]*\bid="([^"]+)"')


def register_template_helpers(app: Flask) -> None:
    """Adds the filters and globals that templates use to the application's Jinja environment."""
    timezone = ZoneInfo(app.config.get("TIMEZONE", "Asia/Shanghai"))
    env = app.jinja_env
    env.trim_blocks = True
    env.lstrip_blocks = True

    assets = _Assets(app)
    frame = _Frame()
    env.filters.update(
        date=format_date,
        datetime=lambda value: format_datetime(value, timezone),
        number=format_number,
        ratio=format_ratio,
        role_name=role_name,
    )
    env.globals.update(
        asset=assets.url,
        button_kinds=BUTTON_KINDS,
        can=can,
        display=current_display,
        endpoints=app.view_functions,
        field_control=field_control,
        field_kind=field_kind,
        hidden_fields=hidden_fields,
        icon=assets.icon,
        language_names=LANGUAGE_NAMES,
        nav_items=nav_items,
        page_bottom=frame.bottom,
        page_language=page_language,
        page_numbers=page_numbers,
        page_top=frame.top,
        return_address=return_address,
        unread_count=unread_count,
        url_with=url_with,
    )


def can(permission: str) -> bool:
    """Whether the active grant of the account holds the permission; nothing without an account."""
    actor = g.get("actor")
    return actor is not None and bool(actor.may(permission))


def unread_count() -> int:
    """Unread notices of the account, as the session query loaded them."""
    return int(getattr(g.get("actor"), "unread", 0) or 0)


def nav_items() -> list[dict[str, Any]]:
    """Menu entries of the active role: label, url, icon, active."""
    return [
        {
            "label": str(entry.label),
            "url": url_for(entry.endpoint),
            "icon": entry.icon,
            "active": request.blueprint == entry.blueprint,
        }
        for entry in visible_entries(current_app.view_functions, can)
    ]


def current_display() -> Display:
    """Theme and type size of this request, from its cookie."""
    kept: Display | None = g.get("display")
    if kept is None:
        kept = g.display = display_of(request)
    return kept


def page_language() -> str:
    """The language of the page as HTML spells it: zh-CN, en."""
    return str(get_locale() or "zh_CN").replace("_", "-")


def return_address() -> str:
    """Where a settings form comes back to: this page with its query."""
    query = request.query_string.decode("utf-8", "replace")
    return f"{request.path}?{query}" if query else request.path


def url_with(**changes: object) -> str:
    """This page's address with some query arguments changed (None removes one).

    Page and cursor are dropped unless given: another filter or order starts at the beginning.
    """
    arguments = {
        name: values
        for name, values in request.args.to_dict(flat=False).items()
        if name not in changes and name not in ("page", "cursor")
    }
    for name, value in changes.items():
        if value is not None and value != "":
            arguments[name] = value if isinstance(value, list) else [str(value)]
    values: dict[str, Any] = {**(request.view_args or {}), **arguments}
    return url_for(request.endpoint or "", **values)


def format_date(value: date | datetime | None) -> str:
    """2023-05-23; nothing for None. A moment needs `datetime`, which knows the time zone."""
    return value.strftime("%Y-%m-%d") if value is not None else ""


def format_datetime(value: datetime | None, timezone: ZoneInfo) -> str:
    """2023-05-23 14:05 in the system's time zone; a naive moment is taken as UTC."""
    if value is None:
        return ""
    aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    return aware.astimezone(timezone).strftime("%Y-%m-%d %H:%M")


def format_number(value: int | float | Decimal | None) -> str:
    """1,234 with the decimals the value has (23476.8 → 23,476.8); a dash for None."""
    if value is None:
        return "–"
    if isinstance(value, float):
        value = int(value) if value.is_integer() else Decimal(repr(value))
    return f"{value:,}".replace("-", "−")


def format_ratio(value: float | Decimal | None) -> str:
    """0.8969 → 89.69 %; two decimals at most, no trailing zeros; a dash for None."""
    if value is None:
        return "–"
    text = f"{Decimal(str(value)) * 100:.2f}".rstrip("0").rstrip(".")
    return f"{text} %"


def role_name(role: str) -> str:
    """The role in the reader's language."""
    return str(ROLE_NAMES.get(role, role))


def page_numbers(page: int, pages: int) -> list[int | None]:
    """The page links worth showing: the ends, the neighbours, and None for each gap."""
    wanted = sorted(n for n in {1, 2, page - 1, page, page + 1, pages} if 1 <= n <= pages)
    numbers: list[int | None] = []
    for number in wanted:
        last = numbers[-1] if numbers else 0
        if last is not None and number - last == 2:
            numbers.append(number - 1)
        elif last is not None and number - last > 2:
            numbers.append(None)
        numbers.append(number)
    return numbers


def field_kind(field: Field) -> str:
    """How a form field is laid out: check, choices, select, password, short or text."""
    if field.type == "SelectMultipleField" and isinstance(field.widget, ListWidget):
        return "choices"
    return FIELD_KINDS.get(field.type, "text")


def field_control(
    field: Field, css: str, help_text: str | None, attributes: dict[str, Any]
) -> Markup:
    """The control of a form field, tied to its help and its error for readers who hear the page."""
    described = [f"{field.id}-help"] if help_text else []
    values = {"class": css, **attributes}
    if field.errors:
        described.append(f"{field.id}-error")
        values["aria-invalid"] = "true"
    if described:
        values["aria-describedby"] = " ".join(described)
    return Markup(field(**values))


def hidden_fields(form: BaseForm) -> list[Field]:
    """The hidden fields of a form apart from its CSRF token, which every form gets anyway."""
    return [
        field
        for field in form
        if isinstance(field.widget, HiddenInput) and field.short_name != "csrf_token"
    ]


class _Frame:
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
        key = ("top", *self._state(), *self._reader())
        html = self._kept.get(key)
        if html is None:
            html = self._keep(key, self._render_top())
        filled = html.replace(self._csrf_mark, generate_csrf())
        return Markup(filled.replace(self._next_mark, str(escape(return_address()))))

    def bottom(self) -> Markup:
        """Footer, keyboard help and the texts scripts show."""
        key = ("bottom", *self._state())
        html = self._kept.get(key)
        if html is None:
            html = self._keep(key, render_template("_macros/frame_bottom.html"))
        return Markup(html)

    @staticmethod
    def _state() -> tuple[object, ...]:
        return page_language(), request.script_root

    @staticmethod
    def _reader() -> tuple[object, ...]:
        actor = g.get("actor")
        if actor is None:
            return current_display(), request.endpoint
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


class _Assets:
    """Addresses of static files with a content hash, and the icons of the sprite.

    A hash is computed at the first use and kept; in debug mode again whenever the file has changed.
    """

    SPRITE = "vendor/icons.svg"

    def __init__(self, app: Flask) -> None:
        self._folder = Path(app.static_folder or "static")
        self._recheck = app.debug
        self._strict = app.debug or app.testing
        self._kept: dict[str, tuple[float, str]] = {}
        self.icon = lru_cache(maxsize=1024)(self._icon)

    def url(self, path: str) -> str:
        """The address of a file under static/ with `?v=` and its content hash."""
        kept = self._kept.get(path)
        if kept is None or (self._recheck and kept[0] != self._changed(path)):
            kept = self._kept[path] = self._fingerprint(path)
        return kept[1]

    def _changed(self, path: str) -> float:
        file = self._folder / path
        return file.stat().st_mtime if file.is_file() else 0.0

    def _fingerprint(self, path: str) -> tuple[float, str]:
        changed = self._changed(path)
        if not changed:
            return changed, url_for("static", filename=path)
        digest = hashlib.sha256((self._folder / path).read_bytes()).hexdigest()[:12]
        return changed, url_for("static", filename=path, v=digest)

    def _icon(self, name: str, label: str | LazyString | None = None) -> Markup:
        """An icon of the sprite; decorative unless it gets a label."""
        if self._strict and name not in self._names():
            raise LookupError(f"icon {name!r} is not in the sprite: add it to tools/icons.txt")
        reference = escape(f"{self.url(self.SPRITE)}#{name}")
        if label is None:
            return Markup(
                '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>'
            ).format(reference)
        return Markup(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>'
        ).format(str(label), reference)

    @lru_cache(maxsize=1)  # noqa: B019  (one instance per application)
    def _names(self) -> frozenset[str]:
        sprite = self._folder / self.SPRITE
        return (
            frozenset(_SYMBOL_ID.findall(sprite.read_text("utf-8")))
            if sprite.is_file()
            else _Everything()
        )


class _Everything(frozenset[str]):
    """Stands for the names of a sprite that is not built yet: contains any."""

    def __contains__(self, _name: object) -> bool:
        return True
