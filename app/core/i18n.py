"""Translatable text for the layers below the pages. Messages are English in the code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import force_locale, get_locale, gettext, lazy_gettext, lazy_ngettext, ngettext

__all__ = [
    "gettext",
    "language",
    "lazy_gettext",
    "lazy_ngettext",
    "ngettext",
    "speaking",
]
DEFAULT = "zh_CN"


def language() -> str:
    """The language that texts are given in now: the reader's, or Chinese where nobody reads."""
    return str(get_locale() or DEFAULT)


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Give texts in another language for a while (a mail, the message of a job)."""
    with force_locale(name):
        yield
