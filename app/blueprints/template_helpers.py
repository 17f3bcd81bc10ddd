"""What templates may call: filters for figures and dates, icons, assets, the menu and the display settings.

Everything here runs on every page, so what does not change between requests is computed once and kept.
"""

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, g, request
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import Field
from wtforms.form import BaseForm
from wtforms.widgets import HiddenInput, ListWidget

from app.access.cookies import form_token
from app.blueprints.assets import Assets
from app.blueprints.display import current_display
from app.blueprints.formats import (
    format_date,
    format_datetime,
    format_number,
    format_ratio,
    role_name,
)
from app.blueprints.frame import Frame, can, nav_items, page_language, return_address
from app.blueprints.template_parts import Parts
from app.core.file_types import LARGEST
from app.core.uploads import MEGABYTE

LANGUAGE_NAMES = {"zh_CN": "中文", "en": "English"}

_FILE_FIELDS = {"FileField", "MultipleFileField"}
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


def register_template_helpers(app: Flask) -> None:
    """Adds the filters and globals that templates use to the application's Jinja environment."""
    app.context_processor(lambda: {"csrf_token": form_token})
    timezone = ZoneInfo(app.config.get("BABEL_DEFAULT_TIMEZONE", "Asia/Shanghai"))
    env = app.jinja_env
    env.trim_blocks = True
    env.lstrip_blocks = True

    assets = Assets(app)
    frame = Frame()
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
        csrf_token=form_token,
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
        parts=Parts(assets.icon),
        return_address=return_address,
        unread_count=unread_count,
        url_with=url_with,
    )


def unread_count() -> int:
    """Unread notices of the account, as the session query loaded them."""
    return int(getattr(g.get("actor"), "unread", 0) or 0)


def url_with(address: str | None = None, /, **changes: object) -> str:
    """This page's address, or another one, with this page's query and some arguments changed.

    None removes an argument. Page and cursor are dropped unless given: another filter or order
    starts at the beginning.
    """
    arguments: dict[str, object] = {
        name: values
        for name, values in request.args.lists()
        if name not in changes and name not in ("page", "cursor")
    }
    arguments.update((name, value) for name, value in changes.items() if value not in (None, ""))
    path = address if address is not None else request.script_root + request.path
    query = urlencode(arguments, doseq=True)
    return f"{path}?{query}" if query else path


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
    if field.type in _FILE_FIELDS:
        values |= _weighed(int(values.pop("data_most", LARGEST)))
    if field.errors:
        described.append(f"{field.id}-error")
        values["aria-invalid"] = "true"
    if described:
        values["aria-describedby"] = " ".join(described)
    return Markup(field(**values))


def _weighed(most: int) -> dict[str, Any]:
    """So that a script can refuse a file that is too large before it travels (static/js/xinyu.js)."""
    return {
        "data-most": most,
        "data-too-large": _(
            "This file has {size}; at most %(most)s MB are taken. Make it smaller or split it.",
            most=most // MEGABYTE,
        ),
    }


def hidden_fields(form: BaseForm) -> list[Field]:
    """The hidden fields of a form apart from its CSRF token, which every form gets anyway."""
    return [
        field
        for field in form
        if isinstance(field.widget, HiddenInput) and field.short_name != "csrf_token"
    ]
