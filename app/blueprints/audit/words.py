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

DETAILS = {
    "action": _l("Kind of change"),
    "after": _l("After"),
    "alias": _l("Other name"),
    "basis": _l("Basis"),
    "before": _l("Before"),
    "complete": _l("Complete list"),
    "external": _l("From outside"),
    "failures": _l("Failures"),
    "fields": _l("Fields"),
    "filters": _l("Filters"),
    "from": _l("From"),
    "grant": _l("Role no."),
    "into": _l("Merged into (code)"),
    "into_name": _l("Merged into"),
    "is_new": _l("New person"),
    "kind": _l("Kind"),
    "locked": _l("Locked"),
    "on": _l("On"),
    "opened_on": _l("Opened on"),
    "prefix": _l("Token begins with"),
    "purpose": _l("Purpose"),
    "records": _l("Records"),
    "role": _l("Role"),
    "row": _l("Row"),
    "speaks_of": _l("Speaks of the day"),
    "stage": _l("School stage"),
    "state": _l("State"),
    "token": _l("Token no."),
    "unit": _l("Unit"),
    "unit_name": _l("Unit"),
    "until": _l("Until"),
    "username": _l("User name"),
    "value": _l("Value"),
    "version": _l("Version"),
    "what": _l("What"),
}

ROLES = {**ROLE_NAMES, SYSTEM_ROLE: _l("System")}


def role_words(role: str) -> str:
    return str(ROLES.get(role, role or _("without a role")))


def field_words(name: str) -> str:
    return str(FIELDS.get(name, name))


def detail_words(name: str) -> str:
    """The name of a detail; what has no words shows its code."""
    return str(DETAILS.get(name) or FIELDS.get(name, name))


def detail_text(name: str, value: Any) -> str:
    """A detail's value to read: lists and pairs in one line, yes and no, roles and fields in words."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return _("; ").join(
            f"{detail_words(key)}{_(': ')}{detail_text(key, inner)}" for key, inner in value.items()
        )
    if isinstance(value, list):
        return _(", ").join(detail_text(name, item) for item in value)
    if name == "role":
        return role_words(str(value))
    return field_words(str(value)) if name in {"fields", "what"} else str(value)


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
