"""What notices say, by kind, in the reader's language. An area adds its kinds here or by ``register_notice``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.i18n import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Wording:
    """Title and body with %(name)s places for the notice's parameters; for the mail, what its secret link does."""

    title: Any
    body: Any
    act: Any = None


_words: dict[str, Wording] = {
    "password_changed": Wording(
        _l("Your password was changed"),
        _l("If this was not you, reset it at once and tell your security administrator."),
    ),
    "password_reset": Wording(
        _l("Set a new password"),
        _l(
            "Somebody asked to reset the password of your account. The link in the mail works once, for"
            " %(minutes)s minutes. If this was not you, you need do nothing: the password stays as it is."
        ),
        _l("Set a new password"),
    ),
    "contact_changed": Wording(
        _l("Your phone or mail address was changed"),
        _l("If this was not you, change your password and tell your security administrator."),
    ),
    "role_granted": Wording(
        _l("You have a new role: %(role)s, %(unit)s"),
        _l(
            "It holds from %(from)s. If you hold several roles, switch between them at the top right."
        ),
    ),
    "role_ends": Wording(
        _l("A role of yours ends: %(role)s, %(unit)s"),
        _l("Its last day is %(until)s."),
    ),
    "account_unlocked": Wording(
        _l("Your account was unlocked"),
        _l("You can sign in again."),
    ),
    "people.correction_asked": Wording(
        _l("%(name)s asks for a correction of their data"),
        _l("Open the record, compare, and correct it or say why not."),
    ),
    "posting_changes.confirmed": Wording(
        _l("Confirmed: the change you proposed for %(name)s"),
        _l("%(unit)s. It counts from now on."),
    ),
    "posting_changes.sent_back": Wording(
        _l("Sent back: the change you proposed for %(name)s"),
        _l("%(unit)s. Reason: %(reason)s"),
    ),
}
_values: dict[str, Mapping[str, Any]] = {}


def register_notice(kind: str, title: Any, body: Any, act: Any = None) -> None:
    """Say what notices of a kind tell: lazy texts with %(name)s places."""
    _words[kind] = Wording(title, body, act)


def register_values(parameter: str, words: Mapping[str, Any]) -> None:
    """Say how the values of a parameter are called in the reader's language (``role``: "bureau" → …)."""
    _values[parameter] = words


def known_kinds() -> frozenset[str]:
    return frozenset(_words)


@dataclass(frozen=True, slots=True)
class Said:
    """A notice in words. ``act``: what the secret link in its mail does ('' if it carries none)."""

    title: str
    body: str
    act: str


def words_of(kind: str, parameters: Mapping[str, Any]) -> Said:
    """The notice in the language that is spoken now. An unknown kind shows its name; a missing value, a dash."""
    wording = _words.get(kind)
    if wording is None:
        return Said(kind, "", "")
    spoken = _Spoken(
        {name: str(_values.get(name, {}).get(value, value)) for name, value in parameters.items()}
    )
    return Said(
        " ".join((str(wording.title) % spoken).split()),
        str(wording.body) % spoken,
        str(wording.act) if wording.act is not None else "",
    )


class _Spoken(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"
