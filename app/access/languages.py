"""The language of whoever reads a page or an answer of the API."""

from __future__ import annotations

from functools import cache

from babel import Locale
from flask import g, has_request_context, session
from flask_login import current_user

LANGUAGES = ("zh_CN", "en")
DEFAULT_LANGUAGE = "zh_CN"


def reader_language() -> str:
    """The language chosen in this session, else the account's, else Chinese (also for commands and the worker)."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    chosen = g.get("language") or session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    if g.get("actor") is not None and current_user.is_authenticated:
        return current_user.language if current_user.language in LANGUAGES else DEFAULT_LANGUAGE
    return DEFAULT_LANGUAGE


def reader_locale() -> Locale:
    return _locale(reader_language())


@cache  # parsing a name looks through all locales there are
def _locale(language: str) -> Locale:
    return Locale.parse(language)
