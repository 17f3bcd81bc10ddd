"""What the audit pages call things: choices of the filters, channels, names of fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.blueprints.formats import ROLE_NAMES
from app.blueprints.people.words import FIELDS
from app.domain.accounts.rules import SYSTEM_ROLE
from app.domain.audit.words import ACTIONS, AREAS, OBJECTS, action_words, area_words, object_words

CHANNELS = {
    "web": _l("pages"),
    "api": _l("API"),
    "cli": _l("command line"),
    "job": _l("background work"),
}

ROLES = {**ROLE_NAMES, SYSTEM_ROLE: _l("System")}


def role_words(role: str) -> str:
    return str(ROLES.get(role, role or _("without a role")))


def field_words(name: str) -> str:
    return str(FIELDS.get(name, name))


def channel_words(channel: str) -> str:
    return str(CHANNELS.get(channel, channel))


def action_choices() -> list[tuple[str, str]]:
    """Areas, each followed by its actions."""
    choices: list[tuple[str, str]] = []
    for area in AREAS:
        actions = [action for action in ACTIONS if action.partition(".")[0] == area]
        if actions:
            choices.append((area, _("%(area)s: all", area=area_words(area))))
            choices += [(action, f"\u3000{action_words(action)}") for action in actions]
    return choices


def choice_words(action: str) -> str:
    """A chosen action or area in words."""
    return action_words(action) if "." in action else area_words(action)


def object_choices() -> list[tuple[str, str]]:
    return [(name, object_words(name)) for name in OBJECTS]


def role_choices() -> list[tuple[str, str]]:
    return [(role, str(name)) for role, name in ROLES.items()]


Change = tuple[str, Any, Any]


def changes_of(personal: dict[str, Any]) -> Sequence[Change]:
    """Before and after, field by field: (field in words, old, new), only what differs; other values as new ones."""
    before, after = personal.get("before"), personal.get("after")
    if not isinstance(before, dict) and not isinstance(after, dict):
        return [(field_words(name), None, value) for name, value in personal.items()]
    old = before if isinstance(before, dict) else {}
    new = after if isinstance(after, dict) else {}
    fields = [*old, *(name for name in new if name not in old)]
    return [
        (field_words(name), old.get(name), new.get(name))
        for name in fields
        if old.get(name) != new.get(name)
    ]
