"""What the address of a list asks for: page, unit, days. Malformed values are 400 or 404 pages, never errors."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from flask import abort, request
from flask_babel import gettext as _

from app.core.paging import Page
from app.domain.accounts.rules import Actor
from app.domain.units.models import Unit
from app.domain.units.queries import find_unit_by_text, get_unit

LONGEST_SEARCH = 80
LARGEST_PAGE = 1_000_000
Choice = TypeVar("Choice", bound=StrEnum)


def asked_page() -> int:
    """The number of the page asked for."""
    number = request.args.get("page", 1, type=int)
    return min(max(number, 1), LARGEST_PAGE)


def refuse_beyond(page: Page[Any]) -> None:
    """A page after the last one does not exist."""
    if page.number > page.pages:
        abort(404)


def asked_text(name: str = "q") -> str:
    return request.args.get(name, "").strip()[:LONGEST_SEARCH]


def asked_number(name: str, least: int, most: int) -> int | None:
    """A whole number in the address; anything else is a bad request."""
    text = request.args.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and least <= int(text[:12]) <= most):
        abort(400)
    return int(text)


def asked_choice(name: str, choices: type[Choice]) -> Choice | None:
    """One of an enum's values; None when nothing known is asked for."""
    text = request.args.get(name, "")
    return choices(text) if text in set(choices) else None


def asked_day(name: str) -> date | None:
    """A day written as 2023-08-17; anything else is a bad request."""
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(400, _("“%(text)s” is no day. Write it as 2023-08-17.", text=text[:20]))


def asked_unit(actor: Actor) -> Unit | None:
    """The unit to narrow to: a code (403 outside the scope) or a name (404 when no single one has it)."""
    text = asked_text("unit")
    if not text:
        return None
    code = text.split(maxsplit=1)[0]
    if code.isascii():
        return get_unit(code, scope=actor.unit_path)
    unit = find_unit_by_text(text, scope=actor.unit_path)
    if unit is None:
        abort(404, _("No single unit of yours has this name."))
    return unit
